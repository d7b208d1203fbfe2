/**
 * The language of the kernel's broadcast manager, which sends frames in cycles and watches for
 * their contents ({@code CAN_BCM}, linux/can/bcm.h).
 *
 * <pre>{@code
 * BcmMessage.cyclic(CanId.standard(0x123), Duration.ofMillis(10), List.of(frame)).encode(buf);
 * BcmMessage.watch(CanId.standard(0x321), mask, Duration.ofMillis(500), Duration.ZERO).encode(buf);
 *
 * switch (BcmMessage.decode(buf).opcode()) {
 *   case RX_CHANGED -> …
 *   case RX_TIMEOUT -> …
 * }
 * }</pre>
 *
 * @serial exclude
 */
@NullMarked
package io.gatun.codec.can.bcm;

import org.jspecify.annotations.NullMarked;
