package org.pg2sink.types;

import com.fasterxml.jackson.core.SerializableString;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * JSON that a UTF-8 generator takes as it is, with {@code writeRawValue}. The bytes go straight into the generator's
 * buffer if there is room; that is all this class is for.
 */
abstract class JsonBytes implements SerializableString {

    final byte[] text;
    final int offset;
    final int length;

    JsonBytes(byte[] text, int offset, int length) {
        this.text = text;
        this.offset = offset;
        this.length = length;
    }

    /** How many bytes {@link #copyTo} writes. */
    abstract int size();

    abstract void copyTo(byte[] target, int position);

    @Override
    public final int appendUnquotedUTF8(byte[] buffer, int position) {
        int size = size();
        if (size > buffer.length - position) {
            return -1; // the generator then asks for asUnquotedUTF8
        }
        copyTo(buffer, position);
        return size;
    }

    @Override
    public final byte[] asUnquotedUTF8() {
        byte[] bytes = new byte[size()];
        copyTo(bytes, 0);
        return bytes;
    }

    /** What generators that write characters ask for. */
    @Override
    public final String getValue() {
        return new String(asUnquotedUTF8(), StandardCharsets.UTF_8);
    }

    @Override
    public final int charLength() {
        return getValue().length();
    }

    @Override
    public final int appendUnquoted(char[] buffer, int position) {
        String value = getValue();
        if (value.length() > buffer.length - position) {
            return -1;
        }
        value.getChars(0, value.length(), buffer, position);
        return value.length();
    }

    @Override
    public final int writeUnquotedUTF8(OutputStream out) throws IOException {
        out.write(asUnquotedUTF8());
        return size();
    }

    @Override
    public final int putUnquotedUTF8(ByteBuffer buffer) {
        if (size() > buffer.remaining()) {
            return -1;
        }
        buffer.put(asUnquotedUTF8());
        return size();
    }

    @Override
    public final char[] asQuotedChars() {
        throw onlyRaw();
    }

    @Override
    public final byte[] asQuotedUTF8() {
        throw onlyRaw();
    }

    @Override
    public final int appendQuotedUTF8(byte[] buffer, int position) {
        throw onlyRaw();
    }

    @Override
    public final int appendQuoted(char[] buffer, int position) {
        throw onlyRaw();
    }

    @Override
    public final int writeQuotedUTF8(OutputStream out) {
        throw onlyRaw();
    }

    @Override
    public final int putQuotedUTF8(ByteBuffer buffer) {
        throw onlyRaw();
    }

    private static UnsupportedOperationException onlyRaw() {
        return new UnsupportedOperationException("JSON is written raw, not as a string");
    }
}
