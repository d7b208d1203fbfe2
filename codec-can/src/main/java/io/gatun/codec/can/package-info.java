/**
 * CAN frames of every kind, their text and their bytes, and filters.
 *
 * <pre>{@code
 * CanFrame frame = CanFrame.parse("123#DEADBEEF");
 * CanFrameCodec.encode(frame, buf);
 * CanFrame same = CanFrameCodec.decode(buf, 0, CanFrameCodec.CLASSIC_SIZE);
 * }</pre>
 *
 * <p>A {@link io.gatun.codec.can.CanFrame} is an immutable value that any thread may use. Where no
 * garbage may be made, a {@link io.gatun.codec.can.CanFrameView} reads and writes a frame where it
 * lies.
 *
 * @serial exclude
 */
@NullMarked
package io.gatun.codec.can;

import org.jspecify.annotations.NullMarked;
