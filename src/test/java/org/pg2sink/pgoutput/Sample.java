package org.pg2sink.pgoutput;

import static org.pg2sink.pgoutput.MessageBytes.message;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.pg2sink.pgoutput.Message.Column;
import org.pg2sink.pgoutput.Message.OldTuple;
import org.pg2sink.pgoutput.Message.ReplicaIdentity;
import org.pg2sink.pgoutput.TupleValue.Absent;
import org.pg2sink.pgoutput.TupleValue.Data;
import org.pg2sink.pgoutput.TupleValue.Format;

/** The protocol by example: every kind of message as bytes and as what they mean. */
enum Sample {
    BEGIN(
            message('B').int64(Some.LSN.value()).int64(Some.MICROSECONDS).int32(Some.XID),
            new Message.Begin(Some.LSN, Some.TIME, Some.XID)),

    COMMIT(
            message('C')
                    .int8(0)
                    .int64(Some.LSN.value())
                    .int64(Some.END_LSN.value())
                    .int64(Some.MICROSECONDS),
            new Message.Commit(0, Some.LSN, Some.END_LSN, Some.TIME)),

    ORIGIN(message('O').int64(Some.LSN.value()).string("upstream"), new Message.Origin(Some.LSN, "upstream")),

    RELATION(
            message('R')
                    .int32(16385)
                    .string("public")
                    .string("example")
                    .int8('d')
                    .int16(2)
                    .int8(1)
                    .string("id")
                    .int32(20)
                    .int32(-1)
                    .int8(0)
                    .string("Straße, \"quoted\"")
                    .int32(1043)
                    .int32(24),
            new Message.Relation(
                    16385,
                    "public",
                    "example",
                    ReplicaIdentity.DEFAULT,
                    List.of(new Column(true, "id", 20, -1), new Column(false, "Straße, \"quoted\"", 1043, 24)))),

    RELATION_WITHOUT_COLUMNS(
            message('R')
                    .int32(16385)
                    .string("public")
                    .string("nothing")
                    .int8('n')
                    .int16(0),
            new Message.Relation(16385, "public", "nothing", ReplicaIdentity.NOTHING, List.of())),

    RELATION_WITH_FULL_IDENTITY(
            message('R')
                    .int32(16385)
                    .string("public")
                    .string("example")
                    .int8('f')
                    .int16(0),
            new Message.Relation(16385, "public", "example", ReplicaIdentity.FULL, List.of())),

    RELATION_IDENTIFIED_BY_AN_INDEX(
            message('R')
                    .int32(16385)
                    .string("public")
                    .string("example")
                    .int8('i')
                    .int16(0),
            new Message.Relation(16385, "public", "example", ReplicaIdentity.INDEX, List.of())),

    TYPE(message('Y').int32(16390).string("public").string("mood"), new Message.Type(16390, "public", "mood")),

    INSERT(
            message('I')
                    .int32(16385)
                    .int8('N')
                    .int16(4)
                    .text("1")
                    .int8('n')
                    .text("")
                    .binary((byte) 0, (byte) 0xff),
            new Message.Insert(16385, Tuple.of(text("1"), Absent.NULL, text(""), binary((byte) 0, (byte) 0xff)))),

    UPDATE(
            message('U').int32(16385).int8('N').int16(2).text("1").int8('u'),
            new Message.Update(16385, null, Tuple.of(text("1"), Absent.UNCHANGED))),

    UPDATE_OF_THE_KEY(
            message('U')
                    .int32(16385)
                    .int8('K')
                    .int16(2)
                    .text("1")
                    .int8('n')
                    .int8('N')
                    .int16(2)
                    .text("2")
                    .text("moved"),
            new Message.Update(
                    16385, new OldTuple(false, Tuple.of(text("1"), Absent.NULL)), Tuple.of(text("2"), text("moved")))),

    UPDATE_WITH_FULL_IDENTITY(
            message('U')
                    .int32(16385)
                    .int8('O')
                    .int16(1)
                    .text("old")
                    .int8('N')
                    .int16(1)
                    .text("new"),
            new Message.Update(16385, new OldTuple(true, Tuple.of(text("old"))), Tuple.of(text("new")))),

    DELETE(
            message('D').int32(16385).int8('K').int16(2).text("1").int8('n'),
            new Message.Delete(16385, new OldTuple(false, Tuple.of(text("1"), Absent.NULL)))),

    DELETE_WITH_FULL_IDENTITY(
            message('D').int32(16385).int8('O').int16(1).text("old"),
            new Message.Delete(16385, new OldTuple(true, Tuple.of(text("old"))))),

    TRUNCATE(
            message('T').int32(2).int8(0).int32(16385).int32(16400),
            new Message.Truncate(List.of(16385L, 16400L), false, false)),

    TRUNCATE_CASCADE(message('T').int32(1).int8(1).int32(16385), new Message.Truncate(List.of(16385L), true, false)),

    TRUNCATE_RESTART_IDENTITY(
            message('T').int32(1).int8(2).int32(16385), new Message.Truncate(List.of(16385L), false, true)),

    LOGICAL(
            message('M')
                    .int8(0)
                    .int64(Some.LSN.value())
                    .string("audit")
                    .int32(2)
                    .raw((byte) 0, (byte) 1),
            new Message.Logical(false, Some.LSN, "audit", new byte[] {0, 1})),

    TRANSACTIONAL_LOGICAL(
            message('M').int8(1).int64(Some.LSN.value()).string("audit").int32(0),
            new Message.Logical(true, Some.LSN, "audit", new byte[0])),

    STREAM_START(message('S').int32(Some.XID).int8(1), new Message.StreamStart(Some.XID, true)),

    STREAM_START_AGAIN(message('S').int32(Some.XID).int8(0), new Message.StreamStart(Some.XID, false)),

    STREAM_STOP(message('E'), new Message.StreamStop()),

    STREAM_COMMIT(
            message('c')
                    .int32(Some.XID)
                    .int8(0)
                    .int64(Some.LSN.value())
                    .int64(Some.END_LSN.value())
                    .int64(Some.MICROSECONDS),
            new Message.StreamCommit(Some.XID, 0, Some.LSN, Some.END_LSN, Some.TIME)),

    STREAM_ABORT(
            message('A').int32(Some.XID).int32(Some.SUB_XID),
            new Message.StreamAbort(Some.XID, Some.SUB_XID, null, null)),

    STREAM_ABORT_WITH_POSITION(
            message('A')
                    .int32(Some.XID)
                    .int32(Some.SUB_XID)
                    .int64(Some.LSN.value())
                    .int64(Some.MICROSECONDS),
            new Message.StreamAbort(Some.XID, Some.SUB_XID, Some.LSN, Some.TIME)),

    STREAMED_RELATION(
            message('R')
                    .int32(Some.SUB_XID)
                    .int32(16385)
                    .string("public")
                    .string("nothing")
                    .int8('n')
                    .int16(0),
            new Message.Streamed(
                    Some.SUB_XID,
                    new Message.Relation(16385, "public", "nothing", ReplicaIdentity.NOTHING, List.of()))),

    STREAMED_TYPE(
            message('Y').int32(Some.SUB_XID).int32(16390).string("public").string("mood"),
            new Message.Streamed(Some.SUB_XID, new Message.Type(16390, "public", "mood"))),

    STREAMED_INSERT(
            message('I').int32(Some.SUB_XID).int32(16385).int8('N').int16(1).text("1"),
            new Message.Streamed(Some.SUB_XID, new Message.Insert(16385, Tuple.of(text("1"))))),

    STREAMED_UPDATE(
            message('U').int32(Some.SUB_XID).int32(16385).int8('N').int16(1).text("1"),
            new Message.Streamed(Some.SUB_XID, new Message.Update(16385, null, Tuple.of(text("1"))))),

    STREAMED_DELETE(
            message('D').int32(Some.SUB_XID).int32(16385).int8('K').int16(1).text("1"),
            new Message.Streamed(Some.SUB_XID, new Message.Delete(16385, new OldTuple(false, Tuple.of(text("1")))))),

    STREAMED_TRUNCATE(
            message('T').int32(Some.SUB_XID).int32(1).int8(0).int32(16385),
            new Message.Streamed(Some.SUB_XID, new Message.Truncate(List.of(16385L), false, false))),

    STREAMED_LOGICAL(
            message('M')
                    .int32(Some.SUB_XID)
                    .int8(1)
                    .int64(Some.LSN.value())
                    .string("audit")
                    .int32(0),
            new Message.Streamed(Some.SUB_XID, new Message.Logical(true, Some.LSN, "audit", new byte[0]))),

    BEGIN_PREPARE(
            message('b')
                    .int64(Some.LSN.value())
                    .int64(Some.END_LSN.value())
                    .int64(Some.MICROSECONDS)
                    .int32(Some.XID)
                    .string("gid"),
            new Message.BeginPrepare(Some.LSN, Some.END_LSN, Some.TIME, Some.XID, "gid")),

    PREPARE(
            message('P')
                    .int8(0)
                    .int64(Some.LSN.value())
                    .int64(Some.END_LSN.value())
                    .int64(Some.MICROSECONDS)
                    .int32(Some.XID)
                    .string("gid"),
            new Message.Prepare(0, Some.LSN, Some.END_LSN, Some.TIME, Some.XID, "gid")),

    COMMIT_PREPARED(
            message('K')
                    .int8(0)
                    .int64(Some.LSN.value())
                    .int64(Some.END_LSN.value())
                    .int64(Some.MICROSECONDS)
                    .int32(Some.XID)
                    .string("gid"),
            new Message.CommitPrepared(0, Some.LSN, Some.END_LSN, Some.TIME, Some.XID, "gid")),

    ROLLBACK_PREPARED(
            message('r')
                    .int8(0)
                    .int64(Some.LSN.value())
                    .int64(Some.END_LSN.value())
                    .int64(Some.MICROSECONDS)
                    .int64(Some.MICROSECONDS + 1)
                    .int32(Some.XID)
                    .string("gid"),
            new Message.RollbackPrepared(
                    0, Some.LSN, Some.END_LSN, Some.TIME, Some.TIME.plusNanos(1_000), Some.XID, "gid")),

    STREAM_PREPARE(
            message('p')
                    .int8(0)
                    .int64(Some.LSN.value())
                    .int64(Some.END_LSN.value())
                    .int64(Some.MICROSECONDS)
                    .int32(Some.XID)
                    .string("gid"),
            new Message.StreamPrepare(0, Some.LSN, Some.END_LSN, Some.TIME, Some.XID, "gid"));

    private static final class Some {
        static final Lsn LSN = Lsn.parse("16/B374D848");
        static final Lsn END_LSN = Lsn.parse("16/B374D878");
        static final Instant TIME = Instant.parse("2019-10-04T15:05:55.123456Z");
        static final long MICROSECONDS = 623_516_755_123_456L; // of TIME, since 2000
        static final long XID = 731;
        static final long SUB_XID = 732;
    }

    private final byte[] bytes;
    private final Message meaning;

    Sample(MessageBytes bytes, Message meaning) {
        this.bytes = bytes.toByteArray();
        this.meaning = meaning;
    }

    byte[] bytes() {
        return bytes.clone();
    }

    Message meaning() {
        return meaning;
    }

    PgOutputDecoder decoder() {
        return decoderBefore(meaning);
    }

    /** A decoder that stands where such a message can come. */
    static PgOutputDecoder decoderBefore(Message message) {
        PgOutputDecoder decoder = new PgOutputDecoder();
        if (message instanceof Message.Streamed || message instanceof Message.StreamStop) {
            decoder.decode(ByteBuffer.wrap(STREAM_START.bytes()));
        }
        return decoder;
    }

    static Data text(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        return new Data(Format.TEXT, utf8, 0, utf8.length);
    }

    static Data binary(byte... value) {
        return new Data(Format.BINARY, value, 0, value.length);
    }
}
