package io.headwater.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The TCP ports of one node of the demo. */
record NodePorts(int rtmp, int live, int http, int relay, int cluster) {

    /** The default ports for node 0, the ones after them for the next nodes, and any free one where that is taken. */
    static NodePorts of(int node, Set<Integer> given) throws IOException {
        return new NodePorts(
                free(1935 + node, given),
                free(8080 + node, given),
                free(5080 + node, given),
                free(5000 + node, given),
                free(17355 + node, given));
    }

    /** None of the defaults: those are for a node that somebody starts meanwhile. */
    static NodePorts free(Set<Integer> given) throws IOException {
        return new NodePorts(any(given), any(given), any(given), any(given), any(given));
    }

    static Set<Integer> noneGiven() {
        return new HashSet<>();
    }

    private static int free(int wanted, Set<Integer> given) throws IOException {
        if (!given.contains(wanted) && isFree(wanted)) {
            given.add(wanted);
            return wanted;
        }
        return any(given);
    }

    private static int any(Set<Integer> given) throws IOException {
        int port;
        do {
            try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                port = socket.getLocalPort();
            }
        } while (!given.add(port));
        return port;
    }

    /** Free for every address: another server may listen on all of them. */
    private static boolean isFree(int port) {
        try (ServerSocket all = new ServerSocket(port)) {
            return all.isBound();
        } catch (IOException taken) {
            return false;
        }
    }

    List<String> settings() {
        return List.of(
                "-Dheadwater.rtmp.port=" + rtmp,
                "-Dheadwater.live.port=" + live,
                "-Dheadwater.http.port=" + http,
                "-Dheadwater.relay.port=" + relay,
                "-Dheadwater.cluster.port=" + cluster);
    }
}
