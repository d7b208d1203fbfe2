package io.gatun.socket;

import io.gatun.address.Address;
import io.gatun.address.AddressFamily;
import io.gatun.channel.ChannelOption;
import io.gatun.channel.KernelOption;
import io.gatun.os.Abi;
import io.gatun.os.Memory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Supplier;

/** The options of a {@link Socket}, whose methods say what each here does, and ioctl(2). */
final class Options {
  private static final String GET = "getsockopt";
  private static final String SET = "setsockopt";
  private static final String IOCTL = "ioctl";

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
  private final AddressFamily family;
  private final Descriptor descriptor;

  Options(Operations operations, AddressFamily family) {
    this.operations = operations;
    this.family = family;
    this.descriptor = operations.descriptor;
  }

  int get(int level, int option) throws IOException {
    return descriptor.with(
        GET,
        kernel -> {
          long value = kernel.address();
          if (level == LEVEL_OF_LONGS) {
            int result = kernel.getsockopt(descriptor.fd, level, option, value, Long.BYTES);
            settle(GET, result, () -> name(level, option));
            return Math.toIntExact(Memory.getLong(value));
          }
          Memory.setInt(value, 0);
          int result = kernel.getsockopt(descriptor.fd, level, option, value, Integer.BYTES);
          settle(GET, result, () -> name(level, option));
          return Memory.getInt(value);
        });
  }

  byte[] get(int level, int option, int size) throws IOException {
    if (size < 0 || size > MAX_OPTION) {
      throw new IllegalArgumentException("size: " + size + " (expected: 0.." + MAX_OPTION + ")");
    }
    return descriptor.with(
        GET,
        kernel -> {
          try (Arena arena = Arena.ofConfined()) {
            long value = arena.allocate(Math.max(size, 1), Long.BYTES).address();
            int result = kernel.getsockopt(descriptor.fd, level, option, value, size);
            int length = settle(GET, result, () -> name(level, option));
            byte[] bytes = new byte[Math.min(length, size)];
            Memory.get(value, bytes, 0, bytes.length);
            return bytes;
          }
        });
  }

  <T> T get(ChannelOption<T> option) throws IOException {
    KernelOption<T> of = kernelOption(option);
    return descriptor.with(
        GET,
        kernel -> {
          try (Arena arena = Arena.ofConfined()) {
            long value = arena.allocate(Math.max(of.size(), 1), Long.BYTES).address();
            int length = settle(GET, of.get(kernel, descriptor.fd, value), option::name);
            return of.decode(value, length);
          }
        });
  }

  <T> void set(ChannelOption<T> option, T value) throws IOException {
    KernelOption<T> of = kernelOption(option);
    descriptor.with(
        SET,
        kernel ->
            settle(
                SET,
                of.set(kernel, descriptor.fd, value),
                () -> option + "=" + KernelOption.text(value)));
  }

  private static <T> KernelOption<T> kernelOption(ChannelOption<T> option) {
    KernelOption<T> found = option.kernelOption();
    if (found == null) {
      throw new IllegalArgumentException(option + " is an option of channels alone");
    }
    return found;
  }

  private String name(int level, int option) {
    return OptionNames.text(family, level, option);
  }

  /** Returns the result of a call. As a failure it throws, and names what the call was for. */
  private int settle(String call, int result, Supplier<String> what) throws IOException {
    if (result >= 0) {
      return operations.settle(call, result);
    }
    Address peer = operations.peer;
    return operations.settle(call, what.get() + (peer == null ? "" : " " + peer), result);
  }

  void set(int level, int option, int value) throws IOException {
    descriptor.with(
        SET,
        kernel -> {
          int result;
          if (level == LEVEL_OF_LONGS) {
            long memory = kernel.address();
            Memory.setLong(memory, value);
            result = kernel.setsockopt(descriptor.fd, level, option, memory, Long.BYTES);
          } else {
            result = kernel.setsockopt(descriptor.fd, level, option, value);
          }
          return settle(SET, result, () -> name(level, option) + "=" + value);
        });
  }

  void set(int level, int option, byte[] value) throws IOException {
    descriptor.with(
        SET,
        kernel -> {
          try (Arena arena = Arena.ofConfined()) {
            long memory = arena.allocate(Math.max(value.length, 1), Long.BYTES).address();
            Memory.set(memory, value, 0, value.length);
            return settle(
                SET,
                kernel.setsockopt(descriptor.fd, level, option, memory, value.length),
                () -> name(level, option) + "=" + KernelOption.text(value));
          }
        });
  }

  void setNull(int level, int option, int length) throws IOException {
    descriptor.with(
        SET,
        kernel ->
            settle(
                SET,
                kernel.setsockopt(descriptor.fd, level, option, 0, length),
                () -> name(level, option) + "=null of " + length + " bytes"));
  }

  int ioctl(long request, long argument) throws IOException {
    if (IOCTL_BY_ADDRESS) {
      ByteBuffer number = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.nativeOrder());
      return ioctl(request, number.putInt((int) argument).array());
    }
    return descriptor.with(
        IOCTL,
        kernel ->
            settle(
                IOCTL,
                kernel.ioctl(descriptor.fd, request, argument),
                () -> "0x%x".formatted(request)));
  }

  int ioctl(long request, byte[] struct) throws IOException {
    return descriptor.with(
        IOCTL,
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
            int result =
                settle(
                    IOCTL,
                    kernel.ioctl(descriptor.fd, request, memory),
                    () -> "0x%x".formatted(request));
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
    return descriptor.with(
            GET, kernel -> settle(GET, kernel.getLinger(descriptor.fd), () -> "SO_LINGER"))
        - 1;
  }

  void setLinger(int seconds) throws IOException {
    descriptor.with(
        SET,
        kernel ->
            settle(SET, kernel.setLinger(descriptor.fd, seconds), () -> "SO_LINGER=" + seconds));
  }

  int available() throws IOException {
    return descriptor.with(
        IOCTL,
        kernel -> {
          long value = kernel.address();
          Memory.setInt(value, 0);
          settle(IOCTL, kernel.ioctl(descriptor.fd, FIONREAD, value), () -> "FIONREAD");
          return Memory.getInt(value);
        });
  }
}
