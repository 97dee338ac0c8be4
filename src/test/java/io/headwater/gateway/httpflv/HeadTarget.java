package io.headwater.gateway.httpflv;

import io.headwater.fuzz.FuzzTarget;
import io.headwater.fuzz.Targets;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.util.ReferenceCountUtil;

/** Heads of requests for live media, for the fuzzer. */
public final class HeadTarget {
    private HeadTarget() {}

    @SuppressWarnings("StringConcatToTextBlock") // the ends of these lines are what is read
    public static FuzzTarget of() {
        return new FuzzTarget(
                "http-head",
                Targets.texts(
                        "GET /live/a.flv?token=x HTTP/1.1\r\nHost: h\r\n\r\n",
                        "GET /live/a.flv HTTP/1.0\r\n\r\n",
                        "OPTIONS /live/a.flv HTTP/1.1\r\nHost: h\r\nOrigin: https://a.example\r\n\r\n",
                        "GET /live/a.flv HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n",
                        "POST /live/a.flv HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n"),
                Targets.texts(
                        "\r\n", "%00", "%zz", "/..", "HTTP/9.9", "Content-Length: -1\r\n", "Authorization: Bearer "),
                input -> {
                    EmbeddedChannel channel = new EmbeddedChannel(new HttpRequestDecoder());
                    StringBuilder ends = new StringBuilder();
                    try {
                        channel.writeInbound(Unpooled.wrappedBuffer(input));
                        for (Object read = channel.readInbound(); read != null; read = channel.readInbound()) {
                            if (read instanceof HttpRequest request) {
                                LiveRequest asked = LiveRequest.of(request, "*");
                                ends.append(asked.getClass().getSimpleName());
                                if (asked instanceof LiveRequest.Refused refused) {
                                    ends.append(refused.status().code());
                                    HttpHead.refusal(refused, "*", false, false, channel.alloc())
                                            .release();
                                }
                            }
                            ReferenceCountUtil.release(read);
                        }
                    } finally {
                        channel.finishAndReleaseAll();
                    }
                    return ends.toString();
                });
    }
}
