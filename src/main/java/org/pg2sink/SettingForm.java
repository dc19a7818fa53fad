package org.pg2sink;

import java.net.URI;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.List;
import java.util.Properties;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.pg2sink.component.OptionValues;
import org.postgresql.Driver;

/** Tells which values a key of {@code application.properties} can have. */
enum SettingForm {
    TEXT("a text", value -> true),
    NOT_EMPTY("given, but is empty", value -> !value.isBlank()),
    FLAG("true or false", List.of("true", "false")::contains),
    FLAG_OR_EMPTY("true, false or empty", List.of("true", "false", "")::contains),
    PORT("a port number from 1 to 65535", value -> isNumber(value, 65_535)),
    COUNT("a whole number from 1 to " + Integer.MAX_VALUE, value -> isNumber(value, Integer.MAX_VALUE)),
    VERIFICATION("report, repair or empty", List.of("report", "repair", "")::contains),
    DURATION("a duration such as 10ms, 5s or 1m30s", OptionValues::isDuration),
    CODEC(
            "one of Avro's codecs, deflate, null, bzip2, xz, zstandard or snappy",
            List.of("deflate", "null", "bzip2", "xz", "zstandard", "snappy")::contains),
    ON_REFUSAL("stop or park", List.of("stop", "park")::contains),
    TOKEN(
            "visible ASCII characters without spaces, which a header can carry",
            Pattern.compile("[!-~]*").asMatchPredicate()),
    ZONE("a time zone such as UTC or Europe/Berlin, or empty", SettingForm::isZone),
    SUBSCRIPTION(
            "a name of 1 to 63 lower-case letters, digits and underscores",
            Pattern.compile("[a-z0-9_]{1,63}").asMatchPredicate()),
    DATABASE("jdbc:postgresql://host:port/database or embedded:DIRECTORY", SettingForm::isDatabase),
    POSTGRES("jdbc:postgresql://host:port/database", SettingForm::isPostgres),
    WEB_ADDRESS_OR_EMPTY(
            "a URL such as http://localhost:9000, or empty", value -> value.isBlank() || isWebAddress(value));

    private static final String EMBEDDED = "embedded:";

    private final String description;
    private final Predicate<String> accepted;

    SettingForm(String description, Predicate<String> accepted) {
        this.description = description;
        this.accepted = accepted;
    }

    String description() {
        return description;
    }

    boolean accepts(String value) {
        return accepted.test(value);
    }

    /** Returns whether a message may repeat the value, which may be a secret or hold one. */
    boolean isShown() {
        return this != NOT_EMPTY
                && this != TOKEN
                && this != DATABASE
                && this != POSTGRES
                && this != WEB_ADDRESS_OR_EMPTY;
    }

    private static boolean isNumber(String value, int maximum) {
        try {
            int number = Integer.parseInt(value.strip());
            return number >= 1 && number <= maximum;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private static boolean isZone(String value) {
        try {
            return value.isBlank() || ZoneId.of(value) != null;
        } catch (DateTimeException e) {
            return false;
        }
    }

    private static boolean isDatabase(String value) {
        return isPostgres(value)
                || value.startsWith(EMBEDDED)
                        && !value.substring(EMBEDDED.length()).isBlank();
    }

    private static boolean isPostgres(String value) {
        return Driver.parseURL(value, new Properties()) != null;
    }

    private static boolean isWebAddress(String value) {
        try {
            URI uri = URI.create(value);
            return ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme())) && uri.getHost() != null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
