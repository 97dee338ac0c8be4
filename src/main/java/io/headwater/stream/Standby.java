package io.headwater.stream;

import io.headwater.media.Bytes;
import io.headwater.media.Extension;
import io.headwater.media.StreamKey;
import io.headwater.media.Track;
import io.headwater.net.Metric;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A publisher that waits beside another one of its stream, goes live when that one's frames stay away, and waits again
 * when a newer one took the stream.
 *
 * <p>While it waits it holds the stream on its node as a player would, so that the media links find out what happened to
 * the publisher. When no frame comes it asks the directory, which knows whether the publisher is alive; it alone repeats
 * that. The lock of this object is never held while the hub or the directory is called, except to hand frames over.
 */
final class Standby implements Ingest, Streams.PublisherControl {
    private static final Logger LOG = LoggerFactory.getLogger(Standby.class);

    private static final long LOOK_MS = 25;
    /** So often it asks again soon, then with growing pauses. */
    private static final int SOON = 10;

    private static final long SOON_MS = 80;
    private static final long SOON_SPREAD_MS = 40;
    private static final Backoff LATER = new Backoff(200, 2_000);
    /** A stream that ran for so long is well: the next question is a first one. */
    private static final long WELL_MS = 5_000;

    /**
     * What it sees of the stream.
     *
     * @param starved whether frames stay away
     * @param epoch the newest session that was seen, 0 if none
     * @param frameAtMs when the last frame came
     */
    record Sight(boolean starved, long epoch, long frameAtMs) {}

    private final StreamHubs hubs;
    private final HubContext context;
    private final StreamKey key;
    private final Streams.PeerInfo peer;
    private final Streams.PublisherControl control;
    private final Opening opening = new Opening();

    private volatile @Nullable PublishSession live;
    private boolean backup;
    private boolean over;
    private boolean superseded;
    private boolean looking;
    private boolean asking;
    private @Nullable Hub hub;
    private long sinceMs;
    private long epoch;
    private long starvedAt;
    private long wellSince;
    private long askAt;
    private int refusals;

    /** @param backup whether it asked to be one */
    Standby(
            StreamHubs hubs,
            HubContext context,
            StreamKey key,
            Streams.PeerInfo peer,
            boolean backup,
            Streams.PublisherControl control) {
        this.hubs = hubs;
        this.context = context;
        this.key = key;
        this.peer = peer;
        this.backup = backup;
        this.control = control;
    }

    boolean waits() {
        return live == null;
    }

    // ---- the publisher's side

    @Override
    public void frame(
            Track track, long dtsUs, long ptsUs, boolean keyframe, Bytes payload, List<Extension> extensions) {
        PublishSession session = live;
        if (session == null) {
            synchronized (this) {
                session = live;
                if (session == null) {
                    keep(new PublishSession.Raw(track, dtsUs, ptsUs, keyframe, payload, extensions));
                    return;
                }
            }
        }
        session.frame(track, dtsUs, ptsUs, keyframe, payload, extensions);
    }

    private void keep(PublishSession.Raw raw) {
        if (over) {
            return;
        }
        context.counters().increment(Metric.STANDBY_FRAMES);
        if (!opening.add(raw, context.timers().nowMs())) {
            context.counters().increment(Metric.STANDBY_OVERFLOWED);
        }
    }

    @Override
    public void finished() {
        leave(true);
    }

    @Override
    public void lost() {
        leave(false);
    }

    private void leave(boolean finished) {
        PublishSession session;
        Hub held;
        synchronized (this) {
            if (over) {
                return;
            }
            over = true;
            session = live;
            held = hub;
            live = null;
            hub = null;
            opening.clear();
        }
        if (session == null) {
            LOG.info("{}: backup publisher {} {}", key, peer.address(), finished ? "finished" : "left");
        } else if (finished) {
            session.finished();
        } else {
            session.lost();
        }
        if (held != null) {
            held.standsByNoMore(this);
        }
        hubs.ended(this);
    }

    // ---- waiting

    /** Waits from now on. */
    void standBy() {
        synchronized (this) {
            if (over) {
                return;
            }
            backup = true;
        }
        context.counters().increment(Metric.STANDBY_BEGAN);
        LOG.info("{}: {} {} stands by", key, peer.protocol(), peer.address());
        hold();
        look();
    }

    /** Holds the stream on this node, if that is possible. */
    private void hold() {
        Hub found = hubs.hubOf(key, candidate -> candidate.standBy(this));
        boolean late;
        synchronized (this) {
            late = over;
            hub = late ? null : found;
            sinceMs = context.timers().nowMs();
        }
        if (late && found != null) {
            found.standsByNoMore(this);
        }
    }

    private void look() {
        synchronized (this) {
            if (looking) {
                return;
            }
            looking = true;
        }
        context.timers().schedule(LOOK_MS, this::lookAgain);
    }

    private void lookAgain() {
        Hub held;
        long since;
        synchronized (this) {
            if (over || live != null) {
                looking = false;
                return;
            }
            held = hub;
            since = sinceMs;
        }
        Optional<Sight> sight = held == null ? Optional.empty() : held.sight(this, since);
        if (isTimeToAsk(sight)) {
            ask();
        }
        context.timers().schedule(LOOK_MS, this::lookAgain);
    }

    private synchronized boolean isTimeToAsk(Optional<Sight> sight) {
        long now = context.timers().nowMs();
        if (sight.isEmpty()) {
            hub = null;
        } else {
            epoch = Math.max(epoch, sight.get().epoch());
            opening.streamRan(sight.get().frameAtMs());
            if (!sight.get().starved()) {
                starvedAt = 0;
                wellSince = wellSince == 0 ? now : wellSince;
                refusals = now - wellSince > WELL_MS ? 0 : refusals;
                return false;
            }
        }
        wellSince = 0;
        starvedAt = starvedAt == 0 ? now : starvedAt;
        boolean asks = !asking && !over && now >= askAt;
        asking |= asks;
        return asks;
    }

    private void ask() {
        context.counters().increment(Metric.STANDBY_ASKED);
        long grace = context.settings().app(key.app()).publisherGrace().toMillis();
        context.directory()
                .promote(key, epoch(), grace)
                .whenComplete((grant, failure) ->
                        answered(failure == null ? grant : new Directory.Grant.Unavailable(String.valueOf(failure))));
    }

    private synchronized long epoch() {
        return epoch;
    }

    private void answered(Directory.Grant grant) {
        if (grant instanceof Directory.Grant.Granted granted) {
            Hub found = hubs.hubOf(key, Hub::publishBegins);
            if (found == null) {
                context.directory().unpublish(key, granted.epoch(), Directory.Departure.LOST);
                refused();
                return;
            }
            try {
                begin(found, granted.epoch());
            } finally {
                found.publishEnds();
            }
        } else {
            refused();
        }
    }

    private void refused() {
        boolean alone;
        synchronized (this) {
            asking = false;
            refusals++;
            askAt = context.timers().nowMs()
                    + (refusals <= SOON
                            ? SOON_MS + context.random().nextLong(SOON_SPREAD_MS)
                            : LATER.after(refusals - SOON, context.random()));
            alone = hub == null && !over;
        }
        if (alone) {
            hold();
        }
    }

    // ---- being live

    /** It was granted that session; its frames are the stream's now. */
    void begin(Hub on, long granted) {
        boolean gone;
        synchronized (this) {
            gone = over;
            superseded = false;
        }
        PublishSession session = gone ? null : on.publish(granted, peer, this, isBackup());
        if (session == null) {
            if (gone) {
                context.directory().unpublish(key, granted, Directory.Departure.LOST);
            } else {
                refused();
                look();
            }
            return;
        }
        goLive(session, granted);
    }

    private void goLive(PublishSession session, long granted) {
        Hub held;
        boolean promoted;
        boolean back;
        synchronized (this) {
            gaveUpWaiting(granted);
            held = hub;
            promoted = held != null || starvedAt != 0;
            back = superseded || over;
            if (!back) {
                session.tracks(opening.tracks());
                opening.frames()
                        .forEach(raw -> session.frame(
                                raw.track(),
                                raw.dtsUs(),
                                raw.ptsUs(),
                                raw.keyframe(),
                                raw.payload(),
                                raw.extensions()));
                opening.clear();
                hub = null;
                live = session;
            }
        }
        context.counters().increment(Metric.PUBLISH_GRANTED);
        if (promoted) {
            context.counters().increment(Metric.STANDBY_PROMOTED);
            context.events()
                    .record(
                            key,
                            StreamEvent.of(StreamEvent.Kind.STANDBY_PROMOTED, "no frames of the publisher")
                                    .between("", peer.address())
                                    .in(granted));
        }
        if (back) {
            session.lost();
            look();
        } else if (held != null) {
            held.standsByNoMore(this);
        }
    }

    private void gaveUpWaiting(long granted) {
        long now = context.timers().nowMs();
        if (starvedAt != 0) {
            LOG.info(
                    "{}: backup {} goes live in session {}, {} ms after it missed frames",
                    key,
                    peer.address(),
                    granted,
                    now - starvedAt);
        }
        asking = false;
        refusals = 0;
        epoch = Math.max(epoch, granted);
    }

    private synchronized boolean isBackup() {
        return backup;
    }

    /** The hub ends its session. */
    @Override
    public void stop(Streams.StopReason reason) {
        if (reason != Streams.StopReason.SUPERSEDED) {
            shutDown(reason);
            return;
        }
        boolean demoted;
        synchronized (this) {
            superseded = true;
            demoted = live != null && !over;
            live = null;
            starvedAt = 0;
            askAt = 0;
        }
        if (demoted) {
            context.counters().increment(Metric.STANDBY_DEMOTED);
            standBy();
        }
    }

    /** Whether it stands by for that stream now. */
    boolean waitsFor(StreamKey stream) {
        return key.equals(stream) && waits();
    }

    /** The node shuts down. */
    void shutDown() {
        shutDown(Streams.StopReason.STOPPED);
    }

    private void shutDown(Streams.StopReason reason) {
        synchronized (this) {
            if (over) {
                return;
            }
        }
        control.stop(reason);
        leave(false);
    }
}
