package org.pg2sink.pgoutput;

import static org.pg2sink.pgoutput.MessageBytes.message;

import java.time.Instant;
import java.util.Arrays;
import org.pg2sink.pgoutput.Message.Column;
import org.pg2sink.pgoutput.Message.OldTuple;
import org.pg2sink.pgoutput.TupleValue.Absent;
import org.pg2sink.pgoutput.TupleValue.Data;
import org.pg2sink.pgoutput.TupleValue.Format;

/** The server's side: writes messages as {@code src/backend/replication/logical/proto.c} does. */
final class MessageEncoder {

    private static final Instant EPOCH = Instant.parse("2000-01-01T00:00:00Z");

    private MessageEncoder() {}

    static byte[] encode(Message message) {
        return bytes(message).toByteArray();
    }

    private static MessageBytes bytes(Message message) {
        if (message instanceof Message.Begin begin) {
            return message('B')
                    .int64(begin.finalLsn().value())
                    .int64(time(begin.commitTime()))
                    .int32(begin.xid());
        }
        if (message instanceof Message.Commit commit) {
            return message('C')
                    .int8(commit.flags())
                    .int64(commit.commitLsn().value())
                    .int64(commit.endLsn().value())
                    .int64(time(commit.commitTime()));
        }
        if (message instanceof Message.Origin origin) {
            return message('O').int64(origin.commitLsn().value()).string(origin.name());
        }
        if (message instanceof Message.StreamStart start) {
            return message('S').int32(start.xid()).int8(start.first() ? 1 : 0);
        }
        if (message instanceof Message.StreamStop) {
            return message('E');
        }
        if (message instanceof Message.StreamCommit commit) {
            return message('c')
                    .int32(commit.xid())
                    .int8(commit.flags())
                    .int64(commit.commitLsn().value())
                    .int64(commit.endLsn().value())
                    .int64(time(commit.commitTime()));
        }
        if (message instanceof Message.StreamAbort abort) {
            MessageBytes bytes = message('A').int32(abort.xid()).int32(abort.subXid());
            return abort.abortTime() == null
                    ? bytes
                    : bytes.int64(abort.abortLsn().value()).int64(time(abort.abortTime()));
        }
        if (message instanceof Message.BeginPrepare begin) {
            return message('b')
                    .int64(begin.prepareLsn().value())
                    .int64(begin.endLsn().value())
                    .int64(time(begin.prepareTime()))
                    .int32(begin.xid())
                    .string(begin.gid());
        }
        if (message instanceof Message.Prepare prepare) {
            return message('P')
                    .int8(prepare.flags())
                    .int64(prepare.prepareLsn().value())
                    .int64(prepare.endLsn().value())
                    .int64(time(prepare.prepareTime()))
                    .int32(prepare.xid())
                    .string(prepare.gid());
        }
        if (message instanceof Message.CommitPrepared commit) {
            return message('K')
                    .int8(commit.flags())
                    .int64(commit.commitLsn().value())
                    .int64(commit.endLsn().value())
                    .int64(time(commit.commitTime()))
                    .int32(commit.xid())
                    .string(commit.gid());
        }
        if (message instanceof Message.RollbackPrepared rollback) {
            return message('r')
                    .int8(rollback.flags())
                    .int64(rollback.prepareEndLsn().value())
                    .int64(rollback.rollbackEndLsn().value())
                    .int64(time(rollback.prepareTime()))
                    .int64(time(rollback.rollbackTime()))
                    .int32(rollback.xid())
                    .string(rollback.gid());
        }
        if (message instanceof Message.StreamPrepare prepare) {
            return message('p')
                    .int8(prepare.flags())
                    .int64(prepare.prepareLsn().value())
                    .int64(prepare.endLsn().value())
                    .int64(time(prepare.prepareTime()))
                    .int32(prepare.xid())
                    .string(prepare.gid());
        }
        if (message instanceof Message.Streamed streamed) {
            byte[] change = encode(streamed.message());
            return message((char) change[0]).int32(streamed.xid()).raw(Arrays.copyOfRange(change, 1, change.length));
        }
        return change(message);
    }

    private static MessageBytes change(Message message) {
        if (message instanceof Message.Relation relation) {
            MessageBytes bytes = message('R')
                    .int32(relation.oid())
                    .string(namespace(relation.namespace()))
                    .string(relation.name())
                    .int8(relation.identity().code())
                    .int16(relation.columns().size());
            for (Column column : relation.columns()) {
                bytes.int8(column.key() ? 1 : 0)
                        .string(column.name())
                        .int32(column.typeOid())
                        .int32(column.typeModifier());
            }
            return bytes;
        }
        if (message instanceof Message.Type type) {
            return message('Y')
                    .int32(type.oid())
                    .string(namespace(type.namespace()))
                    .string(type.name());
        }
        if (message instanceof Message.Insert insert) {
            return tuple(message('I').int32(insert.relationOid()), 'N', insert.after());
        }
        if (message instanceof Message.Update update) {
            MessageBytes bytes = message('U').int32(update.relationOid());
            if (update.before() != null) {
                oldTuple(bytes, update.before());
            }
            return tuple(bytes, 'N', update.after());
        }
        if (message instanceof Message.Delete delete) {
            return oldTuple(message('D').int32(delete.relationOid()), delete.before());
        }
        if (message instanceof Message.Truncate truncate) {
            MessageBytes bytes = message('T')
                    .int32(truncate.relationOids().size())
                    .int8((truncate.cascade() ? 1 : 0) | (truncate.restartIdentity() ? 2 : 0));
            truncate.relationOids().forEach(bytes::int32);
            return bytes;
        }
        if (message instanceof Message.Logical logical) {
            return message('M')
                    .int8(logical.transactional() ? 1 : 0)
                    .int64(logical.lsn().value())
                    .string(logical.prefix())
                    .int32(logical.content().length)
                    .raw(logical.content());
        }
        throw new IllegalStateException("no encoding for " + message);
    }

    private static MessageBytes oldTuple(MessageBytes bytes, OldTuple before) {
        return tuple(bytes, before.full() ? 'O' : 'K', before.tuple());
    }

    private static MessageBytes tuple(MessageBytes bytes, char kind, Tuple tuple) {
        bytes.int8(kind).int16(tuple.size());
        for (int i = 0; i < tuple.size(); i++) {
            TupleValue value = tuple.get(i);
            if (value instanceof Data data) {
                bytes.int8(data.format() == Format.TEXT ? 't' : 'b')
                        .int32(data.length())
                        .raw(Arrays.copyOfRange(data.array(), data.offset(), data.offset() + data.length()));
            } else {
                bytes.int8(value == Absent.NULL ? 'n' : 'u');
            }
        }
        return bytes;
    }

    private static String namespace(String name) {
        return name.equals("pg_catalog") ? "" : name;
    }

    private static long time(Instant time) {
        return (time.getEpochSecond() - EPOCH.getEpochSecond()) * 1_000_000 + time.getNano() / 1_000;
    }
}
