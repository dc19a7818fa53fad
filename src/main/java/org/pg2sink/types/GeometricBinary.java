package org.pg2sink.types;

import java.nio.ByteBuffer;

/**
 * The binary forms of the geometric types, all made of double precision numbers.
 *
 * @see <a href="https://www.postgresql.org/docs/current/datatype-geometric.html">Geometric types</a>
 */
final class GeometricBinary {

    private GeometricBinary() {}

    static void point(ByteBuffer binary, StringBuilder text) {
        number(binary, text.append('('));
        number(binary, text.append(','));
        text.append(')');
    }

    static void line(ByteBuffer binary, StringBuilder text) {
        number(binary, text.append('{'));
        number(binary, text.append(','));
        number(binary, text.append(','));
        text.append('}');
    }

    static void segment(ByteBuffer binary, StringBuilder text) {
        point(binary, text.append('['));
        point(binary, text.append(','));
        text.append(']');
    }

    static void box(ByteBuffer binary, StringBuilder text) {
        point(binary, text);
        point(binary, text.append(','));
    }

    static void path(ByteBuffer binary, StringBuilder text) {
        boolean closed = binary.get() != 0;
        points(binary, text.append(closed ? '(' : '['));
        text.append(closed ? ')' : ']');
    }

    static void polygon(ByteBuffer binary, StringBuilder text) {
        points(binary, text.append('('));
        text.append(')');
    }

    static void circle(ByteBuffer binary, StringBuilder text) {
        point(binary, text.append('<'));
        number(binary, text.append(','));
        text.append('>');
    }

    private static void points(ByteBuffer binary, StringBuilder text) {
        int count = binary.getInt();
        for (int i = 0; i < count; i++) {
            point(binary, i > 0 ? text.append(',') : text);
        }
    }

    private static void number(ByteBuffer binary, StringBuilder text) {
        FloatText.append(binary.getDouble(), text);
    }
}
