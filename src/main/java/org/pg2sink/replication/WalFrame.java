package org.pg2sink.replication;

import java.nio.ByteBuffer;
import org.pg2sink.pgoutput.Lsn;

/**
 * Carries what a walsender sends at a time.
 *
 * @see <a href="https://www.postgresql.org/docs/current/protocol-replication.html">Streaming Replication Protocol</a>
 */
public sealed interface WalFrame {

    /** Carries one message of the output plugin. */
    record Data(ByteBuffer message) implements WalFrame {}

    /** Says that the server has read the WAL up to {@code walEnd} and sent everything in it that concerns the slot. */
    record Keepalive(Lsn walEnd) implements WalFrame {}
}
