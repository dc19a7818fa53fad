package org.pg2sink.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.pg2sink.pgoutput.Lsn;
import org.pg2sink.replication.ServerHistory.Switch;

/** Says which timeline a position belongs to. */
class ServerHistoryTest {

    private static final String FILE = """
            1\t0/3000110\tno recovery target specified

            2\t0/5000000\tbefore 2026-11-28 11:00:00+00
            """;

    private final ServerHistory history = new ServerHistory("7", 5, 3, ServerHistory.parse(FILE));

    @Test
    void theServersFileIsRead() {
        assertThat(history.switches())
                .isEqualTo(List.of(new Switch(1, Lsn.parse("0/3000110")), new Switch(2, Lsn.parse("0/5000000"))));
        assertThat(history.endOf(2)).contains(Lsn.parse("0/5000000"));
        assertThat(history.endOf(4)).isEmpty();
    }

    @Test
    void aPositionBelongsToTheTimelineOnWhichItWasWritten() {
        Function<Lsn, String> names = history.names(0);
        assertThat(names.apply(Lsn.parse("0/300010F"))).isEqualTo("1");
        assertThat(names.apply(Lsn.parse("0/3000110"))).isEqualTo("2");
        assertThat(names.apply(Lsn.parse("0/4FFFFFF"))).isEqualTo("2");
        assertThat(names.apply(Lsn.parse("0/5000000"))).isEqualTo("3");
    }

    @Test
    void aServerThatWentBackUnseenGetsANameOfItsOwn() {
        assertThat(new ServerHistory("7", 5, 1, List.of()).names(2).apply(Lsn.parse("0/1")))
                .isEqualTo("1.2");
        assertThat(history.names(1).apply(Lsn.parse("0/1"))).isEqualTo("1.1");
    }
}
