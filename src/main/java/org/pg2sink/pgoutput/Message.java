package org.pg2sink.pgoutput;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.pg2sink.changelog.Column;

/**
 * The messages of the logical replication protocol, versions 1 to 4. OIDs and transaction ids unsigned 32-bit numbers
 * in a {@code long}; times have microseconds. No component is null
 * unless it says so.
 *
 * @see <a href="https://www.postgresql.org/docs/current/protocol-logicalrep-message-formats.html">Logical Replication
 *     Message Formats</a>
 */
public sealed interface Message {

    /** A transaction begins; {@code finalLsn} is the LSN of its commit record. */
    record Begin(Lsn finalLsn, Instant commitTime, long xid) implements Message {}

    /** A transaction ends; {@code endLsn} is the position after its commit record: the one to confirm. */
    record Commit(int flags, Lsn commitLsn, Lsn endLsn, Instant commitTime) implements Message {}

    /** The transaction was replicated from the origin {@code name}, which committed it at {@code commitLsn}. */
    record Origin(Lsn commitLsn, String name) implements Message {}

    /** Describes the rows of a table from here on. */
    record Relation(long oid, String namespace, String name, ReplicaIdentity identity, List<Column> columns)
            implements Message {
        public Relation {
            columns = List.copyOf(columns);
        }
    }

    /** A column of a {@link Relation}; {@code key} if it is part of the replica identity. */
    record Column(boolean key, String name, long typeOid, int typeModifier) {}

    /** Tells which old values an update or delete carries ({@code pg_class.relreplident}). */
    enum ReplicaIdentity {
        DEFAULT('d'),
        NOTHING('n'),
        FULL('f'),
        INDEX('i');

        private final char code;

        ReplicaIdentity(char code) {
            this.code = code;
        }

        /** Returns the code in {@code pg_class}. */
        public char code() {
            return code;
        }
    }

    /** The name of a type that is not built in. */
    record Type(long oid, String namespace, String name) implements Message {}

    /** A new row. */
    record Insert(long relationOid, Tuple after) implements Message {}

    /** A changed row; {@code before} is null if the replica identity neither changed nor is {@code FULL}. */
    record Update(long relationOid, OldTuple before, Tuple after) implements Message {}

    /** A deleted row. */
    record Delete(long relationOid, OldTuple before) implements Message {}

    /** An old row: all of it under {@code REPLICA IDENTITY FULL}, else its key columns only. */
    record OldTuple(boolean full, Tuple tuple) {}

    /** Emptied tables. */
    record Truncate(List<Long> relationOids, boolean cascade, boolean restartIdentity) implements Message {
        public Truncate {
            relationOids = List.copyOf(relationOids);
        }
    }

    /** Content that somebody wrote with {@code pg_logical_emit_message}. */
    record Logical(boolean transactional, Lsn lsn, String prefix, byte[] content) implements Message {

        @Override
        public boolean equals(Object other) {
            return other instanceof Logical that
                    && transactional == that.transactional
                    && lsn.equals(that.lsn)
                    && prefix.equals(that.prefix)
                    && Arrays.equals(content, that.content);
        }

        @Override
        public int hashCode() {
            return Objects.hash(transactional, lsn, prefix, Arrays.hashCode(content));
        }

        /** Prints only the size of the content, because content of applications does not belong in logs. */
        @Override
        public String toString() {
            return "Logical[transactional=" + transactional + ", lsn=" + lsn + ", prefix=" + prefix + ", "
                    + content.length + " bytes]";
        }
    }

    /** Version 2: a block of changes of the transaction {@code xid}, which is still open, begins. */
    record StreamStart(long xid, boolean first) implements Message {}

    /** Version 2: the block ends. */
    record StreamStop() implements Message {}

    /** Version 2: the streamed transaction committed. */
    record StreamCommit(long xid, int flags, Lsn commitLsn, Lsn endLsn, Instant commitTime) implements Message {}

    /**
     * Version 2: the streamed transaction {@code xid}, or of it only the subtransaction {@code subXid}, is rolled back.
     * {@code abortLsn} and {@code abortTime} come with version 4's parallel streaming; both are null without.
     */
    record StreamAbort(long xid, long subXid, Lsn abortLsn, Instant abortTime) implements Message {}

    /** Version 2: a message inside a block, with the id of the (sub)transaction it belongs to. */
    record Streamed(long xid, Message message) implements Message {}

    /** Version 3: a transaction that was prepared for a two-phase commit begins. */
    record BeginPrepare(Lsn prepareLsn, Lsn endLsn, Instant prepareTime, long xid, String gid) implements Message {}

    /** Version 3: the prepared transaction's changes end. */
    record Prepare(int flags, Lsn prepareLsn, Lsn endLsn, Instant prepareTime, long xid, String gid)
            implements Message {}

    /** Version 3: a prepared transaction committed. */
    record CommitPrepared(int flags, Lsn commitLsn, Lsn endLsn, Instant commitTime, long xid, String gid)
            implements Message {}

    /** Version 3: a prepared transaction was rolled back. */
    record RollbackPrepared(
            int flags,
            Lsn prepareEndLsn,
            Lsn rollbackEndLsn,
            Instant prepareTime,
            Instant rollbackTime,
            long xid,
            String gid)
            implements Message {}

    /** Version 3: a streamed transaction was prepared. */
    record StreamPrepare(int flags, Lsn prepareLsn, Lsn endLsn, Instant prepareTime, long xid, String gid)
            implements Message {}
}
