package org.pg2sink.types;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.pg2sink.TestDatabase;
import org.pg2sink.TestServer;
import org.pg2sink.replication.DatabaseCatalog;

/** Compares the table of the built-in types with the catalog of a real server. */
class CatalogIT {

    private static final TypeCatalog NO_CATALOG = oid -> Optional.empty();
    private static Connection connection;

    @BeforeAll
    static void createTypes() throws SQLException {
        TestDatabase database = TestServer.newDatabase();
        database.execute(Samples.OBJECTS);
        connection = database.connect();
    }

    @AfterAll
    static void close() throws SQLException {
        connection.close();
    }

    /** All that a column of a table can be of, and without asking the catalog. */
    @Test
    void everyBuiltInTypeIsKnownByItsName() throws SQLException {
        Codecs codecs = new Codecs(NO_CATALOG);
        SoftAssertions soft = new SoftAssertions();
        try (Statement statement = connection.createStatement();
                ResultSet types = statement.executeQuery("select oid, format_type(oid, null) from pg_type"
                        + " where oid < 10000 and typtype in ('b', 'r', 'm') and typname !~ '^_?(cstring|pg_(type|attribute|proc|class|node"
                        + "|ndistinct|dependencies|mcv|brin|ddl))'")) {
            while (types.next()) {
                soft.assertThat(codecs.of(types.getLong(1), -1).typeName())
                        .as("OID %d", types.getLong(1))
                        .isEqualTo(types.getString(2));
            }
        }
        soft.assertAll();
    }

    @Test
    void typesOfTheCatalogAreNamedWithTheirSchema() throws SQLException {
        assertThat(codec("mood").typeName()).isEqualTo("public.mood");
        assertThat(codec("pg_class").typeName()).isEqualTo("pg_class");
        assertThat(codec("\"Odd name\"[]").typeName()).isEqualTo("public.\"Odd name\"[]");
    }

    @Test
    void aDomainIsItsBaseTypeWithTheModifierOfTheDomain() throws SQLException {
        assertThat(codec("smaller_number")).isEqualTo(new NumericCodec(6, 2));
        assertThat(codec("smaller_number[]")).isEqualTo(new ArrayCodec(new NumericCodec(6, 2), (byte) ','));
        assertThat(codec("crate[]")).extracting("delimiter").isEqualTo((byte) ';');
    }

    @Test
    void theCatalogIsAskedOnceForEachType() throws SQLException {
        int[] questions = {0};
        try (DatabaseCatalog catalog = ServerColumn.catalog(connection)) {
            Codecs codecs = new Codecs(oid -> {
                questions[0]++;
                return catalog.find(oid);
            });
            Codec first = codecs.of(oid("mood"), -1);

            assertThat(codecs.of(oid("mood"), -1)).isSameAs(first);
            assertThat(questions[0]).isOne();
        }
    }

    private static Codec codec(String type) throws SQLException {
        return ServerColumn.codec(connection, oid(type), -1);
    }

    private static long oid(String type) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select '" + type + "'::regtype::oid")) {
            row.next();
            return row.getLong(1);
        }
    }
}
