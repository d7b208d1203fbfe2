/**
 * Handlers that most protocols need: framing, timeouts, logging, traffic shaping, relaying, TLS.
 *
 * <p>They are made of what {@link io.gatun.channel} offers to everybody. For the last handler of a
 * pipeline there is no base class: {@code switch} over the message's type says it shorter.
 */
@NullMarked
package io.gatun.handler;

import org.jspecify.annotations.NullMarked;
