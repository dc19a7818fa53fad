package org.pg2sink.imports;

import java.util.Locale;

/** Writes what a person wants to know of an import that is over. */
final class ImportSummary {

    private static final String[] UNITS = {"bytes", "kB", "MB", "GB", "TB"};

    private ImportSummary() {}

    /** Returns rows, bytes, time, rate, chunks and tries, as the end of a sentence that names the table. */
    static String of(ImportJob job) {
        double seconds = job.elapsed() == null ? 0 : job.elapsed().toMillis() / 1000.0;
        String rate = job.rowsPerSecond() == null
                ? ""
                : " (" + job.rowsPerSecond() + " rows/s, " + size(job.bytes() / seconds) + "/s)";
        return job.rows() + " rows, " + size(job.bytes())
                + String.format(Locale.ROOT, " in %.1f s", seconds)
                + rate + ", "
                + count(job.chunks(), "chunk", "chunks") + ", "
                + count(job.chunksReadAgain(), "chunk read again", "chunks read again") + ", "
                + count(job.retries(), "retry", "retries");
    }

    private static String count(long count, String one, String several) {
        return count + " " + (count == 1 ? one : several);
    }

    private static String size(double bytes) {
        int unit = 0;
        double size = bytes;
        while (size >= 1000 && unit < UNITS.length - 1) {
            size /= 1000;
            unit++;
        }
        return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", size, UNITS[unit]);
    }
}
