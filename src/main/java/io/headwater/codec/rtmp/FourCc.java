package io.headwater.codec.rtmp;

import io.headwater.codec.amf.AmfValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The codecs of Enhanced RTMP that both sides tell each other about in {@code connect} and its result. */
public final class FourCc {
    private static final List<String> VIDEO = List.of("avc1", "hvc1", "av01", "vp09");
    private static final List<String> AUDIO = List.of("mp4a", "Opus", ".mp3");
    /** Can decode, encode and forward (Enhanced RTMP v2, FourCcInfoMask). A server only forwards. */
    private static final int CAN_FORWARD = 4;

    private FourCc() {}

    /** The member {@code fourCcList} of Enhanced RTMP v1. */
    static AmfValue list() {
        return strings(VIDEO, AUDIO);
    }

    /** A server's answer to {@code properties} of a connect: empty unless the client speaks Enhanced RTMP. */
    public static Map<String, AmfValue> answer(AmfValue properties) {
        Map<String, AmfValue> asked = properties.asMembers();
        Map<String, AmfValue> answer = new LinkedHashMap<>();
        if (asked.containsKey("fourCcList")) {
            answer.put("fourCcList", list());
        }
        if (asked.containsKey("videoFourCcInfoMap")) {
            answer.put("videoFourCcInfoMap", forwards(VIDEO));
        }
        if (asked.containsKey("audioFourCcInfoMap")) {
            answer.put("audioFourCcInfoMap", forwards(AUDIO));
        }
        if (asked.containsKey("capsEx")) {
            answer.put("capsEx", AmfValue.of(Reconnect.CAPABILITY));
        }
        return answer;
    }

    private static AmfValue forwards(List<String> codecs) {
        Map<String, AmfValue> map = new LinkedHashMap<>();
        codecs.forEach(codec -> map.put(codec, AmfValue.of(CAN_FORWARD)));
        return new AmfValue.Obj(map);
    }

    private static AmfValue strings(List<String> first, List<String> second) {
        List<AmfValue> values = new java.util.ArrayList<>();
        first.forEach(text -> values.add(AmfValue.of(text)));
        second.forEach(text -> values.add(AmfValue.of(text)));
        return new AmfValue.StrictArray(values);
    }
}
