package io.gatun.message;

import static io.gatun.os.Constants.AF_INET;
import static io.gatun.os.Constants.AF_INET6;
import static io.gatun.os.Constants.IPPROTO_IPV6;
import static io.gatun.os.Constants.SOL_SOCKET;

import io.gatun.address.Address;
import io.gatun.address.Ipv4Address;
import io.gatun.address.Ipv6Address;
import io.gatun.os.Abi;
import io.gatun.os.Cmsghdr;
import io.gatun.os.Kernel;
import io.gatun.os.Memory;
import io.gatun.os.Struct;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes ancillary data as the kernel has them, in {@code struct cmsghdr}s one behind the
 * other; see cmsg(3). Nothing is allocated but what is returned. What a system has no name for is
 * never found there.
 */
public final class Ancillary {
  private static final Abi ABI = Abi.HOST;
  private static final int LACKING = Integer.MIN_VALUE;
  private static final boolean BIG_ENDIAN = ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN;

  /** What {@link #interfaceIndex} returns when nothing was said of it. */
  public static final int NO_INTERFACE = 0;

  private static final int IPPROTO_IP = ABI.value("IPPROTO_IP");
  private static final int IPPROTO_UDP = ABI.value("IPPROTO_UDP");
  private static final int IP_TOS = ABI.valueOr("IP_TOS", LACKING);
  private static final int IP_TTL = ABI.valueOr("IP_TTL", LACKING);

  private Ancillary() {}

  /**
   * Names that only programs with ancillary data ask for. A received one is called on Linux as the
   * option is called that sets it, on others as the option that asks for it. IP_RECVERR tells the
   * two apart: only those that name as Linux does have it.
   */
  private static final class Received {
    private static final boolean LINUX_NAMES = ABI.has("IP_RECVERR");
    static final int TOS = LINUX_NAMES ? IP_TOS : ABI.valueOr("IP_RECVTOS", IP_TOS);
    static final int TTL = LINUX_NAMES ? IP_TTL : ABI.valueOr("IP_RECVTTL", IP_TTL);
    static final int TCLASS = ABI.valueOr("IPV6_TCLASS", LACKING);
    static final int HOPLIMIT = ABI.valueOr("IPV6_HOPLIMIT", LACKING);
    static final int TIMESTAMP = ABI.valueOr("SCM_TIMESTAMP", LACKING);
    static final int TIMESTAMPNS = ABI.valueOr("SCM_TIMESTAMPNS", LACKING);
    static final int TIMESTAMPING = ABI.valueOr("SCM_TIMESTAMPING", LACKING);
    static final int RXQ_OVFL = ABI.valueOr("SO_RXQ_OVFL", LACKING);
    static final int CREDENTIALS = ABI.valueOr("SCM_CREDENTIALS", LACKING);
    static final int UDP_GRO = ABI.valueOr("UDP_GRO", LACKING);
    static final int UDP_SEGMENT = ABI.valueOr("UDP_SEGMENT", LACKING);
    static final @Nullable Struct TIMEVAL = ABI.structs().get("timeval");
    static final @Nullable Struct UCRED = ABI.structs().get("ucred");

    private Received() {}
  }

  /**
   * {@code struct in_pktinfo} and {@code struct in6_pktinfo}; {@link #SIZE} is 0 where there is
   * none.
   */
  private static final class Pktinfo {
    static final int TYPE = ABI.valueOr("IP_PKTINFO", LACKING);
    static final int TYPE6 = ABI.valueOr("IPV6_PKTINFO", LACKING);
    static final @Nullable Struct STRUCT = ABI.structs().get("in_pktinfo");
    static final int SIZE = STRUCT == null ? 0 : STRUCT.size();
    static final int ADDRESS = STRUCT == null ? 0 : STRUCT.offset("ipi_addr");

    /** Where a sender names its own address; Windows has but one field for both. */
    static final int SOURCE =
        STRUCT != null && STRUCT.has("ipi_spec_dst") ? STRUCT.offset("ipi_spec_dst") : ADDRESS;

    static final int INTERFACE = STRUCT == null ? 0 : STRUCT.offset("ipi_ifindex");

    // struct in6_pktinfo { struct in6_addr ipi6_addr; unsigned int ipi6_ifindex; };  RFC 3542 §6
    static final int SIZE6 = 20;
    static final int INTERFACE6 = 16;

    private Pktinfo() {}
  }

  /**
   * Finds a piece.
   *
   * @param control where the first piece begins
   * @param length the bytes of all of them
   * @return the address of its data, of which there are {@code least} bytes or more; 0 for none
   */
  private static long find(long control, int length, int level, int type, int least) {
    long end = control + length;
    for (long head = control; head < end; ) {
      int size = Cmsghdr.dataLength(head, end);
      if (size < 0) {
        return 0;
      }
      if (Cmsghdr.level(head) == level && Cmsghdr.type(head) == type && size >= least) {
        return Cmsghdr.data(head);
      }
      head = Cmsghdr.next(head, size);
    }
    return 0;
  }

  /** Reads a number that some systems send as a byte and others as an int; −1 for none. */
  private static int small(long control, int length, int level, int type) {
    long data = find(control, length, level, type, 1);
    if (data == 0) {
      return -1;
    }
    return find(control, length, level, type, Integer.BYTES) == 0
        ? Memory.getByte(data) & 0xff
        : Memory.getInt(data) & 0xff;
  }

  /** {@return the pieces in so many bytes, whatever they are} */
  public static List<AncillaryData> decode(long control, int length) {
    List<AncillaryData> pieces = new ArrayList<>();
    long end = control + length;
    for (long head = control; head < end; ) {
      int size = Cmsghdr.dataLength(head, end);
      if (size < 0) {
        break;
      }
      byte[] data = new byte[size];
      Memory.get(Cmsghdr.data(head), data, 0, size);
      pieces.add(new AncillaryData(Cmsghdr.level(head), Cmsghdr.type(head), data));
      head = Cmsghdr.next(head, size);
    }
    return List.copyOf(pieces);
  }

  /** {@return the type of service or traffic class, 0 to 255; −1 if it was not told} */
  public static int trafficClass(long control, int length) {
    int tos = small(control, length, IPPROTO_IP, Received.TOS);
    return tos >= 0 ? tos : small(control, length, IPPROTO_IPV6, Received.TCLASS);
  }

  /** {@return the time to live or hop limit, 0 to 255; −1 if it was not told} */
  public static int hopLimit(long control, int length) {
    int ttl = small(control, length, IPPROTO_IP, Received.TTL);
    return ttl >= 0 ? ttl : small(control, length, IPPROTO_IPV6, Received.HOPLIMIT);
  }

  /** {@return when the kernel received the message: nanoseconds since 1970, 0 if not told} */
  public static long timestamp(long control, int length) {
    long data = find(control, length, SOL_SOCKET, Received.TIMESTAMPING, 3 * TIMESPEC);
    if (data == 0) {
      data = find(control, length, SOL_SOCKET, Received.TIMESTAMPNS, TIMESPEC);
    }
    if (data != 0) {
      return nanos(data);
    }
    Struct timeval = Received.TIMEVAL;
    if (timeval == null) {
      return 0;
    }
    data = find(control, length, SOL_SOCKET, Received.TIMESTAMP, timeval.size());
    return data == 0
        ? 0
        : timeval.get(data, "tv_sec") * 1_000_000_000L + timeval.get(data, "tv_usec") * 1_000L;
  }

  /**
   * {@return when the network device received the message, by its own clock; 0 if not told} It is
   * the last of the three times of SCM_TIMESTAMPING.
   */
  public static long hardwareTimestamp(long control, int length) {
    long data = find(control, length, SOL_SOCKET, Received.TIMESTAMPING, 3 * TIMESPEC);
    return data == 0 ? 0 : nanos(data + 2 * TIMESPEC);
  }

  /** {@code struct timespec { time_t tv_sec; long tv_nsec; };} */
  private static final int TIMESPEC = 2 * Long.BYTES;

  private static long nanos(long timespec) {
    return Memory.getLong(timespec) * 1_000_000_000L + Memory.getLong(timespec + Long.BYTES);
  }

  /**
   * {@return how many messages the socket has lost so far, unsigned: SO_RXQ_OVFL; 0 if not told}
   */
  public static long dropped(long control, int length) {
    long data = find(control, length, SOL_SOCKET, Received.RXQ_OVFL, Integer.BYTES);
    return data == 0 ? 0 : Memory.getInt(data) & 0xffff_ffffL;
  }

  /** {@return the bytes of each segment that UDP_GRO put together; 0 for a single one} */
  public static int segmentSize(long control, int length) {
    long data = find(control, length, IPPROTO_UDP, Received.UDP_GRO, Integer.BYTES);
    return data == 0 ? 0 : Memory.getInt(data);
  }

  /** {@return the address that the message was sent to, with port 0; null if it was not told} */
  public static @Nullable Address destination(long control, int length) {
    long data = pktinfo(control, length);
    if (data != 0) {
      return new Ipv4Address(network(Memory.getInt(data + Pktinfo.ADDRESS)), 0);
    }
    data = find(control, length, IPPROTO_IPV6, Pktinfo.TYPE6, Pktinfo.SIZE6);
    return data == 0
        ? null
        : new Ipv6Address(
            network(Memory.getLong(data)), network(Memory.getLong(data + Long.BYTES)), 0);
  }

  /** {@return the index of the interface that the message came by; {@link #NO_INTERFACE}} */
  public static int interfaceIndex(long control, int length) {
    long data = pktinfo(control, length);
    if (data != 0) {
      return Memory.getInt(data + Pktinfo.INTERFACE);
    }
    data = find(control, length, IPPROTO_IPV6, Pktinfo.TYPE6, Pktinfo.SIZE6);
    return data == 0 ? NO_INTERFACE : Memory.getInt(data + Pktinfo.INTERFACE6);
  }

  private static long pktinfo(long control, int length) {
    return Pktinfo.SIZE == 0 ? 0 : find(control, length, IPPROTO_IP, Pktinfo.TYPE, Pktinfo.SIZE);
  }

  /** {@return who sent the message; null if it was not told} */
  public static @Nullable Credentials credentials(long control, int length) {
    Struct ucred = Received.UCRED;
    if (ucred == null) {
      return null;
    }
    long data = find(control, length, SOL_SOCKET, Received.CREDENTIALS, ucred.size());
    return data == 0
        ? null
        : new Credentials(
            (int) ucred.get(data, "pid"),
            (int) ucred.get(data, "uid"),
            (int) ucred.get(data, "gid"));
  }

  /**
   * Takes the descriptors out, which are the caller's from then on. They are close-on-exec, by
   * MSG_CMSG_CLOEXEC or, where there is none, by a call for each.
   */
  public static int[] descriptors(long control, int length) {
    int[] found = AncillaryData.NO_INTS;
    for (AncillaryData piece : hasDescriptors(control, length) ? decode(control, length) : NONE) {
      if (piece.isRights()) {
        found = AncillaryData.concat(found, piece.toInts());
      }
    }
    if (!ABI.has("MSG_CMSG_CLOEXEC") && found.length > 0) {
      Kernel kernel = Kernel.acquire();
      try {
        for (int fd : found) {
          kernel.setInheritable(fd, false);
        }
      } finally {
        Kernel.release(kernel);
      }
    }
    return found;
  }

  private static final List<AncillaryData> NONE = List.of();

  /** {@return whether descriptors came along} */
  public static boolean hasDescriptors(long control, int length) {
    return find(control, length, SOL_SOCKET, AncillaryData.SCM_RIGHTS, Integer.BYTES) != 0;
  }

  // Writing: each method returns where the next piece begins, or a negative errno where the system
  // has no such thing.

  /** Writes a piece. */
  public static long write(long head, AncillaryData piece) {
    piece.copyTo(Cmsghdr.set(head, piece.level(), piece.type(), piece.length()));
    return Cmsghdr.next(head, piece.length());
  }

  /** {@return the room that a piece takes} */
  public static long space(AncillaryData piece) {
    return Cmsghdr.space(piece.length());
  }

  private static long writeInt(long head, int level, int type, int value) {
    Memory.setInt(Cmsghdr.set(head, level, type, Integer.BYTES), value);
    return Cmsghdr.next(head, Integer.BYTES);
  }

  /** Writes the type of service or traffic class of one message, ECN included. */
  public static long writeTrafficClass(long head, int family, int value) {
    if (family == AF_INET) {
      // FreeBSD wants a byte there and Linux takes either, an int by its first byte.
      Memory.setByte(Cmsghdr.set(head, IPPROTO_IP, IP_TOS, Byte.BYTES), (byte) value);
      return Cmsghdr.next(head, Byte.BYTES);
    }
    return family == AF_INET6 && Received.TCLASS != LACKING
        ? writeInt(head, IPPROTO_IPV6, Received.TCLASS, value)
        : unsupported();
  }

  /** Writes the time to live or hop limit of one message. */
  public static long writeHopLimit(long head, int family, int value) {
    if (family == AF_INET) {
      return writeInt(head, IPPROTO_IP, IP_TTL, value);
    }
    return family == AF_INET6 && Received.HOPLIMIT != LACKING
        ? writeInt(head, IPPROTO_IPV6, Received.HOPLIMIT, value)
        : unsupported();
  }

  /** Writes the bytes of each datagram that the kernel cuts one message into: UDP_SEGMENT. */
  public static long writeSegmentSize(long head, int value) {
    if (Received.UDP_SEGMENT == LACKING) {
      return unsupported();
    }
    Memory.setShort(
        Cmsghdr.set(head, IPPROTO_UDP, Received.UDP_SEGMENT, Short.BYTES), (short) value);
    return Cmsghdr.next(head, Short.BYTES);
  }

  /** Writes which of its addresses, or interfaces, a host sends one message from. */
  public static long writeSource(long head, int family, @Nullable Address source, int index) {
    if (family == AF_INET && Pktinfo.SIZE != 0) {
      if (source != null && !(source instanceof Ipv4Address)) {
        return -io.gatun.os.Errno.EINVAL;
      }
      long data = Cmsghdr.set(head, IPPROTO_IP, Pktinfo.TYPE, Pktinfo.SIZE);
      Memory.clear(data, Pktinfo.SIZE);
      Memory.setInt(data + Pktinfo.INTERFACE, index);
      if (source instanceof Ipv4Address ip) {
        Memory.setInt(data + Pktinfo.SOURCE, network(ip.bits()));
      }
      return Cmsghdr.next(head, Pktinfo.SIZE);
    }
    if (family == AF_INET6 && Pktinfo.TYPE6 != LACKING) {
      if (source != null && !(source instanceof Ipv6Address)) {
        return -io.gatun.os.Errno.EINVAL;
      }
      long data = Cmsghdr.set(head, IPPROTO_IPV6, Pktinfo.TYPE6, Pktinfo.SIZE6);
      Memory.clear(data, Pktinfo.SIZE6);
      if (source instanceof Ipv6Address ip) {
        Memory.setLong(data, network(ip.high()));
        Memory.setLong(data + Long.BYTES, network(ip.low()));
      }
      Memory.setInt(data + Pktinfo.INTERFACE6, index);
      return Cmsghdr.next(head, Pktinfo.SIZE6);
    }
    return unsupported();
  }

  private static long unsupported() {
    return -io.gatun.os.Errno.EOPNOTSUPP;
  }

  private static int network(int number) {
    return BIG_ENDIAN ? number : Integer.reverseBytes(number);
  }

  private static long network(long number) {
    return BIG_ENDIAN ? number : Long.reverseBytes(number);
  }
}
