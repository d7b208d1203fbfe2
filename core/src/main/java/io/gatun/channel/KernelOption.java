package io.gatun.channel;

import io.gatun.address.IpAddress;
import io.gatun.address.Ipv4Address;
import io.gatun.address.Sockaddr;
import io.gatun.os.Abi;
import io.gatun.os.Constants;
import io.gatun.os.Errno;
import io.gatun.os.Kernel;
import io.gatun.os.Memory;
import io.gatun.os.Struct;
import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;

/**
 * How getsockopt(2) and setsockopt(2) carry the value of a {@link ChannelOption}: for channels and
 * {@link io.gatun.socket.Socket}, programs need none.
 *
 * @param <T> the type of the value
 */
public sealed interface KernelOption<T> {
  /** {@return how many bytes a value takes at most} */
  default int size() {
    return Integer.BYTES;
  }

  /** Leaves the value at an address, and returns its length in bytes or a negative errno. */
  int get(Kernel kernel, int fd, long value);

  /** Makes a value of what {@link #get} left. */
  T decode(long value, int length);

  /** Returns a negative errno when it failed. */
  int set(Kernel kernel, int fd, T value);

  /** {@return a value as errors show it: of bytes only how many, since they may be a key} */
  static String text(@Nullable Object value) {
    return value instanceof byte[] bytes ? bytes.length + " bytes" : String.valueOf(value);
  }

  /** An int. */
  record Int(int level, int number) implements KernelOption<Integer> {
    @Override
    public int get(Kernel kernel, int fd, long value) {
      return kernel.getsockopt(fd, level, number, value, Integer.BYTES);
    }

    @Override
    public Integer decode(long value, int length) {
      return Memory.getInt(value);
    }

    @Override
    public int set(Kernel kernel, int fd, Integer value) {
      return kernel.setsockopt(fd, level, number, value);
    }
  }

  /** An int that is off when 0. */
  record Bool(int level, int number) implements KernelOption<Boolean> {
    @Override
    public int get(Kernel kernel, int fd, long value) {
      return kernel.getsockopt(fd, level, number, value, Integer.BYTES);
    }

    @Override
    public Boolean decode(long value, int length) {
      return Memory.getInt(value) != 0;
    }

    @Override
    public int set(Kernel kernel, int fd, Boolean value) {
      return kernel.setsockopt(fd, level, number, value ? 1 : 0);
    }
  }

  /** SO_LINGER: seconds, −1 when off. */
  record Linger() implements KernelOption<Integer> {
    @Override
    public int get(Kernel kernel, int fd, long value) {
      int raw = kernel.getLinger(fd);
      Memory.setInt(value, raw - 1);
      return raw;
    }

    @Override
    public Integer decode(long value, int length) {
      return Memory.getInt(value);
    }

    @Override
    public int set(Kernel kernel, int fd, Integer value) {
      return kernel.setLinger(fd, value);
    }
  }

  /** Bytes in the kernel's own form. */
  record Bytes(int level, int number, int size) implements KernelOption<byte[]> {
    @Override
    public int get(Kernel kernel, int fd, long value) {
      return kernel.getsockopt(fd, level, number, value, size);
    }

    @Override
    public byte[] decode(long value, int length) {
      // What does not fit is cut off; the system may tell the whole length all the same.
      byte[] bytes = new byte[Math.min(length, size)];
      Memory.get(value, bytes, 0, bytes.length);
      return bytes;
    }

    @Override
    public int set(Kernel kernel, int fd, byte[] value) {
      try (Arena arena = Arena.ofConfined()) {
        long memory = arena.allocate(Math.max(1, value.length), Long.BYTES).address();
        Memory.set(memory, value, 0, value.length);
        return kernel.setsockopt(fd, level, number, memory, value.length);
      }
    }
  }

  /** What the system has no name for. */
  record Lacking<T>() implements KernelOption<T> {
    @Override
    public int get(Kernel kernel, int fd, long value) {
      return -Errno.ENOPROTOOPT;
    }

    @Override
    public T decode(long value, int length) {
      throw new AssertionError("nothing was read");
    }

    @Override
    public int set(Kernel kernel, int fd, T value) {
      return -Errno.ENOPROTOOPT;
    }
  }

  /** Joins or leaves a {@link MulticastGroup}; which there are cannot be asked. */
  record Membership(boolean joins) implements KernelOption<MulticastGroup> {
    private static final Abi ABI = Abi.HOST;

    @Override
    public int get(Kernel kernel, int fd, long value) {
      return -Errno.ENOPROTOOPT;
    }

    @Override
    public MulticastGroup decode(long value, int length) {
      throw new AssertionError("nothing was read");
    }

    @Override
    public int set(Kernel kernel, int fd, MulticastGroup group) {
      IpAddress source = group.source();
      String name = (joins ? "MCAST_JOIN_" : "MCAST_LEAVE_") + (source == null ? "" : "SOURCE_");
      int number = ABI.valueOr(name + "GROUP", -1);
      if (number < 0) {
        return -Errno.ENOPROTOOPT; // OpenBSD
      }
      Struct struct = ABI.struct(source == null ? "group_req" : "group_source_req");
      String prefix = source == null ? "gr_" : "gsr_";
      int level =
          group.group() instanceof Ipv4Address ? ABI.value("IPPROTO_IP") : Constants.IPPROTO_IPV6;
      try (Arena arena = Arena.ofConfined()) {
        long memory = arena.allocate(struct.size(), Long.BYTES).address();
        struct.set(memory, prefix + "interface", group.interfaceIndex());
        int ignored = Sockaddr.encode(group.group(), memory + struct.offset(prefix + "group"));
        if (source != null) {
          ignored = Sockaddr.encode(source, memory + struct.offset(prefix + "source"));
        }
        return kernel.setsockopt(fd, level, number, memory, struct.size());
      }
    }
  }
}
