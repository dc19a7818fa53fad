package org.pg2sink.types;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Literals of random values, the same in each run. */
final class RandomValues {

    private static final String[] CHARACTERS = {
        "a", "Z", "0", " ", "\"", "'", "\\", "{", "}", "(", ")", "[", "]", ",", ";", "\t", "\n", "\r", "\u000b", "\f",
        "\b", "\u0001", "\u001f", "\u007f", "\u0080", "ä", "€", "\u2028", "漢", "😀", "NULL", "null", "/", "<", "=>",
        ":", "-"
    };

    private final Random random = new Random(20191004);

    List<String> list(int count, Supplier<String> literal) {
        return Stream.generate(literal).limit(count).collect(Collectors.toList());
    }

    String bool() {
        return random.nextBoolean() ? "t" : "f";
    }

    String int2() {
        return Short.toString((short) random.nextInt());
    }

    String int4() {
        return Integer.toString(random.nextInt() >> random.nextInt(32));
    }

    String int8() {
        return Long.toString(random.nextLong() >> random.nextInt(64));
    }

    String oid() {
        return Integer.toUnsignedString(random.nextInt());
    }

    String float4() {
        return Float.toString(Float.intBitsToFloat(random.nextInt()));
    }

    String float8() {
        return Double.toString(Double.longBitsToDouble(random.nextLong()));
    }

    /** What people store: few digits, and sums of such. */
    String shortFloat8() {
        return Double.toString(random.nextInt(100_000) / 100.0 + random.nextInt(3) * 0.1);
    }

    String numeric() {
        return new BigDecimal(new BigInteger(random.nextInt(300), random), random.nextInt(60) - 20)
                .multiply(BigDecimal.valueOf(random.nextInt(3) - 1))
                .toPlainString();
    }

    String numeric(int integerDigits, int scale) {
        return new BigDecimal(random.nextDouble() * 2 - 1)
                .movePointRight(integerDigits)
                .toPlainString();
    }

    String text() {
        return Stream.generate(() -> CHARACTERS[random.nextInt(CHARACTERS.length)])
                .limit(random.nextInt(12))
                .collect(Collectors.joining());
    }

    String bytea() {
        byte[] bytes = new byte[random.nextInt(20)];
        random.nextBytes(bytes);
        StringBuilder hex = new StringBuilder("\\x");
        for (byte b : bytes) {
            hex.append(String.format("%02x", b));
        }
        return hex.toString();
    }

    String uuid() {
        return new UUID(random.nextLong(), random.nextLong()).toString();
    }

    String date() {
        boolean beforeChrist = random.nextInt(4) == 0;
        int year = 1 + (beforeChrist ? random.nextInt(4713) : random.nextInt(random.nextBoolean() ? 3000 : 290_000));
        return year(year)
                + String.format("-%02d-%02d", 1 + random.nextInt(12), 1 + random.nextInt(28))
                + (beforeChrist ? " BC" : "");
    }

    private static String year(int year) {
        return String.format("%04d", year);
    }

    String time() {
        String time = String.format("%02d:%02d:%02d", random.nextInt(24), random.nextInt(60), random.nextInt(60));
        return time + fraction();
    }

    private String fraction() {
        int digits = random.nextInt(7);
        return digits == 0
                ? ""
                : "." + String.format("%06d", random.nextInt(1_000_000)).substring(0, digits);
    }

    String timestamp() {
        String date = date();
        return date.endsWith(" BC") ? date.substring(0, date.length() - 3) + " " + time() + " BC" : date + " " + time();
    }

    String timetz() {
        return time()
                + (random.nextBoolean() ? "+" : "-")
                + String.format("%02d:%02d:%02d", random.nextInt(15), random.nextInt(60), random.nextInt(60));
    }

    String interval() {
        return sparse(300_000) + " months " + sparse(3_000_000) + " days " + sparse(1_000_000_000) + " seconds "
                + sparse(1_000_000) + " microseconds";
    }

    private int sparse(int bound) {
        return random.nextInt(3) == 0 ? 0 : (random.nextInt(2 * bound) - bound) >> random.nextInt(16);
    }

    String bits(int count) {
        return Stream.generate(() -> random.nextBoolean() ? "1" : "0")
                .limit(count)
                .collect(Collectors.joining());
    }

    String bits() {
        return bits(random.nextInt(40));
    }

    String inet() {
        if (random.nextBoolean()) {
            return random.nextInt(256) + "." + random.nextInt(256) + "." + random.nextInt(256) + "."
                    + random.nextInt(256) + "/" + random.nextInt(33);
        }
        String words = Stream.generate(() -> random.nextInt(3) > 0 ? "0" : Integer.toHexString(random.nextInt(65_536)))
                .limit(8)
                .collect(Collectors.joining(":"));
        return words + "/" + random.nextInt(129);
    }

    String macaddr(int bytes) {
        return Stream.generate(() -> String.format("%02x", random.nextInt(256)))
                .limit(bytes)
                .collect(Collectors.joining(":"));
    }

    String point() {
        return "(" + shortFloat8() + "," + float8() + ")";
    }

    String points() {
        return Stream.generate(this::point).limit(1 + random.nextInt(4)).collect(Collectors.joining(","));
    }

    /** An array of up to three dimensions, with nulls and bounds at times. */
    String array(Supplier<String> element, char delimiter) {
        int dimensions = random.nextInt(4);
        if (dimensions == 0) {
            return "{}";
        }
        int[] sizes = new int[dimensions];
        StringBuilder bounds = new StringBuilder();
        for (int i = 0; i < dimensions; i++) {
            sizes[i] = 1 + random.nextInt(3);
            int lower = random.nextInt(5) - 2;
            bounds.append('[')
                    .append(lower)
                    .append(':')
                    .append(lower + sizes[i] - 1)
                    .append(']');
        }
        return (random.nextInt(3) == 0 ? bounds + "=" : "") + dimension(sizes, 0, element, delimiter);
    }

    private String dimension(int[] sizes, int index, Supplier<String> element, char delimiter) {
        return Stream.generate(() -> index + 1 < sizes.length
                        ? dimension(sizes, index + 1, element, delimiter)
                        : random.nextInt(5) == 0 ? "NULL" : quote(element.get()))
                .limit(sizes[index])
                .collect(Collectors.joining(Character.toString(delimiter), "{", "}"));
    }

    static String quote(String element) {
        return '"' + element.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
