package io.gatun.address;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.os.Abi;
import io.gatun.os.Arch;
import io.gatun.os.Memory;
import io.gatun.os.Os;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Addresses of families that one system alone has, as its record lays them out, on any machine. */
final class ForeignSockaddrTest {
  private static final LinkAddress LINK =
      new LinkAddress(1, 6, "en0", HardwareAddress.parse("02:00:00:00:00:01"));
  private static final String LINK_DATA = "0100" + "06" + "03" + "06" + "00" + "656e30020000000001";

  private final Arena arena = Arena.ofConfined();
  private final long memory = arena.allocate(Sockaddr.SIZE, 8).address();

  @AfterEach
  void free() {
    arena.close();
  }

  private static OtherSockaddr of(Os os) {
    return new OtherSockaddr(Abi.of(os, Arch.AARCH64));
  }

  /**
   * Encodes an address, sees that it is decoded as the same and not when cut, returns the bytes.
   */
  private String encoded(Os os, String family, OtherAddress address, int whole) {
    OtherSockaddr sockaddr = of(os);
    int number = Abi.of(os, Arch.AARCH64).value(family);
    int length = sockaddr.encode(address, memory);
    assertTrue(length > 0, () -> os + " " + length);
    assertEquals(address, sockaddr.decode(number, memory, length, 0));
    assertNull(sockaddr.decode(number, memory, whole - 1, 0));
    byte[] bytes = new byte[length];
    Memory.get(memory, bytes, 0, length);
    return HexFormat.of().formatHex(bytes);
  }

  @Test
  void aKernelControlIsAsMacOsHasIt() {
    // The length, AF_SYSTEM; AF_SYS_CONTROL, the id, the unit, reserved.
    assertEquals(
        "2020" + "0200" + "05000000" + "07000000" + "00".repeat(20),
        encoded(Os.MACOS, "AF_SYSTEM", new SystemAddress(5, 7), 32));
  }

  @Test
  void anInterfaceIsAsMacOsAndTheBsdsHaveIt() {
    // No system's own struct is shorter than what it counts; a longer one is filled with zeros.
    assertEquals(
        "1412" + LINK_DATA + "00".repeat(3), encoded(Os.MACOS, "AF_LINK", LINK, 8 + 3 + 6));
    assertEquals(
        "3612" + LINK_DATA + "00".repeat(37), encoded(Os.FREEBSD, "AF_LINK", LINK, 8 + 3 + 6));
    for (Os os : new Os[] {Os.NETBSD, Os.OPENBSD}) {
      assertEquals("2012" + LINK_DATA + "00".repeat(15), encoded(os, "AF_LINK", LINK, 8 + 3 + 6));
    }
    LinkAddress longer = new LinkAddress(2, 6, "x".repeat(30), LINK.address());
    assertEquals(
        "2c12" + "0200" + "06" + "1e" + "06" + "00" + "78".repeat(30) + "020000000001",
        encoded(Os.MACOS, "AF_LINK", longer, 8 + 30 + 6));
  }

  @Test
  void aMachineOfHyperVIsAsWindowsHasIt() {
    // A GUID's first three numbers have their lowest byte first.
    assertEquals(
        "22000000" + "da7c2ea4" + "3fd0" + "0c48" + "9cc2a4de20abb878" + "00".repeat(16),
        encoded(
            Os.WINDOWS,
            "AF_HYPERV",
            new HypervAddress(HypervAddress.PARENT, HypervAddress.WILDCARD),
            36));
  }

  @Test
  void anyBytesOfAnyLengthReadNothingBehindThem() {
    Random random = new Random(8);
    byte[] bytes = new byte[Sockaddr.SIZE];
    for (Os os : new Os[] {Os.MACOS, Os.FREEBSD, Os.NETBSD, Os.OPENBSD, Os.WINDOWS}) {
      OtherSockaddr sockaddr = of(os);
      Abi abi = Abi.of(os, Arch.AARCH64);
      for (String name : new String[] {"AF_SYSTEM", "AF_LINK", "AF_HYPERV"}) {
        for (int i = 0; abi.has(name) && i < 5_000; i++) {
          random.nextBytes(bytes);
          for (int j = 2; i % 2 == 0 && j < bytes.length; j++) {
            bytes[j] &= 15; // small numbers are what lengths are
          }
          int length = random.nextInt(Sockaddr.SIZE + 1);
          Memory.set(memory, bytes, 0, bytes.length);
          Address address = sockaddr.decode(abi.value(name), memory, length, 0);
          for (int j = length; j < bytes.length; j++) {
            Memory.setByte(memory + j, (byte) ~bytes[j]);
          }
          assertEquals(address, sockaddr.decode(abi.value(name), memory, length, 0));
          if (address != null) {
            assertEquals(address, Address.parse(address.toString()));
          }
        }
      }
    }
  }

  @Test
  void aNameIsAskedForBehindTheRoomForItsNumber() {
    Abi macos = Abi.of(Os.MACOS, Arch.AARCH64);
    byte[] bytes = new byte[100];
    Memory.get(SystemAddress.question(macos, "utun", arena), bytes, 0, bytes.length);
    assertEquals("00000000" + "7574756e" + "00".repeat(92), HexFormat.of().formatHex(bytes));
    String long96 = "x".repeat(96);
    assertThrows(
        IllegalArgumentException.class, () -> SystemAddress.question(macos, long96, arena));
  }

  @Test
  @DisabledOnOs(value = OS.MAC, disabledReason = "macOS has them")
  void otherSystemsHaveNoControls() {
    Exception e = assertThrows(IllegalArgumentException.class, () -> SystemAddress.named("utun"));
    assertEquals(Abi.HOST.os() + " has no constant AF_SYSTEM", e.getMessage());
  }

  @Test
  @EnabledOnOs(value = OS.MAC, disabledReason = "kernel controls are macOS's")
  void aControlIsFoundByItsName() throws IOException {
    Address utun = SystemAddress.named("com.apple.net.utun_control");
    assertEquals("AF_SYSTEM", utun.family().toString());
    assertThrows(IOException.class, () -> SystemAddress.named("no.such.control"));
  }
}
