/** The assembly: {@link Main} starts one node. */
@org.jspecify.annotations.NullMarked
package io.headwater;
