package io.gatun.fuzz;

import io.gatun.os.Memory;
import java.lang.foreign.Arena;
import java.util.function.LongFunction;

/**
 * Native memory of which an access outside of some bytes is an {@link AssertionError}. One thread
 * at a time may use it.
 */
public final class Guarded {
  /** On both sides; more than any decoder would go astray by one field. */
  private static final int ZONE = 64 * 1024;

  private static final int MOST = 64 * 1024;
  private static final int SIZE = ZONE + MOST + ZONE;
  private static final long BLOCK = Arena.global().allocate(SIZE, Long.BYTES).address();
  private static final long BYTES = BLOCK + ZONE;

  static {
    if (!Memory.class.desiredAssertionStatus()) {
      throw new IllegalStateException("without assertions (-ea) nothing is guarded");
    }
  }

  private Guarded() {}

  /**
   * Gives native memory with some bytes to a decoder.
   *
   * @param data the bytes, which are all that may be touched
   */
  public static <T> T reading(byte[] data, LongFunction<T> decoder) {
    Memory.set(BYTES, data, 0, data.length);
    return using(data.length, decoder);
  }

  /** Gives native memory of a size to an encoder. */
  public static <T> T using(int size, LongFunction<T> user) {
    Memory.guard(BLOCK, SIZE, BYTES, size);
    try {
      return user.apply(BYTES);
    } finally {
      Memory.guard(BLOCK, 0, BYTES, 0);
    }
  }
}
