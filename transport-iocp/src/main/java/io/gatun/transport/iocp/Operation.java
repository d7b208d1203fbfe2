package io.gatun.transport.iocp;

import io.gatun.os.Abi;
import io.gatun.os.Memory;
import io.gatun.os.Struct;
import java.lang.foreign.MemorySegment;

/**
 * The block of memory that the kernel writes the end of an operation into: an OVERLAPPED. Belongs
 * to one registration until the packet has come, whatever closes in between; then it is another's.
 */
final class Operation {
  /** AcceptEx wants 16 bytes more than the largest address, for each of two. */
  static final int ADDRESS_SLOT = Abi.HOST.struct("sockaddr_storage").size() + 16;

  private static final Struct OVERLAPPED = Abi.HOST.struct("_OVERLAPPED");
  private static final int STATUS = OVERLAPPED.offset("Internal");
  private static final int TRANSFERRED = OVERLAPPED.offset("InternalHigh");
  private static final int OFFSET = OVERLAPPED.offset("Offset");

  static final int SIZE = OVERLAPPED.size();

  /** Held, so that the memory lives as long as this object. */
  private final MemorySegment memory;

  /** The kernel has it: from the call that started it until its packet. */
  boolean pending;

  Operation(MemorySegment memory) {
    this.memory = memory;
  }

  /** The address of the block. */
  long overlapped() {
    return memory.address();
  }

  /** Prepares the block for a call, which begins at a place of a file, or has none: 0. */
  long begin(long offset) {
    long overlapped = overlapped();
    for (int i = 0; i < SIZE; i += Long.BYTES) {
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
