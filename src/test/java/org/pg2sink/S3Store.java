package org.pg2sink;

import java.net.URI;

/** An S3-compatible store that runs; it wants the keys below, and finds a bucket in the path of a URL. */
interface S3Store extends AutoCloseable {

    String ACCESS_KEY = "access";
    String SECRET_KEY = "secret";

    URI endpoint();

    @Override
    void close();
}
