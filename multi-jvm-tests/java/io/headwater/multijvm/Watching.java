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
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;

/** A player that does nothing with what it gets, over RTMP or whatever begins as HTTP; knows when it began and when it ended. */
final class Watching implements RtmpClientSession.Output {
    private static final int A_FEW_FRAMES = 4096;

    private final Socket socket;
    private final CompletableFuture<Void> began = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    private Watching(Socket socket) {
        this.socket = socket;
    }

    /** @param socket to the node, with TLS or without; whoever opened it closes it */
    static Watching rtmp(Socket socket, RtmpUrl url) {
        Watching player = new Watching(socket);
        RtmpClientSession session = RtmpClientSession.player(url, new SplittableRandom(1));
        player.send(session.start());
        return player.read(bytes -> session.receive(bytes, player));
    }

    /** @param status what the answer must begin with */
    static Watching http(Socket socket, String request, String status) {
        Watching player = new Watching(Attacker.say(socket, request.getBytes(StandardCharsets.ISO_8859_1)));
        StringBuilder heard = new StringBuilder();
        return player.read(bytes -> {
            heard.append(StandardCharsets.ISO_8859_1.decode(bytes));
            if (!heard.toString().startsWith(status.substring(0, Math.min(heard.length(), status.length())))) {
                throw new AssertionError("answered " + heard);
            }
            if (heard.length() > A_FEW_FRAMES) {
                heard.setLength(A_FEW_FRAMES);
                player.began.complete(null);
            }
        });
    }

    private interface Taking {
        void take(ByteBuffer bytes) throws MalformedException;
    }

    private Watching read(Taking taking) {
        Thread thread = new Thread(
                () -> {
                    byte[] buffer = new byte[8192];
                    try {
                        for (int n = socket.getInputStream().read(buffer);
                                n >= 0;
                                n = socket.getInputStream().read(buffer)) {
                            taking.take(ByteBuffer.wrap(buffer, 0, n));
                        }
                        ended.complete(null);
                    } catch (java.net.SocketTimeoutException quiet) {
                        ended.completeExceptionally(quiet);
                    } catch (IOException reset) {
                        ended.complete(null);
                    } catch (MalformedException | AssertionError | UncheckedIOException wrong) {
                        ended.completeExceptionally(wrong);
                        began.completeExceptionally(wrong);
                    }
                },
                "watching");
        thread.setDaemon(true);
        thread.start();
        return this;
    }

    CompletableFuture<Void> began() {
        return began;
    }

    /** The node closed the connection. */
    CompletableFuture<Void> ended() {
        return ended;
    }

    @Override
    public void send(Bytes bytes) {
        try {
            socket.getOutputStream().write(bytes.array(), bytes.offset(), bytes.length());
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    @Override
    public void event(RtmpClientSession.Event event) {
        if (event instanceof RtmpClientSession.Refused said) {
            began.completeExceptionally(
                    new AssertionError("refused: " + said.status().description()));
        }
    }

    @Override
    public void media(RtmpMessage message) {
        began.complete(null);
    }
}
