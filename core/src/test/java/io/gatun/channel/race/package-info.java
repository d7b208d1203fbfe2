/**
 * Races of a channel's user threads with each other and with its loop, for jcstress to look for the
 * interleavings that go wrong. {@code RacesTest} runs them.
 */
@org.jspecify.annotations.NullMarked
package io.gatun.channel.race;
