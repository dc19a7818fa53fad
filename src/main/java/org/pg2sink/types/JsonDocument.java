package org.pg2sink.types;

/** JSON that the server gave, on one line: within strings line ends are escaped anyway, outside they are mere space. */
final class JsonDocument extends JsonBytes {

    JsonDocument(byte[] text, int offset, int length) {
        super(text, offset, length);
    }

    @Override
    int size() {
        return length;
    }

    @Override
    void copyTo(byte[] target, int position) {
        for (int i = 0; i < length; i++) {
            byte b = text[offset + i];
            target[position + i] = b == '\n' || b == '\r' ? (byte) ' ' : b;
        }
    }
}
