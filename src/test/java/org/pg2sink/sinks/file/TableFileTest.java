package org.pg2sink.sinks.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pg2sink.component.Pg2sinkConstants;
import org.pg2sink.pgoutput.Lsn;
import org.pg2sink.replication.SessionToken;

/** The shipped file route: which file it writes to, and in what state. */
class TableFileTest {

    private static final String LINE = "{\"whole\":\"line\"}\n";

    @TempDir
    private Path parent;

    private Path directory;
    private final CamelContext context = new DefaultCamelContext();

    @BeforeEach
    void startTheRoute() throws Exception {
        directory = parent.resolve("made when needed/out");
        Properties properties = new Properties();
        properties.setProperty("pg2sink.file.directory", directory.toString());
        context.getPropertiesComponent().setLocation("file:application.properties");
        context.getPropertiesComponent().setOverrideProperties(properties);
        PluginHelper.getRoutesLoader(context)
                .loadRoutes(ResourceHelper.resolveResource(context, "file:routes/file.camel.yaml"));
        context.start();
    }

    @AfterEach
    void stop() {
        context.stop();
    }

    @Test
    void aTableHasAFileOfItsSchemaAndName() throws IOException {
        write("public", "example", LINE);
        write("public", "example", LINE);

        assertThat(directory.resolve("public.example.jsonl")).content().isEqualTo(LINE + LINE);
        assertThat(files()).hasSize(1);
    }

    @Test
    void aLogicalMessageHasAFileOfItsPrefix() throws IOException {
        write(null, "audit", LINE);

        assertThat(files()).containsExactly("audit.jsonl");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "a/b, a%2Fb",
                ".., %2E%2E",
                "../../etc/passwd, %2E%2E%2F%2E%2E%2Fetc%2Fpasswd",
                "/etc/passwd, %2Fetc%2Fpasswd",
                "C:\\x, C%3A%5Cx",
                "a.b, a%2Eb",
                "100%, 100%25",
                "%2F, %252F",
                "'\", %27%22",
                "${exec.now}, %24%7Bexec%2Enow%7D",
                "$simple{date:now}, %24simple%7Bdate%3Anow%7D",
                "{{user.home}}, %7B%7Buser%2Ehome%7D%7D",
                "a*?<>|, a%2A%3F%3C%3E%7C",
                "a b+c, a%20b%2Bc",
                "Größe, Gr%C3%B6%C3%9Fe",
                "订单, %E8%AE%A2%E5%8D%95",
                "`a\nb\t`, a%0Ab%09"
            })
    void whatAFileSystemOrCamelWouldUnderstandIsEncodedAsInAUrl(String name, String escaped) throws IOException {
        write(name, name, LINE);

        assertThat(files()).containsExactly(escaped + "." + escaped + ".jsonl");
        assertThat(directory.resolve(escaped + "." + escaped + ".jsonl"))
                .content()
                .isEqualTo(LINE);
        assertThat(directory.getParent()).isDirectoryNotContaining(path -> !path.equals(directory));
    }

    @Test
    void twoTablesNeverShareAFile() throws IOException {
        List<String> names = List.of(
                "a",
                "A b",
                "a.b",
                "b",
                "a/b",
                "a%2Fb",
                "a%252Fb",
                " a",
                "a ",
                ".",
                "..",
                "%",
                "a.b.jsonl",
                "'a'",
                "\"a\"");
        Set<String> lines = new LinkedHashSet<>();
        for (String namespace : names) {
            for (String table : names) {
                String line = namespace + " | " + table + "\n";
                lines.add(line);
                write(namespace, table, line);
            }
        }

        assertThat(files()).hasSize(lines.size());
        for (String file : files()) {
            assertThat(lines.remove(Files.readString(directory.resolve(file))))
                    .as(file)
                    .isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "é", "\uD83D\uDC18", "."})
    void noNameIsTooLongForAFile(String letter) throws IOException {
        int letters = 63 / letter.getBytes(StandardCharsets.UTF_8).length;
        String longest = letter.repeat(letters);
        String other = letter.repeat(letters - 1) + "x";
        write(longest, longest, LINE);
        write(longest, other, LINE);
        write(other, longest, LINE);
        write(longest, longest, LINE);

        assertThat(files()).hasSize(3);
        assertThat(files().stream().mapToInt(name -> name.getBytes(StandardCharsets.UTF_8).length))
                .allMatch(length -> length <= 255);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 100, 65_535, 65_536, 65_537, 65_538, 200_000, 1_000_000})
    void aTornLineIsCutOff(int length) throws IOException {
        Path file = existing(LINE + LINE + "x".repeat(length));
        write("public", "example", LINE);

        assertThat(file).content().isEqualTo(LINE + LINE + LINE);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 65_536, 200_000})
    void aTornFirstLineIsCutOff(int length) throws IOException {
        Path file = existing("x".repeat(length));
        write("public", "example", LINE);

        assertThat(file).content().isEqualTo(LINE);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65_535, 65_536, 65_537, 200_000})
    void wholeLinesOfAnyLengthStay(int length) throws IOException {
        String lines = LINE + "x".repeat(length) + "\n";
        Path file = existing(lines);
        write("public", "example", LINE);

        assertThat(file).content().isEqualTo(lines + LINE);
    }

    @Test
    void aLineTornAtAnyByteIsCutOff() throws IOException {
        byte[] line = "{\"é\":\"订单 \uD83D\uDC18\"}\n".getBytes(StandardCharsets.UTF_8);
        Path file = existing("");
        for (int length = 0; length < line.length; length++) {
            Files.writeString(file, LINE);
            try (var out = Files.newOutputStream(file, StandardOpenOption.APPEND)) {
                out.write(line, 0, length);
            }
            write("public", "example", LINE);

            assertThat(file).content().isEqualTo(LINE + LINE);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"somebody's notes", "{\"whole\":\"line\"}", LINE + "{\"whole\":"})
    void ofAFileThatIsSomebodyElsesNothingIsCutOff(String content) throws IOException {
        Path file = foreign(content);

        assertThatThrownBy(() -> write("public", "example", LINE))
                .hasMessageContaining("The last line of the output file " + file + " has no end")
                .hasMessageContaining("end it with a line break, or move the file away");
        assertThat(file).content().isEqualTo(content);

        Files.writeString(file, content + "\n");
        write("public", "example", LINE);
        assertThat(file).content().isEqualTo(content + "\n" + LINE);
    }

    @Test
    void afterTheLinesOfSomebodyElseATornOneOfPg2sinkIsCutOff() throws IOException {
        Path file = foreign("somebody's notes\n");
        write("public", "example", LINE);
        Files.writeString(file, "torn", StandardOpenOption.APPEND);
        write("public", "example", LINE);

        assertThat(file).content().isEqualTo("somebody's notes\n" + LINE + LINE);

        Files.writeString(file, "notes that were torn");
        assertThatThrownBy(() -> write("public", "example", LINE)).hasMessageContaining("has no end");
        assertThat(file).content().isEqualTo("notes that were torn");
    }

    @Test
    void aFileThatIsRotatedEitherWayGoesOnAsANewOne() throws IOException {
        write("public", "example", LINE);
        Path file = directory.resolve("public.example.jsonl");
        Files.move(file, directory.resolve("rotated"));
        write("public", "example", LINE);
        assertThat(file).content().isEqualTo(LINE);

        Files.writeString(file, "");
        write("public", "example", LINE);
        Files.writeString(file, "torn", StandardOpenOption.APPEND);
        write("public", "example", LINE);
        assertThat(file).content().isEqualTo(LINE + LINE);
    }

    @Test
    void aDanglingLinkIsSaid() throws IOException {
        Files.createDirectories(directory);
        Path file = directory.resolve("public.example.jsonl");
        Path target = parent.resolve("elsewhere.jsonl");
        Files.createSymbolicLink(file, target);

        assertThatThrownBy(() -> write("public", "example", LINE))
                .hasMessage("The output file " + file + " is a link to " + target
                        + ", which does not exist: create that file, or remove the link.");

        Files.createFile(target);
        write("public", "example", LINE);
        assertThat(target).content().isEqualTo(LINE);
    }

    @Test
    void aLinkThatLeadsNowhereIsSaid() throws IOException {
        Files.createDirectories(directory);
        Files.createSymbolicLink(file(), file());

        assertThatThrownBy(() -> write("public", "example", LINE))
                .hasMessageContaining("The output file " + file() + " cannot be opened for writing: ");
    }

    @Test
    void aDirectoryInPlaceOfAFileIsSaid() throws IOException {
        Path file = Files.createDirectories(directory.resolve("public.example.jsonl"));

        assertThatThrownBy(() -> write("public", "example", LINE))
                .hasMessageContaining("The output file " + file + " is no regular file");
    }

    @Test
    void ofTwoSessionsOnlyTheLaterOneWrites() throws IOException {
        SessionToken earlier = new SessionToken("7/shop/two words ü", 1, Lsn.ZERO);
        SessionToken later = new SessionToken("7/shop/two words ü", 2, Lsn.ZERO);
        write("public", "example", LINE, earlier);
        write("public", "other", LINE, later);
        write("public", "other", LINE, new SessionToken("7/shop/another", 1, Lsn.ZERO));

        assertThatThrownBy(() -> write("public", "example", LINE, earlier))
                .hasMessageContaining("The directory " + directory + " belongs to a later session of the stream "
                        + "7/shop/two words ü");
        assertThat(directory.resolve("public.example.jsonl")).content().isEqualTo(LINE);
        write("public", "example", LINE, later);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "50%",
                "a%20b",
                "%2e%2e",
                "a+b",
                "a b",
                "a#b",
                "a?b&c=d",
                "RAW(a)",
                "订单 \uD83D\uDE00",
                "${body}",
                "a;b"
            })
    void aDirectoryIsTakenAsItIsWritten(String name) throws Exception {
        Path root = Files.createDirectory(parent.resolve("directories"));
        directory = root.resolve(name);
        try (DefaultCamelContext own = new DefaultCamelContext()) {
            Properties properties = new Properties();
            properties.setProperty("pg2sink.file.directory", directory.toString());
            own.getPropertiesComponent().setLocation("file:application.properties");
            own.getPropertiesComponent().setOverrideProperties(properties);
            PluginHelper.getRoutesLoader(own)
                    .loadRoutes(ResourceHelper.resolveResource(own, "file:routes/file.camel.yaml"));
            own.start();
            own.createProducerTemplate().sendBodyAndHeader("direct:file", LINE, Pg2sinkConstants.TABLE, "example");
        }

        assertThat(directory.resolve("example.jsonl")).content().isEqualTo(LINE);
        assertThat(root).isDirectoryNotContaining(path -> !path.equals(directory));
    }

    @Test
    void anEmptyFileIsFilled() throws IOException {
        Path file = existing("");
        write("public", "example", LINE);

        assertThat(file).content().isEqualTo(LINE);
    }

    @Test
    void aChangeIsOnDiskBeforeItCountsAsDelivered() throws IOException {
        write("public", "example", LINE);
        assertThat(diskEvents(() -> write("public", "example", LINE)))
                .containsExactly("jdk.FileWrite", "jdk.FileForce");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1048575",
        "0, 1048576",
        "0, 1048577",
        "0, 3000000",
        "1, 1048574",
        "1, 1048575",
        "1, 1048576",
        "1, 3000000",
        "4095, 3000000",
        "4096, 3000000",
        "4097, 3000000",
        "1048576, 2097152",
        "1500000, 7"
    })
    void aBatchOfAnySizeFollowsLinesOfAnySize(int before, int size) throws IOException {
        String first = lines(before, "before");
        String second = lines(size, "after");
        append(stream(first));
        append(stream(second));

        assertThat(file()).content().isEqualTo(first + second);
    }

    @Test
    void whatIsConvertedFirstIsWrittenFirst() throws IOException {
        String lines = lines(8 << 20, "large");
        List<Long> sizes = new ArrayList<>();
        append(whileItIsRead(lines, () -> sizes.add(Files.size(file()))));

        assertThat(sizes).startsWith(0L).contains((long) (1 << 20), (long) (6 << 20));
        assertThat(file()).content().isEqualTo(lines);
    }

    @Test
    void aSlowDiskMixesNothingUp() throws Exception {
        append(stream(LINE));
        String lines = lines(8 << 20, "large");
        ExecutorService disk = Executors.newSingleThreadExecutor();
        try {
            append(
                    stream(lines),
                    task -> disk.execute(() -> {
                        LockSupport.parkNanos(20_000_000);
                        task.run();
                    }));
        } finally {
            disk.shutdown();
        }

        assertThat(file()).content().isEqualTo(LINE + lines);
    }

    @Test
    void aFailureAmongLargePiecesLeavesWhatWasWritten() throws IOException {
        append(stream(LINE));
        String lines = lines(3 << 20, "large");
        InputStream failing = new SequenceInputStream(stream(lines), new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("no more");
            }
        });

        assertThatThrownBy(() -> append(failing)).hasMessage("no more");
        append(stream(LINE));

        String written = Files.readString(file());
        assertThat(written).startsWith(LINE + lines.substring(0, 1 << 20)).endsWith("\n" + LINE);
        assertThat(LINE + lines).startsWith(written.substring(0, written.length() - LINE.length()));
    }

    @Test
    void aFailureOfTheDiskIsTold() throws IOException {
        append(stream(LINE));

        assertThatThrownBy(() -> append(stream(lines(3 << 20, "large")), task -> {
                    Thread.currentThread().interrupt(); // closes the file under the write
                    task.run();
                    Thread.interrupted();
                }))
                .isInstanceOf(ClosedChannelException.class);
    }

    @Test
    void aFileThatIsRotatedDuringALargeBatchKeepsAllOfIt() throws IOException {
        append(stream(LINE));
        String lines = lines(4 << 20, "large");
        Path rotated = directory.resolve("rotated");
        append(whileItIsRead(lines, () -> {
            if (Files.notExists(rotated)) {
                Files.move(file(), rotated);
                Files.createFile(file());
            }
        }));
        append(stream(LINE));

        assertThat(rotated).content().isEqualTo(LINE + lines);
        assertThat(file()).content().isEqualTo(LINE);
    }

    @Test
    void aFileIsOpenedPastTheCacheUnlessItIsAnotherOne() throws IOException {
        append(stream(LINE));
        Path other = Files.writeString(parent.resolve("other"), LINE);

        try (FileChannel direct =
                Pieces.openDirect(file(), LineFile.key(file())).orElse(null)) {
            assumeThat(direct)
                    .as("a file system that knows a way past the cache")
                    .isNotNull();
            assertThat(Pieces.openDirect(file(), LineFile.key(other))).isEmpty();
        }
    }

    private Path file() {
        return directory.resolve("public.example.jsonl");
    }

    private InputStream whileItIsRead(String lines, Writing action) {
        return new FilterInputStream(stream(lines)) {
            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                action.run();
                return super.read(target, offset, length);
            }
        };
    }

    /** Returns lines that differ, so that none can take the place of another one. */
    private static String lines(int size, String text) {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; lines.length() < size; i++) {
            lines.append(text).append(' ').append(i).append('\n');
        }
        return size == 0 ? "" : lines.substring(0, size - 1) + "\n";
    }

    private static InputStream stream(String lines) {
        return new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8));
    }

    /** Appends with pieces that are written at once, so that no thread has to be fast enough. */
    private void append(InputStream lines) throws IOException {
        append(lines, Runnable::run);
    }

    private void append(InputStream lines, Executor disk) throws IOException {
        OutputDirectory.of(directory).write(null, journal -> {
            try (LineFile file = LineFile.open(file(), journal)) {
                file.append(lines, new PieceBuffers(disk));
                file.force();
            }
        });
    }

    private interface Writing {
        void run() throws IOException;
    }

    /** Returns what is done with the file, by the begin of each. */
    private List<String> diskEvents(Writing writing) throws IOException {
        List<String> events = new ArrayList<>();
        try (Recording recording = new Recording()) {
            recording.enable("jdk.FileWrite").withoutThreshold();
            recording.enable("jdk.FileForce").withoutThreshold();
            recording.start();
            writing.run();
            recording.stop();
            recording.dump(parent.resolve("recording.jfr"));
        }
        String file = directory.resolve("public.example.jsonl").toString();
        RecordingFile.readAllEvents(parent.resolve("recording.jfr")).stream()
                .filter(event -> file.equals(event.getString("path")))
                .sorted(Comparator.comparing(RecordedEvent::getStartTime))
                .forEach(event -> events.add(event.getEventType().getName()));
        return events;
    }

    @Test
    void aDirectoryThatVanishesIsMadeAgain() throws IOException {
        write("public", "example", LINE);
        Files.move(directory, parent.resolve("moved away"));
        write("public", "example", LINE);

        assertThat(directory.resolve("public.example.jsonl")).content().isEqualTo(LINE);
    }

    /** Leaves a file of pg2sink with some content. */
    private Path existing(String content) throws IOException {
        write("public", "example", LINE);
        return Files.writeString(directory.resolve("public.example.jsonl"), content);
    }

    private Path foreign(String content) throws IOException {
        Files.createDirectories(directory);
        return Files.writeString(directory.resolve("public.example.jsonl"), content);
    }

    private void write(String namespace, String table, String lines) {
        write(namespace, table, lines, null);
    }

    private void write(String namespace, String table, String lines, SessionToken session) {
        Map<String, Object> headers = new HashMap<>();
        headers.put(Pg2sinkConstants.NAMESPACE, namespace);
        headers.put(Pg2sinkConstants.TABLE, table);
        Exchange exchange = context.createProducerTemplate().send("direct:file", sent -> {
            sent.setProperty(Pg2sinkConstants.SESSION, session);
            sent.getMessage().setBody(lines.getBytes(StandardCharsets.UTF_8));
            sent.getMessage().setHeaders(headers);
        });
        if (exchange.getException() != null) {
            throw new IllegalStateException(exchange.getException().getMessage(), exchange.getException());
        }
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(file -> !file.equals(".pg2sink.lock"))
                    .toList();
        }
    }
}
