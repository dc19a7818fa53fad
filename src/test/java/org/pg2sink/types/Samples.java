package org.pg2sink.types;

import java.util.List;
import java.util.stream.Stream;

/** Values of every type. */
public final class Samples {

    /** What the database must have for them. */
    public static final String[] OBJECTS = {
        "create type mood as enum ('sad', 'ok', 'so \"so\", {really}', 'ä')",
        "create type pair as (a int, b text)",
        "create domain small_number as numeric(6,2)",
        "create domain smaller_number as small_number check (value < 100)",
        "create domain numbers as int[]",
        "create domain crate as box",
        "create domain mail as text",
        "create domain huge as bigint",
        "create extension hstore",
        "create extension citext",
        "create type \"Odd name\" as enum ('x')"
    };

    private Samples() {}

    public static List<Sample> all() {
        return Stream.of(new ScalarSamples(), new SpecialSamples(), new DerivedSamples())
                .flatMap(samples -> samples.list().stream())
                .toList();
    }
}
