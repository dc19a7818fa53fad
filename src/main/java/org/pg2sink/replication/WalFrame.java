package org.pg2sink.replication;

import java.nio.ByteBuffer;

/**
 * What a walsender sends.
 *
 * @see <a href="https://www.postgresql.org/docs/current/protocol-replication.html">Streaming Replication Protocol</a>
 */
public sealed interface WalFrame {

    /** One message of the output plugin; {@code lsn} is 0 where the server gives none. */
    record Data(long lsn, ByteBuffer message) implements WalFrame {}

    /** The server has read the WAL up to {@code walEnd} and sent all of it that concerns the slot. */
    record Keepalive(long walEnd) implements WalFrame {}
}
