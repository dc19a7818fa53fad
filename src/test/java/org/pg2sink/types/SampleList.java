package org.pg2sink.types;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Values of some types: those at the edges, and random ones. */
abstract class SampleList {

    private static final int RANDOM = 300;

    final RandomValues random = new RandomValues();
    private final List<Sample> samples = new ArrayList<>();

    final void add(Sample sample) {
        samples.add(sample);
    }

    final List<String> values(Supplier<String> literal, String... edges) {
        List<String> values = new ArrayList<>(List.of(edges));
        values.addAll(random.list(RANDOM, literal));
        return values;
    }

    final List<Sample> list() {
        return samples;
    }
}
