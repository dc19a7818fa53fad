package org.pg2sink.pgoutput;

import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.pg2sink.pgoutput.Message.Column;
import org.pg2sink.pgoutput.Message.OldTuple;
import org.pg2sink.pgoutput.Message.ReplicaIdentity;
import org.pg2sink.pgoutput.TupleValue.Absent;
import org.pg2sink.pgoutput.TupleValue.Format;

/**
 * Turns the bytes of a {@code pgoutput} stream, of any protocol version from 1 to 4, into messages. It looks nothing up
 * and remembers one thing: whether it stands in a block of a streamed transaction, where changes carry a transaction
 * id. For one thread and one connection; the next connection needs a new one.
 *
 * @see <a href="https://www.postgresql.org/docs/current/protocol-logicalrep-message-formats.html">Logical Replication
 *     Message Formats</a>
 */
public final class PgOutputDecoder {

    private final Charset charset;
    private boolean inStreamBlock;

    public PgOutputDecoder() {
        this(StandardCharsets.UTF_8);
    }

    /** @param charset in which the server sends names */
    public PgOutputDecoder(Charset charset) {
        this.charset = charset;
    }

    /**
     * Returns whether a message is a change or a logical message, rather than one that only frames or describes
     * changes.
     *
     * @param bytes as for {@link #decode}; it is not moved
     */
    public static boolean isChange(ByteBuffer bytes) {
        return bytes.hasRemaining() && "IUDTM".indexOf(bytes.get(bytes.position())) >= 0;
    }

    /**
     * Reads one message, all of {@code bytes}. Tuple values point into the buffer's array, which must not change after.
     *
     * @param bytes an array-backed buffer that holds one message from its position to its limit, not null
     * @throws PgOutputException if the bytes are not a message of the protocol, or not one that can come here
     */
    public Message decode(ByteBuffer bytes) {
        MessageReader in = new MessageReader(bytes, charset);
        int type = in.int8("message type");
        Message message = inStreamBlock ? streamed(type, in) : message(type, in);
        in.end();
        if (message instanceof Message.StreamStart) {
            inStreamBlock = true;
        } else if (message instanceof Message.StreamStop) {
            inStreamBlock = false;
        }
        return message;
    }

    private static Message streamed(int type, MessageReader in) {
        return switch (type) {
            case 'R', 'Y', 'I', 'U', 'D', 'T', 'M' ->
                new Message.Streamed(in.named("Streamed").xid(), message(type, in));
            case 'O' -> message(type, in);
            case 'E' -> {
                in.named("Stream Stop");
                yield new Message.StreamStop();
            }
            default -> throw in.wrong("expected a change or the end of a streamed transaction's block", type);
        };
    }

    private static Message message(int type, MessageReader in) {
        return switch (type) {
            case 'B' -> new Message.Begin(in.named("Begin").lsn(), in.time(), in.xid());
            case 'C' -> new Message.Commit(in.named("Commit").flags(), in.lsn(), in.lsn(), in.time());
            case 'O' -> new Message.Origin(in.named("Origin").lsn(), in.string("origin name"));
            case 'R' -> relation(in.named("Relation"));
            case 'Y' -> new Message.Type(in.named("Type").oid(), in.namespace(), in.string("type name"));
            case 'I' -> insert(in.named("Insert"));
            case 'U' -> update(in.named("Update"));
            case 'D' -> delete(in.named("Delete"));
            case 'T' -> truncate(in.named("Truncate"));
            case 'M' -> logical(in.named("Message"));
            case 'S' -> new Message.StreamStart(in.named("Stream Start").xid(), in.flag("first segment"));
            case 'E' -> throw in.wrong("expected no end of a streamed transaction's block, for none is open", type);
            case 'c' ->
                new Message.StreamCommit(in.named("Stream Commit").xid(), in.flags(), in.lsn(), in.lsn(), in.time());
            case 'A' -> streamAbort(in.named("Stream Abort"));
            case 'b' ->
                new Message.BeginPrepare(
                        in.named("Begin Prepare").lsn(), in.lsn(), in.time(), in.xid(), in.string("gid"));
            case 'P' ->
                new Message.Prepare(
                        in.named("Prepare").flags(), in.lsn(), in.lsn(), in.time(), in.xid(), in.string("gid"));
            case 'K' ->
                new Message.CommitPrepared(
                        in.named("Commit Prepared").flags(), in.lsn(), in.lsn(), in.time(), in.xid(), in.string("gid"));
            case 'r' ->
                new Message.RollbackPrepared(
                        in.named("Rollback Prepared").flags(),
                        in.lsn(),
                        in.lsn(),
                        in.time(),
                        in.time(),
                        in.xid(),
                        in.string("gid"));
            case 'p' ->
                new Message.StreamPrepare(
                        in.named("Stream Prepare").flags(), in.lsn(), in.lsn(), in.time(), in.xid(), in.string("gid"));
            default -> throw in.wrong("expected a message type", type);
        };
    }

    private static Message streamAbort(MessageReader in) {
        long xid = in.xid();
        long subXid = in.xid();
        return in.hasMore()
                ? new Message.StreamAbort(xid, subXid, in.lsn(), in.time())
                : new Message.StreamAbort(xid, subXid, null, null);
    }

    private static Message relation(MessageReader in) {
        long oid = in.oid();
        String namespace = in.namespace();
        String name = in.string("relation name");
        ReplicaIdentity identity = identity(in);
        int count = in.count("number of columns");
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            columns.add(
                    new Column(in.flag("column flags"), in.string("column name"), in.oid(), in.int32("type modifier")));
        }
        return new Message.Relation(oid, namespace, name, identity, columns);
    }

    private static ReplicaIdentity identity(MessageReader in) {
        int code = in.int8("replica identity");
        for (ReplicaIdentity identity : ReplicaIdentity.values()) {
            if (identity.code() == code) {
                return identity;
            }
        }
        throw in.wrong("expected a replica identity (d, n, f, i)", code);
    }

    private static Message insert(MessageReader in) {
        long relation = in.oid();
        return new Message.Insert(relation, newTuple(in.int8("tuple kind"), in));
    }

    private static Message update(MessageReader in) {
        long relation = in.oid();
        int kind = in.int8("tuple kind");
        OldTuple before = null;
        if (kind == 'K' || kind == 'O') {
            before = new OldTuple(kind == 'O', tuple(in));
            kind = in.int8("tuple kind");
        }
        return new Message.Update(relation, before, newTuple(kind, in));
    }

    private static Tuple newTuple(int kind, MessageReader in) {
        if (kind != 'N') {
            throw in.wrong("expected a new tuple (N)", kind);
        }
        return tuple(in);
    }

    private static Message delete(MessageReader in) {
        long relation = in.oid();
        int kind = in.int8("tuple kind");
        if (kind != 'K' && kind != 'O') {
            throw in.wrong("expected an old tuple (K or O)", kind);
        }
        return new Message.Delete(relation, new OldTuple(kind == 'O', tuple(in)));
    }

    private static Message truncate(MessageReader in) {
        int count = in.length("number of relations", Integer.BYTES);
        int options = in.int8("options");
        List<Long> relations = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            relations.add(in.oid());
        }
        return new Message.Truncate(relations, (options & 1) != 0, (options & 2) != 0);
    }

    private static Message logical(MessageReader in) {
        boolean transactional = in.flag("transactional");
        Lsn lsn = in.lsn();
        String prefix = in.string("prefix");
        return new Message.Logical(transactional, lsn, prefix, in.bytes(in.length("content length", 1)));
    }

    private static Tuple tuple(MessageReader in) {
        int count = in.count("number of columns");
        in.require(count, "columns"); // each has one at least: so much memory the message may ask for, not more
        Tuple.Builder tuple = new Tuple.Builder(count);
        for (int i = 0; i < count; i++) {
            value(in, tuple);
        }
        return tuple.build(in.array());
    }

    private static void value(MessageReader in, Tuple.Builder tuple) {
        int kind = in.int8("column kind");
        switch (kind) {
            case 'n' -> tuple.absent(Absent.NULL);
            case 'u' -> tuple.absent(Absent.UNCHANGED);
            case 't' -> data(Format.TEXT, in, tuple);
            case 'b' -> data(Format.BINARY, in, tuple);
            default -> throw in.wrong("expected a column kind (n, u, t, b)", kind);
        }
    }

    private static void data(Format format, MessageReader in, Tuple.Builder tuple) {
        int length = in.length("value length", 1);
        tuple.data(format, in.skip(length), length);
    }
}
