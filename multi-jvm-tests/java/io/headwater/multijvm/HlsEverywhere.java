package io.headwater.multijvm;

import io.headwater.multijvm.HlsClient.Answer;
import io.headwater.multijvm.HlsClient.Listed;
import io.headwater.multijvm.HlsClient.Playlist;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Whether everything that any node lists is to be had from every other one, again and again and not only when it is new:
 * a player that was sent to another node asks there for what it was told of before.
 */
final class HlsEverywhere {
    private static final int SEGMENTS_WITH_PARTS = 2;

    private final HlsClient client;
    private int rounds;
    private int asked;
    private int missing;
    private int tooOld;

    HlsEverywhere(String stream) {
        this.client = new HlsClient(stream, List.of());
    }

    /** Asks each node for what all of them list, and says what one does not have though it should. */
    void round(List<NodeProcess> nodes) {
        Map<NodeProcess, Playlist> playlists = new LinkedHashMap<>();
        Map<String, Long> files = new LinkedHashMap<>();
        for (NodeProcess node : nodes) {
            Answer answer = client.get(node, "/media.m3u8");
            if (answer.status() == 200) {
                Playlist playlist = HlsClient.parse(answer.text());
                playlists.put(node, playlist);
                add(playlist, files);
            }
        }
        rounds++;
        files.forEach((name, number) -> playlists.forEach((node, own) -> {
            int status = client.get(node, "/" + name).status();
            asked++;
            if (status != 200 && status != 0) {
                boolean beganLater = number < own.mediaSequence();
                tooOld += beganLater ? 1 : 0;
                missing += beganLater ? 0 : 1;
                if (!beganLater) {
                    System.out.println(
                            "MISSING: " + node + " answers " + status + " to " + name + " of segment " + number
                                    + " and lists from " + own.mediaSequence() + " to "
                                    + own.last().number());
                }
            }
        }));
    }

    /** With the number of the segment; the init of one that is old is asked for with the next. */
    private static void add(Playlist playlist, Map<String, Long> files) {
        int position = 0;
        for (Listed segment : playlist.segments()) {
            position++;
            if (segment.gap()) {
                continue;
            }
            files.merge(segment.init(), segment.number(), Math::max);
            if (segment.complete()) {
                files.put(segment.uri(), segment.number());
            }
            if (playlist.segments().size() - position < SEGMENTS_WITH_PARTS) {
                segment.parts().forEach(part -> files.put(part, segment.number()));
            }
        }
        files.remove("");
    }

    boolean isGood() {
        return rounds > 0 && missing == 0;
    }

    String summary() {
        return rounds + " times everything that any node lists was asked for at every node: " + asked + " files, "
                + missing + " missing, " + tooOld + " older than what a node lists that began later";
    }
}
