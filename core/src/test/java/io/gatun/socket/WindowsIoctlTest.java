package io.gatun.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import io.gatun.address.AddressFamily;
import io.gatun.address.Ipv4Address;
import io.gatun.address.Protocol;
import io.gatun.address.SocketType;
import io.gatun.error.SocketError;
import io.gatun.error.SocketErrorException;
import io.gatun.error.WouldBlockException;
import io.gatun.os.Abi;
import io.gatun.os.Errno;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Requests of Windows alone. */
@EnabledOnOs(value = OS.WINDOWS, disabledReason = "the requests are Windows's")
final class WindowsIoctlTest {
  private static final byte[] TEXT = "sniffed".getBytes(StandardCharsets.US_ASCII);

  @Test
  void aNumberIsGivenByItsAddress() throws IOException {
    try (Socket socket = Socket.open(AddressFamily.INET, SocketType.DGRAM)) {
      socket.bind(Ipv4Address.loopback(0));
      assertEquals(0, socket.ioctl(Abi.HOST.value("FIONBIO"), 1));
      assertThrows(
          WouldBlockException.class,
          () -> {
            socket.setTimeout(Duration.ZERO);
            socket.recv(1);
          });
    }
  }

  @Test
  void aStructThatIsTooShortIsRefused() throws IOException {
    try (Socket socket = Socket.open(AddressFamily.INET, SocketType.STREAM)) {
      long request = SocketConstants.SIO_KEEPALIVE_VALS;
      assertThrows(IllegalArgumentException.class, () -> socket.ioctl(request, new byte[8]));
      assertThrows(IllegalArgumentException.class, () -> socket.ioctl(request, 1));
      assertEquals(0, socket.ioctl(request, new byte[12]));
    }
  }

  /**
   * The sniffer of Python's documentation: an address, all packets, one packet, no more packets.
   */
  @Test
  void allPacketsOfAnAddressAreReceivedWithTheirHeaders() throws IOException {
    Ipv4Address loopback = Ipv4Address.loopback(0);
    try (Socket sniffer = openRaw();
        Socket receiver = Socket.open(AddressFamily.INET, SocketType.DGRAM);
        Socket sender = Socket.open(AddressFamily.INET, SocketType.DGRAM)) {
      sniffer.bind(loopback);
      receiver.bind(loopback);
      receiveAll(sniffer, SocketConstants.RCVALL_ON);
      sniffer.setTimeout(Duration.ofSeconds(30));
      sender.sendTo(TEXT, receiver.getSockName());
      byte[] packet;
      do { // others' packets may come before
        packet = sniffer.recv(65_565);
        assertEquals(4, packet[0] >> 4, "an IPv4 header comes first");
      } while (packet.length < TEXT.length || !endsWithText(packet));
      receiveAll(sniffer, SocketConstants.RCVALL_OFF);
    }
  }

  private static boolean endsWithText(byte[] packet) {
    int from = packet.length - TEXT.length;
    return Arrays.equals(packet, from, packet.length, TEXT, 0, TEXT.length);
  }

  /** Wine opens raw sockets as Linux does, which has none of protocol 0. */
  private static Socket openRaw() throws IOException {
    try {
      return Socket.open(AddressFamily.INET, SocketType.RAW);
    } catch (SocketErrorException e) {
      if (e.errno() != Abi.HOST.errno("EPROTONOSUPPORT")) {
        throw unlessUnprivileged(e);
      }
    }
    try {
      return Socket.open(AddressFamily.INET, SocketType.RAW, Protocol.ICMP);
    } catch (SocketErrorException e) {
      throw unlessUnprivileged(e);
    }
  }

  private static SocketErrorException unlessUnprivileged(SocketErrorException e) {
    if (e.errno() == Errno.EACCES) {
      abort("raw sockets are the administrator's");
    }
    return e;
  }

  private static void receiveAll(Socket socket, int what) throws IOException {
    try {
      assertEquals(0, socket.ioctl(SocketConstants.SIO_RCVALL, what));
    } catch (IOException e) {
      String wine = System.getProperty("gatun.test.wine");
      assertTrue(e instanceof SocketError && wine != null, e::toString);
      assertEquals(Abi.HOST.errno("EOPNOTSUPP"), ((SocketError) e).errno());
      abort(wine + " has no SIO_RCVALL: " + e.getMessage());
    }
  }
}
