package org.pg2sink.stream;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.pg2sink.changelog.Operation;
import org.pg2sink.imports.MergeFigures;
import org.pg2sink.pgoutput.Lsn;
import org.pg2sink.pgoutput.PgOutputException;
import org.pg2sink.stream.FailurePolicy.Reaction;

/**
 * Knows how a stream is doing, session after session, and tells others. The stream's thread notes what happens. One thread
 * looks, at short intervals, for what takes too long. Any thread may ask.
 */
public final class StreamCondition {

    private final String subscription;
    private final DeliveryFigures figures;
    private final MergeFigures merges;
    private final CatchUpPolicy catchUp;
    private final ServerWatch server;
    private final HangWatch hangs;
    private final Liveness liveness;
    private final Lag lag = new Lag(Clock.systemUTC());

    // written by the stream's thread, read by others
    private volatile Phase phase = new Phase(StreamState.CONNECTING, null, Instant.now());
    private volatile long failures;
    private volatile long reconnects;
    private volatile long decodeErrors;
    /** The session that runs, or ran last; null before the first. */
    private volatile StreamSession session;

    // written by other threads, read by the stream's
    private volatile boolean paused;

    private record Phase(StreamState state, String problem, Instant since) {}

    /**
     * @param target is named where a delivery hangs
     * @param figures measure what is delivered
     * @param merges count the chunks of imports
     * @param catchUp knows the end of the WAL
     * @param server looks at the slot and the import jobs
     */
    StreamCondition(
            String subscription,
            Target target,
            DeliveryFigures figures,
            MergeFigures merges,
            CatchUpPolicy catchUp,
            ServerWatch server) {
        this.subscription = subscription;
        this.figures = figures;
        this.merges = merges;
        this.catchUp = catchUp;
        this.server = server;
        this.hangs = new HangWatch(subscription, target, Clock.systemUTC());
        this.liveness = new Liveness(subscription);
    }

    /**
     * Notes that a session begins; it works only once it is {@linkplain #working said} to.
     *
     * @param recovering whether it follows a failure that is not over yet
     */
    void begins(StreamSession next, boolean recovering) {
        reconnects += session != null && recovering ? 1 : 0;
        session = next;
    }

    /** @param mode STREAMING or CATCHING_UP */
    void working(StreamState mode) {
        phase = new Phase(mode, null, Instant.now());
    }

    /** Notes what follows a failure, and returns whether the problem is a new one. To wait for the slot counts as none. */
    boolean failed(Throwable failure, Reaction reaction) {
        boolean isNew = !reaction.problem().equals(phase.problem());
        phase = new Phase(reaction.state(), reaction.problem(), Instant.now());
        if (reaction.state() != StreamState.STANDBY) {
            failures++;
            decodeErrors += failure instanceof PgOutputException ? 1 : 0;
        }
        return isNew;
    }

    void setPaused(boolean isPaused) {
        paused = isPaused;
    }

    boolean isPaused() {
        return paused;
    }

    StreamState state() {
        return phase.state();
    }

    /** Returns the session that runs, or ran last; null before the first. */
    StreamSession session() {
        return session;
    }

    /** Returns the position that the session has confirmed; zero before the first. */
    Lsn confirmed() {
        StreamSession current = session;
        return current == null ? Lsn.ZERO : current.confirmed();
    }

    /** Notes that the thread that looks after the publication moves. */
    void tick() {
        liveness.tick();
    }

    /** Looks whether a delivery hangs, and whether the stream is behind; for one thread, at short intervals. */
    void look() {
        StreamSession current = session;
        if (current != null) {
            hangs.look(current.awaited());
        }
        lag.look(isBehind());
    }

    /** Returns whether there may be changes that are not delivered. A standby leaves them to another process. */
    private boolean isBehind() {
        StreamState state = phase.state();
        return state != StreamState.STANDBY && (!state.delivers() || paused || unfinished() > 0 || lagBytes() > 0);
    }

    /**
     * Takes the later of what the walsender told and what the server was asked at intervals, because a busy walsender
     * does not tell.
     */
    private long lagBytes() {
        StreamSession current = session;
        return current == null
                ? 0
                : Math.max(0, current.walEnd().max(catchUp.walEnd()).bytesSince(current.confirmed()));
    }

    /** Counts the deliveries that are unfinished or about to be made, and the chunk that the stream waits for. */
    public int unfinished() {
        StreamSession current = session;
        return current == null ? 0 : current.unfinished();
    }

    /** Returns which thread no longer moves, in a sentence; empty if all do. */
    public Optional<String> stuck() {
        return liveness.stuck(phase.state().delivers() ? session : null);
    }

    public StreamStatus status() {
        Phase now = phase;
        StreamSession current = session;
        Lsn confirmed = confirmed();
        Lsn delivered = figures.deliveredLsn().max(confirmed);
        return new StreamStatus(
                subscription,
                now.state(),
                now.since(),
                paused,
                now.problem(),
                hangs.awaited(),
                hangs.since(),
                current == null ? Lsn.ZERO : current.received().max(delivered),
                delivered,
                confirmed,
                lagBytes(),
                lag.since(figures.latestCommit()),
                unfinished(),
                failures,
                catchUp.count(),
                counts(),
                server.slot(),
                server.imports());
    }

    private StreamStatus.Counts counts() {
        return new StreamStatus.Counts(
                reconnects,
                figures.redeliveries(),
                decodeErrors,
                figures.entries().entries(Operation.IMPORT),
                merges.chunks(),
                Duration.ofNanos(merges.waitNanos()),
                merges.failures(),
                merges.rereads());
    }
}
