package io.headwater.codec.hls;

import io.headwater.media.Bytes;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/** Everything a packager told. */
public final class Collected implements Packager.Output {
    public final List<Init> inits = new ArrayList<>();
    public final List<Part> parts = new ArrayList<>();
    public final List<Segment> segments = new ArrayList<>();
    public final List<String> lost = new ArrayList<>();

    public static Collected of(List<ClipFrames.Known> frames) {
        return of(frames, Container.FMP4);
    }

    public static Collected of(List<ClipFrames.Known> frames, Container container) {
        return packaged(frames, container, true);
    }

    /** Of a stream that ends in the middle, without a word. */
    static Collected cut(List<ClipFrames.Known> frames, Container container) {
        return packaged(frames, container, false);
    }

    private static Collected packaged(List<ClipFrames.Known> frames, Container container, boolean whole) {
        Collected collected = new Collected();
        Packager packager = new Packager(64 << 20, container, collected);
        frames.forEach(known -> packager.frame(known.frame(), known.tracks()));
        packager.end(whole);
        return collected;
    }

    @Override
    public void init(Init init) {
        inits.add(init);
    }

    @Override
    public void part(Part part) {
        parts.add(part);
    }

    @Override
    public void segment(Segment segment) {
        segments.add(segment);
    }

    @Override
    public void lost(String why) {
        lost.add(why);
    }

    /** The init section of that number and all segments that need it, as one file. */
    public byte[] file(int init) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        inits.stream().filter(one -> one.init() == init).forEach(one -> write(one.bytes(), out));
        segments.stream()
                .filter(segment -> segment.mark().init() == init && !segment.gap())
                .forEach(segment -> segment.bytes().forEach(bytes -> write(bytes, out)));
        return out.toByteArray();
    }

    private static void write(Bytes bytes, ByteArrayOutputStream out) {
        out.write(bytes.array(), bytes.offset(), bytes.length());
    }
}
