package io.gatun.os;

/** {@code struct cmsghdr}, the head of one piece of ancillary data; see cmsg(3). */
public final class Cmsghdr {
  private static final Struct STRUCT = Abi.HOST.struct("cmsghdr");
  private static final int LEN = STRUCT.offset("cmsg_len");
  private static final int LEVEL = STRUCT.offset("cmsg_level");
  private static final int TYPE = STRUCT.offset("cmsg_type");
  private static final boolean WIDE = STRUCT.isWide("cmsg_len");

  /** What the data begin behind. */
  private static final int HEAD = Abi.HOST.value("CMSG_LEN(0)");

  /** What heads and data are aligned to: mostly a long, on macOS 4 bytes, on some RISCs 16. */
  private static final int ALIGNMENT = Abi.HOST.value("CMSG_SPACE(1)") - HEAD;

  private Cmsghdr() {}

  private static long align(long length) {
    return (length + ALIGNMENT - 1) & -ALIGNMENT;
  }

  /** CMSG_LEN: what stands in the head of a piece with so many bytes of data. */
  public static long length(long dataLength) {
    return HEAD + dataLength;
  }

  /** CMSG_SPACE: what a piece with so many bytes of data takes. */
  public static long space(long dataLength) {
    return HEAD + align(dataLength);
  }

  /** Writes a head. Returns where its data begin, CMSG_DATA. */
  public static long set(long head, int level, int type, int dataLength) {
    if (WIDE) {
      Memory.setLong(head + LEN, length(dataLength));
    } else {
      Memory.setInt(head + LEN, (int) length(dataLength));
    }
    Memory.setInt(head + LEVEL, level);
    Memory.setInt(head + TYPE, type);
    return head + length(0);
  }

  /** CMSG_DATA. */
  public static long data(long head) {
    return head + length(0);
  }

  /** The level of a piece. */
  public static int level(long head) {
    return Memory.getInt(head + LEVEL);
  }

  /** The type of a piece. */
  public static int type(long head) {
    return Memory.getInt(head + TYPE);
  }

  /**
   * The bytes of data of a piece, none of which lies behind {@code end}; or −1 where no whole head
   * begins, or its length is nonsense.
   */
  public static int dataLength(long head, long end) {
    if (end - head < STRUCT.size()) {
      return -1;
    }
    long whole = WIDE ? Memory.getLong(head + LEN) : Memory.getInt(head + LEN) & 0xffff_ffffL;
    if (whole < STRUCT.size()) {
      return -1;
    }
    // A length beyond the end is what a cut-off piece has on some systems.
    return (int) Math.max(0, Math.min(whole, end - head) - length(0));
  }

  /** Where the piece behind this one begins, perhaps at the end. */
  public static long next(long head, int dataLength) {
    return head + space(dataLength);
  }
}
