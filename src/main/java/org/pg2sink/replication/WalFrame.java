package org.pg2sink.replication;

import java.nio.ByteBuffer;

/**
 * What a walsender sends.
 *
 * @see <a href="https://www.postgresql.org/docs/current/protocol-replication.html">Streaming Replication Protocol</a>
 */
public sealed interface WalFrame {

    /** One message of the output plugin. */
    record Data(ByteBuffer message) implements WalFrame {}

    /** The server has read the WAL up to {@code walEnd} and sent all of it that concerns the slot. */
    record Keepalive(long walEnd) implements WalFrame {}
}
