package io.headwater.multijvm;

import io.headwater.codec.MalformedException;
import io.headwater.codec.rtmp.RtmpClientSession;
import io.headwater.codec.rtmp.RtmpMessage;
import io.headwater.codec.rtmp.RtmpUrl;
import io.headwater.media.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.SplittableRandom;

/** A player over RTMP that goes where it is sent, and waits for a picture there. */
final class RedirectedPlayer implements RtmpClientSession.Output {
    private static final int PATIENCE_MS = 30_000;
    private static final int MOST_HOPS = 3;

    private final Socket socket;
    private Optional<String> redirect = Optional.empty();
    private Optional<String> refused = Optional.empty();
    private int pictures;

    private RedirectedPlayer(Socket socket) {
        this.socket = socket;
    }

    /** The address where it got its first picture. */
    static String follow(RtmpUrl from) {
        RtmpUrl url = from;
        String address = "";
        for (int hop = 0; hop < MOST_HOPS; hop++) {
            Optional<String> next = play(url);
            if (next.isEmpty()) {
                return address;
            }
            address = next.get();
            url = RtmpUrl.parse(address).orElseThrow();
        }
        throw new AssertionError("sent on " + MOST_HOPS + " times, at last to " + address);
    }

    private static Optional<String> play(RtmpUrl url) {
        try (Socket socket = new Socket(url.host(), url.port())) {
            socket.setSoTimeout(PATIENCE_MS);
            RtmpClientSession session = RtmpClientSession.player(url, new SplittableRandom(1));
            RedirectedPlayer player = new RedirectedPlayer(socket);
            player.send(session.start());
            byte[] buffer = new byte[8192];
            while (player.pictures == 0 && player.refused.isEmpty()) {
                int count = socket.getInputStream().read(buffer);
                if (count < 0) {
                    throw new AssertionError(url + " closed without a word");
                }
                session.receive(ByteBuffer.wrap(buffer, 0, count), player);
            }
            if (player.pictures == 0 && player.redirect.isEmpty()) {
                throw new AssertionError(url + " refused: " + player.refused.orElse(""));
            }
            return player.redirect;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (MalformedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void send(Bytes bytes) {
        try {
            socket.getOutputStream().write(bytes.array(), bytes.offset(), bytes.length());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void event(RtmpClientSession.Event event) {
        if (event instanceof RtmpClientSession.Refused said) {
            refused = Optional.of(said.status().description());
            redirect = said.redirect();
        }
    }

    @Override
    public void media(RtmpMessage message) {
        pictures++;
    }
}
