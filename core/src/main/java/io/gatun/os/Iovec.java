package io.gatun.os;

/** {@code struct iovec { void *iov_base; size_t iov_len; };} and, on Windows, WSABUF. */
public final class Iovec {
  private static final Struct STRUCT = Abi.HOST.struct("iovec");
  private static final int BASE = STRUCT.offset("iov_base");
  private static final int LENGTH = STRUCT.offset("iov_len");
  private static final boolean WIDE = STRUCT.isWide("iov_len");

  /** {@code sizeof(struct iovec)} in bytes. */
  public static final int SIZE = STRUCT.size();

  private Iovec() {}

  /** Fills element {@code index} of an array of iovecs. */
  public static void set(long iovecs, int index, long base, int length) {
    long iovec = iovecs + (long) index * SIZE;
    Memory.setLong(iovec + BASE, base);
    if (WIDE) {
      Memory.setLong(iovec + LENGTH, length);
    } else {
      Memory.setInt(iovec + LENGTH, length);
    }
  }

  /** The address that element {@code index} begins at. */
  public static long base(long iovecs, int index) {
    return Memory.getLong(iovecs + (long) index * SIZE + BASE);
  }

  /** The bytes of element {@code index}. */
  public static int length(long iovecs, int index) {
    return Memory.getInt(iovecs + (long) index * SIZE + LENGTH); // the lower half of a wide one
  }
}
