/** REST for operators and scripts, served by Pekko HTTP. */
@org.jspecify.annotations.NullMarked
package io.headwater.api;
