package org.pg2sink.sinks.sql;

import static org.pg2sink.replication.Sql.quoted;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import org.pg2sink.changelog.Table;
import org.pg2sink.changelog.TableName;
import org.pg2sink.changelog.Transaction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the tables of a copy the names that the tables of the source have. If another table has got a name, the copy of the
 * earlier one is set aside: its own new name comes with its next change, if it still exists. A copy that somebody else made,
 * or whose source was another server, is kept for the new table.
 */
final class CopyNames {

    private static final Logger LOG = LoggerFactory.getLogger(CopyNames.class);

    /** Leaves room for the OID in a name of the server, even if all characters have four bytes. */
    private static final int MAX_NAME_LENGTH = 12;

    private final Connection target;
    private final String subscription;
    private final String source;

    /** @param source names the server and database that the OIDs belong to */
    CopyNames(Connection target, String subscription, String source) {
        this.target = target;
        this.subscription = subscription;
        this.source = source;
    }

    /**
     * Renames the copy of a table, or makes its name free.
     *
     * @param known what is known of the table; empty if it is new
     * @param at the transaction that brought the name
     * @return whether any table was renamed
     */
    boolean follow(Table table, Optional<CopyShape> known, Transaction at) throws SQLException {
        TableName name = table.qualifiedName();
        if (known.isPresent() && known.get().name().equals(name)) {
            return false;
        }
        Optional<CopyShape> occupant = CopyShape.named(target, source, name);
        if (occupant.isPresent() && known.isEmpty() && !isReplaced(occupant.get(), at)) {
            occupant.get().handOver(target, source, table.oid());
            LOG.warn(
                    "Another table of the source has the name {}, or the source is another one. The copy keeps the rows of"
                            + " the earlier one: resync the table, unless it is imported now",
                    table);
            return false;
        }
        if (occupant.isPresent()) {
            setAside(occupant.get());
        }
        if (known.isPresent() && exists(known.get().name()) && !exists(name)) {
            rename(known.get(), name);
            LOG.info(
                    "The copy of {} is now {}, as the table at the source",
                    known.get().name(),
                    name);
            return true;
        }
        return occupant.isPresent();
    }

    private static boolean isReplaced(CopyShape occupant, Transaction at) {
        return occupant.made() && at.isComparable(occupant.at().timeline());
    }

    private void setAside(CopyShape shape) throws SQLException {
        String base = shape.name().name();
        int characters = Math.min(MAX_NAME_LENGTH, base.codePointCount(0, base.length()));
        TableName aside = new TableName(
                shape.name().namespace(),
                base.substring(0, base.offsetByCodePoints(0, characters)) + " (" + shape.relation() + ")");
        if (exists(shape.name())) {
            rename(shape, aside);
            LOG.info(
                    "Another table of the source has the name {}. The copy of the earlier one is now {}: drop it if that one"
                            + " is gone",
                    shape.name(),
                    quoted(aside));
        } else {
            shape.renamed(aside).save(target, source);
        }
    }

    private void rename(CopyShape shape, TableName to) throws SQLException {
        TableName from = shape.name();
        try (Statement statement = target.createStatement()) {
            if (!from.namespace().equals(to.namespace())) {
                statement.execute("create schema if not exists " + quoted(to.namespace()));
                statement.execute("alter table " + quoted(from) + " set schema " + quoted(to.namespace()));
            }
            if (!from.name().equals(to.name())) {
                statement.execute("alter table " + quoted(new TableName(to.namespace(), from.name())) + " rename to "
                        + quoted(to.name()));
            }
        }
        CopyPosition.rename(target, subscription, from, to);
        shape.renamed(to).save(target, source);
    }

    private boolean exists(TableName name) throws SQLException {
        try (PreparedStatement statement = target.prepareStatement("select to_regclass(?) is not null")) {
            statement.setString(1, quoted(name));
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }
}
