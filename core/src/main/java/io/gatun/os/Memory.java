package io.gatun.os;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.ByteBuffer;

/**
 * Native memory by address, in the machine's byte order. Nothing is checked: an address must come
 * from memory that the caller keeps alive.
 */
public final class Memory {
  /**
   * All of the address space as one segment: an access is one instruction and allocates nothing.
   */
  @SuppressWarnings("restricted")
  private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

  // What guard() watches: a block, and the bytes in it that may be touched. For tests alone.
  private static long blockFrom;
  private static long blockTo;
  private static long bytesFrom;
  private static long bytesTo;

  private Memory() {}

  /**
   * From now on an access that touches a block of memory outside of some bytes in it is an {@link
   * AssertionError}, where assertions are on: so tests see that a decoder reads what it was given
   * and nothing else. One block is watched at a time, in one thread; a block of no length ends it.
   */
  public static void guard(long block, long blockLength, long bytes, long length) {
    blockFrom = block;
    blockTo = block + blockLength;
    bytesFrom = bytes;
    bytesTo = bytes + length;
  }

  private static boolean isAllowed(long address, long length) {
    return (address >= bytesFrom && address + length <= bytesTo)
        || length == 0
        || address >= blockTo
        || address + length <= blockFrom;
  }

  public static byte getByte(long address) {
    assert isAllowed(address, Byte.BYTES);
    return ALL.get(JAVA_BYTE, address);
  }

  public static short getShort(long address) {
    assert isAllowed(address, Short.BYTES);
    return ALL.get(JAVA_SHORT_UNALIGNED, address);
  }

  public static int getInt(long address) {
    assert isAllowed(address, Integer.BYTES);
    return ALL.get(JAVA_INT_UNALIGNED, address);
  }

  public static long getLong(long address) {
    assert isAllowed(address, Long.BYTES);
    return ALL.get(JAVA_LONG_UNALIGNED, address);
  }

  public static void setByte(long address, byte value) {
    assert isAllowed(address, Byte.BYTES);
    ALL.set(JAVA_BYTE, address, value);
  }

  public static void setShort(long address, short value) {
    assert isAllowed(address, Short.BYTES);
    ALL.set(JAVA_SHORT_UNALIGNED, address, value);
  }

  public static void setInt(long address, int value) {
    assert isAllowed(address, Integer.BYTES);
    ALL.set(JAVA_INT_UNALIGNED, address, value);
  }

  public static void setLong(long address, long value) {
    assert isAllowed(address, Long.BYTES);
    ALL.set(JAVA_LONG_UNALIGNED, address, value);
  }

  /** Copies {@code length} bytes of native memory. */
  public static void copy(long from, long to, int length) {
    assert isAllowed(to, length);
    assert isAllowed(from, length);
    MemorySegment.copy(ALL, from, ALL, to, length);
  }

  /** Copies {@code length} bytes from native memory into an array. */
  public static void get(long address, byte[] into, int offset, int length) {
    assert isAllowed(address, length);
    MemorySegment.copy(ALL, JAVA_BYTE, address, into, offset, length);
  }

  /** Copies {@code length} bytes of an array into native memory. */
  public static void set(long address, byte[] from, int offset, int length) {
    assert isAllowed(address, length);
    MemorySegment.copy(from, offset, ALL, JAVA_BYTE, address, length);
  }

  /** Copies {@code length} bytes from native memory into a segment. */
  public static void get(long address, MemorySegment into, long offset, int length) {
    assert isAllowed(address, length);
    MemorySegment.copy(ALL, address, into, offset, length);
  }

  /** Copies {@code length} bytes of a segment into native memory. */
  public static void set(long address, MemorySegment from, long offset, int length) {
    assert isAllowed(address, length);
    MemorySegment.copy(from, offset, ALL, address, length);
  }

  /**
   * Where a direct buffer's position is. The buffer must stay reachable.
   *
   * @throws IllegalStateException if its arena is closed
   * @throws WrongThreadException if its arena is another thread's
   */
  public static long address(ByteBuffer direct) {
    try {
      return (long) BufferAddress.handle.invokeExact(direct);
    } catch (RuntimeException e) {
      throw e;
    } catch (Throwable t) {
      throw Native.unexpected(t, "address");
    }
  }

  private static final class BufferAddress {
    /** Not final, for the reason that {@link Berkeley} gives: so the segment is never made. */
    static MethodHandle handle;

    static {
      try {
        handle =
            MethodHandles.lookup()
                .findStatic(
                    BufferAddress.class, "of", MethodType.methodType(long.class, ByteBuffer.class));
      } catch (ReflectiveOperationException e) {
        throw new ExceptionInInitializerError(e);
      }
    }

    @SuppressWarnings("UnusedMethod") // by the handle
    private static long of(ByteBuffer direct) {
      MemorySegment segment = MemorySegment.ofBuffer(direct);
      check(segment);
      return segment.address();
    }
  }

  /**
   * Checks that a segment may be used here and now: a system call would not.
   *
   * @throws IllegalStateException if its arena is closed
   * @throws WrongThreadException if its arena is another thread's
   */
  public static void check(MemorySegment segment) {
    if (!segment.scope().isAlive()) {
      throw new IllegalStateException("the segment's arena is closed");
    }
    if (!segment.isAccessibleBy(Thread.currentThread())) {
      throw new WrongThreadException("the segment's arena is another thread's");
    }
  }

  /** Reads a string of C, whose bytes are UTF-8 as a rule. */
  public static String getString(long address) {
    return ALL.getString(address);
  }

  /** Sets {@code length} bytes to zero. */
  public static void clear(long address, long length) {
    assert isAllowed(address, length);
    ALL.asSlice(address, length).fill((byte) 0);
  }
}
