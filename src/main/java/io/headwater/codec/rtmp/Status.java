package io.headwater.codec.rtmp;

import io.headwater.codec.amf.AmfValue;

/**
 * What became of something, as commands {@code onStatus}, {@code _result} and {@code _error} carry it.
 *
 * @param level {@code status} or {@code error}
 * @param code one of the constants here, or what the peer says
 * @param description one line for people
 */
public record Status(String level, String code, String description) {
    public static final String CONNECT_SUCCESS = "NetConnection.Connect.Success";
    public static final String CONNECT_REJECTED = "NetConnection.Connect.Rejected";
    public static final String CALL_FAILED = "NetConnection.Call.Failed";
    public static final String PUBLISH_START = "NetStream.Publish.Start";
    public static final String PUBLISH_BAD_NAME = "NetStream.Publish.BadName";
    public static final String PUBLISH_DENIED = "NetStream.Publish.Denied";
    public static final String UNPUBLISH_SUCCESS = "NetStream.Unpublish.Success";
    public static final String PLAY_RESET = "NetStream.Play.Reset";
    public static final String PLAY_START = "NetStream.Play.Start";
    public static final String PLAY_STOP = "NetStream.Play.Stop";
    public static final String PLAY_FAILED = "NetStream.Play.Failed";
    public static final String PLAY_STREAM_NOT_FOUND = "NetStream.Play.StreamNotFound";
    public static final String PLAY_UNPUBLISH_NOTIFY = "NetStream.Play.UnpublishNotify";
    public static final String PLAY_INSUFFICIENT_BANDWIDTH = "NetStream.Play.InsufficientBW";
    public static final String PAUSE_NOTIFY = "NetStream.Pause.Notify";
    public static final String UNPAUSE_NOTIFY = "NetStream.Unpause.Notify";

    private static final String ERROR = "error";

    public static Status ok(String code, String description) {
        return new Status("status", code, description);
    }

    public static Status error(String code, String description) {
        return new Status(ERROR, code, description);
    }

    public boolean isError() {
        return level.equals(ERROR);
    }

    public AmfValue.Obj toAmf() {
        return AmfValue.Obj.EMPTY.with("level", level).with("code", code).with("description", description);
    }

    /** The status in an information object; what is not there is empty. */
    public static Status of(AmfValue information) {
        return new Status(text(information, "level"), text(information, "code"), text(information, "description"));
    }

    private static String text(AmfValue information, String name) {
        AmfValue value = information.asMembers().get(name);
        return value == null ? "" : value.asText().orElse("");
    }
}
