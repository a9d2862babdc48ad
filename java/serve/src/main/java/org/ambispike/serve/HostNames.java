package org.ambispike.serve;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Set;

/**
 * The names by which a server may be called. One that listens on the loopback address alone answers to names of this
 * machine only: a page from elsewhere could else have its own name point here (DNS rebinding). A value; thread-safe.
 */
record HostNames(boolean loopback) {
    private static final Set<String> NAMES = Set.of("localhost", "127.0.0.1", "[::1]", "::1", "0:0:0:0:0:0:0:1");

    /** For a server that listens on this host. */
    static HostNames of(String host) {
        try {
            return new HostNames(InetAddress.getByName(host).isLoopbackAddress());
        } catch (UnknownHostException e) {
            return new HostNames(false);
        }
    }

    /** @throws Problem if the client called another host */
    void require(String called) {
        if (!loopback || called == null) {
            return;
        }
        String name = called.toLowerCase(Locale.ROOT);
        if (!NAMES.contains(name) && !name.matches("127(\\.\\d{1,3}){3}") && !name.endsWith(".localhost")) {
            throw new Problem(
                    Problem.MISDIRECTED, "this server is called localhost; to serve others, start it with --host");
        }
    }
}
