/**
 * Handlers that drive the protocols over frames on a channel: ISO-TP and J1939.
 *
 * <pre>{@code
 * can.pipeline().addLast(
 *     new CanFrameHandler(),
 *     CanSendQueue.builder().build(), // frames wait where an interface is full
 *     new IsoTpHandler(IsoTpAddress.normalFixed(0xf1, 0x10), IsoTpOptions.DEFAULT),
 *     new MyHandler()); // reads and writes messages
 * }</pre>
 *
 * @serial exclude
 */
@NullMarked
package io.gatun.codec.can.handler;

import org.jspecify.annotations.NullMarked;
