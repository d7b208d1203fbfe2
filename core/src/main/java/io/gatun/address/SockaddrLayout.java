package io.gatun.address;

import io.gatun.os.Abi;
import io.gatun.os.Errno;
import io.gatun.os.Memory;
import io.gatun.os.Struct;
import java.nio.ByteOrder;

/**
 * Where one system has what in its {@code struct sockaddr}s; a record, because the JIT then takes
 * the numbers of a constant one for constants.
 *
 * @param hasLength whether the first byte is the length, as on macOS and the BSDs
 * @param familyAt the offset of the family, whose size is the rest of the two bytes before data
 * @param data the offset of what follows the family
 * @param pathSize {@code sizeof sun_path}
 */
record SockaddrLayout(
    boolean hasLength,
    int familyAt,
    int data,
    int unix,
    int pathAt,
    int pathSize,
    int inet,
    int inetSize,
    int portAt,
    int addressAt,
    int inet6,
    int inet6Size,
    int port6At,
    int flowAt,
    int address6At,
    int scopeAt) {
  private static final boolean BIG_ENDIAN = ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN;

  static SockaddrLayout of(Abi abi) {
    Struct any = abi.struct("sockaddr");
    Struct un = abi.struct("sockaddr_un");
    Struct in = abi.struct("sockaddr_in");
    Struct in6 = abi.struct("sockaddr_in6");
    return new SockaddrLayout(
        any.has("sa_len"),
        any.offset("sa_family"),
        any.offset("sa_data"),
        abi.value("AF_UNIX"),
        un.offset("sun_path"),
        un.size() - un.offset("sun_path"),
        abi.value("AF_INET"),
        in.size(),
        in.offset("sin_port"),
        in.offset("sin_addr"),
        abi.value("AF_INET6"),
        in6.size(),
        in6.offset("sin6_port"),
        in6.offset("sin6_flowinfo"),
        in6.offset("sin6_addr"),
        in6.offset("sin6_scope_id"));
  }

  int familyMax() {
    return data - familyAt == 1 ? 0xff : 0xffff;
  }

  int encode(Address address, long memory) {
    return switch (address) {
      case Ipv4Address a -> {
        Memory.clear(memory, inetSize); // sin_zero too: some systems compare it
        Memory.setShort(memory + portAt, network((short) a.port()));
        Memory.setInt(memory + addressAt, network(a.bits()));
        yield finish(memory, inet, inetSize);
      }
      case Ipv6Address a -> {
        Memory.setShort(memory + port6At, network((short) a.port()));
        Memory.setInt(memory + flowAt, network(a.flowInfo()));
        Memory.setLong(memory + address6At, network(a.high()));
        Memory.setLong(memory + address6At + Long.BYTES, network(a.low()));
        Memory.setInt(memory + scopeAt, a.scopeId());
        yield finish(memory, inet6, inet6Size);
      }
      case UnixAddress a -> {
        int length = a.bytes().length;
        int terminator = a.isPath() ? 1 : 0;
        if (length + terminator > pathSize) {
          yield -Errno.ENAMETOOLONG;
        }
        Memory.set(memory + pathAt, a.bytes(), 0, length);
        if (terminator > 0) {
          Memory.setByte(memory + pathAt + length, (byte) 0);
        }
        yield finish(memory, unix, pathAt + length + terminator);
      }
      case OtherAddress _ -> -Errno.EAFNOSUPPORT; // OtherSockaddr's business
      case RawAddress a -> {
        Memory.set(memory + data, a.bytes(), 0, a.bytes().length);
        yield finish(memory, a.family().number(), data + a.bytes().length);
      }
    };
  }

  private int finish(long memory, int family, int length) {
    if (hasLength) {
      Memory.setByte(memory, (byte) length);
    }
    if (data - familyAt == 1) {
      Memory.setByte(memory + familyAt, (byte) family);
    } else {
      Memory.setShort(memory + familyAt, (short) family);
    }
    return length;
  }

  Address decode(long memory, int length) {
    int end = Math.min(length, Sockaddr.SIZE);
    if (end < data) {
      return RawAddress.NONE;
    }
    int family = family(memory);
    if (family == inet && end >= addressAt + Integer.BYTES) {
      return new Ipv4Address(
          network(Memory.getInt(memory + addressAt)), port(Memory.getShort(memory + portAt)));
    }
    if (family == inet6 && end >= address6At + 2 * Long.BYTES) {
      return new Ipv6Address(
          network(Memory.getLong(memory + address6At)),
          network(Memory.getLong(memory + address6At + Long.BYTES)),
          port(Memory.getShort(memory + port6At)),
          network(Memory.getInt(memory + flowAt)),
          // RFC 2133 had none, and Linux still takes addresses of that length.
          end >= scopeAt + Integer.BYTES ? Memory.getInt(memory + scopeAt) : 0);
    }
    if (family == unix) {
      return UnixAddress.of(path(memory, Math.min(end - pathAt, pathSize)));
    }
    byte[] rest = new byte[end - data];
    Memory.get(memory + data, rest, 0, rest.length);
    return RawAddress.of(family, rest);
  }

  /** Whether there is an address whose family is none of those below. */
  boolean isOther(long memory, int length) {
    if (length < data) {
      return false;
    }
    int family = family(memory);
    return family != inet && family != inet6 && family != unix && family != 0;
  }

  int family(long memory) {
    return data - familyAt == 1
        ? Memory.getByte(memory + familyAt) & 0xff
        : Memory.getShort(memory + familyAt) & 0xffff;
  }

  /** The name in the first {@code size} bytes of sun_path. */
  private byte[] path(long memory, int size) {
    // Where addresses begin with a length there are no abstract names, and a NUL is just the end.
    boolean isAbstract = !hasLength && size > 0 && Memory.getByte(memory + pathAt) == 0;
    int length = size;
    if (!isAbstract) {
      length = 0;
      while (length < size && Memory.getByte(memory + pathAt + length) != 0) {
        length++;
      }
    }
    byte[] name = new byte[length];
    Memory.get(memory + pathAt, name, 0, length);
    return name;
  }

  private static int port(short port) {
    return network(port) & 0xffff;
  }

  private static short network(short number) {
    return BIG_ENDIAN ? number : Short.reverseBytes(number);
  }

  private static int network(int number) {
    return BIG_ENDIAN ? number : Integer.reverseBytes(number);
  }

  private static long network(long number) {
    return BIG_ENDIAN ? number : Long.reverseBytes(number);
  }
}
