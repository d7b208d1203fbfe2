package io.gatun.os;

/** {@code struct msghdr}; see {@link LinuxAbi} and its kin for the fields. */
final class Msghdr {
  private static final Struct STRUCT = Abi.HOST.struct("msghdr");
  private static final int SIZE = STRUCT.size();
  private static final int IOV = STRUCT.offset("msg_iov");
  private static final int IOVLEN = STRUCT.offset("msg_iovlen");
  private static final int FLAGS = STRUCT.offset("msg_flags");
  private static final boolean WIDE = STRUCT.isWide("msg_iovlen");

  private Msghdr() {}

  /** Fills a header that has iovecs and neither an address nor ancillary data. */
  static long ofIovecs(long message, long iovecs, int count) {
    for (int i = 0; i < SIZE; i += Long.BYTES) {
      Memory.setLong(message + i, 0);
    }
    Memory.setLong(message + IOV, iovecs);
    if (WIDE) {
      Memory.setLong(message + IOVLEN, count);
    } else {
      Memory.setInt(message + IOVLEN, count);
    }
    return message;
  }

  /** What a recvmsg has left in the header. */
  static int flags(long message) {
    return Memory.getInt(message + FLAGS);
  }
}
