package org.pg2sink.types;

import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/** Reads the Java value of a text form. */
@FunctionalInterface
interface TextReader<T> {

    TextReader<String> UTF_8 = (text, offset, length) -> new String(text, offset, length, StandardCharsets.UTF_8);

    /**
     * Returns the value of {@code length} bytes of {@code text} from {@code offset}, never null.
     *
     * @throws IllegalArgumentException if the bytes are not a text form of the type
     * @throws java.time.DateTimeException if the bytes are not a text form of a date or time
     */
    T read(byte[] text, int offset, int length);

    /** Returns a reader that gives the text, which must be ASCII, to {@code parser}. */
    static <T> TextReader<T> ascii(Function<String, T> parser) {
        return (text, offset, length) -> parser.apply(new String(text, offset, length, StandardCharsets.ISO_8859_1));
    }
}
