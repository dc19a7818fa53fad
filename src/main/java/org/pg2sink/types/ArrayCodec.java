package org.pg2sink.types;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import org.apache.avro.Schema;

/**
 * Arrays of any other type. How many dimensions a value has is its own affair, the type does not say: in Java and in JSON
 * they are nested; in Avro, whose schema has to be there before the value, all elements stand in one array, in the order
 * in which {@code unnest} gives them. Bounds are in the text only.
 *
 * @see <a href="https://www.postgresql.org/docs/current/arrays.html">Arrays</a>
 */
record ArrayCodec(Codec element, byte delimiter) implements Codec {

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
    public Object toJava(byte[] text, int offset, int length) {
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
                case VALUE -> open.element().add(element.toJava(array.bytes(), array.offset(), array.length()));
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
