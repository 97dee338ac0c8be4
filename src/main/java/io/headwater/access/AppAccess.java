package io.headwater.access;

import java.net.URI;
import java.util.Optional;
import java.util.Set;

/**
 * Who may publish and play the streams of one application; see {@code headwater.apps} in {@code reference.conf}.
 *
 * @param publish what admits a publisher, any one of them; empty for everybody
 * @param play what admits a player
 * @param jwtSecret for HS256; empty if such tokens are not taken
 * @param jwks a file or URL of public keys for RS256 and ES256; empty for none
 * @param hashSecret for signed addresses
 * @param publishHook asked about every publisher that got so far
 * @param playHook the same for players
 * @param hookFailsOpen whether they are admitted when the hook does not answer
 */
public record AppAccess(
        Set<Way> publish,
        Set<Way> play,
        String jwtSecret,
        String jwks,
        String hashSecret,
        Optional<URI> publishHook,
        Optional<URI> playHook,
        boolean hookFailsOpen) {

    /** What a client may bring. */
    public enum Way {
        /** A signed token that says what it is for. */
        JWT,
        /** A hash over the stream and a secret. */
        HASH,
        /** A token made by REST that is good for one session. */
        TOKEN,
        /** A secret that stands for the stream's name; for publishers. */
        KEY
    }

    public AppAccess {
        publish = Set.copyOf(publish);
        play = Set.copyOf(play);
    }

    /** Everybody may. */
    public static AppAccess open() {
        return new AppAccess(Set.of(), Set.of(), "", "", "", Optional.empty(), Optional.empty(), false);
    }

    /** Without the secrets. */
    @Override
    public String toString() {
        return "AppAccess[publish=" + publish + ", play=" + play + "]";
    }
}
