package io.gatun.address;

import io.gatun.error.SocketErrors;
import io.gatun.os.Abi;
import io.gatun.os.Kernel;
import io.gatun.os.Memory;
import io.gatun.os.Struct;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;

/**
 * A kernel control of macOS, to which a socket of PF_SYSTEM and SYSPROTO_CONTROL connects: by the
 * number that the kernel has given it, or {@linkplain #named by the name} that a kernel extension
 * has registered, as {@code com.apple.net.utun_control}.
 *
 * @param id the control's id
 * @param unit the control's own; 0 for the next that is free
 */
public record SystemAddress(int id, int unit) implements OtherAddress {
  /**
   * {@return the address of a control, unit 0}
   *
   * @param name what the control is registered under: 95 bytes at most
   * @throws IOException if no control has this name, or the system refuses
   * @throws IllegalArgumentException if this system is not macOS, or the name is too long
   */
  public static SystemAddress named(String name) throws IOException {
    int family = Abi.HOST.value("AF_SYSTEM");
    Kernel kernel = Kernel.acquire();
    try (Arena arena = Arena.ofConfined()) {
      long info = question(Abi.HOST, name, arena);
      int protocol = Abi.HOST.value("SYSPROTO_CONTROL");
      int fd = kernel.socket(family, SocketType.DGRAM.number(), protocol, false);
      if (fd < 0) {
        throw SocketErrors.of("socket", null, fd);
      }
      int result = kernel.ioctl(fd, Abi.HOST.value("CTLIOCGINFO"), info);
      kernel.close(fd);
      if (result < 0) {
        throw SocketErrors.of("ioctl", name, result);
      }
      return new SystemAddress((int) Abi.HOST.struct("ctl_info").get(info, "ctl_id"), 0);
    } finally {
      Kernel.release(kernel);
    }
  }

  /** struct ctl_info with a name, to which the kernel adds the number. */
  static long question(Abi abi, String name, Arena arena) {
    Struct info = abi.struct("ctl_info");
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    int at = info.offset("ctl_name");
    if (at + bytes.length >= info.size()) {
      throw new IllegalArgumentException(name + " is too long for the name of a control");
    }
    long memory = arena.allocate(info.size(), 8).address();
    Memory.set(memory + at, bytes, 0, bytes.length);
    return memory;
  }

  @Override
  public AddressFamily family() {
    return OtherAddress.familyOf("AF_SYSTEM");
  }

  @Override
  public String toString() {
    return "system:" + Integer.toUnsignedString(id) + "," + Integer.toUnsignedString(unit);
  }
}
