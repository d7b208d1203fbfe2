package io.gatun.socket;

import io.gatun.channel.ChannelOption;
import io.gatun.channel.KernelOption;
import io.gatun.os.Abi;
import io.gatun.os.Memory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The options of a {@link Socket}, whose methods say what each here does, and ioctl(2). */
final class Options {
  private static final int FIONREAD = Abi.HOST.valueOr("FIONREAD", 0);

  /** ioctlsocket and WSAIoctl take numbers by their address alone. */
  private static final boolean IOCTL_BY_ADDRESS = Abi.HOST.has("SIO_RCVALL");

  /**
   * The least room for an ioctl's struct, as in Python: the kernel reads and writes as much as the
   * request's struct has, however short an array it was given.
   */
  private static final int IOCTL_ROOM = 1024;

  // _IOC_SIZE of asm-generic/ioctl.h, IOCPARM_LEN of the BSDs' sys/ioccom.h, a bit shorter: the
  // request's number says how long its struct is.
  private static final int IOC_SIZE_SHIFT = 16;
  private static final int IOC_SIZE_MASK = 0x3fff;

  /**
   * The level whose options are numbers of 8 bytes, which the kernel asks for whole, and not ints.
   */
  private static final int LEVEL_OF_LONGS =
      Abi.HOST.has("SO_VM_SOCKETS_BUFFER_SIZE") ? Abi.HOST.value("AF_VSOCK") : -1;

  /** As much of an option as Python reads. */
  private static final int MAX_OPTION = 64 * 1024;

  private final Operations operations;
  private final Descriptor descriptor;

  Options(Operations operations) {
    this.operations = operations;
    this.descriptor = operations.descriptor;
  }

  int get(int level, int option) throws IOException {
    return descriptor.with(
        "getsockopt",
        kernel -> {
          long value = kernel.address();
          if (level == LEVEL_OF_LONGS) {
            settle(kernel.getsockopt(descriptor.fd, level, option, value, Long.BYTES));
            return Math.toIntExact(Memory.getLong(value));
          }
          Memory.setInt(value, 0);
          settle(kernel.getsockopt(descriptor.fd, level, option, value, Integer.BYTES));
          return Memory.getInt(value);
        });
  }

  byte[] get(int level, int option, int size) throws IOException {
    if (size < 0 || size > MAX_OPTION) {
      throw new IllegalArgumentException("size: " + size + " (expected: 0.." + MAX_OPTION + ")");
    }
    return descriptor.with(
        "getsockopt",
        kernel -> {
          try (Arena arena = Arena.ofConfined()) {
            long value = arena.allocate(Math.max(size, 1), Long.BYTES).address();
            int length = settle(kernel.getsockopt(descriptor.fd, level, option, value, size));
            byte[] bytes = new byte[Math.min(length, size)];
            Memory.get(value, bytes, 0, bytes.length);
            return bytes;
          }
        });
  }

  <T> T get(ChannelOption<T> option) throws IOException {
    KernelOption<T> of = kernelOption(option);
    String call = "getsockopt " + option;
    return descriptor.with(
        call,
        kernel -> {
          try (Arena arena = Arena.ofConfined()) {
            long value = arena.allocate(Math.max(of.size(), 1), Long.BYTES).address();
            int length = operations.settle(call, of.get(kernel, descriptor.fd, value));
            return of.decode(value, length);
          }
        });
  }

  <T> void set(ChannelOption<T> option, T value) throws IOException {
    KernelOption<T> of = kernelOption(option);
    String call = "setsockopt " + option + "=" + value;
    descriptor.with(call, kernel -> operations.settle(call, of.set(kernel, descriptor.fd, value)));
  }

  private static <T> KernelOption<T> kernelOption(ChannelOption<T> option) {
    KernelOption<T> found = option.kernelOption();
    if (found == null) {
      throw new IllegalArgumentException(option + " is an option of channels alone");
    }
    return found;
  }

  /** The result of a getsockopt(2); as a failure it throws. */
  private int settle(int result) throws IOException {
    return operations.settle("getsockopt", result);
  }

  void set(int level, int option, int value) throws IOException {
    descriptor.with(
        "setsockopt",
        kernel -> {
          if (level != LEVEL_OF_LONGS) {
            return operations.settle(
                "setsockopt", kernel.setsockopt(descriptor.fd, level, option, value));
          }
          long memory = kernel.address();
          Memory.setLong(memory, value);
          return operations.settle(
              "setsockopt", kernel.setsockopt(descriptor.fd, level, option, memory, Long.BYTES));
        });
  }

  void set(int level, int option, byte[] value) throws IOException {
    descriptor.with(
        "setsockopt",
        kernel -> {
          try (Arena arena = Arena.ofConfined()) {
            long memory = arena.allocate(Math.max(value.length, 1), Long.BYTES).address();
            Memory.set(memory, value, 0, value.length);
            return operations.settle(
                "setsockopt",
                kernel.setsockopt(descriptor.fd, level, option, memory, value.length));
          }
        });
  }

  void setNull(int level, int option, int length) throws IOException {
    descriptor.with(
        "setsockopt",
        kernel ->
            operations.settle(
                "setsockopt", kernel.setsockopt(descriptor.fd, level, option, 0, length)));
  }

  int ioctl(long request, long argument) throws IOException {
    if (IOCTL_BY_ADDRESS) {
      ByteBuffer number = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.nativeOrder());
      return ioctl(request, number.putInt((int) argument).array());
    }
    return descriptor.with(
        "ioctl",
        kernel -> operations.settle("ioctl", kernel.ioctl(descriptor.fd, request, argument)));
  }

  int ioctl(long request, byte[] struct) throws IOException {
    return descriptor.with(
        "ioctl",
        kernel -> {
          int least = kernel.ioctlBytes(request);
          if (struct.length < least) {
            throw new IllegalArgumentException(
                "ioctl 0x%x takes %d bytes, not %d".formatted(request, least, struct.length));
          }
          try (Arena arena = Arena.ofConfined()) {
            long room = ioctlRoom(request, struct.length);
            long memory = arena.allocate(room, Long.BYTES).address(); // zeroed
            Memory.set(memory, struct, 0, struct.length);
            int result = operations.settle("ioctl", kernel.ioctl(descriptor.fd, request, memory));
            Memory.get(memory, struct, 0, struct.length);
            return result;
          }
        });
  }

  static int ioctlRoom(long request, int length) {
    int told = (int) (request >>> IOC_SIZE_SHIFT) & IOC_SIZE_MASK;
    return Math.max(Math.max(length, told), IOCTL_ROOM);
  }

  int getLinger() throws IOException {
    return descriptor.with("getsockopt", kernel -> settle(kernel.getLinger(descriptor.fd))) - 1;
  }

  void setLinger(int seconds) throws IOException {
    descriptor.with(
        "setsockopt",
        kernel -> operations.settle("setsockopt", kernel.setLinger(descriptor.fd, seconds)));
  }

  int available() throws IOException {
    return descriptor.with(
        "ioctl",
        kernel -> {
          long value = kernel.address();
          Memory.setInt(value, 0);
          operations.settle("ioctl", kernel.ioctl(descriptor.fd, FIONREAD, value));
          return Memory.getInt(value);
        });
  }
}
