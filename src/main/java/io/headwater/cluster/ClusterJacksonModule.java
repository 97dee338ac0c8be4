package io.headwater.cluster;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.module.SimpleModule;
import io.headwater.topology.Action;
import io.headwater.topology.Event;
import io.headwater.topology.Feed;
import io.headwater.topology.GroupMessage;

/**
 * Teaches Jackson the closed choices of the pure ring, which knows nothing of serialization: which record is meant is
 * written as a short name beside its components. The names are wire format. Made by Pekko, by its class name.
 */
public final class ClusterJacksonModule extends SimpleModule {
    private static final long serialVersionUID = 1;

    public ClusterJacksonModule() {
        super("headwater-cluster");
        setMixInAnnotation(Feed.class, FeedNames.class);
        setMixInAnnotation(Action.class, ActionNames.class);
        setMixInAnnotation(Event.OfNode.class, NodeEventNames.class);
        setMixInAnnotation(GroupMessage.class, GroupMessageNames.class);
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "is")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Feed.Publisher.class, name = "publisher"),
        @JsonSubTypes.Type(value = Feed.Peers.class, name = "peers"),
        @JsonSubTypes.Type(value = Feed.Held.class, name = "held"),
        @JsonSubTypes.Type(value = Feed.Nothing.class, name = "nothing")
    })
    private interface FeedNames {}

    /** Only those that are sent to a node; an entity carries the others out itself. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "is")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Action.Grant.class, name = "grant"),
        @JsonSubTypes.Type(value = Action.Taken.class, name = "taken"),
        @JsonSubTypes.Type(value = Action.Unavailable.class, name = "unavailable"),
        @JsonSubTypes.Type(value = Action.Done.class, name = "done"),
        @JsonSubTypes.Type(value = Action.StopPublisher.class, name = "stopPublisher"),
        @JsonSubTypes.Type(value = Action.SendFeed.class, name = "sendFeed")
    })
    private interface ActionNames {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "is")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Event.Publish.class, name = "publish"),
        @JsonSubTypes.Type(value = Event.Unpublish.class, name = "unpublish"),
        @JsonSubTypes.Type(value = Event.Play.class, name = "play"),
        @JsonSubTypes.Type(value = Event.Stop.class, name = "stop"),
        @JsonSubTypes.Type(value = Event.Lost.class, name = "lost"),
        @JsonSubTypes.Type(value = Event.FeedSeen.class, name = "feedSeen"),
        @JsonSubTypes.Type(value = Event.Claimed.class, name = "claimed")
    })
    private interface NodeEventNames {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "is")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = GroupMessage.Announce.class, name = "announce"),
        @JsonSubTypes.Type(value = GroupMessage.Announced.class, name = "announced"),
        @JsonSubTypes.Type(value = GroupMessage.Register.class, name = "register"),
        @JsonSubTypes.Type(value = GroupMessage.Registered.class, name = "registered"),
        @JsonSubTypes.Type(value = GroupMessage.Locate.class, name = "locate"),
        @JsonSubTypes.Type(value = GroupMessage.Located.class, name = "located")
    })
    private interface GroupMessageNames {}
}
