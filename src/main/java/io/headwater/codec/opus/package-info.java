/** The Opus identification header (RFC 7845). */
@org.jspecify.annotations.NullMarked
package io.headwater.codec.opus;
