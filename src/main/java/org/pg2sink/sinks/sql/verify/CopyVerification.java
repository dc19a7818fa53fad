package org.pg2sink.sinks.sql.verify;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.pg2sink.changelog.TableName;
import org.pg2sink.component.Pg2sinkConstants;
import org.pg2sink.component.Pg2sinkEndpoint;
import org.pg2sink.component.SecretProperty;
import org.pg2sink.replication.Database;
import org.pg2sink.replication.SubscriptionException;
import org.pg2sink.sinks.sql.CopyFailure;
import org.pg2sink.sinks.sql.Parking;
import org.pg2sink.sinks.sql.TargetRole;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Compares the copy of the SQL sink with its source, row by row, while both are written to, and repairs what differs if it is
 * told to. It needs two ordinary connections, and that something streams; which process does not matter.
 *
 * <p>The headers {@link Pg2sinkConstants#NAMESPACE} and {@link Pg2sinkConstants#TABLE} choose one table, {@link #REPAIR} repairs.
 * The body becomes a list of maps, one a table.
 */
public class CopyVerification implements Processor, CamelContextAware {

    /** Header: whether differences are repaired. */
    public static final String REPAIR = "CamelPg2sinkRepair";

    /** Header of the answer: whether the copy is equal to its source now. */
    public static final String EQUAL = "CamelPg2sinkEqual";

    private static final Logger LOG = LoggerFactory.getLogger(CopyVerification.class);

    private CamelContext camelContext;
    private String subscription;
    private String url;
    private String userProperty;
    private String passwordProperty;

    @Override
    public CamelContext getCamelContext() {
        return camelContext;
    }

    @Override
    public void setCamelContext(CamelContext camelContext) {
        this.camelContext = camelContext;
    }

    public String getSubscription() {
        return subscription;
    }

    /** Sets the subscription that feeds the copy. */
    public void setSubscription(String subscription) {
        this.subscription = subscription;
    }

    public String getUrl() {
        return url;
    }

    /** Sets the JDBC URL of the copy. */
    public void setUrl(String url) {
        this.url = url;
    }

    public String getUserProperty() {
        return userProperty;
    }

    /** Sets the name of the property that has the role of the copy. */
    public void setUserProperty(String userProperty) {
        this.userProperty = userProperty;
    }

    public String getPasswordProperty() {
        return passwordProperty;
    }

    /** Sets the name of the property that has the password of that role. */
    public void setPasswordProperty(String passwordProperty) {
        this.passwordProperty = passwordProperty;
    }

    @Override
    public void process(Exchange exchange) throws SQLException, InterruptedException {
        Message message = exchange.getMessage();
        String namespace = message.getHeader(Pg2sinkConstants.NAMESPACE, String.class);
        String table = message.getHeader(Pg2sinkConstants.TABLE, String.class);
        boolean repair = message.getHeader(REPAIR, false, Boolean.class);
        List<TableReport> reports =
                verify(table == null ? null : new TableName(namespace == null ? "public" : namespace, table), repair);
        message.setBody(reports.stream().map(TableReport::toMap).toList());
        message.setHeader(EQUAL, reports.stream().allMatch(TableReport::isEqual));
    }

    private List<TableReport> verify(TableName only, boolean repair) throws SQLException, InterruptedException {
        Database sourceDatabase = camelContext
                .getEndpoint("pg2sink:" + subscription, Pg2sinkEndpoint.class)
                .database();
        try (Connection source = sourceDatabase.connect();
                Connection target = connectToTarget()) {
            TableSide.plan(source);
            TableSide.plan(target);
            printMoneyAlike(source, target);
            TargetRole role = TargetRole.check(target, subscription);
            List<TableReport> reports = new ArrayList<>();
            for (CatalogTable table : tables(source, only)) {
                TableReport report = verify(source, target, table, repair ? role : null);
                LOG.atLevel(report.isEqual() ? Level.INFO : Level.WARN)
                        .log("Subscription {}: compared the copy of {}", subscription, report.sentence());
                reports.add(report);
            }
            return reports;
        }
    }

    private Connection connectToTarget() {
        try {
            return new Database(url, secret(userProperty), secret(passwordProperty)).connect();
        } catch (SubscriptionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new VerificationException("The copy cannot be reached: " + cause.getMessage()
                    + ". Check pg2sink.sql.url, pg2sink.sql.user and pg2sink.sql.password.");
        }
    }

    private String secret(String property) {
        return property == null
                ? null
                : SecretProperty.find(camelContext, property)
                        .filter(value -> !value.isEmpty())
                        .orElse(null);
    }

    private List<CatalogTable> tables(Connection source, TableName only) throws SQLException {
        List<CatalogTable> published = CatalogTable.published(source, subscription);
        if (published.isEmpty()) {
            throw new VerificationException("The publication " + subscription + " has no tables to compare.");
        }
        List<CatalogTable> chosen = published.stream()
                .filter(table -> only == null || table.name().equals(only))
                .toList();
        if (chosen.isEmpty()) {
            throw new VerificationException("There is no table " + only + " in the publication " + subscription + ".");
        }
        return chosen;
    }

    /** @param role null if nothing is to be repaired */
    private TableReport verify(Connection source, Connection target, CatalogTable table, TargetRole role)
            throws SQLException, InterruptedException {
        Optional<CatalogTable> copy = CatalogTable.copied(target, table.name());
        if (copy.isEmpty()) {
            return TableReport.failed(table.name(), "there is no such table in the copy: resync it");
        }
        List<String> columns = table.columns().keySet().stream()
                .filter(copy.get().columns().keySet()::contains)
                .toList();
        List<String> key = table.keySharedWith(copy.get());
        TableReport.Sum sum = new TableReport.Sum(table.name(), key);
        if (columns.size() < table.columns().size()) {
            List<String> absent = table.columns().keySet().stream()
                    .filter(column -> !columns.contains(column))
                    .toList();
            sum.problem("the copy does not have the columns " + String.join(", ", absent) + ": resync the table");
        }
        boolean parked = Parking.isParked(target, table.name());
        if (parked) {
            sum.problem("it is parked, so its changes are left out: resync it");
        }
        TableSide left = new TableSide(source, table, columns, key);
        TableSide right = new TableSide(target, copy.get(), columns, key);
        Judge judge = new Judge(left, right, new CopyProgress(source, subscription));
        CopyRepair repair = role == null || parked ? null : new CopyRepair(left, right, subscription, role);
        try {
            new TableComparison(left, right, judge, repair, sum).run();
        } catch (SQLException e) {
            if (source.isClosed() || target.isClosed()) {
                throw new SQLException(
                        "Comparing " + table.name() + " failed: " + CopyFailure.withoutValues(e), e.getSQLState());
            }
            sum.problem(CopyFailure.withoutValues(e));
        }
        return sum.report();
    }

    /** Money prints by a locale, which two databases may not share. */
    private static void printMoneyAlike(Connection source, Connection target) throws SQLException {
        String locale;
        try (Statement statement = source.createStatement();
                ResultSet row = statement.executeQuery("show lc_monetary")) {
            row.next();
            locale = row.getString(1);
        }
        try (PreparedStatement statement = target.prepareStatement("select set_config('lc_monetary', ?, false)")) {
            statement.setString(1, locale);
            statement.execute();
        } catch (SQLException e) {
            LOG.warn(
                    "The server of the copy does not have the locale {} of the source: amounts of type money may seem to differ.",
                    locale);
        }
    }
}
