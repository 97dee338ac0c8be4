package io.headwater.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.media.StreamKey;
import io.headwater.net.Counters;
import io.headwater.net.Metric;
import io.headwater.stream.Directory;
import io.headwater.stream.Directory.Grant;
import io.headwater.stream.Directory.Holding;
import io.headwater.topology.Action;
import io.headwater.topology.Event;
import io.headwater.topology.Feed;
import io.headwater.topology.NodeGroup;
import io.headwater.topology.NodeId;
import io.headwater.topology.Peer;
import io.headwater.topology.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a node wants of the entities, without actors: the clock is turned by hand. */
class DeskTest {
    private static final StreamKey KEY = new StreamKey("live", "s");
    private static final NodeGroup REGION1 = new NodeGroup("region1");
    private static final NodeGroup REGION2 = new NodeGroup("region2");
    private static final Peer ME = new Peer(new NodeId("me"), REGION1, "h", 1);
    private static final Peer NEAR = new Peer(new NodeId("near"), REGION1, "h", 2);
    private static final Peer NEAR_TOO = new Peer(new NodeId("near2"), REGION1, "h", 4);
    private static final Peer FAR = new Peer(new NodeId("far"), REGION2, "h", 3);

    private final List<Event.OfNode> sent = new ArrayList<>();
    private final List<String> heard = new ArrayList<>();
    private final Counters counters = new Counters();
    private final List<String> told = new ArrayList<>();
    private List<Holder> holders = List.of();
    /** Nodes that are asked and do not answer. */
    private List<Peer> dead = List.of();

    private int asked;
    private Optional<Holding> own = Optional.empty();
    private long nowMs = 1_800_000_000_000L;
    private final Desk desk = new Desk(ME.node(), ClusterSettings.defaults(), counters, () -> nowMs, Runnable::run);

    @BeforeEach
    void listen() {
        desk.listen(new Directory.Listener() {
            @Override
            public void onFeed(StreamKey key, Feed feed) {
                heard.add("feed " + feed);
            }

            @Override
            public void onSuperseded(StreamKey key, long epoch, long byEpoch) {
                heard.add("superseded " + epoch + " by " + byEpoch);
            }

            @Override
            public List<Holding> holdings() {
                return List.of();
            }

            @Override
            public Optional<Holding> holding(StreamKey key) {
                return own;
            }
        });
    }

    private void connect(Peer self) {
        desk.attach(new Wires() {
            @Override
            public Peer self() {
                return self;
            }

            @Override
            public void toEntity(StreamKey key, Event.OfNode event) {
                sent.add(event);
            }

            @Override
            public List<Peer> askNodes(StreamKey key, Consumer<Holder> answer) {
                asked++;
                holders.forEach(answer);
                return Stream.concat(holders.stream().map(Holder::node), dead.stream())
                        .toList();
            }

            @Override
            public void tellSession(NodeId node, StreamKey key, long epoch) {
                told.add(node + " " + epoch);
            }
        });
    }

    private void pass(long ms) {
        for (long end = nowMs + ms; nowMs < end; ) {
            nowMs += 100;
            desk.tick();
        }
    }

    private <T extends Event.OfNode> List<T> sent(Class<T> type) {
        return sent.stream().filter(type::isInstance).map(type::cast).toList();
    }

    private long lastToken() {
        Event.OfNode last = sent.get(sent.size() - 1);
        return last instanceof Event.Play play ? play.token() : ((Event.Publish) last).token();
    }

    private static <T> Optional<T> now(CompletionStage<T> stage) {
        return Optional.ofNullable(stage.toCompletableFuture().getNow(null));
    }

    private static Holder holds(Peer node, long epoch, Role role) {
        boolean published = role == Role.MAIN_ORIGIN;
        Optional<NodeId> feed = published ? Optional.empty() : Optional.of(new NodeId("other"));
        return new Holder(node, Optional.of(new Holding(KEY, epoch, role, published, feed, 9, 0, 0, 0, false, 0)));
    }

    private static Feed.Peers from(long epoch, Role role, Peer... peers) {
        return new Feed.Peers(epoch, role, List.of(peers));
    }

    private long grant(long epoch) {
        CompletionStage<Grant> grant = desk.publish(KEY, Directory.OnConflict.TAKEOVER, 1_000);
        long token = lastToken();
        desk.told(KEY, new Action.Grant(ME.node(), token, epoch));
        assertEquals(Optional.of(new Grant.Granted(epoch)), now(grant));
        return token;
    }

    @Test
    void aRequestIsRepeatedWithItsTokenUntilItIsAnswered() {
        connect(ME);
        CompletionStage<Grant> grant = desk.publish(KEY, Directory.OnConflict.TAKEOVER, 1_000);
        pass(1_000);
        assertTrue(sent.size() > 2);
        assertEquals(1, sent(Event.Publish.class).stream().distinct().count());
        desk.told(KEY, new Action.Grant(ME.node(), lastToken(), 7));
        assertEquals(Optional.of(new Grant.Granted(7)), now(grant));
        sent.clear();
        pass(5_000);
        assertEquals(List.of(), sent);
    }

    @Test
    void callsMadeWhileThereIsNoClusterAreSentWhenItIsThere() {
        CompletionStage<Feed> play = desk.play(KEY, 5_000);
        pass(2_000);
        assertEquals(List.of(), sent);
        connect(ME);
        assertEquals(1, sent(Event.Play.class).size());
        Feed feed = from(3, Role.EDGE, NEAR);
        desk.told(KEY, new Action.SendFeed(ME.node(), 1, feed, List.of(lastToken())));
        assertEquals(Optional.of(feed), now(play));
        assertEquals(List.of(), heard);
    }

    @Test
    void thereIsSomethingToLookAfterWhileThereIsNoClusterOrAnAnswerIsMissing() {
        assertTrue(desk.isBusy(), "what is held is announced as soon as there is a cluster");
        connect(ME);
        assertFalse(desk.isBusy());
        desk.play(KEY, 5_000);
        assertTrue(desk.isBusy());
        desk.told(KEY, new Action.SendFeed(ME.node(), 1, from(3, Role.EDGE, NEAR), List.of(lastToken())));
        assertFalse(desk.isBusy());
        desk.detach();
        connect(ME);
        assertTrue(desk.isBusy(), "the feed is announced until its entity knows of it");
    }

    @Test
    void aCallEndsInTimeIfThereIsNoClusterAtAll() {
        CompletionStage<Feed> play = desk.play(KEY, 1_000);
        CompletionStage<Grant> refused = desk.publish(KEY, Directory.OnConflict.REJECT, 1_000);
        CompletionStage<Grant> granted = desk.publish(KEY, Directory.OnConflict.TAKEOVER, 1_000);
        pass(12_000);
        assertEquals(Optional.of(new Feed.Nothing(Feed.Reason.UNAVAILABLE)), now(play));
        assertInstanceOf(Grant.Unavailable.class, now(refused).orElseThrow());
        assertInstanceOf(Grant.Granted.class, now(granted).orElseThrow());
    }

    @Test
    void aSilentEntityIsReplacedByTheNearestHolderOfTheNewestSession() {
        connect(ME);
        holders = List.of(holds(FAR, 5, Role.MAIN_ORIGIN), holds(NEAR, 5, Role.EDGE), holds(ME, 5, Role.EDGE));
        CompletionStage<Feed> play = desk.play(KEY, 5_000);
        pass(400);
        assertTrue(now(play).isEmpty());
        pass(200);
        assertEquals(Optional.of(from(5, Role.EDGE, NEAR, FAR)), now(play));
        assertEquals(1, counters.get(Metric.CLUSTER_ENTITY_SILENT));
        Feed settled = from(5, Role.SECONDARY_ORIGIN, FAR);
        desk.told(KEY, new Action.SendFeed(ME.node(), 1, settled, List.of(lastToken())));
        assertEquals(List.of("feed " + settled), heard);
    }

    @Test
    void anEntityThatHasThePlayIsNotTakenForSilent() {
        connect(ME);
        holders = List.of(holds(FAR, 5, Role.MAIN_ORIGIN));
        CompletionStage<Feed> play = desk.play(KEY, 5_000);
        desk.parked(lastToken());
        pass(4_000);
        assertTrue(now(play).isEmpty());
        assertEquals(0, counters.get(Metric.CLUSTER_ENTITY_SILENT));
        pass(4_000);
        assertEquals(Optional.of(new Feed.Nothing(Feed.Reason.NOT_PUBLISHED)), now(play));
    }

    @Test
    void aPublisherWhoseEntityIsSilentIsGrantedASessionAboveAllThatAreKnown() {
        connect(ME);
        long far = (nowMs / 1000 + 100) << 20;
        holders = List.of(holds(FAR, far, Role.SECONDARY_ORIGIN));
        CompletionStage<Grant> grant = desk.publish(KEY, Directory.OnConflict.TAKEOVER, 1_000);
        long token = lastToken();
        pass(4_000);
        Grant.Granted granted = assertInstanceOf(Grant.Granted.class, now(grant).orElseThrow());
        assertTrue(granted.epoch() > far);
        Event.Claimed claimed = sent(Event.Claimed.class).get(0);
        assertTrue(claimed.claim().published());
        assertEquals(granted.epoch(), claimed.claim().epoch());

        desk.told(KEY, new Action.Grant(ME.node(), token, granted.epoch() - 5));
        assertEquals(List.of(), heard, "the entity's late grant is below and does not count");
        desk.told(KEY, new Action.Grant(ME.node(), token, granted.epoch() + 5));
        assertEquals(List.of("superseded " + granted.epoch() + " by " + (granted.epoch() + 5)), heard);
    }

    @Test
    void aClaimIsRepeatedUntilTheEntityAnswersWithAFeed() {
        connect(ME);
        grant(7);
        sent.clear();
        connect(ME);
        pass(3_000);
        assertTrue(sent(Event.Claimed.class).size() >= 2);
        desk.told(KEY, new Action.SendFeed(ME.node(), 1, new Feed.Publisher(7), List.of()));
        sent.clear();
        pass(5_000);
        assertEquals(List.of(), sent);
    }

    @Test
    void onlyOriginsAndThoseWhoFallBackOnTheDeadSpeakUpWhenAMemberIsGone() {
        connect(ME);
        desk.play(KEY, 1_000);
        desk.told(KEY, new Action.SendFeed(ME.node(), 1, from(3, Role.EDGE, NEAR), List.of(lastToken())));
        pass(2_000);
        sent.clear();
        desk.gone(Set.of(new NodeId("somebody")), 0);
        pass(1_000);
        assertEquals(List.of(), sent);
        desk.gone(Set.of(NEAR.node()), 0);
        pass(1_000);
        assertFalse(sent(Event.Claimed.class).isEmpty());
    }

    @Test
    void aFeedOfAnOlderVersionIsAcknowledgedButNotGoneBy() {
        connect(ME);
        desk.play(KEY, 1_000);
        long token = lastToken();
        desk.told(KEY, new Action.SendFeed(ME.node(), 5, from(3, Role.EDGE, NEAR), List.of(token)));
        desk.told(KEY, new Action.SendFeed(ME.node(), 4, from(3, Role.EDGE, FAR), List.of()));
        assertEquals(List.of(), heard);
        assertEquals(
                new Event.FeedSeen(ME.node(), 4, 5, true),
                sent(Event.FeedSeen.class).get(1));
    }

    @Test
    void aFeedOfANewerSessionEndsThePublisherOfTheOlderOne() {
        connect(ME);
        grant(7);
        Feed feed = from(9, Role.EDGE, NEAR);
        desk.told(KEY, new Action.SendFeed(ME.node(), 1, feed, List.of()));
        assertEquals(List.of("superseded 7 by 9", "feed " + feed), heard);
    }

    @Test
    void aGrantThatComesAfterTheOrderToStopIsOverAtOnce() {
        connect(ME);
        CompletionStage<Grant> grant = desk.publish(KEY, Directory.OnConflict.TAKEOVER, 1_000);
        long token = lastToken();
        desk.told(KEY, new Action.StopPublisher(ME.node(), 7, 9));
        desk.told(KEY, new Action.Grant(ME.node(), token, 7));
        assertEquals(Optional.of(new Grant.Granted(7)), now(grant));
        assertEquals(List.of("superseded 7 by 9"), heard);
    }

    @Test
    void aGrantNobodyWaitsForIsGivenBack() {
        connect(ME);
        desk.told(KEY, new Action.Grant(ME.node(), 1, 7));
        assertEquals(7, sent(Event.Unpublish.class).get(0).epoch());
    }

    @Test
    void lettingGoIsRepeatedUntilItIsDoneAndNothingIsClaimedAfterwards() {
        connect(ME);
        desk.play(KEY, 1_000);
        desk.released(KEY);
        pass(1_000);
        List<Event.Stop> stops = sent(Event.Stop.class);
        assertTrue(stops.size() >= 2);
        desk.told(KEY, new Action.Done(ME.node(), stops.get(0).token()));
        sent.clear();
        pass(3_000);
        assertEquals(List.of(), sent);
        assertFalse(desk.claim(KEY, ME, 4).holds());
    }

    @Test
    void inAnotherGroupTheVersionsBeginAnewAndTheSessionStays() {
        connect(ME);
        grant(7);
        desk.told(KEY, new Action.SendFeed(ME.node(), 5, new Feed.Publisher(7), List.of()));
        desk.detach();
        Peer moved = new Peer(ME.node(), REGION2, "h", 1);
        connect(moved);
        pass(200);
        Event.Claimed claimed = sent(Event.Claimed.class).get(0);
        assertEquals(REGION2, claimed.claim().node().group());
        assertEquals(0, claimed.claim().version());
        assertEquals(7, claimed.claim().epoch());
        assertTrue(claimed.claim().published());
        desk.told(KEY, new Action.SendFeed(ME.node(), 1, new Feed.Held(7, 100), List.of()));
        assertEquals(2, heard.size());
    }

    @Test
    void aClaimOfASessionNeverCarriesTheTokenOfAPublishThatWaits() {
        connect(ME);
        long first = grant(7);
        assertEquals(first, desk.claim(KEY, ME, 1).token());
        desk.publish(KEY, Directory.OnConflict.TAKEOVER, 1_000);
        assertEquals(0, desk.claim(KEY, ME, 2).token());
    }

    @Test
    void beyondTheLimitCallsAreRefusedAtOnce() {
        Predicate<Feed> unavailable = new Feed.Nothing(Feed.Reason.UNAVAILABLE)::equals;
        for (int i = 0; i < ClusterSettings.defaults().maxWaitingCalls(); i++) {
            assertTrue(now(desk.play(new StreamKey("live", "s" + i), 1_000)).isEmpty());
        }
        assertTrue(now(desk.play(KEY, 1_000)).filter(unavailable).isPresent());
        assertEquals(1, counters.get(Metric.CLUSTER_CALLS_REFUSED));
    }

    private static Holder silent(Peer node, long epoch, Role role, long silentMs, int standbys, boolean backup) {
        boolean published = role == Role.MAIN_ORIGIN;
        Optional<NodeId> feed = published ? Optional.empty() : Optional.of(new NodeId("other"));
        return new Holder(
                node, Optional.of(new Holding(KEY, epoch, role, published, feed, 9, 0, 0, standbys, backup, silentMs)));
    }

    @Test
    void aPublisherOfAStreamThatSomebodyHoldsDoesNotWaitLongForASilentEntity() {
        connect(ME);
        holders = List.of(silent(FAR, 7, Role.EDGE, 900, 0, false));
        CompletionStage<Grant> grant = desk.publish(KEY, Directory.OnConflict.TAKEOVER, 1_000);
        pass(400);
        assertTrue(now(grant).isEmpty());
        pass(200);
        Grant.Granted granted = assertInstanceOf(Grant.Granted.class, now(grant).orElseThrow());
        assertTrue(granted.epoch() > 7);
        assertEquals(List.of("far " + granted.epoch()), told, "who holds the stream is told at once");
    }

    @Test
    void aPublisherOfAStreamThatThisNodeHoldsDoesNotWaitLongEither() {
        connect(ME);
        own = silent(ME, 7, Role.EDGE, 900, 0, false).holding();
        CompletionStage<Grant> grant = desk.publish(KEY, Directory.OnConflict.TAKEOVER, 1_000);
        pass(600);
        assertInstanceOf(Grant.Granted.class, now(grant).orElseThrow());
    }

    @Test
    void aPublisherOfAStreamThatNobodyKnowsWaitsForTheEntityOfAFreshCluster() {
        connect(ME);
        holders = List.of(new Holder(FAR, Optional.empty()));
        CompletionStage<Grant> grant = desk.publish(KEY, Directory.OnConflict.TAKEOVER, 1_000);
        pass(2_900);
        assertTrue(now(grant).isEmpty());
        pass(200);
        assertInstanceOf(Grant.Granted.class, now(grant).orElseThrow());
        assertEquals(2, asked);
    }

    @Test
    void aNodeThatDiedIsNotWaitedForWhenTheOthersHaveAnswered() {
        connect(ME);
        dead = List.of(NEAR_TOO);
        holders = List.of(silent(FAR, 7, Role.EDGE, 900, 0, false), new Holder(NEAR, Optional.empty()));
        CompletionStage<Grant> grant = desk.publish(KEY, Directory.OnConflict.TAKEOVER, 1_000);
        pass(600);
        assertTrue(now(grant).isEmpty());
        pass(200);
        assertInstanceOf(Grant.Granted.class, now(grant).orElseThrow());
    }

    /** How long a play waits whose entity says nothing, as far as the clock of the test can tell. */
    private long waitedForAFeedMs() {
        CompletionStage<Feed> feed = desk.play(KEY, 3_000);
        long startedMs = nowMs;
        while (now(feed).isEmpty() && nowMs - startedMs < 3_000) {
            pass(100);
        }
        heard.add(now(feed).map(Object::toString).orElse("nothing"));
        return nowMs - startedMs;
    }

    @Test
    void aSilentNeighbourIsWaitedForBeforeTheStreamIsPulledFromAnotherRegion() {
        connect(ME);
        dead = List.of(NEAR);
        holders = List.of(holds(FAR, 7, Role.SECONDARY_ORIGIN), new Holder(NEAR_TOO, Optional.empty()));
        assertEquals(1_000, waitedForAFeedMs());
        assertEquals(List.of(from(7, Role.SECONDARY_ORIGIN, FAR).toString()), heard);
    }

    @Test
    void aNeighbourThatHasTheStreamIsPulledFromAtOnceWhoeverElseIsSilent() {
        connect(ME);
        dead = List.of(NEAR);
        holders = List.of(holds(FAR, 7, Role.MAIN_ORIGIN), holds(NEAR_TOO, 7, Role.SECONDARY_ORIGIN));
        assertEquals(700, waitedForAFeedMs());
        assertEquals(List.of(from(7, Role.EDGE, NEAR_TOO, FAR).toString()), heard);
    }

    @Test
    void anotherRegionIsPulledFromAtOnceWhereAllNeighboursSaidThatTheyDoNotHaveIt() {
        connect(ME);
        dead = List.of(new Peer(new NodeId("far2"), REGION2, "h", 5));
        holders = List.of(holds(FAR, 7, Role.MAIN_ORIGIN), new Holder(NEAR, Optional.empty()));
        assertEquals(700, waitedForAFeedMs());
        assertEquals(List.of(from(7, Role.SECONDARY_ORIGIN, FAR).toString()), heard);
    }

    @Test
    void aStandbyIsGrantedTheSessionAgainstAnEntityThatStillTrustsADeadNode() {
        connect(ME);
        dead = List.of(NEAR_TOO);
        holders = List.of(silent(FAR, 7, Role.EDGE, 300, 0, false));
        CompletionStage<Grant> grant = desk.promote(KEY, 7, 1_000);
        assertEquals(0, sent(Event.Publish.class).get(0).lostEpoch());
        desk.told(KEY, new Action.Taken(ME.node(), lastToken(), NEAR.node()));
        assertEquals(1, sent(Event.Publish.class).size());
        pass(200);
        Event.Publish insisting = sent(Event.Publish.class).get(1);
        assertEquals(7, insisting.lostEpoch());
        desk.told(KEY, new Action.Grant(ME.node(), insisting.token(), 8));
        assertEquals(Optional.of(new Grant.Granted(8)), now(grant));
        assertEquals(List.of("far 8"), told);
    }

    @Test
    void aStandbyIsNotGrantedAStreamThatSomebodyPublishesOrGetsFramesOf() {
        connect(ME);
        for (Holder alive : List.of(
                holds(NEAR, 7, Role.MAIN_ORIGIN),
                silent(FAR, 7, Role.SECONDARY_ORIGIN, 40, 0, false),
                silent(FAR, 8, Role.EDGE, 40, 0, false))) {
            holders = List.of(alive);
            CompletionStage<Grant> grant = desk.promote(KEY, 7, 1_000);
            assertEquals(Optional.of(new Grant.Taken(alive.node().node())), now(grant));
        }
    }

    @Test
    void aStandbyWhoseEntityIsSilentIsGrantedTheSessionAtOnce() {
        connect(ME);
        dead = List.of(NEAR_TOO);
        holders = List.of(silent(FAR, 7, Role.EDGE, 300, 0, false));
        CompletionStage<Grant> grant = desk.promote(KEY, 7, 1_000);
        pass(100);
        assertTrue(now(grant).isEmpty());
        pass(100);
        assertTrue(
                assertInstanceOf(Grant.Granted.class, now(grant).orElseThrow()).epoch() > 7);
        assertEquals(1, counters.get(Metric.CLUSTER_GRANTED_ALONE));
    }

    @Test
    void ofSeveralStandbysWithoutAnEntityTheOneWithTheLowestNameGoesFirst() {
        connect(ME);
        Holder first = silent(FAR, 7, Role.EDGE, 300, 1, false);
        holders = List.of(first);
        CompletionStage<Grant> grant = desk.promote(KEY, 7, 1_000);
        pass(300);
        assertTrue(now(grant).isEmpty());
        holders = List.of(silent(FAR, 8, Role.MAIN_ORIGIN, 10, 0, true));
        pass(200);
        assertEquals(Optional.of(new Grant.Taken(FAR.node())), now(grant));

        holders = List.of(first);
        CompletionStage<Grant> again = desk.promote(KEY, 7, 1_000);
        pass(600);
        assertInstanceOf(Grant.Granted.class, now(again).orElseThrow());
    }

    @Test
    void aReturningPublisherTakesTheStreamBackFromABackupOnly() {
        connect(ME);
        holders = List.of(silent(NEAR, 7, Role.MAIN_ORIGIN, 10, 0, true));
        CompletionStage<Grant> back = desk.publish(KEY, Directory.OnConflict.BACKUP, 1_000);
        assertEquals(
                io.headwater.topology.ConflictPolicy.REJECT,
                sent(Event.Publish.class).get(0).policy());
        desk.told(KEY, new Action.Taken(ME.node(), lastToken(), NEAR.node()));
        assertEquals(
                io.headwater.topology.ConflictPolicy.TAKEOVER,
                sent(Event.Publish.class).get(1).policy());
        desk.told(KEY, new Action.Grant(ME.node(), lastToken(), 8));
        assertEquals(Optional.of(new Grant.Granted(8)), now(back));

        holders = List.of(silent(NEAR, 9, Role.MAIN_ORIGIN, 10, 0, false));
        CompletionStage<Grant> second = desk.publish(KEY, Directory.OnConflict.BACKUP, 1_000);
        desk.told(KEY, new Action.Taken(ME.node(), lastToken(), NEAR.node()));
        assertEquals(Optional.of(new Grant.Taken(NEAR.node())), now(second));
    }

    /** The entity's host was the main origin, and died with it. */
    @Test
    void aReturningPublisherWhoseEntityIsSilentTakesTheStreamBackFromABackupOnly() {
        connect(ME);
        holders = List.of(silent(FAR, 7, Role.MAIN_ORIGIN, 10, 0, true), silent(NEAR, 7, Role.EDGE, 10, 0, false));
        CompletionStage<Grant> back = desk.publish(KEY, Directory.OnConflict.BACKUP, 1_000);
        pass(600);
        Grant.Granted granted = assertInstanceOf(Grant.Granted.class, now(back).orElseThrow());
        assertTrue(granted.epoch() > 7);
        assertTrue(told.contains("far " + granted.epoch()), told::toString);

        holders = List.of(silent(FAR, granted.epoch() + 1, Role.MAIN_ORIGIN, 10, 0, false));
        CompletionStage<Grant> second = desk.publish(KEY, Directory.OnConflict.BACKUP, 1_000);
        pass(600);
        assertEquals(Optional.of(new Grant.Taken(FAR.node())), now(second));
    }

    /** The home's entity died with the main origin: this group's has not heard that a backup went live, and where. */
    @Test
    void aReturningPublisherTakesTheStreamBackFromABackupThatItsEntityDoesNotKnow() {
        connect(ME);
        dead = List.of(NEAR_TOO);
        holders = List.of(silent(FAR, 7, Role.MAIN_ORIGIN, 10, 0, true), new Holder(NEAR, Optional.empty()));
        CompletionStage<Grant> back = desk.publish(KEY, Directory.OnConflict.BACKUP, 1_000);
        desk.told(KEY, new Action.Taken(ME.node(), lastToken(), NEAR_TOO.node()));
        pass(100);
        Event.Publish insists = sent(Event.Publish.class).get(1);
        assertEquals(io.headwater.topology.ConflictPolicy.TAKEOVER, insists.policy());
        desk.told(KEY, new Action.Grant(ME.node(), insists.token(), 8));
        assertEquals(Optional.of(new Grant.Granted(8)), now(back));
        assertTrue(told.contains("far 8"), () -> "it hears of it although no entity knows it: " + told);
    }

    @Test
    void aNodeThatIsToldOfALaterSessionPullsItFromWhoWasNearerToThePublisher() {
        connect(ME);
        Peer next = new Peer(new NodeId("next"), REGION2, "h", 4);
        Peer nearer = new Peer(new NodeId("nearer"), REGION1, "h", 5);
        desk.play(KEY, 1_000);
        desk.told(KEY, new Action.SendFeed(ME.node(), 1, from(3, Role.EDGE, nearer, NEAR, FAR), List.of(lastToken())));
        desk.session(KEY, next, 4);
        assertEquals(List.of("feed " + from(4, Role.EDGE, nearer, NEAR, next)), heard);
        desk.session(KEY, FAR, 4);
        desk.session(KEY, FAR, 3);
        assertEquals(1, heard.size(), "no news");
        heard.clear();
        desk.told(KEY, new Action.SendFeed(ME.node(), 2, from(5, Role.SECONDARY_ORIGIN, next), List.of()));
        desk.session(KEY, FAR, 6);
        assertEquals("feed " + from(6, Role.SECONDARY_ORIGIN, FAR), heard.get(1));
    }

    /** Session 3 is pulled from far, and goes on as 4 at the node that is returned. */
    private Peer isToldOfTheNextSession() {
        connect(ME);
        Peer next = new Peer(new NodeId("next"), REGION2, "h", 4);
        desk.play(KEY, 1_000);
        desk.told(KEY, new Action.SendFeed(ME.node(), 1, from(3, Role.SECONDARY_ORIGIN, FAR), List.of(lastToken())));
        desk.session(KEY, next, 4);
        return next;
    }

    /** Or a whole region follows its entity's tree to a main origin that is dead, for as long as nobody has told the entity. */
    @Test
    void whatAnEntityPlansThatDoesNotKnowOfTheLaterSessionIsATreeForThatOne() {
        Peer next = isToldOfTheNextSession();
        assertEquals(List.of("feed " + from(4, Role.SECONDARY_ORIGIN, next)), heard);
        desk.told(KEY, new Action.SendFeed(ME.node(), 2, from(3, Role.EDGE, NEAR, FAR), List.of()));
        assertEquals("feed " + from(4, Role.EDGE, NEAR, next), heard.get(1));
        desk.told(KEY, new Action.SendFeed(ME.node(), 3, from(3, Role.SECONDARY_ORIGIN, FAR), List.of()));
        assertEquals("feed " + from(4, Role.SECONDARY_ORIGIN, next), heard.get(2));
        desk.told(KEY, new Action.SendFeed(ME.node(), 4, from(3, Role.SECONDARY_ORIGIN, FAR), List.of()));
        assertEquals(3, heard.size(), "the same again");
        desk.told(KEY, new Action.SendFeed(ME.node(), 5, from(4, Role.EDGE, NEAR), List.of()));
        assertEquals("feed " + from(4, Role.EDGE, NEAR), heard.get(3), "it knows");
    }

    @Test
    void anEntityThatKnowsOfNoLaterSessionForLongIsRight() {
        isToldOfTheNextSession();
        nowMs += ToldSessions.KEPT_MS + 1;
        desk.told(KEY, new Action.SendFeed(ME.node(), 2, from(3, Role.EDGE, NEAR), List.of()));
        assertEquals("feed " + from(3, Role.EDGE, NEAR), heard.get(1));
    }

    @Test
    void theOldestToldSessionIsForgottenWhereThereAreTooMany() {
        ToldSessions sessions = new ToldSessions();
        for (int i = 0; i <= ToldSessions.MOST; i++) {
            sessions.put(new StreamKey("live", "s" + i), NEAR_TOO, 4, nowMs);
        }
        Feed planned = from(3, Role.SECONDARY_ORIGIN, FAR);
        assertEquals(planned, sessions.later(new StreamKey("live", "s0"), ME, planned, nowMs));
        assertEquals(from(4, Role.EDGE, NEAR_TOO), sessions.later(new StreamKey("live", "s1"), ME, planned, nowMs));
    }

    @Test
    void ofTheGroupThatLostItsMainOriginOneNodeGoesToTheNewOne() {
        Peer next = new Peer(new NodeId("next"), REGION2, "h", 4);
        Peer third = new Peer(new NodeId("third"), REGION1, "h", 5);
        assertEquals(
                from(4, Role.SECONDARY_ORIGIN, next),
                HolderFeed.next(ME, Optional.of(from(3, Role.EDGE, NEAR)), next, 4),
                "the successor");
        assertEquals(
                from(4, Role.EDGE, ME, next),
                HolderFeed.next(third, Optional.of(from(3, Role.EDGE, NEAR, ME)), next, 4),
                "another edge");
        assertEquals(from(4, Role.EDGE, third), HolderFeed.next(ME, Optional.of(from(3, Role.EDGE, NEAR)), third, 4));
    }

    @Test
    void aNewSessionAnswersAPlayThatWaitsAndStopsAnOlderPublisher() {
        connect(ME);
        CompletionStage<Feed> play = desk.play(KEY, 5_000);
        desk.session(KEY, FAR, 4);
        assertEquals(Optional.of(from(4, Role.SECONDARY_ORIGIN, FAR)), now(play));
        desk.session(new StreamKey("live", "unknown"), FAR, 4);
        assertEquals(List.of(), heard);
        grant(7);
        desk.session(KEY, FAR, 9);
        assertEquals("superseded 7 by 9", heard.get(0));
    }
}
