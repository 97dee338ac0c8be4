/** What an AudioSpecificConfig says (ISO/IEC 14496-3, 1.6). */
@org.jspecify.annotations.NullMarked
package io.headwater.codec.aac;
