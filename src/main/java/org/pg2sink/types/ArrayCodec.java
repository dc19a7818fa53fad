package org.pg2sink.types;

import static org.pg2sink.types.BinaryForm.printedBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.apache.avro.Schema;

/**
 * Serves arrays of any other type. The type does not tell how many dimensions a value has. In Java and in JSON dimensions
 * are nested. An Avro schema has to be known before the value, so in Avro one array holds all elements, in the order of
 * {@code unnest}. Only the text has the bounds of the indexes.
 *
 * @see <a href="https://www.postgresql.org/docs/current/arrays.html">Arrays</a>
 */
record ArrayCodec(Codec element, byte delimiter) implements Codec {

    private static final BinaryForm BINARY = printedBy("array_out");

    private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);

    @Override
    public String typeName() {
        return element.typeName() + "[]";
    }

    @Override
    public Class<?> javaType() {
        return List.class;
    }

    @Override
    public Schema avroSchema() {
        Schema elementOrNull = Schema.createUnion(element.avroSchema(), Schema.create(Schema.Type.NULL));
        return Schema.createArray(elementOrNull);
    }

    @Override
    public Optional<BinaryForm> binaryForm() {
        return Optional.of(BINARY);
    }

    @Override
    public Object toJava(byte[] text, int offset, int length) {
        return toList(text, offset, length, element::toJava);
    }

    @Override
    public Object toPlain(byte[] text, int offset, int length) {
        return toList(text, offset, length, element::toPlain);
    }

    private List<Object> toList(byte[] text, int offset, int length, TextReader<Object> elements) {
        ArrayText array = read(text, offset, length);
        array.next();
        List<Object> outermost = new ArrayList<>();
        Deque<List<Object>> open = new ArrayDeque<>();
        open.push(outermost);
        for (ArrayText.Piece piece = array.next(); piece != ArrayText.Piece.END; piece = array.next()) {
            switch (piece) {
                case OPEN -> {
                    Dimension dimension = new Dimension();
                    open.element().add(dimension);
                    open.push(dimension);
                }
                case CLOSE -> open.pop();
                case NULL -> open.element().add(null);
                case VALUE -> open.element().add(elements.read(array.bytes(), array.offset(), array.length()));
                case END -> throw new IllegalStateException("the loop ends here");
            }
        }
        return Collections.unmodifiableList(outermost);
    }

    private ArrayText read(byte[] text, int offset, int length) {
        return new ArrayText(typeName(), delimiter, text, offset, length);
    }

    @Override
    public Object toAvro(Object value) {
        List<Object> elements = new ArrayList<>();
        addElements((List<?>) value, elements);
        return elements;
    }

    private void addElements(List<?> items, List<Object> elements) {
        for (Object item : items) {
            if (item instanceof Dimension dimension) {
                addElements(dimension, elements);
            } else {
                elements.add(item == null ? null : element.toAvro(item));
            }
        }
    }

    @Override
    public void writeJson(byte[] text, int offset, int length, JsonWriter json) {
        ArrayText array = read(text, offset, length);
        boolean first = true;
        for (ArrayText.Piece piece = array.next(); piece != ArrayText.Piece.END; piece = array.next()) {
            if (!first && piece != ArrayText.Piece.CLOSE) {
                json.raw(',');
            }
            first = piece == ArrayText.Piece.OPEN;
            switch (piece) {
                case OPEN -> json.raw('[');
                case CLOSE -> json.raw(']');
                case NULL -> json.raw(NULL);
                case VALUE -> element.writeJson(array.bytes(), array.offset(), array.length(), json);
                case END -> throw new IllegalStateException("the loop ends here");
            }
        }
    }
}
