package io.gatun.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.address.Address;
import io.gatun.address.AddressFamily;
import io.gatun.address.Interfaces;
import io.gatun.address.IpAddress;
import io.gatun.address.Ipv4Address;
import io.gatun.address.Ipv6Address;
import io.gatun.address.Netdb;
import io.gatun.address.Protocol;
import io.gatun.address.SocketType;
import io.gatun.error.ConnectionRefusedException;
import io.gatun.error.ResolveException;
import io.gatun.os.Abi;
import io.gatun.os.Os;
import io.gatun.socket.Socket;
import io.gatun.socket.SocketConstants;
import io.gatun.socket.SocketPair;
import io.gatun.socket.Sockets;
import java.io.IOException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The functions of Python's module. */
@OnEachThreadKind
public final class SocketsTest extends SocketLab {
  SocketsTest(ThreadLane lane) throws IOException {
    super(lane);
    Assumptions.assumeTrue(family == Family.IPV4, "once for each kind of thread is enough");
  }

  @Test
  void aPairIsConnected() throws Exception {
    try (SocketPair pair = call(() -> Sockets.socketpair())) {
      pair.first().sendAll(Data.of(3));
      assertArrayEquals(Data.of(3), receive(pair.second(), 3));
    }
  }

  @Test
  void aConnectionIsMadeToTheFirstAddressThatAnswers() throws Exception {
    Socket server = own(call(() -> Sockets.createServer(Ipv4Address.loopback(0))));
    int port = ((IpAddress) server.getSockName()).port();
    Socket socket = own(call(() -> Sockets.createConnection("localhost", port, LONG, null)));
    assertEquals(LONG, socket.getTimeout());
    assertEquals(server.getSockName(), socket.getPeerName());
    // Only Linux and Windows have all of 127.0.0.0/8 without being told.
    boolean all = Abi.HOST.os() == Os.LINUX || Abi.HOST.os() == Os.WINDOWS;
    String from = all ? "127.0.0.2" : "127.0.0.1";
    Address source = Ipv4Address.of(from, 0);
    Socket bound = own(call(() -> Sockets.createConnection("127.0.0.1", port, null, source)));
    assertEquals(from, ((Ipv4Address) bound.getSockName()).host());
    server.close();
    ConnectionRefusedException refused =
        assertThrows(
            ConnectionRefusedException.class,
            () -> call(() -> Sockets.createConnection("localhost", port, LONG, null)));
    int addresses = Sockets.getAddrInfo("localhost", null, SocketType.STREAM, 0).size();
    assertEquals(addresses - 1, refused.getSuppressed().length, "an error for each address");
  }

  @Test
  void theShortFormsDoAsTheLongOnes() throws Exception {
    try (Socket socket = Sockets.socket(AddressFamily.INET, SocketType.DGRAM);
        Socket copy = Sockets.fromFd(socket.fileno())) {
      assertEquals(SocketType.DGRAM, socket.type());
      assertEquals(SocketType.DGRAM, copy.type());
      assertEquals(AddressFamily.INET, copy.family());
      assertNotEquals(socket.fileno(), copy.fileno());
    }
    Socket server = own(call(() -> Sockets.createServer(Ipv4Address.loopback(0))));
    int port = ((IpAddress) server.getSockName()).port();
    Socket socket = own(call(() -> Sockets.createConnection("127.0.0.1", port, LONG)));
    assertEquals(LONG, socket.getTimeout());
    assertNull(own(call(() -> Sockets.createConnection("127.0.0.1", port, null))).getTimeout());
    Ipv4Address address = Ipv4Address.loopback(port);
    List<Netdb.AddressInfo> found = call(() -> Sockets.getAddrInfo("127.0.0.1", port));
    assertEquals(List.of(address), found.stream().map(Netdb.AddressInfo::address).toList());
    assertEquals(SocketType.STREAM, found.getFirst().type());
    found = call(() -> Sockets.getAddrInfo("127.0.0.1", port, SocketType.DGRAM));
    assertEquals(SocketType.DGRAM, found.getFirst().type());
    assertTrue(
        call(() -> Sockets.getAddrInfo("", port)).stream()
            .anyMatch(info -> info.address().equals(address)));
    assertEquals(Sockets.getAddrInfo("", port), Sockets.getAddrInfo(null, port));
    assertThrows(IllegalArgumentException.class, () -> Sockets.getAddrInfo("127.0.0.1", 65_536));
  }

  @Test
  void aServerTakesIpv4AndIpv6WhereItIsAskedTo() throws Exception {
    Assumptions.assumeTrue(Sockets.hasDualstackIpv6(), "this machine has no IPv6");
    assertTrue(Sockets.hasIpv6());
    Socket server = own(Sockets.createServer(Ipv6Address.any(0), 10, false, true));
    int port = ((IpAddress) server.getSockName()).port();
    own(Sockets.createConnection("127.0.0.1", port, LONG, null));
    own(Sockets.createConnection("::1", port, LONG, null));
    Socket v6 = own(Sockets.createServer(Ipv6Address.loopback(0)));
    int port6 = ((IpAddress) v6.getSockName()).port();
    assertThrows(
        ConnectionRefusedException.class,
        () -> Sockets.createConnection("127.0.0.1", port6, Duration.ofSeconds(5), null));
    assertThrows(
        IllegalArgumentException.class,
        () -> Sockets.createServer(Ipv4Address.any(0), 10, false, true));
  }

  @Test
  void namesAreResolvedBothWays() throws Exception {
    assertEquals("127.0.0.1", call(() -> Sockets.getHostByName("localhost")));
    assertEquals("0.0.0.0", Sockets.getHostByName(""));
    assertEquals("255.255.255.255", Sockets.getHostByName("<broadcast>"));
    Netdb.HostEntry entry = call(() -> Sockets.getHostByNameEx("localhost"));
    assertTrue(entry.addresses().contains(Ipv4Address.loopback(0)), entry::toString);
    assertFalse(call(() -> Sockets.getHostByAddr("127.0.0.1")).name().isEmpty());
    Netdb.NameInfo numbers =
        call(() ->
            Sockets.getNameInfo(
                Ipv4Address.loopback(80),
                SocketConstants.NI_NUMERICHOST | SocketConstants.NI_NUMERICSERV));
    assertEquals(new Netdb.NameInfo("127.0.0.1", "80"), numbers);
    assertFalse(call(Sockets::getHostName).isEmpty());
    assertFalse(call(() -> Sockets.getFqdn("")).isEmpty());
    ResolveException numeric =
        assertThrows(
            ResolveException.class,
            () ->
                call(() ->
                    Sockets.getAddrInfo(
                        "no.such.host",
                        "80",
                        AddressFamily.INET,
                        SocketType.STREAM,
                        Protocol.DEFAULT,
                        SocketConstants.AI_NUMERICHOST)));
    assertEquals("EAI_NONAME", numeric.errnoName());
    assertTrue(UnknownHostException.class.isInstance(numeric));
  }

  @Test
  void servicesAndProtocolsAreFound() throws Exception {
    assertEquals(6, call(() -> Sockets.getProtoByName("tcp")).orElseThrow());
    assertTrue(Sockets.getProtoByName("no-such-protocol").isEmpty());
    assertTrue(call(() -> Sockets.getServByName("no-such-service", "tcp")).isEmpty());
    Assumptions.assumeTrue(
        java.nio.file.Files.exists(java.nio.file.Path.of("/etc/services")), "no /etc/services");
    assertEquals(80, call(() -> Sockets.getServByName("http", "tcp")).orElseThrow());
    assertEquals("http", call(() -> Sockets.getServByPort(80, "tcp")).orElseThrow());
  }

  @Test
  void interfacesHaveNamesAndNumbers() throws Exception {
    List<Interfaces.Interface> all = call(Sockets::ifNameIndex);
    assertFalse(all.isEmpty());
    for (Interfaces.Interface one : all) {
      assertEquals(one.index(), Sockets.ifNameToIndex(one.name()));
      assertEquals(one.name(), Sockets.ifIndexToName(one.index()));
    }
    assertMessage(
        "if_nametoindex no-such-if: ENODEV",
        assertThrows(IOException.class, () -> Sockets.ifNameToIndex("no-such-if")));
  }

  @Test
  void addressesAreReadAndWritten() {
    assertArrayEquals(new byte[] {127, 0, 0, 1}, Sockets.inetAton("127.1"));
    assertArrayEquals(new byte[] {1, 2, 3, 4}, Sockets.inetAton("0x1.02.772"));
    assertArrayEquals(new byte[] {1, 2, 3, 4}, Sockets.inetAton("1.2.3.4 foo"));
    String zeros = "0".repeat(40);
    assertArrayEquals(
        new byte[] {1, 0, 0, 8}, Sockets.inetAton("0x" + zeros + "1." + zeros + "10"));
    assertArrayEquals(new byte[4], Sockets.inetAton(zeros));
    assertArrayEquals(new byte[] {1, 0, 0, 2}, Sockets.inetAton("1.2\n.3"));
    for (String wrong :
        new String[] {
          "",
          " 1.2.3.4",
          "1.2.3.4foo",
          "1.2.3.4\u00a0",
          "1.2.3.4.5",
          "256.1.1.1",
          "1..2",
          "0x",
          "+1",
          "09",
          "a"
        }) {
      assertThrows(IllegalArgumentException.class, () -> Sockets.inetAton(wrong), wrong);
    }
    assertEquals("1.2.3.4", Sockets.inetNtoa(new byte[] {1, 2, 3, 4}));
    byte[] v6 = Sockets.inetPton(AddressFamily.INET6, "1::2");
    assertEquals("1::2", Sockets.inetNtop(AddressFamily.INET6, v6));
    assertThrows(
        IllegalArgumentException.class, () -> Sockets.inetPton(AddressFamily.INET, "127.1"));
    assertEquals(0x1234, Sockets.ntohs(Sockets.htons(0x1234)));
    assertEquals(0x12345678, Sockets.ntohl(Sockets.htonl(0x12345678)));
    assertThrows(IllegalArgumentException.class, () -> Sockets.htons(0x10000));
    assertTrue(Sockets.cmsgSpace(5) >= Sockets.cmsgLen(5));
  }
}
