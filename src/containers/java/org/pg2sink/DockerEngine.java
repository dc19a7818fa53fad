package org.pg2sink;

import org.testcontainers.DockerClientFactory;

/** Exits with 1 if no Docker engine answers, before any test looks for one and takes long to say that there is none. */
final class DockerEngine {

    private DockerEngine() {}

    public static void main(String[] arguments) {
        try {
            DockerClientFactory.instance().getTransportConfig();
        } catch (IllegalStateException e) {
            System.exit(1);
        }
    }
}
