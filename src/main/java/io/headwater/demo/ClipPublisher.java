package io.headwater.demo;

import io.headwater.codec.MalformedException;
import io.headwater.codec.flv.FlvTag;
import io.headwater.codec.rtmp.RtmpClientSession;
import io.headwater.codec.rtmp.RtmpUrl;
import io.headwater.media.Bytes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * Publishes the clip by RTMP in real time for ever, with timestamps that rise over all rounds. One publishing session:
 * whoever wants to come back after an end makes a new one.
 */
public final class ClipPublisher implements AutoCloseable {
    private static final int CONNECT_LIMIT_MS = 5_000;

    private final Clip clip;
    private final RtmpUrl url;
    private final Socket socket = new Socket();
    private final RtmpClientSession session;
    private final CompletableFuture<Void> started = new CompletableFuture<>();
    private final CompletableFuture<String> ended = new CompletableFuture<>();
    private final CountDownLatch stop = new CountDownLatch(1);
    private volatile long pictures;

    private ClipPublisher(Clip clip, RtmpUrl url) {
        this.clip = clip;
        this.url = url;
        this.session = RtmpClientSession.publisher(url, RandomGenerator.getDefault());
    }

    /** Connects and publishes in threads of its own; {@link #started} and {@link #ended} say what became of it. */
    public static ClipPublisher start(Clip clip, RtmpUrl url) {
        ClipPublisher publisher = new ClipPublisher(clip, url);
        Thread reader = new Thread(publisher::run, "publisher " + url.name());
        reader.setDaemon(true);
        reader.start();
        return publisher;
    }

    /** Completes when the server takes the media; fails if it refuses or cannot be reached. */
    public CompletableFuture<Void> started() {
        return started;
    }

    /** Completes with one line of why when the session is over, from whichever side. */
    public CompletableFuture<String> ended() {
        return ended;
    }

    /** How many pictures were sent. */
    public long pictures() {
        return pictures;
    }

    private void run() {
        try {
            socket.setTcpNoDelay(true);
            socket.connect(new InetSocketAddress(InetAddress.getByName(url.host()), url.port()), CONNECT_LIMIT_MS);
            write(session.start());
            byte[] buffer = new byte[16 << 10];
            for (int got = socket.getInputStream().read(buffer);
                    got >= 0;
                    got = socket.getInputStream().read(buffer)) {
                synchronized (this) {
                    session.receive(ByteBuffer.wrap(buffer, 0, got), new Answers());
                }
            }
            over("the server closed the connection");
        } catch (IOException | MalformedException e) {
            over(e.toString());
        }
    }

    /** What the server's bytes lead to. The session is shared with the sending thread, so both hold its lock. */
    private final class Answers implements RtmpClientSession.Output {
        @Override
        public void send(Bytes bytes) {
            try {
                write(bytes);
            } catch (IOException e) {
                over(e.toString());
            }
        }

        @Override
        public void event(RtmpClientSession.Event event) {
            if (event instanceof RtmpClientSession.Started) {
                Thread sender = new Thread(ClipPublisher.this::sendRounds, "clip " + url.name());
                sender.setDaemon(true);
                sender.start();
                started.complete(null);
            } else {
                over(event.toString());
            }
        }
    }

    private void sendRounds() {
        try {
            for (FlvTag tag : clip.configuration()) {
                send(tag, 0);
            }
            long begin = System.nanoTime();
            for (long round = 0; !ended.isDone(); round++) {
                for (FlvTag tag : clip.round()) {
                    long timestampMs = round * Clip.ROUND_MS + tag.timestampMs();
                    long waitNanos = begin + timestampMs * 1_000_000 - System.nanoTime();
                    if (stop.await(Math.max(0, waitNanos), TimeUnit.NANOSECONDS)) {
                        return;
                    }
                    send(tag, timestampMs);
                }
            }
        } catch (IOException e) {
            over(e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void send(FlvTag tag, long timestampMs) throws IOException {
        write(session.media(tag.type(), timestampMs, tag.body()));
        if (tag.type() == FlvTag.VIDEO) {
            pictures = pictures + 1;
        }
    }

    private synchronized void write(Bytes bytes) throws IOException {
        socket.getOutputStream().write(bytes.array(), bytes.offset(), bytes.length());
    }

    private void over(String why) {
        ended.complete(why);
        started.completeExceptionally(new IOException("publishing " + url + ": " + why));
        stop.countDown();
        try {
            socket.close();
        } catch (IOException e) {
            // it is closed either way
        }
    }

    /** Breaks the connection off without a word, as a publisher whose machine died. */
    public void abort() {
        over("broken off");
    }

    /** Says goodbye and closes the connection. */
    @Override
    public void close() {
        stop.countDown();
        try {
            synchronized (this) {
                write(session.finish());
            }
        } catch (IOException e) {
            // the server went first
        }
        over("closed");
    }
}
