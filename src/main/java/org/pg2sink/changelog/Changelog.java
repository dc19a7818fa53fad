package org.pg2sink.changelog;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.pg2sink.pgoutput.Lsn;
import org.pg2sink.pgoutput.Message;
import org.pg2sink.pgoutput.PgOutputException;
import org.pg2sink.pgoutput.Tuple;
import org.pg2sink.pgoutput.TupleValue.Data;
import org.pg2sink.pgoutput.TupleValue.Format;
import org.pg2sink.types.Codecs;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns the messages of one replication connection, in their order, into entries: the one dispatch over {@link
 * Message}. For one thread. A new connection takes a new changelog, so it announces its schemas again.
 */
public final class Changelog {

    private static final Logger LOG = LoggerFactory.getLogger(Changelog.class);

    /** Receives the entries. */
    public interface Output {

        /** Receives the next entry. */
        void entry(Entry entry);

        /** Tells that all entries up to here belong to transactions that end before {@code endLsn}. */
        void committed(Lsn endLsn);

        /** Tells that a watermark of an import stands here. Most outputs need not know. */
        default void watermark(Transaction transaction, String watermark) {}
    }

    /** Prefix of transactional logical messages that are watermarks of imports, not entries. */
    public static final String WATERMARK_PREFIX = "pg2sink.watermark";

    /** Schema of pg2sink's own tables. Their changes are never delivered, even if the publication covers all tables. */
    public static final String OWN_SCHEMA = "pg2sink";

    private static final long TEXT_OID = 25;
    private static final Column CONTENT =
            new Column("content", new Codecs(oid -> Optional.empty()).of(TEXT_OID, -1), false);

    private final Catalog catalog;
    private final DatabaseEncoding encoding;
    private final RelationCache relations;
    private final ZoneId zone;
    private final Function<Lsn, String> timelines;
    private final Output output;
    private final Announcements announcements;
    /** Columns of which the log has told that they have bytes that are no characters. */
    private final Set<String> escaped = new HashSet<>();

    private Transaction transaction;
    /** The latest transaction of which anything was passed on; null before the first. */
    private Transaction delivered;

    private long sequence;
    private Table messages;

    /**
     * @param catalog where types and primary keys are looked up, not null
     * @param zone the zone of the timestamps, not null
     * @param timelines names the timeline that a position belongs to, or returns null; not null
     * @param announcements which schemas the connection has sent, not null
     * @param output takes the entries, on the thread that calls {@link #apply}, not null
     */
    public Changelog(
            Catalog catalog, ZoneId zone, Function<Lsn, String> timelines, Announcements announcements, Output output) {
        this(catalog, DatabaseEncoding.UTF_8, zone, timelines, announcements, output);
    }

    /** @param encoding of the database, and of the rows if they come raw; not null */
    public Changelog(
            Catalog catalog,
            DatabaseEncoding encoding,
            ZoneId zone,
            Function<Lsn, String> timelines,
            Announcements announcements,
            Output output) {
        this.encoding = encoding;
        this.catalog = catalog;
        this.relations = new RelationCache(catalog);
        this.zone = zone;
        this.timelines = timelines;
        this.announcements = announcements;
        this.output = output;
    }

    /** Returns the commit of the latest transaction of which anything was passed on; zero if nothing was. */
    public Lsn delivered() {
        return delivered == null ? Lsn.ZERO : delivered.lsn();
    }

    /** Returns whether a transaction has begun and not yet ended. */
    public boolean inTransaction() {
        return transaction != null;
    }

    /**
     * Takes the next message.
     *
     * @throws PgOutputException if it does not fit those before it
     */
    public void apply(Message message) {
        if (message instanceof Message.Insert insert) {
            Table table = announce(insert.relationOid());
            change(Operation.INSERT, table, null, row(table, insert.after(), false));
        } else if (message instanceof Message.Update update) {
            update(update);
        } else if (message instanceof Message.Delete delete) {
            Table table = announce(delete.relationOid());
            change(Operation.DELETE, table, oldRow(table, delete.before()), null);
        } else if (message instanceof Message.Begin begin) {
            transaction = new Transaction(
                    begin.xid(),
                    begin.finalLsn(),
                    begin.commitTime().atZone(zone).toOffsetDateTime(),
                    timelines.apply(begin.finalLsn()));
            sequence = 0;
        } else if (message instanceof Message.Commit commit) {
            transaction();
            transaction = null;
            output.committed(commit.endLsn());
        } else if (message instanceof Message.Relation relation) {
            relations.put(relation, transaction);
        } else if (message instanceof Message.Truncate truncate) {
            for (long oid : truncate.relationOids()) {
                change(Operation.TRUNCATE, announce(oid), null, null);
            }
        } else if (message instanceof Message.Logical logical) {
            logical(logical);
        } else if (message instanceof Message.Type type) {
            catalog.named(type);
        } else if (!(message instanceof Message.Origin)) {
            throw new IllegalStateException("a " + message.getClass().getSimpleName()
                    + " message came, but neither streaming nor two-phase was asked for");
        }
    }

    private void update(Message.Update update) {
        Table table = announce(update.relationOid());
        Row before = update.before() == null ? null : oldRow(table, update.before());
        Row after = row(table, update.after(), false);
        if (before != null && !after.unchanged().isEmpty()) {
            after = after.filledFrom(before);
        }
        change(Operation.UPDATE, table, before, after);
    }

    private void logical(Message.Logical logical) {
        if (logical.transactional() && logical.prefix().equals(WATERMARK_PREFIX)) {
            delivered = transaction();
            output.watermark(delivered, new String(logical.content(), StandardCharsets.UTF_8));
            return;
        }
        Table table = messageTable(logical.prefix());
        byte[] text = encoding.message(logical.content());
        Row content = new Row(table, Tuple.of(new Data(Format.TEXT, text, 0, text.length)), false);
        if (logical.transactional()) {
            change(Operation.MESSAGE, table, null, content);
        } else {
            Transaction none = new Transaction(
                    0, logical.lsn(), Instant.now().atZone(zone).toOffsetDateTime(), timelines.apply(logical.lsn()));
            output.entry(new Modification(none, 1, Operation.MESSAGE, table, null, content));
        }
    }

    /** Returns a table with one column for a logical message, so that it is read and batched like any other change. */
    private Table messageTable(String prefix) {
        if (messages == null || !messages.name().equals(prefix)) {
            messages = new Table(0, new TableName(null, prefix), List.of(CONTENT));
        }
        return messages;
    }

    private void change(Operation operation, Table table, Row before, Row after) {
        if (!isOwn(table)) {
            delivered = transaction();
            output.entry(new Modification(delivered, ++sequence, operation, table, before, after));
        }
    }

    private Transaction transaction() {
        if (transaction == null) {
            throw new PgOutputException("Begin", 0, "expected a Begin before this message, but no transaction is open");
        }
        return transaction;
    }

    /** Returns the table of a change, after sending its schema if the connection did not send that version last. */
    private Table announce(long oid) {
        Table table = relations.get(oid);
        if (!isOwn(table) && announcements.isDue(table)) {
            output.entry(new Schema(transaction(), table));
        }
        return table;
    }

    private static boolean isOwn(Table table) {
        return OWN_SCHEMA.equals(table.namespace());
    }

    private Row oldRow(Table table, Message.OldTuple old) {
        return row(table, old.tuple(), !old.full());
    }

    /** Converts a raw tuple, and says which columns have bytes that are no characters. */
    private Tuple converted(Table table, Tuple tuple) {
        Tuple text = encoding.utf8(tuple);
        if (text != tuple) {
            for (int i = 0; i < text.size(); i++) {
                Column column = table.columns().get(i);
                if (text.get(i) instanceof Data data
                        && DatabaseEncoding.hasEscape(data.text())
                        && escaped.add(table + "." + column.name())) {
                    LOG.warn(
                            "Column {} of {} has bytes that are no {} characters, first in the transaction at {}: each comes as"
                                    + " the character U+EF00 plus the byte. Correct the rows to end this.",
                            column.name(),
                            table,
                            encoding.name(),
                            transaction == null ? "?" : transaction.lsn());
                }
            }
        }
        return text;
    }

    private Row row(Table table, Tuple tuple, boolean identityOnly) {
        if (tuple.size() != table.columns().size()) {
            throw new PgOutputException(
                    "Tuple",
                    0,
                    "expected the " + table.columns().size() + " columns of " + table + ", but found " + tuple.size());
        }
        int binary = tuple.firstBinary();
        if (binary >= 0) {
            throw new PgOutputException(
                    "Tuple",
                    0,
                    "expected text in column " + table.columns().get(binary).name() + " of " + table
                            + ", but the slot sends binary values: set the slot option binary to false");
        }
        return new Row(table, encoding.isRaw() ? converted(table, tuple) : tuple, identityOnly);
    }
}
