package org.pg2sink.component;

import java.util.Objects;
import org.pg2sink.changelog.Batch;
import org.pg2sink.changelog.Entry;
import org.pg2sink.changelog.Modification;
import org.pg2sink.changelog.Transaction;

/**
 * Tells what the entries of a batch share. Each entry is looked at once at most, since there may be thousands.
 *
 * @param change the first change; null if there is none
 * @param changes the number of changes
 * @param timestamp whether all entries have the time of the first
 * @param operation whether all changes have the operation of the first
 * @param transaction whether all changes are of one transaction
 * @param timeline whether all changes are of one timeline; they are of one, unless they were collected just when a standby was
 *     promoted
 */
record SharedFacts(
        Modification change, int changes, boolean timestamp, boolean operation, boolean transaction, boolean timeline) {

    static SharedFacts of(Batch batch) {
        Entry first = batch.get(0);
        Transaction latest = first.transaction();
        Modification change = null;
        int changes = 0;
        boolean timestamp = true;
        boolean operation = true;
        boolean transaction = true;
        boolean timeline = true;
        int end;
        for (int i = 0; i < batch.size(); i = end) {
            Entry entry = batch.get(i);
            end = batch.endOfRun(i);
            if (entry.transaction() != latest) { // nearly always it is that of the entry before, and with it the time
                latest = entry.transaction();
                timestamp &= entry.timestamp().equals(first.timestamp());
            }
            if (entry instanceof Modification modification) {
                change = change == null ? modification : change;
                operation &= modification.operation() == change.operation();
                if (latest != change.transaction()) {
                    transaction &= latest.equals(change.transaction());
                    timeline &= Objects.equals(
                            latest.timeline(), change.transaction().timeline());
                }
                changes += end - i;
            }
        }
        return new SharedFacts(change, changes, timestamp, operation, transaction, timeline);
    }
}
