package org.pg2sink.sinks.file;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.pg2sink.replication.SessionToken;

/**
 * Keeps, in the lock file of an output directory, who wrote there last, the latest session of each stream, and from which
 * byte on each file is pg2sink's. The lines are only ever appended, the last one counts, and a torn one does not.
 *
 * <p>Owned by the thread that has the lock.
 */
final class DirectoryJournal {

    private static final String WRITER = "writer";
    private static final String SESSION = "session";
    private static final String FILE = "file";

    private static final Pattern LINE = Pattern.compile("(writer|session|file) (\\d{1,18}) (\\S+)");

    private static final String THIS_PROCESS =
            "process " + ProcessHandle.current().pid() + " on " + hostName();

    private static final String UNKNOWN = "another process";

    private final Map<String, Long> sessions = new HashMap<>();
    private final Map<String, Long> files = new HashMap<>();
    private String writer = UNKNOWN;
    private FileChannel channel;
    /** The end of the last whole line that was read. */
    private long end;

    /** Reads what was appended since the last time, or all if somebody has begun the file again. */
    void read(FileChannel opened) throws IOException {
        channel = opened;
        if (channel.size() < end) {
            sessions.clear();
            files.clear();
            writer = UNKNOWN;
            end = 0;
        }
        ByteBuffer appended = ByteBuffer.allocate(Math.toIntExact(channel.size() - end));
        WholeBuffer.read(channel, appended, end);
        String text = new String(appended.array(), 0, appended.position(), StandardCharsets.US_ASCII);
        String whole = text.substring(0, text.lastIndexOf('\n') + 1);
        whole.lines().forEach(this::line);
        end += whole.length();
    }

    private void line(String line) {
        Matcher fields = LINE.matcher(line);
        if (!fields.matches()) { // a power cut may leave anything
            return;
        }
        String name = URLDecoder.decode(fields.group(3), StandardCharsets.UTF_8);
        long number = Long.parseLong(fields.group(2));
        switch (fields.group(1)) {
            case WRITER -> writer = name;
            case SESSION -> sessions.put(name, number);
            default -> files.put(name, number);
        }
    }

    private void append(String kind, long number, String name) throws IOException {
        String line = kind + " " + number + " " + URLEncoder.encode(name, StandardCharsets.UTF_8) + "\n";
        ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII));
        channel.truncate(end); // a torn line
        WholeBuffer.write(channel, bytes, end);
        line(line.strip());
        end += line.length();
    }

    /** Notes who writes now. */
    void enter(SessionToken session) throws IOException {
        if (!writer.equals(THIS_PROCESS)) {
            append(WRITER, System.currentTimeMillis(), THIS_PROCESS);
        }
        if (session != null && session.began() > latest(session.stream())) {
            append(SESSION, session.began(), session.stream());
        }
    }

    /** Returns the process that wrote last. */
    String writer() {
        return writer;
    }

    /** Returns when the latest session of a stream began that has written here. */
    long latest(String stream) {
        return sessions.getOrDefault(stream, Long.MIN_VALUE);
    }

    /** Returns the byte from which on a file is pg2sink's; empty if none is. */
    OptionalLong ownFrom(String file) {
        Long from = files.get(file);
        return from == null ? OptionalLong.empty() : OptionalLong.of(from);
    }

    /** Notes that a file is pg2sink's from a byte on, and forces that to disk, since a torn line is cut by it. */
    void own(String file, long from) throws IOException {
        append(FILE, from, file);
        channel.force(true);
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "this host";
        }
    }
}
