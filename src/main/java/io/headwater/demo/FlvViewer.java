package io.headwater.demo;

import io.headwater.codec.MalformedException;
import io.headwater.codec.flv.FlvDemuxer;
import io.headwater.codec.flv.FlvReader;
import io.headwater.codec.flv.FlvTag;
import io.headwater.media.Bytes;
import io.headwater.media.MediaKind;
import io.headwater.media.Track;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Plays one stream by HTTP-FLV without decoding it, and checks what it gets: that timestamps never fall, and, where the
 * clip is what is published, that no picture is missing and none comes twice.
 */
public final class FlvViewer implements AutoCloseable {
    private static final int CONNECT_LIMIT_MS = 5_000;
    private static final int MAX_HEAD = 16 << 10;
    private static final int MAX_BODY = 8 << 20;

    private final Clip clip;
    private final InetSocketAddress address;
    private final String path;
    private final Socket socket = new Socket();
    private final FlvReader reader = new FlvReader(MAX_BODY);
    private final FlvDemuxer demuxer = new FlvDemuxer();
    private final long askedNanos = System.nanoTime();
    private final CompletableFuture<String> ended = new CompletableFuture<>();
    private final CompletableFuture<Long> firstPicture = new CompletableFuture<>();
    private long bytes;
    private long pictures;
    private long sounds;
    private long missing;
    private long repeated;
    private long restarts;
    private long falls;
    private long longestGapMs;
    private int expected = -1;
    private long lastDtsUs = -1;
    private long lastPictureNanos;

    /**
     * What a viewer got so far.
     *
     * @param pictures video frames
     * @param missing pictures of the clip that were left out
     * @param repeated pictures that were not the next one and not further on either
     * @param restarts times the loop went on at a keyframe that was not the next picture (a new publishing session)
     * @param falls timestamps below the one before, of video
     * @param longestGapMs longest time between two pictures
     * @param lastDtsMs newest timestamp of a picture
     */
    public record Seen(
            long bytes,
            long pictures,
            long sounds,
            long missing,
            long repeated,
            long restarts,
            long falls,
            long longestGapMs,
            long lastDtsMs) {}

    private FlvViewer(Clip clip, InetSocketAddress address, String path) {
        this.clip = clip;
        this.address = address;
        this.path = path;
    }

    /** Asks for {@code /app/streamId.flv} in a thread of its own. */
    public static FlvViewer start(Clip clip, String host, int port, String path) {
        try {
            InetSocketAddress address = new InetSocketAddress(InetAddress.getByName(host), port);
            FlvViewer viewer = new FlvViewer(clip, address, path);
            Thread thread = new Thread(viewer::run, "viewer " + port + path);
            thread.setDaemon(true);
            thread.start();
            return viewer;
        } catch (IOException e) {
            throw new IllegalArgumentException("host " + host + " is not known", e);
        }
    }

    /** Completes with the milliseconds from asking to the first keyframe; fails if the stream ends before. */
    public CompletableFuture<Long> firstPicture() {
        return firstPicture;
    }

    /**
     * Completes with one line of why when the connection is over: {@code end of stream} if the server said that this is all,
     * {@code cut off} if it did not, {@code HTTP 404 ...} if it refused.
     */
    public CompletableFuture<String> ended() {
        return ended;
    }

    public synchronized Seen seen() {
        return new Seen(bytes, pictures, sounds, missing, repeated, restarts, falls, longestGapMs, lastDtsUs / 1000);
    }

    /** Forgets the longest gap, to measure what follows. */
    public synchronized void resetGap() {
        longestGapMs = 0;
    }

    private void run() {
        try {
            socket.setTcpNoDelay(true);
            socket.connect(address, CONNECT_LIMIT_MS);
            String request = "GET " + path + " HTTP/1.1\r\nHost: " + address.getHostString() + "\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            InputStream in = new BufferedInputStream(socket.getInputStream(), 64 << 10);
            String head = head(in);
            if (!head.startsWith("HTTP/1.1 200")) {
                over(head.lines().findFirst().orElse("no answer").replace("HTTP/1.1", "HTTP"));
                return;
            }
            over(play(in, head.toLowerCase(Locale.ROOT).contains("\r\ntransfer-encoding: chunked\r\n")));
        } catch (IOException | MalformedException e) {
            over(e.toString());
        }
    }

    private static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        for (int b = in.read(); b >= 0 && head.size() < MAX_HEAD; b = in.read()) {
            head.write(b);
            if (b == '\n' && head.toString(StandardCharsets.US_ASCII).endsWith("\r\n\r\n")) {
                break;
            }
        }
        return head.toString(StandardCharsets.US_ASCII);
    }

    /** Plays to the end and says which one it was. */
    private String play(InputStream in, boolean chunked) throws IOException, MalformedException {
        ChunkedBody chunks = new ChunkedBody();
        byte[] buffer = new byte[64 << 10];
        for (int got = in.read(buffer); got >= 0; got = in.read(buffer)) {
            ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, got);
            count(got);
            if (!chunked) {
                tags(bytes);
                continue;
            }
            for (ByteBuffer part = chunks.next(bytes); part.hasRemaining(); part = chunks.next(bytes)) {
                tags(part);
            }
        }
        return !chunked || chunks.isComplete() ? "end of stream" : "cut off";
    }

    private void tags(ByteBuffer bytes) throws MalformedException {
        for (Optional<FlvTag> tag = reader.read(bytes); tag.isPresent(); tag = reader.read(bytes)) {
            demuxer.tag(tag.get().type(), tag.get().timestampMs(), tag.get().body(), this::frame);
        }
    }

    private synchronized void count(int more) {
        bytes += more;
    }

    private synchronized void frame(Track track, long dtsUs, long ptsUs, boolean keyframe, Bytes payload) {
        if (track.kind() == MediaKind.VIDEO) {
            picture(dtsUs, keyframe, payload);
        } else if (track.kind() == MediaKind.AUDIO) {
            sounds++;
        }
    }

    private void picture(long dtsUs, boolean keyframe, Bytes payload) {
        long now = System.nanoTime();
        if (keyframe) {
            firstPicture.complete((now - askedNanos) / 1_000_000);
        }
        if (lastPictureNanos != 0) {
            longestGapMs = Math.max(longestGapMs, (now - lastPictureNanos) / 1_000_000);
        }
        lastPictureNanos = now;
        falls += dtsUs < lastDtsUs ? 1 : 0;
        lastDtsUs = dtsUs;
        pictures++;
        clip.pictureNumber(payload).ifPresent(number -> follow(number, keyframe));
    }

    private void follow(int number, boolean keyframe) {
        int ahead = expected < 0 ? 0 : Math.floorMod(number - expected, clip.pictures());
        if (ahead != 0 && number == 0 && keyframe) {
            restarts++;
        } else if (ahead != 0 && ahead < clip.pictures() / 2) {
            missing += ahead;
        } else if (ahead != 0) {
            repeated++;
        }
        expected = (number + 1) % clip.pictures();
    }

    private void over(String why) {
        ended.complete(why);
        firstPicture.completeExceptionally(new IOException(path + ": " + why));
        try {
            socket.close();
        } catch (IOException e) {
            // it is closed either way
        }
    }

    @Override
    public void close() {
        over("closed");
    }
}
