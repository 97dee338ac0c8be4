/** A two-region cluster on one machine that a person can watch: {@link io.headwater.demo.Demo}, with a publisher and players of our own. */
@org.jspecify.annotations.NullMarked
package io.headwater.demo;
