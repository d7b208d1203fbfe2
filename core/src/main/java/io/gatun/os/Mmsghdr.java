package io.gatun.os;

import org.jspecify.annotations.Nullable;

/**
 * {@code struct mmsghdr { struct msghdr msg_hdr; unsigned int msg_len; };}, the messages of {@link
 * Kernel#recvmmsg} and {@link Kernel#sendmmsg}: in the same form where the system has neither.
 */
public final class Mmsghdr {
  private static final @Nullable Struct STRUCT = Abi.HOST.structs().get("mmsghdr");
  private static final int LENGTH = STRUCT == null ? Msghdr.SIZE : STRUCT.offset("msg_len");

  /** {@code sizeof(struct mmsghdr)} in bytes; its {@link Msghdr} is at the beginning. */
  public static final int SIZE =
      STRUCT == null ? (LENGTH + Integer.BYTES + 7) & -Long.BYTES : STRUCT.size();

  private Mmsghdr() {}

  /** Whether the system has the struct, and with it perhaps the calls. */
  static boolean isThere() {
    return STRUCT != null;
  }

  /** The address of element {@code index} of an array, which is that of its {@link Msghdr}. */
  public static long at(long messages, int index) {
    return messages + (long) index * SIZE;
  }

  /** The bytes that were moved of element {@code index}. */
  public static int length(long messages, int index) {
    return Memory.getInt(at(messages, index) + LENGTH);
  }

  /**
   * The negative errno that a receive without recvmmsg(2) has met behind the last of {@code count}
   * messages, and nobody else will tell; 0 for none.
   */
  public static int failureBehind(long messages, int count) {
    int length = Kernel.RECEIVES_AT_ONCE ? 0 : length(messages, count);
    return length < 0 && length != -Errno.EAGAIN && length != -Errno.EINTR ? length : 0;
  }

  /** Tells how many bytes were moved of element {@code index}. */
  public static void setLength(long messages, int index, int length) {
    Memory.setInt(at(messages, index) + LENGTH, length);
  }
}
