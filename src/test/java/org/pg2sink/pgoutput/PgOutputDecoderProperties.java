package org.pg2sink.pgoutput;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class PgOutputDecoderProperties {

    @Property(edgeCases = EdgeCasesMode.NONE)
    void everyMessageIsDecodedToWhatWasEncoded(@ForAll("messages") Message message) {
        byte[] bytes = MessageEncoder.encode(message);
        assertThat(Sample.decoderBefore(message).decode(ByteBuffer.wrap(bytes))).isEqualTo(message);
    }

    @Example
    void everyKindOfMessageIsTried() {
        assertThat(messages().sampleStream().limit(2_000).map(Object::getClass).collect(Collectors.toSet()))
                .hasSize(Message.class.getPermittedSubclasses().length);
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void anyBytesAreDecodedOrRefused(@ForAll("anyBytes") byte[] bytes, @ForAll boolean inStreamBlock) {
        decodeOrRefuse(bytes, inStreamBlock);
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void aDamagedMessageIsDecodedOrRefused(@ForAll("damagedMessages") byte[] bytes, @ForAll boolean inStreamBlock) {
        decodeOrRefuse(bytes, inStreamBlock);
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void whatIsDecodedMeansTheSameEncodedAgain(@ForAll("damagedMessages") byte[] bytes) {
        try {
            Message message = new PgOutputDecoder().decode(ByteBuffer.wrap(bytes));
            byte[] again = MessageEncoder.encode(message);
            assertThat(new PgOutputDecoder().decode(ByteBuffer.wrap(again))).isEqualTo(message);
        } catch (PgOutputException refused) {
            assertThat(refused.position()).isBetween(0, bytes.length);
        }
    }

    /** Whatever else may come out of it than a message or the one exception fails the test. */
    private static void decodeOrRefuse(byte[] bytes, boolean inStreamBlock) {
        PgOutputDecoder decoder = new PgOutputDecoder();
        if (inStreamBlock) {
            decoder.decode(ByteBuffer.wrap(Sample.STREAM_START.bytes()));
        }
        long start = System.nanoTime();
        try {
            assertThat(decoder.decode(ByteBuffer.wrap(bytes))).isNotNull();
        } catch (PgOutputException refused) {
            assertThat(refused.position()).isBetween(0, bytes.length);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
    }

    @Provide
    Arbitrary<Message> messages() {
        return MessageArbitraries.message();
    }

    /** Most of them begin as a message does. */
    @Provide
    Arbitrary<byte[]> anyBytes() {
        Arbitrary<Byte> type = Arbitraries.of(
                Arrays.stream(Sample.values()).map(sample -> sample.bytes()[0]).toList());
        Arbitrary<byte[]> bytes = Arbitraries.bytes().array(byte[].class).ofMaxSize(100);
        return Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(1, bytes),
                net.jqwik.api.Tuple.of(
                        9,
                        Combinators.combine(type, bytes).as((first, rest) -> concatenate(new byte[] {first}, rest))));
    }

    /** Messages of which a part is replaced, removed or doubled. */
    @Provide
    Arbitrary<byte[]> damagedMessages() {
        Arbitrary<byte[]> valid = messages().map(MessageEncoder::encode);
        Arbitrary<byte[]> patch = Arbitraries.oneOf(
                Arbitraries.bytes().array(byte[].class).ofMaxSize(5),
                Arbitraries.of(List.of(new byte[] {-1, -1, -1, -1}, new byte[] {127, -1, -1, -1}, new byte[4])));
        return Combinators.combine(
                        valid,
                        Arbitraries.integers().between(0, 200),
                        Arbitraries.integers().between(0, 8),
                        patch)
                .as(PgOutputDecoderProperties::damage);
    }

    private static byte[] damage(byte[] bytes, int position, int removed, byte[] patch) {
        int from = position % bytes.length;
        int to = Math.min(bytes.length, from + removed);
        return concatenate(Arrays.copyOf(bytes, from), patch, Arrays.copyOfRange(bytes, to, bytes.length));
    }

    private static byte[] concatenate(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
