package io.gatun.transport.iocp;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * What a driver lends to a socket: the key of its packets, and its two operations. It is another
 * socket's when the last packet has come, so that none finds what is not its own.
 */
final class Slot {
  /** Slots that are made at once. */
  static final int SLAB = 64;

  final int key;

  /** What comes in, and what goes out. */
  final Operation in;

  final Operation out;

  /** Whose packets have the key; null while it is nobody's. */
  @Nullable IocpRegistration owner;

  private Slot(int key, Operation in, Operation out) {
    this.key = key;
    this.in = in;
    this.out = out;
  }

  /** Makes the last {@link #SLAB} of some slots. */
  static void fill(Slot[] slots, int first) {
    int size = Operation.SIZE;
    MemorySegment memory = Arena.ofAuto().allocate(2L * SLAB * size, 64);
    for (int i = 0; i < SLAB; i++) {
      Operation in = new Operation(memory.asSlice(2L * i * size, size));
      Operation out = new Operation(memory.asSlice((2L * i + 1) * size, size));
      slots[first + i] = new Slot(first + i, in, out);
    }
  }
}
