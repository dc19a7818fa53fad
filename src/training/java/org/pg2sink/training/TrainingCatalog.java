package org.pg2sink.training;

import java.util.List;
import java.util.Optional;
import org.pg2sink.changelog.Catalog;
import org.pg2sink.types.PgType;

/** Knows the key of the training table, and no types but those of every server. */
final class TrainingCatalog implements Catalog {

    @Override
    public List<String> primaryKey(long relationOid) {
        return List.of(TrainingTable.KEY);
    }

    @Override
    public Optional<PgType> find(long oid) {
        return Optional.empty();
    }
}
