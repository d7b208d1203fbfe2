/**
 * SAE J1939 in user space: parameter groups on frames with 29 bits of identifier, names and the
 * claim of addresses, and the transport protocols for what is longer than a frame. For buses
 * without the kernel's can-j1939.
 *
 * <p>{@link io.gatun.codec.can.j1939.J1939Node} is a node with all of it; {@link
 * io.gatun.codec.can.j1939.J1939Claim} and {@link io.gatun.codec.can.j1939.J1939Transport} are its
 * halves. All are state machines: frames and the time go in, frames and messages come out. They
 * have no thread, no clock and no socket, so that a pipeline or blocking code drives them.
 *
 * <pre>{@code
 * J1939Node node = new J1939Node(name, 0x80, J1939Transport.Options.DEFAULT, seed, listener);
 * node.start(System.nanoTime());
 * while (true) {
 *   CanFrame frame = receive(node.timeLeft(System.nanoTime()));
 *   if (frame != null) {
 *     node.receive(frame, System.nanoTime());
 *   }
 *   node.run(System.nanoTime());
 * }
 * }</pre>
 *
 * @serial exclude
 */
@NullMarked
package io.gatun.codec.can.j1939;

import org.jspecify.annotations.NullMarked;
