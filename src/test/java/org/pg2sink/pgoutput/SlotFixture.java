package org.pg2sink.pgoutput;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.pg2sink.TestDatabase;
import org.pg2sink.TestServer;

/** A new database with a table, a publication of all tables, and a slot from then on. */
abstract class SlotFixture {

    final TestDatabase database = TestServer.newDatabase();
    Slot slot;

    @BeforeEach
    void createATableAPublicationAndASlot() {
        database.execute(
                "create table example (id bigint primary key, msg text)", "create publication p for all tables");
        slot = Slot.create(database);
    }

    @AfterEach
    void dropTheSlot() {
        slot.drop();
    }

    /** Nobody sees what of the WAL is not flushed, and nothing but a commit makes haste with it. */
    void flush() {
        database.execute("checkpoint");
    }

    /** Runs it as something that was committed elsewhere, and gives the name of the origin. */
    String replay(String sql) {
        String origin = database.value("select current_database() || '_origin'");
        database.execute(
                "select pg_replication_origin_create('" + origin + "')",
                "select pg_replication_origin_session_setup('" + origin + "')",
                "begin; select pg_replication_origin_xact_setup('16/B374D848', now()); " + sql + "; commit",
                "select pg_replication_origin_session_reset()",
                "select pg_replication_origin_drop('" + origin + "')");
        return origin;
    }

    static <M extends Message> List<M> only(Class<M> kind, List<Message> messages) {
        return messages.stream().filter(kind::isInstance).map(kind::cast).toList();
    }
}
