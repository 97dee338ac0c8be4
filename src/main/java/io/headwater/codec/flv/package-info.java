/**
 * FLV tags and the files, HTTP bodies and RTMP messages made of them, Enhanced RTMP included. Read {@link
 * io.headwater.codec.flv.FlvDemuxer} for the way in and {@link io.headwater.codec.flv.FlvMuxer} for the way out.
 */
@org.jspecify.annotations.NullMarked
package io.headwater.codec.flv;
