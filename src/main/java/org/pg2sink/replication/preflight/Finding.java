package org.pg2sink.replication.preflight;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Says what a check found.
 *
 * @param check the name of the check, which stays the same from version to version
 * @param severity how grave it is
 * @param subject the object at fault: a setting, a role, a slot, a table
 * @param sentence what is wrong, naming the object
 * @param remedySql the SQL that mends it; null if no SQL does, and the sentence says what else
 */
public record Finding(String check, Severity severity, String subject, String sentence, String remedySql) {

    /** Returns the finding as plain values by name; {@code sql} is absent if no SQL mends it. */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("check", check);
        map.put("severity", severity.text());
        map.put("subject", subject);
        map.put("sentence", sentence);
        if (remedySql != null) {
            map.put("sql", remedySql);
        }
        return map;
    }

    /** Returns the sentence and, if there is one, the SQL, for a line of the log. */
    public String text() {
        return remedySql == null ? sentence : sentence + " Run: " + remedySql;
    }
}
