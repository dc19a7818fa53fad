package org.pg2sink;

/** Says in one sentence which setting keeps pg2sink from starting, and what it can be. */
final class SettingException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    SettingException(String message) {
        super(message);
    }
}
