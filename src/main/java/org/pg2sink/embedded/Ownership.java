package org.pg2sink.embedded;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.postgresql.PGProperty;
import org.postgresql.util.PasswordUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the role of the stream, as superuser and once for each start, and gives it the database with all that users made
 * in it. A server of an earlier version had all of that from its superuser, who cannot log in any more.
 */
final class Ownership {

    private static final Logger LOG = LoggerFactory.getLogger(Ownership.class);

    static final String SUPERUSER = "postgres";
    static final String DATABASE = "postgres";

    /** Statements for what the superuser owns. REASSIGN OWNED refuses that user, because the system's own objects are his. */
    private static final String TRANSFERS = """
            with mine as (select oid from pg_roles where rolname = 'postgres'),
            schemas as (select oid, nspname from pg_namespace
                        where nspname !~ '^pg_' and nspname <> 'information_schema'),
            extensions as (select classid, objid from pg_depend where deptype = 'e'),
            objects as (
              select 1 as place, 'pg_namespace'::regclass as class, n.oid, n.nspowner as owner,
                     'schema ' || quote_ident(n.nspname) as object
              from pg_namespace n join schemas using (oid)
              union all
              select 2, 'pg_class'::regclass, c.oid, c.relowner,
                     case c.relkind when 'v' then 'view' when 'm' then 'materialized view' when 'f' then 'foreign table'
                                    when 'S' then 'sequence' else 'table' end || ' ' || c.oid::regclass
              from pg_class c join schemas s on s.oid = c.relnamespace
              where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and not (c.relkind = 'S' and exists (
                select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype in ('a', 'i')))
              union all
              select 3, 'pg_type'::regclass, t.oid, t.typowner,
                     case t.typtype when 'd' then 'domain ' else 'type ' end || t.oid::regtype
              from pg_type t join schemas s on s.oid = t.typnamespace left join pg_class c on c.oid = t.typrelid
              where t.typtype in ('d', 'e', 'r') or c.relkind = 'c'
              union all
              select 4, 'pg_proc'::regclass, p.oid, p.proowner, 'routine ' || p.oid::regprocedure
              from pg_proc p join schemas s on s.oid = p.pronamespace
              union all
              select 5, 'pg_publication'::regclass, p.oid, p.pubowner, 'publication ' || quote_ident(p.pubname)
              from pg_publication p
              where not p.puballtables and not exists ( -- those that only a superuser may own
                select from pg_depend d where d.refclassid = 'pg_publication'::regclass and d.refobjid = p.oid
                  and d.classid = to_regclass('pg_catalog.pg_publication_namespace')))
            select 'alter ' || object || ' owner to pg2sink' from objects o
            where owner in (select oid from mine)
              and not exists (select from extensions e where e.classid = o.class and e.objid = o.oid)
            order by place, o.oid""";

    private Ownership() {}

    /** Gives the database to the role of {@code login}. */
    static void give(int port, String superuserPassword, Login login) {
        Properties properties = new Properties();
        PGProperty.USER.set(properties, SUPERUSER);
        PGProperty.PASSWORD.set(properties, superuserPassword);
        try (Connection connection = DriverManager.getConnection(EmbeddedServer.url(port), properties)) {
            connection.setAutoCommit(false);
            give(connection, login);
            connection.commit();
        } catch (SQLException e) {
            throw new EmbeddedServerException(
                    "The embedded PostgreSQL cannot give its database " + DATABASE + " to the role " + Login.ROLE + ": "
                            + e.getMessage(),
                    e);
        }
    }

    private static void give(Connection connection, Login login) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("set search_path = pg_catalog"); // no function of a user is taken for the system's
            if (rows(statement, "select 1 from pg_roles where rolname = 'pg2sink'")
                    .isEmpty()) {
                statement.execute("create role pg2sink");
                // or tables that are created in psql would be in the schema named like the role, and not be streamed
                statement.execute("alter database postgres set search_path = public");
            }
            statement.execute("alter role pg2sink login replication nosuperuser nocreaterole nobypassrls password '"
                    + verifier(login.password()) + "'");
            statement.execute("alter database postgres owner to pg2sink");
            List<String> transfers = rows(statement, TRANSFERS);
            for (String transfer : transfers) {
                statement.execute(transfer);
            }
            if (!transfers.isEmpty()) {
                LOG.info(
                        "Gave {} objects of the embedded PostgreSQL's superuser to the role pg2sink", transfers.size());
            }
        }
    }

    private static List<String> rows(Statement statement, String query) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (ResultSet result = statement.executeQuery(query)) {
            while (result.next()) {
                rows.add(result.getString(1));
            }
        }
        return rows;
    }

    /** Returns what the server keeps of a password, so that no log of the server can show the password itself. */
    static String verifier(String password) {
        return PasswordUtil.encodeScramSha256(password.toCharArray());
    }
}
