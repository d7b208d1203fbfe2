package io.gatun.address;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.error.SocketErrors;
import io.gatun.os.Abi;
import io.gatun.os.Constants;
import io.gatun.os.Errno;
import io.gatun.os.Kernel;
import io.gatun.os.Memory;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

final class SockaddrTest {
  /** {@code struct sockaddr} of macOS and the BSDs: the length, then the family in one byte. */
  private static final SockaddrLayout BSD =
      new SockaddrLayout(true, 1, 2, 1, 2, 104, 2, 16, 2, 4, 30, 28, 2, 4, 8, 24);

  private final Arena arena = Arena.ofConfined();
  private final long memory = arena.allocate(Sockaddr.SIZE, 8).address();
  private final Kernel kernel = Kernel.create();

  @AfterEach
  void free() {
    arena.close();
  }

  private String encoded(SockaddrLayout layout, Address address) {
    fill(new byte[0], (byte) 0xee);
    int length = layout.encode(address, memory);
    return HexFormat.of().formatHex(bytes(), 0, length);
  }

  private byte[] bytes() {
    byte[] bytes = new byte[Sockaddr.SIZE];
    Memory.get(memory, bytes, 0, bytes.length);
    return bytes;
  }

  private void fill(byte[] bytes, byte rest) {
    for (int i = 0; i < Sockaddr.SIZE; i++) {
      Memory.setByte(memory + i, i < bytes.length ? bytes[i] : rest);
    }
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "the numbers are Linux's")
  void bytesAreThoseOfTheHeaders() {
    SockaddrLayout host = Sockaddr.HOST;
    assertEquals(
        "02001f90c00002010000000000000000", encoded(host, Address.parse("192.0.2.1:8080")));
    assertEquals(
        "0a001f90000000057f020000000000000000000000000001" + "07000000",
        encoded(host, Address.parse("[7f02::1%7]:8080;flow=5")));
    assertEquals("01002f6100", encoded(host, UnixAddress.path("/a")));
    assertEquals("0100006100", encoded(host, UnixAddress.abstractName("a\0")));
    assertEquals("0100", encoded(host, UnixAddress.UNNAMED));
    assertEquals("0000", encoded(host, RawAddress.NONE));
    assertEquals("1000010203", encoded(host, RawAddress.of(16, new byte[] {1, 2, 3})));
  }

  @Test
  void bytesHaveALengthWhereTheSystemDoes() {
    assertEquals("10021f90c00002010000000000000000", encoded(BSD, Address.parse("192.0.2.1:8080")));
    assertEquals(
        "1c1e1f90000000057f020000000000000000000000000001" + "07000000",
        encoded(BSD, Address.parse("[7f02::1%7]:8080;flow=5")));
    assertEquals("05012f6100", encoded(BSD, UnixAddress.path("/a")));
    assertEquals("0520010203", encoded(BSD, RawAddress.of(32, new byte[] {1, 2, 3})));
    assertEquals(0xff, BSD.familyMax());
  }

  @Test
  void whatIsEncodedIsDecodedAsTheSame() {
    RandomAddresses addresses = new RandomAddresses(new Random(5));
    for (int i = 0; i < 20_000; i++) {
      Address address = addresses.next();
      assertEquals(address, Sockaddr.decode(memory, Sockaddr.encode(address, memory)));
      if (address instanceof IpAddress) {
        assertEquals(address, BSD.decode(memory, BSD.encode(address, memory)));
      }
    }
  }

  @Test
  void aNulIsTheEndOfANameWhereThereAreNoAbstractOnes() {
    // What getsockname(2) of an unbound socket gives on macOS.
    fill(new byte[] {16, 1}, (byte) 0);
    assertEquals(UnixAddress.UNNAMED, BSD.decode(memory, 16));
    fill(new byte[] {16, 1, '/', 'a', 0, 'b'}, (byte) 0);
    assertEquals(UnixAddress.path("/a"), BSD.decode(memory, 16));
  }

  @Test
  void anyBytesOfAnyLengthAreAnAddress() {
    Random random = new Random(6);
    int[] families = {Constants.AF_INET, Constants.AF_INET6, Constants.AF_UNIX, 0, 16, 29, 0xffff};
    byte[] bytes = new byte[Sockaddr.SIZE];
    for (int i = 0; i < 50_000; i++) {
      random.nextBytes(bytes);
      int family = families[random.nextInt(families.length)];
      bytes[0] = (byte) family;
      bytes[1] = (byte) (family >>> 8);
      int length = random.nextInt(-2, 140);

      fill(bytes, (byte) 0);
      Address address = Sockaddr.decode(memory, length);
      assertEquals(address, Address.parse(address.toString()));
      BSD.decode(memory, length);

      // What lies behind the length is not read.
      for (int j = Math.max(0, length); j < bytes.length; j++) {
        Memory.setByte(memory + j, (byte) ~bytes[j]);
      }
      assertEquals(address, Sockaddr.decode(memory, length));

      int again = Sockaddr.encode(address, memory);
      if (again >= 0) {
        assertEquals(address, Sockaddr.decode(memory, again));
      } else {
        assertEquals(-Errno.ENAMETOOLONG, again);
      }
    }
  }

  @Test
  void lengthsBeyondTheMemoryAreCut() {
    fill(new byte[] {1, 0}, (byte) 'x');
    for (int length : new int[] {Sockaddr.SIZE, Sockaddr.SIZE + 1, Integer.MAX_VALUE}) {
      assertEquals(UnixAddress.path("x".repeat(108)), Sockaddr.decode(memory, length));
    }
  }

  @Test
  void noLengthIsNoAddress() {
    fill(new byte[] {2, 0}, (byte) 1);
    for (int length : new int[] {Integer.MIN_VALUE, -1, 0, 1}) {
      assertEquals(RawAddress.NONE, Sockaddr.decode(memory, length));
    }
  }

  @Test
  void anAddressThatIsCutOffStaysRaw() {
    int length = Sockaddr.encode(Ipv6Address.loopback(80), memory);
    assertInstanceOf(RawAddress.class, Sockaddr.decode(memory, 23));
    assertEquals(Ipv6Address.loopback(80), Sockaddr.decode(memory, 24));
    assertEquals(Ipv6Address.loopback(80), Sockaddr.decode(memory, length));
    Sockaddr.encode(Ipv4Address.loopback(80), memory);
    assertEquals(RawAddress.of(2, new byte[] {0, 80, 127}), Sockaddr.decode(memory, 5));
    assertEquals(Ipv4Address.loopback(80), Sockaddr.decode(memory, 8));
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "the numbers are Linux's")
  void aNameThatDoesNotFitIsRefusedAndNotCut() {
    UnixAddress fits = UnixAddress.path("/" + "x".repeat(106));
    assertEquals(2 + 107 + 1, Sockaddr.encode(fits, memory));
    UnixAddress tooLong = UnixAddress.path("/" + "x".repeat(107));
    byte[] before = bytes();
    assertEquals(-Errno.ENAMETOOLONG, Sockaddr.encode(tooLong, memory));
    assertEquals(HexFormat.of().formatHex(before), HexFormat.of().formatHex(bytes()));
    assertEquals(
        "bind " + tooLong + ": ENAMETOOLONG (36) File name too long: it has 108 bytes, and 107 fit",
        SocketErrors.of("bind", tooLong, Sockaddr.encode(tooLong, memory)).getMessage());

    UnixAddress name = UnixAddress.abstractName("x".repeat(107));
    assertEquals(2 + 108, Sockaddr.encode(name, memory));
    UnixAddress longName = UnixAddress.abstractName("x".repeat(108));
    assertEquals(-Errno.ENAMETOOLONG, Sockaddr.encode(longName, memory));
    assertTrue(
        SocketErrors.of("bind", longName, Errno.ENAMETOOLONG)
            .toString()
            .endsWith("it has 108 bytes, and 107 fit"));
  }

  /** Binds a socket and returns the name that the kernel says it has. */
  private Address bound(int family, Address address) {
    int fd = kernel.socket(family, Constants.SOCK_DGRAM, 0, true);
    assertTrue(fd >= 0, () -> Errno.name(-fd));
    try {
      int result = kernel.bind(fd, kernel.address(), Sockaddr.encode(address, kernel.address()));
      assertEquals(0, result, () -> "bind " + address + ": " + Errno.name(-result));
      assertEquals(0, kernel.getsockname(fd));
      return Sockaddr.decode(kernel.address(), kernel.addressLength());
    } finally {
      kernel.close(fd);
    }
  }

  @Test
  void theKernelReadsIpv4AsMeant() {
    Ipv4Address bound = (Ipv4Address) bound(Constants.AF_INET, Ipv4Address.loopback(0));
    assertTrue(bound.port() > 0);
    assertEquals(Ipv4Address.loopback(bound.port()), bound);
  }

  @Test
  void theKernelReadsIpv6AsMeant() {
    Ipv6Address bound = (Ipv6Address) bound(Constants.AF_INET6, Ipv6Address.any(0));
    assertTrue(bound.port() > 0);
    assertEquals(Ipv6Address.any(bound.port()), bound);
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "Unix datagrams are POSIX's")
  void theKernelReadsUnixPathsAsMeant(@TempDir Path directory) {
    UnixAddress path = UnixAddress.path(directory.resolve("socket"));
    assertEquals(path, bound(Constants.AF_UNIX, path));
    assertTrue(Files.exists(directory.resolve("socket")));

    UnixAddress notAscii = UnixAddress.path(directory + "/\u00fc");
    assertEquals(notAscii, bound(Constants.AF_UNIX, notAscii));

    String start = directory + "/";
    UnixAddress longest = UnixAddress.path(start + "x".repeat(107 - start.length()));
    assertEquals(longest, bound(Constants.AF_UNIX, longest));
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "Unix datagrams are POSIX's")
  void aPathThatFillsSunPathWithoutANulIsRead(@TempDir Path directory) {
    String start = directory + "/";
    String path = start + "x".repeat(108 - start.length());
    RawAddress raw = RawAddress.of(Constants.AF_UNIX, path.getBytes(StandardCharsets.US_ASCII));
    assertEquals(UnixAddress.path(path), bound(Constants.AF_UNIX, raw));
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "abstract names are Linux's")
  void theKernelReadsAbstractNamesAsMeant() {
    UnixAddress name = UnixAddress.abstractName("gatun\0" + ProcessHandle.current().pid() + "\n");
    assertEquals(name, bound(Constants.AF_UNIX, name));
    UnixAddress longest =
        UnixAddress.abstractName(
            (ProcessHandle.current().pid() + "x".repeat(107)).substring(0, 107));
    assertEquals(longest, bound(Constants.AF_UNIX, longest));
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "abstract names are Linux's")
  void bindingToNoNameMakesLinuxChooseOne() {
    UnixAddress chosen = (UnixAddress) bound(Constants.AF_UNIX, UnixAddress.UNNAMED);
    assertTrue(chosen.isAbstract(), chosen::toString);
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "Windows tells no address before bind")
  void anUnboundUnixSocketIsUnnamed() {
    int fd = kernel.socket(Constants.AF_UNIX, Constants.SOCK_STREAM, 0, true);
    try {
      assertEquals(0, kernel.getsockname(fd));
      assertEquals(UnixAddress.UNNAMED, Sockaddr.decode(kernel.address(), kernel.addressLength()));
    } finally {
      kernel.close(fd);
    }
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "netlink is Linux's")
  void theKernelTellsANetlinkAddress() {
    int fd = kernel.socket(AddressFamily.of("AF_NETLINK").number(), 3, 0, true);
    assertTrue(fd >= 0, () -> Errno.name(-fd));
    try {
      int length = Sockaddr.encode(new NetlinkAddress(0, 0), kernel.address());
      assertEquals(0, kernel.bind(fd, kernel.address(), length));
      assertEquals(0, kernel.getsockname(fd));
      NetlinkAddress address =
          (NetlinkAddress) Sockaddr.decode(kernel.address(), kernel.addressLength());
      assertTrue(address.pid() != 0, "the kernel chose one");
      assertEquals(0, address.groups());
    } finally {
      kernel.close(fd);
    }
  }

  @Test
  void theLayoutIsTheHosts() {
    assertEquals(Abi.HOST.struct("sockaddr_storage").size(), Sockaddr.SIZE);
    assertEquals(0xffff, Sockaddr.HOST.familyMax());
  }
}
