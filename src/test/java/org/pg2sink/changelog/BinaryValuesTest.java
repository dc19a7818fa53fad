package org.pg2sink.changelog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pg2sink.pgoutput.MessageBytes.message;

import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pg2sink.pgoutput.Lsn;
import org.pg2sink.pgoutput.MessageBytes;
import org.pg2sink.pgoutput.PgOutputDecoder;
import org.pg2sink.pgoutput.PgOutputException;

/** Sends rows as a slot with the option {@code binary} does. */
class BinaryValuesTest {

    private static final int RELATION = 16_384;
    private static final int TEXT = 25;
    private static final int INTEGER = 23;
    private static final byte[] ONE = {0, 0, 0, 1};

    private final List<Entry> entries = new ArrayList<>();
    private final PgOutputDecoder decoder = new PgOutputDecoder();
    private final Changelog changelog = new Changelog(
            new IdCatalog(), ZoneOffset.UTC, position -> "1", new Announcements(), new Changelog.Output() {
                @Override
                public void entry(Entry entry) {
                    entries.add(entry);
                }

                @Override
                public void committed(Lsn endLsn) {
                    // nothing to confirm
                }
            });

    @BeforeEach
    void beginTransaction() {
        apply(message('B').int64(1).int64(0).int32(1000));
        apply(message('R')
                .int32(RELATION)
                .string("public")
                .string("example")
                .int8('f')
                .int16(2)
                .raw(column("id", INTEGER))
                .raw(column("msg", TEXT)));
    }

    @Test
    void aNewRowWithABinaryValueIsRefused() {
        MessageBytes insert = message('I')
                .int32(RELATION)
                .int8('N')
                .int16(2)
                .text("1")
                .binary((byte) 's', (byte) 'e', (byte) 'c', (byte) 'r', (byte) 'e', (byte) 't');

        assertThatThrownBy(() -> apply(insert))
                .isInstanceOf(PgOutputException.class)
                .hasMessage("Tuple, byte 0: expected text in column msg of public.example,"
                        + " but the slot sends binary values: set the slot option binary to false");
        assertThat(entries).noneMatch(Modification.class::isInstance);
    }

    @Test
    void anOldRowWithABinaryValueIsRefused() {
        MessageBytes delete =
                message('D').int32(RELATION).int8('O').int16(2).binary(ONE).text("hello");

        assertThatThrownBy(() -> apply(delete))
                .isInstanceOf(PgOutputException.class)
                .hasMessageContaining("column id of public.example");
    }

    @Test
    void theFirstOfSeveralBinaryColumnsIsNamed() {
        MessageBytes update =
                message('U').int32(RELATION).int8('N').int16(2).binary(ONE).binary((byte) 'a');

        assertThatThrownBy(() -> apply(update)).hasMessageContaining("column id of public.example");
    }

    @Test
    void aRowOfTextAloneIsTaken() {
        apply(message('I').int32(RELATION).int8('N').int16(2).text("1").text("hello"));

        assertThat(entries).last().isInstanceOfSatisfying(Modification.class, change -> assertThat(
                        change.after().text(1))
                .isEqualTo("hello"));
    }

    private void apply(MessageBytes bytes) {
        changelog.apply(decoder.decode(bytes.toBuffer()));
    }

    private static byte[] column(String name, long type) {
        return message((char) 0).string(name).int32(type).int32(-1).toByteArray();
    }
}
