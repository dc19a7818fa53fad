package org.pg2sink.changelog;

/**
 * Identifies a column, because its name may change, and another column may get the name.
 *
 * @param number the attribute number in the relation, which is never used again; 0 if it is not known
 * @param missing the value of the rows that are older than the column, as text; null if it is null or not known
 */
public record Attribute(int number, String missing) {

    public static final Attribute UNKNOWN = new Attribute(0, null);
}
