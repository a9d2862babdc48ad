package org.ambispike.serve;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ServerConnector;

/**
 * Closes connections whose request line and headers take too long to arrive, however steadily they drip. A silent one has its
 * idle timeout, a short one as long as there is no room for another connection. Called at intervals by one thread.
 */
final class SlowClients implements Runnable {
    /**
     * A connection between two requests.
     *
     * @param messages requests that it had
     * @param bytes that it had received when it was last seen without the beginning of a request
     * @param since that moment
     */
    private record Quiet(long messages, long bytes, long since) {}

    /** How long a connection may be silent while there is no room for another. */
    private static final Duration CROWDED_IDLE = Duration.ofSeconds(1);

    private final ServerConnector connector;
    private final Limits limits;
    private final Map<EndPoint, Quiet> seen = new HashMap<>();

    SlowClients(ServerConnector connector, Limits limits) {
        this.connector = connector;
        this.limits = limits;
    }

    @Override
    public void run() {
        Collection<EndPoint> connected = connector.getConnectedEndPoints();
        seen.keySet().retainAll(connected);
        boolean crowded = connected.size() >= limits.connections();
        Duration idle = crowded && CROWDED_IDLE.compareTo(limits.idle()) < 0 ? CROWDED_IDLE : limits.idle();
        connected.forEach(endPoint -> {
            if (endPoint.getIdleTimeout() != idle.toMillis()) {
                endPoint.setIdleTimeout(idle.toMillis());
            }
            look(endPoint);
        });
    }

    private void look(EndPoint endPoint) {
        Connection connection = endPoint.getConnection();
        if (connection == null) {
            return;
        }
        long now = System.nanoTime();
        long messages = connection.getMessagesIn();
        long bytes = connection.getBytesIn();
        Quiet before = seen.getOrDefault(endPoint, new Quiet(0, 0, now));
        boolean answering = messages > connection.getMessagesOut();
        boolean arriving = !answering && messages == before.messages() && bytes > before.bytes();
        if (!arriving) {
            seen.put(endPoint, new Quiet(messages, bytes, now));
        } else if (now - before.since() > limits.receive().toNanos()) {
            endPoint.close();
        } else {
            seen.put(endPoint, before);
        }
    }
}
