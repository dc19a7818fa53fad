package org.pg2sink.types;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;

/**
 * Holds one dimension of an array within another. Its class tells it from an element that is an array itself, as in an
 * array of a domain over an array.
 */
final class Dimension extends AbstractList<Object> {

    private final List<Object> items = new ArrayList<>();

    @Override
    public boolean add(Object item) {
        return items.add(item);
    }

    @Override
    public Object get(int index) {
        return items.get(index);
    }

    @Override
    public int size() {
        return items.size();
    }
}
