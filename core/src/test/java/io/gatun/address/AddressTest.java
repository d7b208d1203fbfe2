package io.gatun.address;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AddressTest {
  @ParameterizedTest
  @ValueSource(ints = {-1, 65536, Integer.MIN_VALUE, Integer.MAX_VALUE})
  void aPortHasSixteenBits(int port) {
    assertThrows(IllegalArgumentException.class, () -> Ipv4Address.any(port));
    assertThrows(IllegalArgumentException.class, () -> Ipv6Address.any(port));
    assertThrows(IllegalArgumentException.class, () -> Ipv4Address.of("127.0.0.1", port));
    assertThrows(IllegalArgumentException.class, () -> Ipv4Address.loopback(1).withPort(port));
  }

  @Test
  void aHostIsReadFromItsText() {
    assertEquals(Ipv4Address.loopback(80), Ipv4Address.of("127.0.0.1", 80));
    assertEquals(Ipv6Address.loopback(80), Ipv6Address.of("::1", 80));
    assertEquals(new Ipv6Address(0xfe80L << 48, 1, 80, 0, 7), Ipv6Address.of("fe80::1%7", 80));
    assertThrows(AddressFormatException.class, () -> Ipv4Address.of("127.0.0.1:80", 80));
    assertThrows(AddressFormatException.class, () -> Ipv6Address.of("[::1]", 80));
    assertThrows(AddressFormatException.class, () -> Ipv6Address.of("::1%7]", 80));
  }

  @Test
  void anotherPortLeavesTheHost() {
    assertEquals(Ipv4Address.loopback(81), Ipv4Address.loopback(80).withPort(81));
    assertEquals(new Ipv6Address(1, 2, 81, 3, 4), new Ipv6Address(1, 2, 80, 3, 4).withPort(81));
  }

  @Test
  void internetAddressesGoToTheJdkAndBack() {
    RandomAddresses addresses = new RandomAddresses(new Random(4));
    for (int i = 0; i < 2000; i++) {
      Ipv4Address v4 = addresses.ipv4();
      assertEquals(v4, Address.of(v4.toSocketAddress()));
      Ipv6Address v6 = addresses.ipv6();
      Ipv6Address plain = new Ipv6Address(v6.high(), v6.low(), v6.port(), 0, v6.scopeId() >>> 1);
      assertEquals(plain, Address.of(plain.toSocketAddress()));
    }
  }

  @Test
  void theJdksFormIsTheSameHost() throws Exception {
    assertEquals(
        new InetSocketAddress(InetAddress.getByName("192.0.2.1"), 80),
        Ipv4Address.of("192.0.2.1", 80).toSocketAddress());
    Inet6Address zoned = (Inet6Address) Ipv6Address.of("fe80::1%9", 80).toInetAddress();
    assertEquals(9, zoned.getScopeId());
    assertEquals(
        "2001:db8:0:0:0:0:0:1", Ipv6Address.of("2001:db8::1", 1).toInetAddress().getHostAddress());
  }

  @Test
  void unixPathsGoToTheJdkAndBack() {
    UnixAddress address = UnixAddress.path(Path.of("/run/x.sock"));
    assertEquals(UnixDomainSocketAddress.of("/run/x.sock"), address.toSocketAddress());
    assertEquals(address, Address.of(address.toSocketAddress()));
    assertEquals(UnixAddress.path(Path.of("/run/x.sock").toString()), address);
    assertEquals(UnixAddress.UNNAMED, Address.of(UnixDomainSocketAddress.of("")));
    assertEquals(UnixDomainSocketAddress.of(""), UnixAddress.UNNAMED.toSocketAddress());
  }

  @Test
  void whatTheJdkDoesNotHaveIsSaid() {
    assertThrows(
        UnsupportedOperationException.class, () -> UnixAddress.abstractName("x").toSocketAddress());
    assertThrows(
        UnsupportedOperationException.class,
        () -> UnixAddress.of(new byte[] {'/', (byte) 0xff}).toPath());
    assertThrows(UnsupportedOperationException.class, UnixAddress.UNNAMED::toPath);
    assertThrows(UnsupportedOperationException.class, RawAddress.NONE::toSocketAddress);
  }

  @Test
  void aNameIsNoAddress() {
    InetSocketAddress name = InetSocketAddress.createUnresolved("example.org", 80);
    String message =
        assertThrows(IllegalArgumentException.class, () -> Address.of(name)).toString();
    assertTrue(message.contains("example.org"), message);
  }

  @Test
  void unixNamesAreCopied() {
    byte[] given = {'/', 'a'};
    UnixAddress path = UnixAddress.of(given);
    given[1] = 'b';
    path.name()[1] = 'c';
    assertEquals(UnixAddress.path("/a"), path);

    byte[] name = {'n'};
    UnixAddress named = UnixAddress.abstractName(name);
    name[0] = 'm';
    assertEquals(UnixAddress.abstractName("n"), named);
    assertArrayEquals(new byte[] {0, 'n'}, named.name());

    byte[] data = {1};
    RawAddress raw = RawAddress.of(16, data);
    data[0] = 2;
    raw.data()[0] = 3;
    assertEquals(RawAddress.of(16, new byte[] {1}), raw);
  }

  @Test
  void aPathAnAbstractNameAndNoNameAreThreeThings() {
    UnixAddress path = UnixAddress.path("x");
    UnixAddress name = UnixAddress.abstractName("x");
    assertTrue(path.isPath() && !path.isAbstract() && !path.isUnnamed());
    assertTrue(!name.isPath() && name.isAbstract() && !name.isUnnamed());
    UnixAddress none = UnixAddress.UNNAMED;
    assertTrue(!none.isPath() && !none.isAbstract() && none.isUnnamed());
    assertNotEquals(path, name);
    assertNotEquals(UnixAddress.abstractName(""), none);
  }

  @Test
  void aPathIsNotEmptyAndHoldsNoNul() {
    assertThrows(IllegalArgumentException.class, () -> UnixAddress.path(""));
    assertThrows(IllegalArgumentException.class, () -> UnixAddress.path(Path.of("")));
    assertThrows(IllegalArgumentException.class, () -> UnixAddress.path("/a\0b"));
    assertThrows(IllegalArgumentException.class, () -> UnixAddress.path("\0a"));
    assertThrows(IllegalArgumentException.class, () -> UnixAddress.path("/\ud800"));
  }

  @Test
  void rawAddressesFitIntoTheKernels() {
    RawAddress.of(0xffff, new byte[126]);
    assertThrows(IllegalArgumentException.class, () -> RawAddress.of(1, new byte[127]));
    assertThrows(IllegalArgumentException.class, () -> RawAddress.of(-1, new byte[0]));
    assertThrows(IllegalArgumentException.class, () -> RawAddress.of(0x10000, new byte[0]));
  }

  @Test
  void numbersHaveTheirCNames() {
    assertEquals("AF_INET6", AddressFamily.INET6.toString());
    assertEquals("SOCK_SEQPACKET", SocketType.SEQPACKET.toString());
    assertEquals(AddressFamily.UNIX, AddressFamily.of("AF_UNIX"));
    assertEquals(SocketType.DGRAM, SocketType.of("SOCK_DGRAM"));
    assertThrows(IllegalArgumentException.class, () -> AddressFamily.of("SOCK_DGRAM"));
    assertThrows(IllegalArgumentException.class, () -> AddressFamily.of("AF_NONE_SUCH"));
  }

  @Test
  void anUnknownNumberStaysANumber() {
    assertEquals("12345", new AddressFamily(12345).toString());
    assertEquals("12345", new SocketType(12345).toString());
    assertEquals("12345", new Protocol(12345).name(AddressFamily.INET));
  }

  @Test
  void aProtocolsNameDependsOnTheFamily() {
    assertEquals("IPPROTO_TCP", Protocol.TCP.name(AddressFamily.INET6));
    assertEquals("6", Protocol.TCP.name(AddressFamily.UNIX));
    assertEquals("0", Protocol.DEFAULT.name(AddressFamily.INET));
  }
}
