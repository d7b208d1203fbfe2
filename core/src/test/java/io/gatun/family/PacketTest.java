package io.gatun.family;

import static io.gatun.socket.SocketConstants.ETH_P_IP;
import static io.gatun.socket.SocketConstants.PACKET_BROADCAST;
import static io.gatun.socket.SocketConstants.PACKET_HOST;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.gatun.address.AddressFamily;
import io.gatun.address.HardwareAddress;
import io.gatun.address.Ipv4Address;
import io.gatun.address.PacketAddress;
import io.gatun.address.SocketType;
import io.gatun.socket.Datagram;
import io.gatun.socket.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Frames as the device has them: packet(7). */
final class PacketTest {
  private static final int ARPHRD_ETHER = 1;
  private static final int ARPHRD_LOOPBACK = 772;
  private static final HardwareAddress EVERYBODY = HardwareAddress.parse("ff:ff:ff:ff:ff:ff");

  /** IEEE 802: for experiments within a network. */
  private static final int PROTOCOL = 0x88b5;

  private static Socket open(String type, String device, int protocol) throws IOException {
    Socket socket = Families.open("AF_PACKET", type, "");
    socket.setTimeout(Duration.ofSeconds(20));
    socket.bind(PacketAddress.of(device, protocol));
    return socket;
  }

  @Test
  void aDatagramOnTheLoopbackIsSeenWithItsHeaders() throws Exception {
    try (Socket sniffer = open("SOCK_DGRAM", "lo", ETH_P_IP);
        Socket receiver = Socket.open(AddressFamily.INET, SocketType.DGRAM);
        Socket sender = Socket.open(AddressFamily.INET, SocketType.DGRAM)) {
      receiver.bind(Ipv4Address.loopback(0));
      Ipv4Address to = (Ipv4Address) receiver.getSockName();
      byte[] payload = ("caught on port " + to.port()).getBytes(US_ASCII);
      sender.sendTo(payload, to);
      while (true) {
        Datagram frame = sniffer.recvFrom(2000);
        PacketAddress from = (PacketAddress) frame.address();
        byte[] data = frame.data();
        if (from.packetType() != PACKET_HOST || !endsWith(data, payload)) {
          continue; // another's, or the same on its way out
        }
        assertEquals("lo", from.interfaceName());
        assertEquals(ETH_P_IP, from.protocol());
        assertEquals(ARPHRD_LOOPBACK, from.hardwareType());
        assertEquals(HardwareAddress.parse("00:00:00:00:00:00"), from.address());
        ByteBuffer ip = ByteBuffer.wrap(data);
        assertEquals(0x45, ip.get(0), "IPv4, and a header of 20 bytes");
        assertEquals(0x7f000001, ip.getInt(16));
        assertEquals(to.port(), ip.getShort(22) & 0xffff);
        return;
      }
    }
  }

  private static boolean endsWith(byte[] data, byte[] end) {
    int from = data.length - end.length;
    return from >= 0 && Arrays.equals(data, from, data.length, end, 0, end.length);
  }

  private static HardwareAddress hardware(String device) throws IOException {
    String text = Files.readString(Path.of("/sys/class/net", device, "address"));
    return HardwareAddress.parse(text.strip());
  }

  @Test
  void framesCrossACableOfTwoEnds() throws Exception {
    Families.assumeGuest();
    Families.ip("link", "add", "gatun1", "type", "veth", "peer", "name", "gatun2");
    try {
      Families.ip("link", "set", "gatun1", "up");
      Families.ip("link", "set", "gatun2", "up");
      HardwareAddress one = hardware("gatun1");
      HardwareAddress two = hardware("gatun2");
      try (Socket raw = open("SOCK_RAW", "gatun1", PROTOCOL);
          Socket cooked = open("SOCK_DGRAM", "gatun2", PROTOCOL)) {
        assertEquals(ARPHRD_ETHER, ((PacketAddress) raw.getSockName()).hardwareType());
        assertEquals(one, ((PacketAddress) raw.getSockName()).address());

        // A whole frame, which the other end gets without its head.
        ByteBuffer frame = ByteBuffer.allocate(14 + 46);
        frame.put(two.toByteArray()).put(one.toByteArray()).putShort((short) PROTOCOL);
        frame.put("hello".getBytes(US_ASCII));
        assertEquals(60, raw.send(frame.array()));
        Datagram got = cooked.recvFrom(2000);
        assertArrayEquals(Arrays.copyOfRange(frame.array(), 14, 60), got.data());
        PacketAddress from = (PacketAddress) got.address();
        assertEquals("gatun2", from.interfaceName());
        assertEquals(PROTOCOL, from.protocol());
        assertEquals(PACKET_HOST, from.packetType());
        assertEquals(one, from.address());

        // The kernel makes the head from the address; and a frame for all is marked as one.
        PacketAddress all = PacketAddress.of("gatun2", PROTOCOL);
        all = new PacketAddress(all.interfaceIndex(), PROTOCOL, 0, 0, EVERYBODY);
        byte[] answer = new byte[46];
        Arrays.fill(answer, (byte) 'x');
        assertEquals(46, cooked.sendTo(answer, all));
        got = raw.recvFrom(2000);
        frame.clear().put(EVERYBODY.toByteArray()).put(two.toByteArray());
        frame.putShort((short) PROTOCOL).put(answer);
        assertArrayEquals(frame.array(), got.data());
        assertEquals(PACKET_BROADCAST, ((PacketAddress) got.address()).packetType());
        assertNotEquals(one, ((PacketAddress) got.address()).address());
      }
    } finally {
      Families.ip("link", "del", "gatun1");
    }
  }
}
