/**
 * ISO-TP in user space: messages longer than a frame over two identifiers of a bus (ISO 15765-2:
 * 2016), for buses without the kernel's can-isotp.
 *
 * <p>{@link io.gatun.codec.can.isotp.IsoTpLink} is a state machine: frames and the time go in,
 * frames and messages come out. It has no thread, no clock and no socket, so that a pipeline or
 * blocking code drives it.
 *
 * <pre>{@code
 * IsoTpAddress address = IsoTpAddress.normal(CanId.standard(0x7e0), CanId.standard(0x7e8));
 * IsoTpLink link = new IsoTpLink(address, IsoTpOptions.DEFAULT, listener);
 * link.send(new byte[] {0x22, (byte) 0xf1, (byte) 0x90}, System.nanoTime());
 * while (link.isBusy()) {
 *   CanFrame frame = receive(link.timeLeft(System.nanoTime()));
 *   if (frame != null) {
 *     link.receive(frame, System.nanoTime());
 *   }
 *   link.run(System.nanoTime());
 * }
 * }</pre>
 *
 * @serial exclude
 */
@NullMarked
package io.gatun.codec.can.isotp;

import org.jspecify.annotations.NullMarked;
