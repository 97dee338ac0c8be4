package io.headwater.demo;

import io.headwater.codec.MalformedException;
import io.headwater.codec.flv.FlvReader;
import io.headwater.codec.flv.FlvTag;
import io.headwater.media.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The bundled clip, cut so that it loops without a seam: H.264 with B-frames at 25 pictures a second, AAC at 48 kHz.
 *
 * <p>Every picture's bytes are unique within the clip, so whoever receives the loop can tell which picture it got, and
 * with it that none is missing and none came twice: see {@link #pictureNumber}.
 */
public final class Clip {
    /** How long one round is: 256 pictures and 480 AAC frames. */
    public static final long ROUND_MS = 10_240;

    private static final String RESOURCE = "/demo/clip.flv";
    private static final int MAX_BODY = 1 << 20;

    private final List<FlvTag> configuration;
    private final List<FlvTag> round;
    private final Map<Bytes, Integer> pictures;

    private Clip(List<FlvTag> configuration, List<FlvTag> round, Map<Bytes, Integer> pictures) {
        this.configuration = List.copyOf(configuration);
        this.round = List.copyOf(round);
        this.pictures = Map.copyOf(pictures);
    }

    /** Reads the clip from the class path. */
    public static Clip load() {
        try (InputStream in = Clip.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(RESOURCE + " is not on the class path");
            }
            return of(ByteBuffer.wrap(in.readAllBytes()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (MalformedException e) {
            throw new IllegalStateException(RESOURCE + " is damaged: " + e.getMessage(), e);
        }
    }

    private static Clip of(ByteBuffer bytes) throws MalformedException {
        FlvReader reader = new FlvReader(MAX_BODY);
        List<FlvTag> configuration = new ArrayList<>();
        List<FlvTag> round = new ArrayList<>();
        Map<Bytes, Integer> pictures = new HashMap<>();
        long firstAudioMs = -1;
        for (Optional<FlvTag> next = reader.read(bytes); next.isPresent(); next = reader.read(bytes)) {
            FlvTag tag = next.get();
            if (tag.type() == FlvTag.SCRIPT || isConfiguration(tag)) {
                configuration.add(tag);
                continue;
            }
            if (tag.type() == FlvTag.AUDIO) {
                firstAudioMs = firstAudioMs < 0 ? tag.timestampMs() : firstAudioMs;
                if (tag.timestampMs() >= firstAudioMs + ROUND_MS) {
                    continue; // the encoder's priming frame makes one too many for a round
                }
            } else if (isPicture(tag)) {
                pictures.put(payload(tag), pictures.size());
            } else {
                continue; // an end of sequence at the end of the file
            }
            round.add(tag);
        }
        return new Clip(configuration, round, pictures);
    }

    private static boolean isConfiguration(FlvTag tag) {
        return tag.body().length() > 1 && tag.body().at(1) == 0 && tag.type() != FlvTag.SCRIPT;
    }

    private static boolean isPicture(FlvTag tag) {
        return tag.type() == FlvTag.VIDEO
                && tag.body().length() > 5
                && tag.body().at(1) == 1;
    }

    /** The bytes behind the FLV video header, which are what every protocol carries unchanged. */
    private static Bytes payload(FlvTag tag) {
        return tag.body().from(5);
    }

    /** What is sent once before the first round: metadata and decoder configurations. */
    public List<FlvTag> configuration() {
        return configuration;
    }

    /** One round in the order it is sent; add {@link #ROUND_MS} to the timestamps for every round. */
    public List<FlvTag> round() {
        return round;
    }

    /** How many pictures a round has. */
    public int pictures() {
        return pictures.size();
    }

    /** Which picture of the round this is, from 0, by its encoded bytes; nothing if it is none of the clip's. */
    public OptionalInt pictureNumber(Bytes payload) {
        Integer number = pictures.get(payload);
        return number == null ? OptionalInt.empty() : OptionalInt.of(number);
    }
}
