/** What a person types: bin/headwater and its commands. Read {@link io.headwater.cli.Headwater} first. */
@org.jspecify.annotations.NullMarked
package io.headwater.cli;
