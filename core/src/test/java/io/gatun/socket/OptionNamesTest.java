package io.gatun.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.address.AddressFamily;
import io.gatun.address.Ipv4Address;
import io.gatun.address.SocketType;
import io.gatun.channel.ChannelOption;
import io.gatun.error.SocketError;
import io.gatun.error.SocketErrorException;
import io.gatun.os.Abi;
import io.gatun.os.Errno;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An option that fails is told by its name, and by what it was to be set to. */
final class OptionNamesTest {
  @ParameterizedTest
  @EnabledOnOs(value = OS.LINUX, disabledReason = "others lack many of these names")
  @CsvSource({
    "INET, SOL_SOCKET, SO_REUSEADDR",
    "INET, SOL_SOCKET, SO_DEBUG",
    "INET, SOL_SOCKET, SO_KEEPALIVE",
    "INET, SOL_SOCKET, SO_ATTACH_FILTER",
    "INET, IPPROTO_IP, IP_TOS",
    "INET, IPPROTO_IP, IP_MTU_DISCOVER",
    "INET, IPPROTO_IP, IP_ADD_MEMBERSHIP",
    "INET, IPPROTO_IP, MCAST_JOIN_GROUP",
    "INET6, IPPROTO_IPV6, IPV6_V6ONLY",
    "INET6, IPPROTO_IPV6, IPV6_CHECKSUM",
    "INET6, IPPROTO_IPV6, IPV6_MULTICAST_HOPS",
    "INET, IPPROTO_TCP, TCP_NODELAY",
    "INET, IPPROTO_TCP, TCP_MD5SIG",
    "UNIX, IPPROTO_TCP, TCP_NODELAY",
    "INET, IPPROTO_UDP, UDP_CORK",
    "CAN, SOL_CAN_RAW, CAN_RAW_FILTER",
    "CAN, SOL_CAN_ISOTP, CAN_ISOTP_OPTS",
    "CAN, SOL_CAN_ISOTP, CAN_ISOTP_RECV_FC",
    "CAN, SOL_CAN_J1939, SO_J1939_PROMISC",
    "ALG, SOL_ALG, ALG_SET_KEY",
    "NETLINK, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP",
    "NETLINK, SOL_NETLINK, NETLINK_PKTINFO",
    "PACKET, SOL_PACKET, PACKET_ADD_MEMBERSHIP",
    "PACKET, SOL_PACKET, PACKET_STATISTICS",
    "TIPC, SOL_TIPC, TIPC_IMPORTANCE",
    "VSOCK, AF_VSOCK, SO_VM_SOCKETS_BUFFER_SIZE",
    "BLUETOOTH, SOL_HCI, HCI_FILTER",
    "BLUETOOTH, SOL_L2CAP, L2CAP_LM",
    "BLUETOOTH, SOL_RFCOMM, RFCOMM_LM",
    "BLUETOOTH, SOL_BLUETOOTH, BT_SECURITY",
    "BLUETOOTH, SOL_SOCKET, SO_SNDBUF",
  })
  void anOptionHasTheNameThatItHasInC(String family, String level, String option) {
    assertEquals(
        level + " " + option,
        OptionNames.text(
            AddressFamily.of("AF_" + family), Abi.HOST.value(level), Abi.HOST.value(option)));
  }

  @Test
  void whatHasNoNameStaysANumber() {
    AddressFamily inet = AddressFamily.INET;
    assertEquals("123456 7", OptionNames.text(inet, 123_456, 7));
    assertEquals("SOL_SOCKET 123456", OptionNames.text(inet, SocketConstants.SOL_SOCKET, 123_456));
    int absent = SocketConstants.ABSENT;
    assertEquals(absent + " " + absent, OptionNames.text(inet, absent, absent));
  }

  private static void assertSays(String message, String call, Executable failing) {
    SocketErrorException error = assertThrows(SocketErrorException.class, failing);
    assertTrue(error.toString().contains(": " + message + ": "), error::toString);
    assertEquals(call, error.call());
  }

  @Test
  void theErrorNamesOptionLevelAndValue() throws Exception {
    int level = SocketConstants.SOL_SOCKET;
    try (Socket socket = Socket.open(AddressFamily.INET, SocketType.DGRAM)) {
      String set = "setsockopt";
      String get = "getsockopt";
      assertSays("getsockopt SOL_SOCKET 9999", get, () -> socket.getSockOpt(level, 9999));
      assertSays("getsockopt SOL_SOCKET 9999", get, () -> socket.getSockOpt(level, 9999, 4));
      assertSays("setsockopt SOL_SOCKET 9999=-5", set, () -> socket.setSockOpt(level, 9999, -5));
      assertSays(
          "setsockopt SOL_SOCKET 9999=2 bytes",
          set,
          () -> socket.setSockOpt(level, 9999, new byte[] {1, -1}));
      assertSays(
          "setsockopt SOL_SOCKET 9999=40 bytes",
          set,
          () -> socket.setSockOpt(level, 9999, new byte[40]));
      assertSays(
          "setsockopt SOL_SOCKET 9999=null of 4 bytes",
          set,
          () -> socket.setSockOptNull(level, 9999, 4));
      ChannelOption<byte[]> unknown = ChannelOption.ofBytes("NEW_ONE", level, 9999, 4);
      assertSays("getsockopt NEW_ONE", get, () -> socket.getOption(unknown));
      assertSays(
          "setsockopt NEW_ONE=1 bytes", set, () -> socket.setOption(unknown, new byte[] {2}));
      // And whom the socket is connected to, as every error does.
      socket.connect(Ipv4Address.loopback(9));
      assertSays(
          "setsockopt SOL_SOCKET 9999=1 127.0.0.1:9", set, () -> socket.setSockOpt(level, 9999, 1));
    }
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "the request's number is Linux's")
  void theErrorOfAnIoctlNamesTheRequest() throws Exception {
    try (Socket socket = Socket.open(AddressFamily.INET, SocketType.DGRAM)) {
      IOException none = assertThrows(IOException.class, () -> socket.ioctl(0x8910, new byte[16]));
      assertTrue(none.toString().contains(": ioctl 0x8910: ENODEV"), none::toString);
      assertEquals("ENODEV", Errno.name(((SocketError) none).errno()));
    }
  }
}
