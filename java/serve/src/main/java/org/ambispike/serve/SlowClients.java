package org.ambispike.serve;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ServerConnector;

/**
 * Closes connections whose request line and headers take too long to arrive, however steadily they drip; a silent one
 * has its idle timeout. Called at intervals by one thread.
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

    private final ServerConnector connector;
    private final Duration limit;
    private final Map<EndPoint, Quiet> seen = new HashMap<>();

    SlowClients(ServerConnector connector, Duration limit) {
        this.connector = connector;
        this.limit = limit;
    }

    @Override
    public void run() {
        seen.keySet().retainAll(connector.getConnectedEndPoints());
        connector.getConnectedEndPoints().forEach(this::look);
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
        } else if (now - before.since() > limit.toNanos()) {
            endPoint.close();
        } else {
            seen.put(endPoint, before);
        }
    }
}
