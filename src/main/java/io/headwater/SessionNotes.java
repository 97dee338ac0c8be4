package io.headwater;

import io.headwater.api.Registered;
import io.headwater.media.StreamKey;
import io.headwater.stream.StreamEvent;
import io.headwater.stream.StreamEvents;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Notes in a created broadcast that somebody has published it: from then on it is "finished" when nobody does. */
final class SessionNotes implements StreamEvents {
    private volatile @Nullable BroadcastAnswers broadcasts;

    /** Where to note it, as soon as there is one. */
    void notes(BroadcastAnswers in) {
        broadcasts = in;
    }

    @Override
    public void record(StreamKey key, StreamEvent event) {
        BroadcastAnswers in = broadcasts;
        if (in == null || event.kind() != StreamEvent.Kind.PUBLISHER_LEFT) {
            return;
        }
        Optional<Registered> known = in.last(key);
        if (known.isPresent() && !known.get().equals(known.get().finished())) {
            // it is noted once in a broadcast's life; if that fails the next session does it
            in.change(key, before -> before.map(Registered::finished)).exceptionally(unreachable -> Optional.empty());
        }
    }
}
