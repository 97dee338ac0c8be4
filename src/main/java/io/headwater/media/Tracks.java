package io.headwater.media;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The tracks of a stream at one moment, in order of their ids. Immutable; {@link #with} makes the next one. */
public final class Tracks {
    public static final Tracks NONE = new Tracks(new Track[0]);

    private final Track[] byId;

    private Tracks(Track[] byId) {
        this.byId = byId;
    }

    /** These tracks with {@code track} in the place of the one with its id; the same object if it is there already. */
    public Tracks with(Track track) {
        int at = 0;
        while (at < byId.length && byId[at].id() < track.id()) {
            at++;
        }
        boolean replaces = at < byId.length && byId[at].id() == track.id();
        if (replaces && byId[at].equals(track)) {
            return this;
        }
        Track[] next = new Track[byId.length + (replaces ? 0 : 1)];
        System.arraycopy(byId, 0, next, 0, at);
        next[at] = track;
        int rest = replaces ? at + 1 : at;
        System.arraycopy(byId, rest, next, at + 1, byId.length - rest);
        return new Tracks(next);
    }

    public Optional<Track> withId(int id) {
        return Arrays.stream(byId).filter(track -> track.id() == id).findFirst();
    }

    /** Those that somebody who knows {@code known} must be told of. */
    public List<Track> newTo(Tracks known) {
        return Arrays.stream(byId)
                .filter(track -> known.withId(track.id()).filter(track::equals).isEmpty())
                .toList();
    }

    /** The first track of that kind. */
    public Optional<Track> first(MediaKind kind) {
        return Arrays.stream(byId).filter(track -> track.kind() == kind).findFirst();
    }

    public List<Track> all() {
        return List.of(byId);
    }

    public boolean isEmpty() {
        return byId.length == 0;
    }

    public boolean hasVideo() {
        return first(MediaKind.VIDEO).isPresent();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Tracks that && Arrays.equals(byId, that.byId);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(byId);
    }

    @Override
    public String toString() {
        return Arrays.toString(byId);
    }
}
