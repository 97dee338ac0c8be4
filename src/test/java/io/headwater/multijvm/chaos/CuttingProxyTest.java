package io.headwater.multijvm.chaos;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.multijvm.chaos.Network.Plane;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CuttingProxyTest {
    private static final int HELD_MS = 300;

    private final ServerSocket target = listening();
    private Network.Wan wan = Network.Wan.NONE;
    private final CuttingProxy proxy = new CuttingProxy(1, (from, to) -> wan, address -> "a");
    private InetSocketAddress front;

    private static ServerSocket listening() {
        try {
            return new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @BeforeEach
    void forward() throws IOException {
        try (ServerSocket free = listening()) {
            front = new InetSocketAddress(InetAddress.getLoopbackAddress(), free.getLocalPort());
        }
        proxy.forward(
                new CuttingProxy.Front("b", Plane.CONTROL, (InetSocketAddress) target.getLocalSocketAddress()), front);
    }

    @AfterEach
    void close() throws IOException {
        proxy.close();
        target.close();
    }

    @Test
    @SuppressWarnings("try") // the server ends first
    void bytesPassBothWaysAndSoDoesTheEnd() throws IOException {
        try (Socket client = connect();
                Socket server = target.accept()) {
            byte[] sent = new byte[3 << 20];
            new Random(1).nextBytes(sent);
            Thread writer = new Thread(() -> {
                try {
                    client.getOutputStream().write(sent);
                    client.shutdownOutput();
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            writer.start();
            assertArrayEquals(sent, server.getInputStream().readAllBytes());
            server.getOutputStream().write(7);
            server.close();
            assertEquals(7, client.getInputStream().read());
            assertEquals(-1, client.getInputStream().read());
        }
    }

    @Test
    void aWayThatIsCutHoldsWhatIsSentAndTheOtherGoesOn() throws IOException {
        try (Socket client = connect();
                Socket server = target.accept()) {
            proxy.cut("a", "b", Plane.ALL);
            client.getOutputStream().write(1);
            server.getOutputStream().write(2);
            assertEquals(2, client.getInputStream().read());
            hears(server, false);
            proxy.heal("a", "b", Plane.ALL);
            hears(server, true);
        }
    }

    @Test
    void aConnectionMadeWhileCutIsSilentUntilTheHeal() throws IOException {
        proxy.cut("a", "b", Plane.CONTROL);
        try (Socket client = connect()) {
            client.getOutputStream().write(1);
            target.setSoTimeout(HELD_MS);
            assertThrows(SocketTimeoutException.class, target::accept);
            proxy.heal("a", "b", Plane.CONTROL);
            target.setSoTimeout(20_000);
            try (Socket server = target.accept()) {
                hears(server, true);
            }
        }
    }

    @Test
    void aCutOfTheControlPlaneLeavesOtherFrontsAlone() throws IOException {
        InetSocketAddress media;
        try (ServerSocket free = listening()) {
            media = new InetSocketAddress(InetAddress.getLoopbackAddress(), free.getLocalPort());
        }
        proxy.forward(
                new CuttingProxy.Front("b", Plane.ALL, (InetSocketAddress) target.getLocalSocketAddress()), media);
        proxy.cut("a", "b", Plane.CONTROL);
        try (Socket client = new Socket(media.getAddress(), media.getPort());
                Socket server = target.accept()) {
            client.getOutputStream().write(1);
            hears(server, true);
        }
    }

    @Test
    void delayIsAddedToEachWay() throws IOException {
        wan = new Network.Wan(100, 0, 0);
        try (Socket client = connect();
                Socket server = target.accept()) {
            long begin = System.nanoTime();
            client.getOutputStream().write(1);
            hears(server, true);
            server.getOutputStream().write(1);
            hears(client, true);
            assertTrue(System.nanoTime() - begin >= 200_000_000L);
        }
    }

    private Socket connect() throws IOException {
        return new Socket(front.getAddress(), front.getPort());
    }

    private static void hears(Socket socket, boolean something) throws IOException {
        if (something) {
            socket.setSoTimeout(20_000);
            assertTrue(socket.getInputStream().read() >= 0);
        } else {
            socket.setSoTimeout(HELD_MS);
            assertThrows(
                    SocketTimeoutException.class, () -> socket.getInputStream().read());
        }
    }
}
