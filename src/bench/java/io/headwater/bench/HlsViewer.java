package io.headwater.bench;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * One viewer of low-latency HLS, as players do it: a connection reloads the playlist, each time waiting for the next part
 * and as a delta update, and another loads every part. A checked one looks into the parts for the frames.
 */
final class HlsViewer {
    private static final Pattern PART = Pattern.compile("#EXT-X-PART:[^\n]*URI=\"([0-9]+)/([0-9]+)\\.([0-9]+)\\.m4s\"");
    private static final Pattern HINT =
            Pattern.compile("#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"([0-9]+)/([0-9]+)\\.([0-9]+)\\.m4s\"");
    private static final Pattern SEQUENCE = Pattern.compile("#EXT-X-MEDIA-SEQUENCE:([0-9]+)\n");
    private static final Pattern SEGMENT = Pattern.compile("\n[0-9]+/([0-9]+)\\.m4s\n");
    private static final int MOST_BEHIND = 50;

    /** What viewers on one loop measure together. */
    static final class Figures {
        final Histogram holdUs = new Histogram(60_000_000L, 3);
        final Histogram delayUs = new Histogram(60_000_000L, 3);
        long playlists;
        long parts;
        long bytes;
        long errors;
        long faults;
        long checkedFrames;
        String lastError = "";

        void reset() {
            holdUs.reset();
            delayUs.reset();
            playlists = 0;
            parts = 0;
            bytes = 0;
            errors = 0;
            faults = 0;
            checkedFrames = 0;
        }

        private void error(String what) {
            errors++;
            lastError = what;
        }
    }

    private final Loop loop;
    private final InetSocketAddress address;
    private final String folder;
    private final Figures figures;
    private final boolean checked;
    private final Deque<String> wanted = new ArrayDeque<>();
    private final Get playlists = new Get(true, this::playlist);
    private final Get parts;
    private String media = "";
    private long base = -1;
    private long epoch = -1;
    private long segment;
    private int part;
    private long lastFrame = -1;

    /** @param folder such as {@code /live/streams/bench} */
    HlsViewer(Loop loop, InetSocketAddress address, String folder, boolean checked, Figures figures) {
        this.loop = loop;
        this.address = address;
        this.folder = folder;
        this.checked = checked;
        this.figures = figures;
        this.parts = new Get(checked, this::part);
    }

    /** Only on the loop's thread. */
    void start() {
        playlists.ask(folder + ".m3u8");
    }

    /** Whether it is at the live edge, part by part. */
    boolean plays() {
        return lastFrame >= 0 || (!checked && epoch >= 0);
    }

    void leave() {
        playlists.leave();
        parts.leave();
    }

    private void playlist(int status, String text, byte[] body, long askedNanos, long nowNanos) {
        if (status != 200) {
            figures.error("status " + status + " of a playlist: " + text);
            loop.at(nowNanos + 1_000_000_000L, () -> playlists.ask(media.isEmpty() ? folder + ".m3u8" : media));
            return;
        }
        if (media.isEmpty()) {
            media = folder.substring(0, folder.lastIndexOf('/') + 1)
                    + text.substring(text.lastIndexOf('\n', text.length() - 2) + 1)
                            .trim();
            playlists.ask(media);
            return;
        }
        Matcher hint = HINT.matcher(text);
        if (!hint.find() || !based(text, Long.parseLong(hint.group(1)))) {
            figures.error("a playlist without a hint");
            playlists.ask(media);
            return;
        }
        if (segment > 0 || part > 0) {
            figures.playlists++;
            figures.holdUs.recordValue(Math.min(60_000_000L, (nowNanos - askedNanos) / 1000));
            load(text);
        }
        segment = Long.parseLong(hint.group(2));
        part = Integer.parseInt(hint.group(3));
        playlists.ask(media + (media.contains("?") ? "&" : "?") + "_HLS_msn=" + (base + segment) + "&_HLS_part=" + part
                + "&_HLS_skip=YES");
    }

    /** Learns which media sequence number the first segment of the epoch has. */
    private boolean based(String text, long inEpoch) {
        if (inEpoch != epoch) {
            Matcher sequence = SEQUENCE.matcher(text);
            Matcher first = SEGMENT.matcher(text);
            if (!sequence.find() || !first.find()) {
                return false;
            }
            base = Long.parseLong(sequence.group(1)) - Long.parseLong(first.group(1));
            epoch = inEpoch;
        }
        return true;
    }

    /** The parts that were not listed before. */
    private void load(String text) {
        Matcher each = PART.matcher(text);
        while (each.find()) {
            long number = Long.parseLong(each.group(2));
            if (number > segment || (number == segment && Integer.parseInt(each.group(3)) >= part)) {
                wanted.add(each.group(1) + "/" + number + "." + each.group(3) + ".m4s");
            }
        }
        if (wanted.size() > MOST_BEHIND) {
            figures.error("the viewer cannot follow");
            wanted.clear();
        }
        next();
    }

    private void next() {
        if (!wanted.isEmpty() && parts.isIdle()) {
            parts.ask(folder + "/" + wanted.remove());
        }
    }

    private void part(int status, String text, byte[] body, long askedNanos, long nowNanos) {
        figures.parts++;
        if (status != 200) {
            figures.error("status " + status + " of a part");
        } else if (checked) {
            look(ByteBuffer.wrap(body), nowNanos);
        }
        next();
    }

    private void look(ByteBuffer body, long nowNanos) {
        for (int at = 0; at + 24 <= body.limit(); at++) {
            if (body.get(at) == (byte) (StampedFrames.MAGIC >> 56) && body.getLong(at) == StampedFrames.MAGIC) {
                long number = body.getLong(at + 8);
                figures.faults += lastFrame >= 0 && number != lastFrame + 1 ? 1 : 0;
                figures.checkedFrames++;
                lastFrame = number;
                figures.delayUs.recordValue(Math.max(
                        0, Math.min(60_000_000L, (nowNanos - body.getLong(at + 16)) / 1000)));
            }
        }
    }

    private interface Answered {
        void answer(int status, String text, byte[] body, long askedNanos, long nowNanos);
    }

    /** A kept-alive connection with one request at a time. */
    private final class Get implements Loop.Peer {
        private final boolean keep;
        private final Answered answered;
        private HttpAnswers answers;
        private Loop.@Nullable Connection connection;
        private String target = "";
        private boolean idle = true;
        private boolean left;
        private long askedNanos;

        Get(boolean keep, Answered answered) {
            this.keep = keep;
            this.answered = answered;
            this.answers = answers();
        }

        private HttpAnswers answers() {
            return new HttpAnswers(keep, (status, gzip, body, nowNanos) -> {
                idle = true;
                String text = "";
                if (this == playlists) {
                    text = new String(gzip ? inflated(body) : body, StandardCharsets.UTF_8);
                }
                answered.answer(status, text, body, askedNanos, nowNanos);
            });
        }

        boolean isIdle() {
            return idle;
        }

        void ask(String path) {
            idle = false;
            target = path;
            if (connection != null) {
                send(connection);
            } else {
                loop.connect(address, this);
            }
        }

        private void send(Loop.Connection to) {
            askedNanos = System.nanoTime();
            String encoding = this == playlists ? "Accept-Encoding: gzip\r\n" : "";
            String request = "GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: headwater-bench\r\n"
                    + encoding + "\r\n";
            to.send(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
        }

        void leave() {
            left = true;
            if (connection != null) {
                connection.close("left");
            }
        }

        @Override
        public void onConnected(Loop.Connection made) {
            connection = made;
            if (!idle) {
                send(made);
            }
        }

        @Override
        public void onBytes(Loop.Connection from, ByteBuffer in, long nowNanos) {
            figures.bytes += in.remaining();
            if (!answers.take(in, nowNanos)) {
                from.close("no answer of HTTP");
            }
        }

        @Override
        public void onClosed(String why) {
            connection = null;
            answers = answers();
            if (!left && !idle) {
                figures.error("connection: " + why);
                loop.at(System.nanoTime() + 1_000_000_000L, () -> loop.connect(address, this));
            }
        }
    }

    private static byte[] inflated(byte[] body) {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(body), 4096)) {
            return in.readAllBytes();
        } catch (IOException e) {
            return new byte[0];
        }
    }
}
