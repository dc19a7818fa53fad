package org.pg2sink.replication.preflight;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.pg2sink.replication.Database;
import org.pg2sink.replication.Subscription;
import org.pg2sink.replication.SubscriptionException;

/** Runs the checks of a server for a subscription. Changes nothing. */
public final class Preflight {

    /** More findings of one check than this share a line. */
    private static final int MAX_FINDINGS = 20;

    /** What keeps a stream from beginning, or will end it some day. */
    private static final List<Check> SERVER = List.of(
            new WalSettings(),
            new FreeSlots(),
            new FreeWalSenders(),
            new DatabasePrivilege(),
            new PoolerInBetween(),
            new ConnectionLimit(),
            new WalRetention(),
            new FailoverSlot(),
            new ClockOffset());

    /** What imports and tables lack. */
    private static final List<Check> ROWS =
            List.of(new OwnTables(), new ReadPrivilege(), new RowSecurity(), new PartitionIdentity());

    /** What the stream says by itself, at its start too. */
    private static final List<Check> RUNNING = List.of(
            new ServerVersion(),
            new StandbyServer(),
            new SlotUse(),
            new ReplicationAccess(),
            new SynchronousStandby(),
            new LongTransactions(),
            new SubscribedSchemas(),
            new PublishedChanges(),
            new UnpublishedTables());

    /** For those who ask. */
    private static final List<Check> ADVICE = List.of(new UnstreamedTables(), new KeylessTables(), new LargeValues());

    private final Database database;
    private final Subscription subscription;
    private final int readers;

    /** @param readers how many chunks imports read at the same time; 0 if nothing is imported */
    public Preflight(Database database, Subscription subscription, int readers) {
        this.database = database;
        this.subscription = subscription;
        this.readers = readers;
    }

    /**
     * Checks all there is to check.
     *
     * @return what was found, the gravest first; empty if all is well
     * @throws SubscriptionException if the server cannot be asked
     */
    public List<Finding> run() {
        try (Connection connection = database.connect()) {
            return findings(connection, all());
        } catch (SQLException e) {
            throw SubscriptionException.of(e, "checking the server", database);
        }
    }

    /**
     * Checks what the stream does not say by itself when it begins.
     *
     * @param connection an ordinary connection in autocommit mode
     * @return errors and warnings, the gravest first
     */
    public List<Finding> atStart(Connection connection) throws SQLException {
        return findings(connection, Stream.of(SERVER, ROWS).flatMap(List::stream)).stream()
                .filter(finding -> finding.severity() != Severity.INFO)
                .toList();
    }

    /** Returns all checks, in the order in which they run. */
    static Stream<Check> all() {
        return Stream.of(RUNNING, SERVER, ROWS, ADVICE).flatMap(List::stream);
    }

    private List<Finding> findings(Connection connection, Stream<Check> checks) throws SQLException {
        Inspected on = Inspected.of(connection, database, subscription, readers);
        List<Finding> findings = new ArrayList<>();
        for (Check check : checks.toList()) {
            findings.addAll(few(check, look(check, on)));
        }
        findings.sort(Comparator.comparing(Finding::severity));
        return findings;
    }

    /** Runs one check. What the server does not let the role see must not hide what the others find. */
    private List<Finding> look(Check check, Inspected on) throws SQLException {
        try {
            return check.look(on);
        } catch (SQLException e) {
            if (SubscriptionException.of(e, "checking the server", database).isDisconnection()) {
                throw e;
            }
            return List.of(check.info(
                    check.name(),
                    "The check " + check.name() + " could not be made: "
                            + String.valueOf(e.getMessage()).lines().findFirst().orElse("") + ".",
                    null));
        }
    }

    private static List<Finding> few(Check check, List<Finding> findings) {
        if (findings.size() <= MAX_FINDINGS) {
            return findings;
        }
        List<Finding> few = new ArrayList<>(findings.subList(0, MAX_FINDINGS));
        Finding next = findings.get(MAX_FINDINGS);
        few.add(new Finding(
                check.name(),
                next.severity(),
                next.subject(),
                "The same holds for " + next.subject() + " and " + (findings.size() - MAX_FINDINGS - 1) + " others.",
                null));
        return few;
    }
}
