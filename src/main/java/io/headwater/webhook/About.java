package io.headwater.webhook;

/**
 * What the creator of a broadcast said of it, as far as an event tells it. What was not said is empty.
 *
 * @param hookUrl where its events go instead of to the configured address
 * @param metadata sent as an object if it is one in JSON
 */
public record About(String name, String category, String mainTrack, String metadata, String hookUrl) {
    static final About NOTHING = new About("", "", "", "", "");
}
