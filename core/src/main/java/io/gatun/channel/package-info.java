/**
 * Channels on event loops.
 *
 * <p>A {@link io.gatun.channel.Channel} belongs to one {@link io.gatun.channel.EventLoop} from
 * birth to death, and what happens on it travels through the handlers of its {@link
 * io.gatun.channel.ChannelPipeline}. There is one implementation for all operating systems, and one
 * class for each kind of socket the kernel knows, whatever the address family: streams, listeners,
 * messages.
 */
@NullMarked
package io.gatun.channel;

import org.jspecify.annotations.NullMarked;
