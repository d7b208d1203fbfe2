/**
 * SLCAN: the lines of text that serial and USB adapters speak, first Lawicel's CAN232 (its manual
 * of 2004), with the CAN FD commands of canable's firmware.
 *
 * <pre>{@code
 * SlcanMessage.frame(CanFrame.parse("123#1122")).encode(buf); // t12321122 and a carriage return
 *
 * for (SlcanMessage m = decoder.decode(in); m != null; m = decoder.decode(in)) {
 *   switch (m) {
 *     case SlcanMessage.Frame(CanFrame frame, int timestamp) -> …
 *     case SlcanMessage.Command command -> …
 *     case SlcanMessage.Malformed malformed -> SlcanMessage.ERROR.encode(out);
 *     …
 *   }
 * }
 * }</pre>
 *
 * @serial exclude
 */
@NullMarked
package io.gatun.codec.can.slcan;

import org.jspecify.annotations.NullMarked;
