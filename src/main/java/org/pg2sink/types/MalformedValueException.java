package org.pg2sink.types;

/** Reports bytes that are not a text form of their type. The message names the type, never the value. */
final class MalformedValueException extends IllegalArgumentException {

    MalformedValueException(String typeName) {
        super("not a text form of type " + typeName);
    }
}
