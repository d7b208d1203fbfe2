package io.gatun.os;

/** {@code struct msghdr}; see {@link LinuxAbi} and its kin for the fields. */
public final class Msghdr {
  private static final Struct STRUCT = Abi.HOST.struct("msghdr");
  private static final int NAME = STRUCT.offset("msg_name");
  private static final int NAMELEN = STRUCT.offset("msg_namelen");
  private static final int IOV = STRUCT.offset("msg_iov");
  private static final int IOVLEN = STRUCT.offset("msg_iovlen");
  private static final int CONTROL = STRUCT.offset("msg_control");
  private static final int CONTROLLEN = STRUCT.offset("msg_controllen");
  private static final int FLAGS = STRUCT.offset("msg_flags");
  private static final boolean WIDE = STRUCT.isWide("msg_iovlen");
  private static final boolean WIDE_CONTROL = STRUCT.isWide("msg_controllen");

  /** {@code sizeof(struct msghdr)} in bytes. */
  public static final int SIZE = STRUCT.size();

  private Msghdr() {}

  /** Fills a header that has iovecs and neither an address nor ancillary data. */
  public static long ofIovecs(long message, long iovecs, int count) {
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

  /** Gives a header an address: what is sent to, or room for the sender's. */
  public static void setAddress(long message, long address, int length) {
    Memory.setLong(message + NAME, address);
    Memory.setInt(message + NAMELEN, length);
  }

  /** Gives a header ancillary data, or room for them. */
  public static void setControl(long message, long control, int length) {
    Memory.setLong(message + CONTROL, control);
    if (WIDE_CONTROL) {
      Memory.setLong(message + CONTROLLEN, length);
    } else {
      Memory.setInt(message + CONTROLLEN, length);
    }
  }

  /** The length of the sender's address that a recvmsg has left in the header. */
  public static int addressLength(long message) {
    return Memory.getInt(message + NAMELEN);
  }

  /** Where the ancillary data are, or there is room for them. */
  public static long control(long message) {
    return Memory.getLong(message + CONTROL);
  }

  /** The length of the ancillary data that a recvmsg has left in the header. */
  public static int controlLength(long message) {
    return WIDE_CONTROL
        ? (int) Memory.getLong(message + CONTROLLEN)
        : Memory.getInt(message + CONTROLLEN);
  }

  /** The address of the iovecs. */
  static long iovecs(long message) {
    return Memory.getLong(message + IOV);
  }

  /** How many iovecs there are. */
  static int iovecCount(long message) {
    return Memory.getInt(message + IOVLEN); // the lower half of a wide one
  }

  /** Tells a receiver of flags, such as MSG_TRUNC. */
  public static void setFlags(long message, int flags) {
    Memory.setInt(message + FLAGS, flags);
  }

  /**
   * Copies what the iovecs hold to one place.
   *
   * @return the bytes they hold, of which {@code most} are copied at most
   */
  public static int gather(long message, long to, int most) {
    long iovecs = iovecs(message);
    int count = iovecCount(message);
    int length = 0;
    for (int i = 0; i < count; i++) {
      int part = Iovec.length(iovecs, i);
      if (length < most) {
        Memory.copy(Iovec.base(iovecs, i), to + length, Math.min(part, most - length));
      }
      length += part;
    }
    return length;
  }

  /**
   * Copies from one place to where the iovecs have room.
   *
   * @return the bytes that there was room for
   */
  public static int scatter(long message, long from, int length) {
    long iovecs = iovecs(message);
    int count = iovecCount(message);
    int copied = 0;
    for (int i = 0; i < count && copied < length; i++) {
      int part = Math.min(Iovec.length(iovecs, i), length - copied);
      Memory.copy(from + copied, Iovec.base(iovecs, i), part);
      copied += part;
    }
    return copied;
  }

  /** How many bytes the iovecs have room for. */
  static int room(long message) {
    long iovecs = iovecs(message);
    int count = iovecCount(message);
    int room = 0;
    for (int i = 0; i < count; i++) {
      room += Iovec.length(iovecs, i);
    }
    return room;
  }

  /** The flags that a recvmsg has left in the header. */
  public static int flags(long message) {
    return Memory.getInt(message + FLAGS);
  }
}
