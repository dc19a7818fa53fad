package org.pg2sink.replication;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SynchronousStandbysTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*",
                "pg2sink",
                "a, PG2SINK",
                "\"pg2sink\"",
                "FIRST 1 (*)",
                "any 2 (a, b, pg2sink)",
                "2(a,pg2sink)",
                "1 (pg2sink)"
            })
    void pg2sinkIsMeant(String setting) {
        assertThat(SynchronousStandbys.name(setting, "pg2sink")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "pg2sink2", "\"pg2sink 2\"", "FIRST 1 (a, b)", "\"*\"", "any 1 (\"a,pg2sink\")"})
    void othersAreMeant(String setting) {
        assertThat(SynchronousStandbys.name(setting, "pg2sink")).isFalse();
    }
}
