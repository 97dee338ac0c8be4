/** The words of live media every other package speaks: a {@link io.headwater.media.StreamKey}, its tracks and its frames. Only the JDK. */
@org.jspecify.annotations.NullMarked
package io.headwater.media;
