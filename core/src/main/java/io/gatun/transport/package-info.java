/**
 * What an event loop asks of an operating system, and how a facility that reports readiness gives
 * it.
 *
 * <p>{@link io.gatun.transport.Driver} is shaped by completion: it is asked to accept, connect,
 * make readable, read and write, and says when that is done. {@link
 * io.gatun.transport.ReadinessDriver} fills it for every facility that reports readiness, over a
 * {@link io.gatun.transport.Poller} of a few calls. Nothing here knows channels or buffers: memory
 * is an address and a length.
 */
@NullMarked
package io.gatun.transport;

import org.jspecify.annotations.NullMarked;
