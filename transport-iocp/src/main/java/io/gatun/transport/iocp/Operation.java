package io.gatun.transport.iocp;

import io.gatun.os.Abi;
import io.gatun.os.Memory;
import io.gatun.os.Struct;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The block of memory that the kernel writes the end of an operation into: an OVERLAPPED, and
 * behind it the number by which the packet finds back to this object. Belongs to one registration
 * until the packet has come, whatever closes in between; then it is another's.
 */
final class Operation {
  /** AcceptEx wants 16 bytes more than the largest address, for each of two. */
  static final int ADDRESS_SLOT = 128 + 16;

  private static final Struct OVERLAPPED = Abi.HOST.struct("_OVERLAPPED");
  private static final int STATUS = OVERLAPPED.offset("Internal");
  private static final int TRANSFERRED = OVERLAPPED.offset("InternalHigh");
  private static final int OFFSET = OVERLAPPED.offset("Offset");
  private static final int NUMBER = OVERLAPPED.size();
  private static final int SIZE = 64;

  /** Blocks that are allocated at once. */
  private static final int SLAB = 64;

  /** The packet gives its address, and as long as this object lives, so does the memory. */
  private final MemorySegment memory;

  /** Whose operation this is; null while it is nobody's. */
  @Nullable IocpRegistration owner;

  /** The kernel has it: from the call that started it until its packet. */
  boolean pending;

  private Operation(MemorySegment memory, int number) {
    this.memory = memory;
    Memory.setInt(overlapped() + NUMBER, number);
  }

  /** Makes {@link #SLAB} blocks with the numbers from {@code first} on. */
  static Operation[] slab(int first) {
    MemorySegment memory = Arena.ofAuto().allocate((long) SLAB * SIZE, SIZE);
    Operation[] slab = new Operation[SLAB];
    for (int i = 0; i < SLAB; i++) {
      slab[i] = new Operation(memory.asSlice((long) i * SIZE, SIZE), first + i);
    }
    return slab;
  }

  /** The address of the block. */
  long overlapped() {
    return memory.address();
  }

  /** The number of the block at an address. */
  static int number(long overlapped) {
    return Memory.getInt(overlapped + NUMBER);
  }

  /** Prepares the block for a call, which begins at a place of a file, or has none: 0. */
  long begin(long offset) {
    long overlapped = overlapped();
    for (int i = 0; i < NUMBER; i += Long.BYTES) {
      Memory.setLong(overlapped + i, 0);
    }
    Memory.setLong(overlapped + OFFSET, offset); // the low half, then the high one
    return overlapped;
  }

  /** Whether the operation, which is over, failed. */
  boolean failed() {
    return Memory.getLong(overlapped() + STATUS) != 0;
  }

  /** The bytes that the operation, which is over, has moved. */
  int transferred() {
    return Memory.getInt(overlapped() + TRANSFERRED);
  }
}
