package org.pg2sink.types;

/** Reports bytes that are not a value of their type. The message names the type, never the value. */
final class MalformedValueException extends IllegalArgumentException {

    MalformedValueException(String typeName) {
        this("text", typeName);
    }

    private MalformedValueException(String form, String typeName) {
        super("not a " + form + " form of type " + typeName);
    }

    static MalformedValueException binary(String typeName) {
        return new MalformedValueException("binary", typeName);
    }
}
