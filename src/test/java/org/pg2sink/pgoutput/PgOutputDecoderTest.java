package org.pg2sink.pgoutput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.pg2sink.pgoutput.MessageBytes.message;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.Arrays;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pg2sink.pgoutput.TupleValue.Absent;

class PgOutputDecoderTest {

    @ParameterizedTest
    @EnumSource
    void decodes(Sample sample) {
        assertThat(sample.decoder().decode(ByteBuffer.wrap(sample.bytes()))).isEqualTo(sample.meaning());
    }

    @Test
    void thereIsASampleOfEveryKindOfMessage() {
        Stream<Class<?>> kinds =
                Stream.of(Sample.values()).map(sample -> sample.meaning().getClass());
        assertThat(kinds).containsOnly(Message.class.getPermittedSubclasses());
    }

    @Test
    void thereIsASampleOfEveryReplicaIdentity() {
        assertThat(Stream.of(Sample.values())
                        .map(Sample::meaning)
                        .filter(Message.Relation.class::isInstance)
                        .map(message -> ((Message.Relation) message).identity()))
                .containsOnly(Message.ReplicaIdentity.values());
    }

    // numbers

    @Test
    void anLsnIsUnsigned() {
        Message.Begin begin = (Message.Begin)
                decode(message('B').int64(0xFFFFFFFF_FFFFFFFEL).int64(0).int32(1));
        assertThat(Long.toUnsignedString(begin.finalLsn().value())).isEqualTo("18446744073709551614");
    }

    @Test
    void aTransactionIdIsUnsigned() {
        Message.Begin begin =
                (Message.Begin) decode(message('B').int64(1).int64(0).int32(0xFFFFFFFFL));
        assertThat(begin.xid()).isEqualTo(4_294_967_295L);
    }

    @Test
    void anOidIsUnsigned() {
        Message.Truncate truncate =
                (Message.Truncate) decode(message('T').int32(1).int8(0).int32(0x80000000L));
        assertThat(truncate.relationOids()).containsExactly(2_147_483_648L);
    }

    @Test
    void theNumberOfColumnsIsUnsigned() {
        MessageBytes bytes = message('I').int32(1).int8('N').int16(40_000);
        for (int i = 0; i < 40_000; i++) {
            bytes.int8('n');
        }
        Message.Insert insert = (Message.Insert) decode(bytes);
        assertThat(insert.after().size()).isEqualTo(40_000);
        assertThat(insert.after().get(39_999)).isEqualTo(Absent.NULL);
    }

    @Test
    void aTimeCountsMicrosecondsFromTheYear2000() {
        assertThat(commitTime(0)).isEqualTo(Instant.parse("2000-01-01T00:00:00Z"));
        assertThat(commitTime(-1)).isEqualTo(Instant.parse("1999-12-31T23:59:59.999999Z"));
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, Long.MAX_VALUE})
    void noTimeIsTooFarAway(long microseconds) {
        assertThat(commitTime(microseconds)).isNotNull();
    }

    private static Instant commitTime(long microseconds) {
        return ((Message.Begin) decode(message('B').int64(1).int64(microseconds).int32(1))).commitTime();
    }

    // names and values

    @Test
    void theEmptyNamespaceIsThatOfTheServersOwnCatalog() {
        assertThat(decode(message('R')
                        .int32(1259)
                        .string("")
                        .string("pg_class")
                        .int8('n')
                        .int16(0)))
                .extracting("namespace")
                .isEqualTo("pg_catalog");
        assertThat(decode(message('Y').int32(1700).string("").string("numeric")))
                .isEqualTo(new Message.Type(1700, "pg_catalog", "numeric"));
    }

    @Test
    void anEmptyTextIsNotNull() {
        Message.Insert insert =
                (Message.Insert) decode(message('I').int32(1).int8('N').int16(1).text(""));
        assertThat(insert.after().get(0)).isEqualTo(Sample.text(""));
    }

    @Test
    void aRowMayHaveNoColumns() {
        assertThat(decode(message('I').int32(1).int8('N').int16(0))).isEqualTo(new Message.Insert(1, Tuple.of()));
    }

    @Test
    void valuesPointIntoTheReceivedBytes() {
        byte[] bytes = message('I').int32(1).int8('N').int16(1).text("value").toByteArray();
        Message.Insert insert = (Message.Insert) new PgOutputDecoder().decode(ByteBuffer.wrap(bytes));

        assertThat(insert.after().get(0)).isInstanceOfSatisfying(TupleValue.Data.class, data -> {
            assertThat(data.array()).isSameAs(bytes);
            assertThat(data.text()).isEqualTo("value");
        });
    }

    @ParameterizedTest
    @EnumSource
    void aMessageMayStandAnywhereInALargerBuffer(Sample sample) {
        byte[] bytes = sample.bytes();
        byte[] larger = new byte[bytes.length + 12];
        Arrays.fill(larger, (byte) 'x');
        System.arraycopy(bytes, 0, larger, 7, bytes.length);

        ByteBuffer window = ByteBuffer.wrap(larger, 7, bytes.length);
        ByteBuffer slice = ByteBuffer.wrap(larger, 7, bytes.length).slice();

        assertThat(sample.decoder().decode(window)).isEqualTo(sample.meaning());
        assertThat(sample.decoder().decode(slice)).isEqualTo(sample.meaning());
        assertThat(window.hasRemaining()).isFalse();
    }

    @Test
    void theProtocolIsBigEndianWhateverTheBufferIs() {
        ByteBuffer buffer = ByteBuffer.wrap(Sample.BEGIN.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(new PgOutputDecoder().decode(buffer)).isEqualTo(Sample.BEGIN.meaning());
    }

    // blocks of streamed transactions

    @Test
    void afterTheEndOfABlockMessagesCarryNoTransactionId() {
        PgOutputDecoder decoder = new PgOutputDecoder();
        for (Sample sample : new Sample[] {
            Sample.INSERT, Sample.STREAM_START, Sample.STREAMED_INSERT, Sample.STREAM_STOP, Sample.INSERT
        }) {
            assertThat(decoder.decode(ByteBuffer.wrap(sample.bytes()))).isEqualTo(sample.meaning());
        }
    }

    @Test
    void theOriginCarriesNoTransactionIdEvenWithinABlock() {
        PgOutputDecoder decoder = Sample.STREAMED_INSERT.decoder();
        assertThat(decoder.decode(ByteBuffer.wrap(Sample.ORIGIN.bytes()))).isEqualTo(Sample.ORIGIN.meaning());
        assertThat(decoder.decode(ByteBuffer.wrap(Sample.STREAMED_INSERT.bytes())))
                .isEqualTo(Sample.STREAMED_INSERT.meaning());
    }

    @Test
    void aStreamedTransactionIdIsUnsigned() {
        assertThat(Sample.STREAMED_TYPE
                        .decoder()
                        .decode(message('Y')
                                .int32(0x80000000L)
                                .int32(1)
                                .string("public")
                                .string("mood")
                                .toBuffer()))
                .isEqualTo(new Message.Streamed(2_147_483_648L, new Message.Type(1, "public", "mood")));
    }

    @Test
    void aFaultyStartDoesNotOpenABlock() {
        PgOutputDecoder decoder = new PgOutputDecoder();
        assertThatThrownBy(() -> decoder.decode(message('S').int32(731).toBuffer()))
                .isInstanceOf(PgOutputException.class);
        assertThat(decoder.decode(ByteBuffer.wrap(Sample.INSERT.bytes()))).isEqualTo(Sample.INSERT.meaning());
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.MATCH_ANY,
            names = {
                "STREAM_START.*",
                "STREAM_COMMIT",
                "STREAM_ABORT.*",
                "STREAM_PREPARE",
                "BEGIN.*",
                "COMMIT.*",
                "PREPARE",
                "ROLLBACK.*"
            })
    void aBlockHoldsChangesOnly(Sample sample) {
        assertThatThrownBy(() -> Sample.STREAMED_INSERT.decoder().decode(ByteBuffer.wrap(sample.bytes())))
                .isInstanceOf(PgOutputException.class)
                .hasMessageContaining("byte 0: expected a change or the end of a streamed transaction's block");
    }

    @Test
    void aBlockThatDidNotBeginCannotEnd() {
        assertThatDecoding(message('E'))
                .hasMessageContaining("byte 0: expected no end of a streamed transaction's block, for none is open");
    }

    // malformed messages

    @ParameterizedTest
    @EnumSource
    void aMessageCutShortIsRefused(Sample sample) {
        byte[] bytes = sample.bytes();
        for (int length = 0; length < bytes.length; length++) {
            if (sample == Sample.STREAM_ABORT_WITH_POSITION && length == Sample.STREAM_ABORT.bytes().length) {
                continue; // version 2's form of it
            }
            ByteBuffer cut = ByteBuffer.wrap(bytes, 0, length).slice();
            assertThat(catchThrowable(() -> sample.decoder().decode(cut)))
                    .as("the first %d of %d bytes", length, bytes.length)
                    .isInstanceOfSatisfying(PgOutputException.class, e -> assertThat(e.position())
                            .isBetween(0, cut.limit()));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aMessageThatGoesOnIsRefused(Sample sample) {
        byte[] bytes = Arrays.copyOf(sample.bytes(), sample.bytes().length + 1);
        assertThatThrownBy(() -> sample.decoder().decode(ByteBuffer.wrap(bytes)))
                .isInstanceOf(PgOutputException.class);
    }

    @Test
    void anEmptyMessageIsRefused() {
        assertThatThrownBy(() -> new PgOutputDecoder().decode(ByteBuffer.allocate(0)))
                .isInstanceOf(PgOutputException.class)
                .hasMessage("pgoutput, byte 0: expected 1 bytes of message type, but the message has 0 left");
    }

    @Test
    void anUnknownTypeIsRefused() {
        assertThatDecoding(message('X').int32(1))
                .hasMessage("pgoutput, byte 0: expected a message type, but found 'X'");
        assertThatDecoding(message('\u00ff')).hasMessage("pgoutput, byte 0: expected a message type, but found 0xff");
    }

    @Test
    void anUnknownReplicaIdentityIsRefused() {
        assertThatDecoding(
                        message('R').int32(1).string("s").string("t").int8('x').int16(0))
                .hasMessage("Relation, byte 9: expected a replica identity (d, n, f, i), but found 'x'");
    }

    @Test
    void anUnknownKindOfTupleIsRefused() {
        assertThatDecoding(message('I').int32(1).int8('O').int16(0))
                .hasMessage("Insert, byte 5: expected a new tuple (N), but found 'O'");
        assertThatDecoding(message('U').int32(1).int8('X').int16(0))
                .hasMessage("Update, byte 5: expected a new tuple (N), but found 'X'");
        assertThatDecoding(message('U').int32(1).int8('K').int16(0).int8('K').int16(0))
                .hasMessage("Update, byte 8: expected a new tuple (N), but found 'K'");
        assertThatDecoding(message('D').int32(1).int8('N').int16(0))
                .hasMessage("Delete, byte 5: expected an old tuple (K or O), but found 'N'");
    }

    @Test
    void anUnknownKindOfColumnIsRefused() {
        assertThatDecoding(message('I').int32(1).int8('N').int16(2).int8('n').int8(0))
                .hasMessage("Insert, byte 9: expected a column kind (n, u, t, b), but found 0x00");
    }

    @Test
    void aStringWithoutAnEndIsRefused() {
        assertThatDecoding(message('O').int64(1).raw((byte) 'x'))
                .hasMessage("Origin, byte 9: expected a zero byte at the end of the origin name, but the message ends");
    }

    /** Were a length trusted before its bytes are seen, the largest would ask for gigabytes of memory. */
    @ParameterizedTest
    @MethodSource("lengths")
    void aLengthThatTheMessageCannotHoldIsRefused(MessageBytes upToTheLength) {
        byte[] prefix = upToTheLength.toByteArray();
        for (int length : new int[] {-1, Integer.MIN_VALUE, 2, Integer.MAX_VALUE}) {
            ByteBuffer bytes = ByteBuffer.allocate(prefix.length + Integer.BYTES + 1)
                    .put(prefix)
                    .putInt(length)
                    .put((byte) 0)
                    .flip();
            assertThatThrownBy(() -> new PgOutputDecoder().decode(bytes))
                    .as("length %d", length)
                    .isInstanceOf(PgOutputException.class)
                    .hasMessageContaining("byte " + prefix.length)
                    .hasMessageEndingWith("but found " + length);
        }
    }

    static Stream<MessageBytes> lengths() {
        return Stream.of(
                message('I').int32(1).int8('N').int16(1).int8('t'),
                message('I').int32(1).int8('N').int16(1).int8('b'),
                message('M').int8(0).int64(1).string("prefix"),
                message('T'));
    }

    @Test
    void moreColumnsThanBytesAreRefused() {
        assertThatDecoding(message('I').int32(1).int8('N').int16(0xFFFF))
                .hasMessage("Insert, byte 8: expected 65535 bytes of columns, but the message has 0 left");
        assertThatDecoding(
                        message('R').int32(1).string("s").string("t").int8('d').int16(0xFFFF))
                .hasMessage("Relation, byte 12: expected 1 bytes of column flags, but the message has 0 left");
    }

    @Test
    void noValueOfARowStandsInAnError() {
        assertThatDecoding(
                        message('I').int32(1).int8('N').int16(2).text("secret").int8('?'))
                .hasMessageNotContaining("secret");
        assertThat(decode(message('I').int32(1).int8('N').int16(1).text("secret"))
                        .toString())
                .contains("6 bytes")
                .doesNotContain("secret");
        assertThat(decode(message('M')
                                .int8(0)
                                .int64(1)
                                .string("prefix")
                                .int32(6)
                                .raw("secret".getBytes()))
                        .toString())
                .contains("6 bytes")
                .doesNotContain("secret");
    }

    private static Message decode(MessageBytes bytes) {
        return new PgOutputDecoder().decode(bytes.toBuffer());
    }

    private static AbstractThrowableAssert<?, ?> assertThatDecoding(MessageBytes bytes) {
        return assertThatThrownBy(() -> decode(bytes)).isInstanceOf(PgOutputException.class);
    }
}
