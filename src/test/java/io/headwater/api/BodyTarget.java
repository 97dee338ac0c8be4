package io.headwater.api;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.headwater.codec.MalformedException;
import io.headwater.fuzz.FuzzTarget;
import io.headwater.fuzz.Targets;

/** Bodies of REST, for the fuzzer. */
public final class BodyTarget {
    private BodyTarget() {}

    public static FuzzTarget of() {
        return new FuzzTarget(
                "rest-body",
                Targets.texts(
                        "{\"streamId\":\"match1\",\"name\":\"Final\",\"publish\":true,\"plannedStartDate\":0}",
                        "{\"type\":\"streamSource\",\"streamUrl\":\"rtmp://h/live/a\",\"latitude\":\"1\"}",
                        "{\"endPointList\":[{\"endpointUrl\":\"rtmp://h/a/b\"}],\"hlsViewerLimit\":-1,\"metaData\":\"{}\"}"),
                Targets.texts("[[[[[[[[", "{\"a\":", "1e999999", "null", "\"\\u0000\"", "-0.0", "9223372036854775808"),
                input -> {
                    try {
                        return BroadcastFields.apply(JsonNodeFactory.instance.objectNode(), Json.readObject(input))
                                .properties()
                                .stream()
                                .map(field -> field.getKey())
                                .toList()
                                .toString();
                    } catch (MalformedException refused) {
                        return Targets.said(refused);
                    }
                });
    }
}
