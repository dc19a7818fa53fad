package org.pg2sink;

import java.net.URI;
import org.gaul.s3proxy.junit.S3ProxyJunitCore;

/** An S3-compatible store in this JVM. */
final class LocalS3 implements S3Store {

    private final S3ProxyJunitCore store = new S3ProxyJunitCore.Builder()
            .withBlobStoreProvider("transient-nio2")
            .withCredentials(ACCESS_KEY, SECRET_KEY)
            .build();

    private LocalS3() {}

    static LocalS3 start() {
        LocalS3 s3 = new LocalS3();
        try {
            s3.store.beforeEach();
        } catch (Exception e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
        return s3;
    }

    @Override
    public URI endpoint() {
        return store.getUri();
    }

    @Override
    public void close() {
        store.afterEach();
    }
}
