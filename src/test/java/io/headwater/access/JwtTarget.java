package io.headwater.access;

import io.headwater.fuzz.FuzzTarget;
import io.headwater.fuzz.Targets;
import io.headwater.media.StreamKey;
import io.headwater.stream.Admission.Action;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.List;

/** Tokens, for the fuzzer: nothing but the token itself may be good. */
public final class JwtTarget {
    private static final String SECRET = "a-secret-of-the-fuzzer-that-is-long-enough";
    private static final StreamKey KEY = new StreamKey("live", "a");

    private JwtTarget() {}

    public static FuzzTarget of() {
        String good;
        try {
            good = StreamJwt.sign(KEY, Action.PLAY, 4_000_000_000_000L, 1, SECRET);
        } catch (com.nimbusds.jose.JOSEException impossible) {
            throw new IllegalStateException(impossible);
        }
        List<byte[]> words = Targets.texts(
                "eyJhbGciOiJub25lIn0", "eyJhbGciOiJSUzI1NiJ9", ".", "=", "..", "eyJ6aXAiOiJERUYiLCJhbGciOiJIUzI1NiJ9");
        return new FuzzTarget(
                "jwt", Targets.texts(good, "eyJhbGciOiJub25lIn0.eyJzdHJlYW1JZCI6ImEifQ."), words, input -> {
                    String text = new String(input, StandardCharsets.ISO_8859_1);
                    try {
                        StreamJwt jwt = StreamJwt.parse(text);
                        boolean signed = jwt.isSignedBy(SECRET);
                        if (signed && !text.equals(good)) {
                            throw new AssertionError("taken for signed: " + text);
                        }
                        return "parsed " + signed + " "
                                + jwt.claims(KEY, Action.PLAY, 1000).getClass().getSimpleName();
                    } catch (ParseException refused) {
                        return "refused";
                    }
                });
    }
}
