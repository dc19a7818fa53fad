package org.pg2sink.pgoutput;

import static net.jqwik.api.Combinators.combine;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import org.pg2sink.pgoutput.Message.Column;
import org.pg2sink.pgoutput.Message.OldTuple;
import org.pg2sink.pgoutput.Message.ReplicaIdentity;
import org.pg2sink.pgoutput.TupleValue.Absent;
import org.pg2sink.pgoutput.TupleValue.Data;
import org.pg2sink.pgoutput.TupleValue.Format;

/** Any message that a server could send. */
final class MessageArbitraries {

    private static final Arbitrary<Lsn> LSN = Arbitraries.longs().map(Lsn::new);
    private static final Arbitrary<Long> UNSIGNED = Arbitraries.longs().between(0, 0xFFFFFFFFL);
    private static final Arbitrary<Integer> FLAGS = Arbitraries.integers().between(-128, 127);
    private static final Arbitrary<Boolean> FLAG = Arbitraries.of(true, false);
    private static final Arbitrary<byte[]> BYTES =
            Arbitraries.bytes().array(byte[].class).ofMaxSize(40);

    private static final Arbitrary<String> TEXT =
            Arbitraries.strings().withCharRange('\u0001', '\ud7ff').ofMaxLength(20);
    private static final Arbitrary<String> NAME = TEXT.filter(text -> !text.isEmpty());

    /** All that PostgreSQL's timestamps can be. */
    private static final Arbitrary<Instant> TIME = Arbitraries.longs()
            .between(-211_813_488_000_000_000L, 9_223_371_331_200_000_000L)
            .map(microseconds -> Instant.parse("2000-01-01T00:00:00Z").plus(microseconds, ChronoUnit.MICROS));

    private static final Arbitrary<Tuple> TUPLE = Arbitraries.oneOf(
                    Arbitraries.of(Absent.values()),
                    combine(Arbitraries.of(Format.values()), BYTES)
                            .as((format, bytes) -> new Data(format, bytes, 0, bytes.length)))
            .array(TupleValue[].class)
            .ofMaxSize(8)
            .map(Tuple::of);

    private static final Arbitrary<OldTuple> OLD_TUPLE = combine(FLAG, TUPLE).as(OldTuple::new);

    private static final Arbitrary<List<Column>> COLUMNS = combine(FLAG, NAME, UNSIGNED, Arbitraries.integers())
            .as(Column::new)
            .list()
            .ofMaxSize(8);

    private MessageArbitraries() {}

    static Arbitrary<Message> message() {
        return Arbitraries.oneOf(
                change(),
                combine(UNSIGNED, change()).as(Message.Streamed::new),
                combine(LSN, TIME, UNSIGNED).as(Message.Begin::new),
                combine(FLAGS, LSN, LSN, TIME).as(Message.Commit::new),
                combine(LSN, TEXT).as(Message.Origin::new),
                combine(UNSIGNED, FLAG).as(Message.StreamStart::new),
                Arbitraries.create(Message.StreamStop::new),
                combine(UNSIGNED, FLAGS, LSN, LSN, TIME).as(Message.StreamCommit::new),
                combine(UNSIGNED, UNSIGNED).as((xid, subXid) -> new Message.StreamAbort(xid, subXid, null, null)),
                combine(UNSIGNED, UNSIGNED, LSN, TIME).as(Message.StreamAbort::new),
                combine(LSN, LSN, TIME, UNSIGNED, TEXT).as(Message.BeginPrepare::new),
                combine(FLAGS, LSN, LSN, TIME, UNSIGNED, TEXT).as(Message.Prepare::new),
                combine(FLAGS, LSN, LSN, TIME, UNSIGNED, TEXT).as(Message.CommitPrepared::new),
                combine(FLAGS, LSN, LSN, TIME, TIME, UNSIGNED, TEXT).as(Message.RollbackPrepared::new),
                combine(FLAGS, LSN, LSN, TIME, UNSIGNED, TEXT).as(Message.StreamPrepare::new));
    }

    /** Those that carry a transaction id within a block of a streamed transaction. */
    private static Arbitrary<Message> change() {
        return Arbitraries.oneOf(
                combine(UNSIGNED, NAME, NAME, Arbitraries.of(ReplicaIdentity.values()), COLUMNS)
                        .as(Message.Relation::new),
                combine(UNSIGNED, NAME, NAME).as(Message.Type::new),
                combine(UNSIGNED, TUPLE).as(Message.Insert::new),
                combine(UNSIGNED, OLD_TUPLE.injectNull(0.5), TUPLE).as(Message.Update::new),
                combine(UNSIGNED, OLD_TUPLE).as(Message.Delete::new),
                combine(UNSIGNED.list().ofMaxSize(8), FLAG, FLAG).as(Message.Truncate::new),
                combine(FLAG, LSN, TEXT, BYTES).as(Message.Logical::new));
    }
}
