package org.pg2sink.format.debezium;

import java.util.List;
import java.util.Locale;
import org.pg2sink.format.FormatOptions;

/**
 * The options of {@link DebeziumJson}, under the names that Debezium and Kafka Connect's JsonConverter give them.
 *
 * @param prefix begins the names of topics and schemas, and is the name of the source
 * @param database the name of the database, which no change tells
 * @param schemas whether keys and values carry their schema
 * @param decimals {@code precise}, {@code double} or {@code string}
 * @param times how dates and times are counted
 * @param intervals {@code numeric} or {@code string}
 * @param hstore {@code json} or {@code map}
 * @param binary {@code bytes}, {@code base64}, {@code base64-url-safe} or {@code hex}
 * @param moneyDigits the digits after the point of money
 * @param unavailable stands for an unchanged TOAST value
 * @param unknown whether columns are written whose types Debezium does not know
 * @param tombstones whether a record without a value follows where a key is gone
 * @param truncates whether a truncated table is told
 */
record DebeziumOptions(
        String prefix,
        String database,
        boolean schemas,
        String decimals,
        TimeMode times,
        String intervals,
        String hstore,
        String binary,
        int moneyDigits,
        String unavailable,
        boolean unknown,
        boolean tombstones,
        boolean truncates) {

    static final String DOUBLE = "double";
    static final String STRING = "string";
    static final String MAP = "map";
    static final String BYTES = "bytes";
    static final String HEX = "hex";
    static final String URL_SAFE = "base64-url-safe";

    private static final int MAX_MONEY_DIGITS = 9;

    /** The values of {@code time.precision.mode}. */
    enum TimeMode {
        ADAPTIVE,
        ADAPTIVE_TIME_MICROSECONDS,
        CONNECT,
        ISOSTRING,
        MICROSECONDS,
        NANOSECONDS;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }

        private static TimeMode of(FormatOptions options) {
            List<TimeMode> modes = List.of(values());
            List<String> names = modes.stream().map(TimeMode::toString).toList();
            return modes.get(names.indexOf(options.choice("time.precision.mode", names, names.get(0))));
        }
    }

    static DebeziumOptions of(FormatOptions options) {
        return new DebeziumOptions(
                options.text("topic.prefix", "pg2sink"),
                options.text("database.dbname", ""),
                options.flag("schemas.enable", true),
                options.choice("decimal.handling.mode", List.of("precise", DOUBLE, STRING), "precise"),
                TimeMode.of(options),
                options.choice("interval.handling.mode", List.of("numeric", STRING), "numeric"),
                options.choice("hstore.handling.mode", List.of("json", MAP), "json"),
                options.choice("binary.handling.mode", List.of(BYTES, "base64", URL_SAFE, HEX), BYTES),
                moneyDigits(options),
                options.text("unavailable.value.placeholder", "__debezium_unavailable_value"),
                options.flag("include.unknown.datatypes", false),
                // the Kafka sink has an option of its own
                options.flag("tombstones", options.flag("tombstones.on.delete", true)),
                options.choice("skipped.operations", List.of("t", "none"), "t").equals("none"));
    }

    private static int moneyDigits(FormatOptions options) {
        String name = "money.fraction.digits";
        String text = options.text(name, "2");
        if (text.length() != 1 || text.charAt(0) < '0' || text.charAt(0) > '0' + MAX_MONEY_DIGITS) {
            throw options.wrong(name, text, "a number from 0 to " + MAX_MONEY_DIGITS);
        }
        return text.charAt(0) - '0';
    }
}
