/** Action Message Format, the value encoding of RTMP commands and FLV script data: read {@link io.headwater.codec.amf.AmfValue} first. */
@org.jspecify.annotations.NullMarked
package io.headwater.codec.amf;
