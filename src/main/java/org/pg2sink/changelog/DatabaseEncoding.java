package org.pg2sink.changelog;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import org.pg2sink.pgoutput.Tuple;
import org.pg2sink.pgoutput.TupleValue;
import org.pg2sink.pgoutput.TupleValue.Data;

/**
 * Converts text of a database's encoding to UTF-8. The server does that for rows, but not for logical messages; and it fails
 * at the first value that has bytes without a character, which SQL_ASCII allows, and others too. So such a database can be
 * read {@linkplain #isRaw raw}, and each such byte becomes the character U+EF00 plus the byte: two values that differ still
 * differ, and the quotes and brackets around them stay what they are.
 *
 * @param name the server's name of the encoding, as {@code server_encoding} shows it
 * @param charset Java's equivalent; null if there is none
 * @param isRaw whether the server is asked to send rows as they are stored
 * @see <a href="https://www.postgresql.org/docs/current/multibyte.html">Character Set Support</a>
 */
public record DatabaseEncoding(String name, Charset charset, boolean isRaw) {

    public static final DatabaseEncoding UTF_8 = new DatabaseEncoding("UTF8", StandardCharsets.UTF_8, false);

    /** Anything may be in such a database. What is valid UTF-8 is taken for that, as the server does. */
    private static final String SQL_ASCII = "SQL_ASCII";

    private static final char FIRST_ESCAPE = '\uef00';

    private static final Map<String, String> CHARSETS = Map.ofEntries(
            Map.entry("LATIN1", "ISO-8859-1"),
            Map.entry("LATIN2", "ISO-8859-2"),
            Map.entry("LATIN3", "ISO-8859-3"),
            Map.entry("LATIN4", "ISO-8859-4"),
            Map.entry("LATIN5", "ISO-8859-9"),
            Map.entry("LATIN7", "ISO-8859-13"),
            Map.entry("LATIN9", "ISO-8859-15"),
            Map.entry("LATIN10", "ISO-8859-16"),
            Map.entry("ISO_8859_5", "ISO-8859-5"),
            Map.entry("ISO_8859_6", "ISO-8859-6"),
            Map.entry("ISO_8859_7", "ISO-8859-7"),
            Map.entry("ISO_8859_8", "ISO-8859-8"),
            Map.entry("KOI8R", "KOI8-R"),
            Map.entry("KOI8U", "KOI8-U"),
            Map.entry("WIN866", "IBM866"),
            Map.entry("WIN874", "x-windows-874"),
            Map.entry("WIN1250", "windows-1250"),
            Map.entry("WIN1251", "windows-1251"),
            Map.entry("WIN1252", "windows-1252"),
            Map.entry("WIN1253", "windows-1253"),
            Map.entry("WIN1254", "windows-1254"),
            Map.entry("WIN1255", "windows-1255"),
            Map.entry("WIN1256", "windows-1256"),
            Map.entry("WIN1257", "windows-1257"),
            Map.entry("WIN1258", "windows-1258"),
            Map.entry("EUC_JP", "EUC-JP"),
            Map.entry("EUC_CN", "GB2312"),
            Map.entry("EUC_KR", "EUC-KR"),
            Map.entry("EUC_TW", "x-EUC-TW"),
            Map.entry(SQL_ASCII, "UTF-8"));

    /** Returns the encoding of a database that is read as the server converts it. */
    public static DatabaseEncoding of(String serverEncoding) {
        if (serverEncoding.equals(UTF_8.name)) {
            return UTF_8;
        }
        String java = CHARSETS.get(serverEncoding);
        boolean known = java != null && Charset.isSupported(java);
        return new DatabaseEncoding(serverEncoding, known ? Charset.forName(java) : null, false);
    }

    /** Returns whether rows can be read raw, because they can be converted here. */
    public boolean canBeRaw() {
        return charset != null && !name.equals(UTF_8.name);
    }

    /** Returns the same encoding of a database that is read raw. */
    public DatabaseEncoding raw() {
        return new DatabaseEncoding(name, charset, true);
    }

    /** Returns the content of a logical message in UTF-8. Content that is no text of the encoding is written as bytea is. */
    byte[] message(byte[] content) {
        if (charset != null) {
            try {
                CharBuffer text = decoder().decode(ByteBuffer.wrap(content));
                return charset.equals(StandardCharsets.UTF_8)
                        ? content
                        : text.toString().getBytes(StandardCharsets.UTF_8);
            } catch (CharacterCodingException e) {
                return hexadecimal(content);
            }
        }
        return isAscii(content, 0, content.length) ? content : hexadecimal(content);
    }

    private static byte[] hexadecimal(byte[] content) {
        return ("\\x" + HexFormat.of().formatHex(content)).getBytes(StandardCharsets.US_ASCII);
    }

    private CharsetDecoder decoder() {
        return charset.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
    }

    /** Returns raw values in UTF-8. */
    public Tuple utf8(Tuple tuple) {
        boolean ascii = true;
        for (int i = 0; i < tuple.size() && ascii; i++) {
            ascii = !tuple.hasData(i) || isAscii(tuple.array(), tuple.offset(i), tuple.length(i));
        }
        if (ascii) {
            return tuple;
        }
        TupleValue[] values = new TupleValue[tuple.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = tuple.get(i);
            if (values[i] instanceof Data data) {
                byte[] utf8 = text(data.array(), data.offset(), data.length()).getBytes(StandardCharsets.UTF_8);
                values[i] = new Data(data.format(), utf8, 0, utf8.length);
            }
        }
        return Tuple.of(values);
    }

    private static boolean isAscii(byte[] bytes, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            if (bytes[i] < 0) {
                return false;
            }
        }
        return true;
    }

    private String text(byte[] bytes, int offset, int length) {
        CharsetDecoder decoder = decoder();
        ByteBuffer in = ByteBuffer.wrap(bytes, offset, length);
        CharBuffer out = CharBuffer.allocate((int) Math.ceil(length * (double) decoder.maxCharsPerByte()) + 1);
        CoderResult result = decoder.decode(in, out, true);
        while (result.isError()) {
            out.put((char) (FIRST_ESCAPE + (in.get() & 0xff)));
            result = decoder.reset().decode(in, out, true);
        }
        return out.flip().toString();
    }

    /** Returns whether text in UTF-8 has a byte that is no character of the encoding. */
    public static boolean hasEscape(String text) {
        return text.chars().anyMatch(c -> c >= FIRST_ESCAPE && c <= FIRST_ESCAPE + 0xff);
    }
}
