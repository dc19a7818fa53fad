package org.pg2sink.stream;

import java.util.Optional;
import org.pg2sink.imports.KeptPosition;
import org.pg2sink.pgoutput.Lsn;
import org.pg2sink.replication.ServerHistory;

/** Says whether a server goes on where the stream left it. */
sealed interface Continuity {

    /** Nothing is missing, and every position means what it meant before. */
    record Continued() implements Continuity {}

    /**
     * The server lacks what was delivered, so it writes other changes at positions that were used before.
     *
     * @param reason says in which way that shows, as a clause
     * @param named whether the number of the timeline tells the changes from those before
     */
    record WentBack(String reason, boolean named) implements Continuity {}

    /**
     * Somebody moved the slot, or created it again.
     *
     * @param from how far pg2sink confirmed at most
     * @param to the position of the slot
     */
    record Gap(Lsn from, Lsn to) implements Continuity {}

    /**
     * What a server tells before a session begins.
     *
     * @param slot the confirmed position of the slot; empty if there is no slot
     * @param walEnd the end of the WAL
     */
    record Server(ServerHistory history, Optional<Lsn> slot, Lsn walEnd) {}

    /**
     * What the process remembers of its latest session.
     *
     * @param confirmed at least what was confirmed to the server
     * @param delivered the commit of the latest transaction of which anything was delivered; zero if there was none
     * @param session the number of the session in the kept row; zero if it was not kept
     * @param revision how often the session wrote that row
     * @param overtaken whether another client had the slot since, so that it may have moved it rightfully
     */
    record Memory(ServerHistory history, Lsn confirmed, Lsn delivered, long session, long revision, boolean overtaken) {

        /** Returns whether no other session has begun since. */
        boolean isOf(KeptPosition kept) {
            return session == kept.session();
        }

        boolean isLaterThan(KeptPosition kept) {
            return session > kept.session() || isOf(kept) && revision > kept.revision();
        }

        Memory whenOvertaken() {
            return new Memory(history, confirmed, delivered, session, revision, true);
        }
    }

    /**
     * Compares a server with what is known of it.
     *
     * @param memory null before the first session of the process
     * @param kept the row that the latest session wrote, whichever process ran it; null if there is none
     */
    static Continuity of(Server server, Memory memory, KeptPosition kept) {
        Optional<WentBack> back = sinceMemory(server, memory, kept).or(() -> sinceKept(server, memory, kept));
        if (back.isPresent()) {
            return back.get();
        }
        Optional<Gap> gap = gap(server, memory, kept);
        return gap.isPresent() ? gap.get() : new Continued();
    }

    private static Optional<WentBack> sinceMemory(Server server, Memory memory, KeptPosition kept) {
        if (memory == null) {
            return Optional.empty();
        }
        ServerHistory now = server.history;
        ServerHistory then = memory.history;
        String delivered = ", but changes were delivered up to " + memory.delivered;
        if (!now.isSameDatabase(then.system(), then.database())) {
            return wentBack("it is another one than before", false);
        }
        if (now.timeline() != then.timeline()) {
            boolean newer = now.timeline() > then.timeline();
            Optional<Lsn> end = now.endOf(then.timeline());
            if (end.isEmpty()) {
                return unrelated(now, then.timeline());
            }
            return memory.delivered.compareTo(end.get()) < 0
                    ? Optional.empty()
                    : wentBack(left(now, then.timeline(), end.get()) + delivered, newer);
        }
        if (!memory.delivered.equals(Lsn.ZERO) && !server.walEnd.isAfter(memory.delivered)) {
            return wentBack("its WAL ends at " + server.walEnd + delivered, false);
        }
        if (kept != null && memory.isLaterThan(kept)) {
            return wentBack(
                    "its data are older than when changes up to " + memory.confirmed + " were confirmed", false);
        }
        return Optional.empty();
    }

    private static Optional<WentBack> sinceKept(Server server, Memory memory, KeptPosition kept) {
        if (kept == null || memory != null && memory.isOf(kept)) {
            return Optional.empty();
        }
        ServerHistory now = server.history;
        if (!now.isSameDatabase(kept.system(), kept.database())) {
            return wentBack("it is another one than before", false);
        }
        if (now.timeline() != kept.timeline()) {
            Optional<Lsn> end = now.endOf(kept.timeline());
            if (end.isEmpty()) {
                return unrelated(now, kept.timeline());
            }
            return kept.open()
                    ? wentBack(
                            left(now, kept.timeline(), end.get())
                                    + ", and nobody knows how far a pg2sink that did not end in order had delivered",
                            true)
                    : Optional.empty(); // a session that ended in order delivered nothing after this row
        }
        return server.walEnd.compareTo(kept.confirmed()) < 0
                ? wentBack(
                        "its WAL ends at " + server.walEnd + ", but changes were confirmed up to " + kept.confirmed(),
                        false)
                : Optional.empty();
    }

    private static String left(ServerHistory now, long timeline, Lsn end) {
        return "its timeline " + now.timeline() + " left timeline " + timeline + " at " + end;
    }

    private static Optional<WentBack> unrelated(ServerHistory now, long timeline) {
        return wentBack(
                "its timeline " + now.timeline() + " does not come from timeline " + timeline,
                now.timeline() > timeline);
    }

    private static Optional<WentBack> wentBack(String reason, boolean named) {
        return Optional.of(new WentBack(reason, named));
    }

    private static Optional<Gap> gap(Server server, Memory memory, KeptPosition kept) {
        Lsn limit = limit(memory, kept);
        return server.slot.filter(slot -> limit != null && slot.isAfter(limit)).map(slot -> new Gap(limit, slot));
    }

    /** Returns how far pg2sink can have confirmed at most; null if that is unknown. */
    private static Lsn limit(Memory memory, KeptPosition kept) {
        if (kept == null) {
            return memory == null || memory.overtaken ? null : memory.confirmed;
        }
        return memory != null && memory.isOf(kept) ? memory.confirmed : kept.permitted();
    }
}
