package org.pg2sink;

import java.net.URI;

/** An S3-compatible store that runs; it wants the keys below, and finds a bucket in the path of a URL. */
interface S3Store extends AutoCloseable {

    String ACCESS_KEY = "access";
    /** With characters that a URL would take for something else. */
    String SECRET_KEY = "s+cr&t%2F";

    URI endpoint();

    @Override
    void close();
}
