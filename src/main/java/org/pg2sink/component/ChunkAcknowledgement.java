package org.pg2sink.component;

import org.pg2sink.changelog.Acknowledgement;
import org.pg2sink.imports.ChunkDelivery;

/** Settles a chunk, and lets its source give out the next one. */
record ChunkAcknowledgement(ChunkDelivery delivery, ChunkSource chunks) implements Acknowledgement {

    @Override
    public void complete() {
        try {
            delivery.complete();
        } finally {
            chunks.done();
        }
    }

    @Override
    public void fail(Throwable cause) {
        try {
            delivery.fail(cause);
        } finally {
            chunks.done();
        }
    }
}
