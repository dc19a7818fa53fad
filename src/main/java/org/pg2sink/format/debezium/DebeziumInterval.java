package org.pg2sink.format.debezium;

import java.nio.charset.StandardCharsets;

/** Reads the text of an interval in IntervalStyle postgres: {@code 1 year 2 mons -3 days +04:05:06.789}. */
final class DebeziumInterval {

    /** Debezium counts with the average month. */
    private static final double DAYS_PER_MONTH = 365.25 / 12;

    private static final int MICRO_DIGITS = 6;

    private final String text;
    private int years;
    private int months;
    private int days;
    private int hours;
    private int minutes;
    /** With its sign, as it is in the text. */
    private String seconds = "0";

    DebeziumInterval(byte[] bytes, int offset, int length) {
        this.text = new String(bytes, offset, length, StandardCharsets.US_ASCII);
        if (!isInfinite()) {
            read(text.split(" "));
        }
    }

    private boolean isInfinite() {
        return text.endsWith("infinity");
    }

    private void read(String[] words) {
        for (int i = 0; i < words.length; i++) {
            if (words[i].indexOf(':') > 0) {
                readTime(words[i]);
            } else {
                int number = Integer.parseInt(words[i]);
                i++;
                switch (words[i].charAt(0)) {
                    case 'y' -> years = number;
                    case 'm' -> months = number;
                    case 'd' -> days = number;
                    default -> throw new IllegalArgumentException("not a text form of type interval");
                }
            }
        }
    }

    private void readTime(String time) {
        boolean negative = time.charAt(0) == '-';
        String[] parts = (negative || time.charAt(0) == '+' ? time.substring(1) : time).split(":");
        int sign = negative ? -1 : 1;
        hours = sign * Integer.parseInt(parts[0]);
        minutes = sign * Integer.parseInt(parts[1]);
        seconds = (negative ? "-" : "") + parts[2];
    }

    /** Returns the duration in microseconds, in the arithmetic of Debezium; of an infinity what the server has for it. */
    long micros() {
        if (isInfinite()) {
            return text.charAt(0) == '-' ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
        double allDays = (years * 12 + months) * DAYS_PER_MONTH + days;
        double allSeconds = ((allDays * 24 + hours) * 60 + minutes) * 60 + secondsAsNumber();
        return (long) (allSeconds * 1e6);
    }

    private double secondsAsNumber() {
        String[] parts = seconds.split("\\.");
        double number = Math.abs(Integer.parseInt(parts[0]));
        if (parts.length > 1) {
            String micros = parts[1] + "0".repeat(MICRO_DIGITS - parts[1].length());
            number += Integer.parseInt(micros) / 1_000_000.0;
        }
        return seconds.charAt(0) == '-' ? -number : number;
    }

    /** Returns {@code P1Y2M-3DT4H5M6.789S}. */
    String isoText() {
        if (isInfinite()) {
            return text;
        }
        return "P" + years + "Y" + months + "M" + days + "DT" + hours + "H" + minutes + "M" + isoSeconds() + "S";
    }

    /** Returns the seconds without leading and trailing zeros. */
    private String isoSeconds() {
        boolean negative = seconds.charAt(0) == '-';
        String digits = seconds.replaceFirst("^-?0*(?=\\d)", "");
        String stripped = digits.indexOf('.') < 0 ? digits : digits.replaceFirst("\\.?0*$", "");
        return negative && !stripped.equals("0") ? "-" + stripped : stripped;
    }
}
