package org.pg2sink.types;

/** Bytes that are no form of their type. The text names the type and never shows the value, which may be a secret. */
final class MalformedValueException extends IllegalArgumentException {

    MalformedValueException(String typeName, String form) {
        super("not a " + form + " form of type " + typeName);
    }

    MalformedValueException(String typeName, String form, Throwable cause) {
        super("not a " + form + " form of type " + typeName, cause);
    }
}
