package org.ambispike.spark;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.ambispike.SessionOptions;
import org.ambispike.SpikingModel;
import org.ambispike.SpikingSession;

/**
 * The sessions of an executor's JVM, which its tasks share: a task borrows one, and what it gives back the next task of the same
 * model and options gets, with all that was planned. There are never more of them than tasks that ran at once, so nobody waits.
 * Those that nobody wanted for a minute are closed when another is given back. Thread-safe.
 */
final class ExecutorSessions {
    /** One for each JVM, for tasks have nothing else in common. */
    static final ExecutorSessions HERE = new ExecutorSessions(Duration.ofMinutes(1));

    /**
     * What sessions are alike in.
     *
     * @param model digest of its file
     */
    record Kind(String model, SessionOptions options) {}

    private record Idle(SpikingSession session, long since) {}

    private final long patience;
    private final Map<Kind, Deque<Idle>> idle = new HashMap<>();
    private final Map<String, SpikingModel> models = new ConcurrentHashMap<>();
    private final Map<SpikingSession, Kind> lent = new HashMap<>();

    ExecutorSessions(Duration patience) {
        this.patience = patience.toNanos();
    }

    /** Lends a session for one thread at a time, until {@link #giveBack}. */
    SpikingSession borrow(Kind kind, ModelBytes model) {
        synchronized (this) {
            Deque<Idle> free = idle.get(kind);
            if (free != null && !free.isEmpty()) {
                SpikingSession session = free.pop().session();
                lent.put(session, kind);
                return session;
            }
        }
        SpikingSession session =
                models.computeIfAbsent(kind.model(), digest -> model.spiking()).openSession(kind.options());
        synchronized (this) {
            lent.put(session, kind);
        }
        return session;
    }

    /** Takes a session back; a second time does nothing. */
    void giveBack(SpikingSession session) {
        List<Idle> unwanted;
        synchronized (this) {
            Kind kind = lent.remove(session);
            if (kind == null) {
                return;
            }
            unwanted = unwanted();
            idle.computeIfAbsent(kind, key -> new ArrayDeque<>()).push(new Idle(session, System.nanoTime()));
            models.keySet()
                    .removeIf(digest -> idle.keySet().stream()
                                    .noneMatch(each -> each.model().equals(digest))
                            && lent.values().stream()
                                    .noneMatch(each -> each.model().equals(digest)));
        }
        unwanted.forEach(old -> old.session().close());
    }

    /** The number of sessions that are open, lent or not. */
    synchronized int open() {
        return lent.size() + idle.values().stream().mapToInt(Deque::size).sum();
    }

    private List<Idle> unwanted() {
        List<Idle> unwanted = new ArrayList<>();
        long now = System.nanoTime();
        for (Deque<Idle> free : idle.values()) {
            for (Iterator<Idle> each = free.iterator(); each.hasNext(); ) {
                Idle session = each.next();
                if (now - session.since() > patience) {
                    unwanted.add(session);
                    each.remove();
                }
            }
        }
        idle.values().removeIf(Deque::isEmpty);
        return unwanted;
    }
}
