package org.pg2sink.imports;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The changes that bring live jobs in line with what is published.
 *
 * @param obsolete jobs whose table left the publication, even if it came back since
 * @param renamed jobs whose table has another name now
 * @param missing published tables without a job, or with an obsolete one
 */
record JobChanges(List<ImportJob> obsolete, List<Renamed> renamed, List<PublishedTable> missing) {

    record Renamed(ImportJob job, PublishedTable table) {}

    /** Compares the live jobs of a subscription with what its publication carries. */
    static JobChanges between(List<ImportJob> jobs, List<PublishedTable> tables) {
        Map<Long, ImportJob> unmatched = new HashMap<>();
        jobs.forEach(job -> unmatched.put(job.relation(), job));
        List<Renamed> renamed = new ArrayList<>();
        List<PublishedTable> missing = new ArrayList<>();
        for (PublishedTable table : tables) {
            ImportJob job = unmatched.get(table.relation());
            if (job == null || job.membership() != table.membership()) {
                missing.add(table);
                continue;
            }
            unmatched.remove(table.relation());
            if (!job.table().equals(table.name())) {
                renamed.add(new Renamed(job, table));
            }
        }
        return new JobChanges(List.copyOf(unmatched.values()), renamed, missing);
    }
}
