package org.pg2sink.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pg2sink.changelog.Examples.delete;
import static org.pg2sink.changelog.Examples.identity;
import static org.pg2sink.changelog.Examples.insert;
import static org.pg2sink.changelog.Examples.row;
import static org.pg2sink.changelog.Examples.transaction;
import static org.pg2sink.changelog.Examples.truncate;
import static org.pg2sink.changelog.Examples.update;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.pg2sink.changelog.Column;
import org.pg2sink.changelog.Examples;
import org.pg2sink.changelog.Modification;
import org.pg2sink.changelog.Operation;
import org.pg2sink.changelog.Row;
import org.pg2sink.changelog.Schema;
import org.pg2sink.changelog.Table;
import org.pg2sink.changelog.TableName;
import org.pg2sink.changelog.Transaction;

class LaneChoiceTest {

    private static final int LANES = 8;

    private final LaneChoice choice = new LaneChoice(LANES);
    private final Transaction transaction = transaction(1);
    private final Table orders = Examples.table("orders", "id bigint key", "msg text");

    private OptionalInt laneOf(Row row) {
        return choice.of(insert(transaction, 1, row));
    }

    /** Two keys that have not the same lane. */
    private String[] apart() {
        OptionalInt first = laneOf(row(orders, "1", "a"));
        String other = IntStream.range(2, 1000)
                .mapToObj(String::valueOf)
                .filter(id -> !laneOf(row(orders, id, "a")).equals(first))
                .findFirst()
                .orElseThrow();
        return new String[] {"1", other};
    }

    @Test
    void allOperationsOnOneKeyTakeOneLane() {
        OptionalInt lane = laneOf(row(orders, "7", "a"));

        assertThat(lane).isPresent();
        assertThat(choice.of(update(transaction, 2, null, row(orders, "7", "b"))))
                .isEqualTo(lane);
        assertThat(choice.of(update(transaction, 3, row(orders, "7", "b"), row(orders, "7", "c"))))
                .isEqualTo(lane);
        assertThat(choice.of(delete(transaction, 4, identity(orders, "7", null))))
                .isEqualTo(lane);
    }

    @Test
    void keysSpreadEvenly() {
        Map<Integer, Integer> counts = new HashMap<>();
        for (int id = 0; id < 8_000; id++) {
            counts.merge(laneOf(row(orders, String.valueOf(id), "a")).getAsInt(), 1, Integer::sum);
        }

        assertThat(counts).hasSize(LANES);
        assertThat(counts.values()).allMatch(count -> count > 800 && count < 1200);
    }

    @Test
    void aChangeOfTheKeyIsAloneUnlessBothKeysTakeOneLane() {
        String[] ids = apart();

        assertThat(choice.of(update(transaction, 1, identity(orders, ids[0], null), row(orders, ids[1], "a"))))
                .isEmpty();
        assertThat(choice.of(update(transaction, 1, identity(orders, ids[1], null), row(orders, ids[1], "a"))))
                .isPresent();
    }

    @Test
    void whatConcernsMoreThanOneRowIsAlone() {
        laneOf(row(orders, "1", "a"));

        assertThat(choice.of(truncate(transaction, 1, orders))).isEmpty();
        assertThat(choice.of(new Schema(transaction, orders))).isEmpty();
        assertThat(choice.of(new Modification(transaction, 1, Operation.IMPORT_BEGIN, orders, null, null)))
                .isEmpty();
        assertThat(choice.of(new Modification(transaction, 1, Operation.IMPORT_END, orders, null, null)))
                .isEmpty();
    }

    @Test
    void aLogicalMessageIsAlone() {
        Table messages = new Table(0, new TableName(null, "note"), orders.columns());

        assertThat(choice.of(
                        new Modification(transaction, 1, Operation.MESSAGE, messages, null, row(messages, "1", "x"))))
                .isEmpty();
    }

    @Test
    void aKeyOfWhichNotAllIsToldIsAlone() {
        assertThat(laneOf(row(orders, Examples.UNCHANGED, "a"))).isEmpty();
        assertThat(choice.of(delete(transaction, 1, identity(orders, null, null))))
                .isEmpty();
    }

    @Test
    void theFirstChangeOfANewVersionOfATableIsAlone() {
        assertThat(laneOf(row(orders, "1", "a"))).isPresent();
        Table altered = Examples.table("orders", "id text key", "msg text");

        assertThat(laneOf(row(altered, "1", "a"))).isEmpty();
        assertThat(laneOf(row(altered, "1", "a"))).isPresent();
    }

    @Test
    void aTableWithoutAKeyTakesOneLaneAsAWhole() {
        Table log = Examples.table("log", "msg text");
        OptionalInt lane = laneOf(row(log, "a"));

        assertThat(lane).isPresent();
        for (int i = 0; i < 100; i++) {
            assertThat(laneOf(row(log, "message " + i))).isEqualTo(lane);
            assertThat(choice.of(update(transaction, 1, row(log, "message " + i), row(log, "other"))))
                    .isEqualTo(lane);
        }
    }

    @Test
    void keysThatAreEqualButSpelledInTwoWaysTakeOneLane() {
        Table prices = Examples.table("prices", "id int key", "amount numeric key");
        for (int id = 0; id < 100; id++) {
            assertThat(laneOf(row(prices, String.valueOf(id), "1.0")))
                    .isEqualTo(laneOf(row(prices, String.valueOf(id), "1.00")));
        }
    }

    @Test
    void aTableWhoseKeyIsDeferrableTakesOneLaneAsAWhole() {
        List<Column> columns = orders.columns();
        Table deferrable = new Table(1, new TableName("public", "deferrable"), columns, true);
        Table another = new Table(2, new TableName("public", "another"), columns, true);
        String[] ids = apart();

        assertThat(laneOf(row(deferrable, ids[0], "a"))).hasValue(0);
        assertThat(choice.of(update(transaction, 1, identity(deferrable, ids[0], null), row(deferrable, ids[1], "a"))))
                .hasValue(0);
        assertThat(laneOf(row(another, "5", "a"))).hasValue(0);
    }
}
