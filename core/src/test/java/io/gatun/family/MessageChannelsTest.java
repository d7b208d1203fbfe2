package io.gatun.family;

import static io.gatun.socket.SocketConstants.CAN_BCM;
import static io.gatun.socket.SocketConstants.CAN_BCM_RX_CHANGED;
import static io.gatun.socket.SocketConstants.CAN_BCM_RX_FILTER_ID;
import static io.gatun.socket.SocketConstants.CAN_BCM_RX_SETUP;
import static io.gatun.socket.SocketConstants.CAN_BCM_TX_SEND;
import static io.gatun.socket.SocketConstants.ETH_P_IP;
import static io.gatun.socket.SocketConstants.J1939_NO_NAME;
import static io.gatun.socket.SocketConstants.J1939_NO_PGN;
import static io.gatun.socket.SocketConstants.NLMSG_DONE;
import static io.gatun.socket.SocketConstants.NLM_F_DUMP;
import static io.gatun.socket.SocketConstants.NLM_F_REQUEST;
import static io.gatun.socket.SocketConstants.RTMGRP_LINK;
import static io.gatun.socket.SocketConstants.RTM_GETLINK;
import static io.gatun.socket.SocketConstants.RTM_NEWLINK;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.address.Address;
import io.gatun.address.AddressFamily;
import io.gatun.address.CanAddress;
import io.gatun.address.Interfaces;
import io.gatun.address.Ipv4Address;
import io.gatun.address.NetlinkAddress;
import io.gatun.address.PacketAddress;
import io.gatun.address.Protocol;
import io.gatun.address.SocketType;
import io.gatun.address.TipcAddress;
import io.gatun.channel.Bootstrap;
import io.gatun.channel.Channel;
import io.gatun.channel.ChannelOption;
import io.gatun.channel.Message;
import io.gatun.os.Abi;
import io.gatun.socket.Socket;
import io.gatun.transport.Transport;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Channels of messages over families of Linux, by the same class as UDP's. */
@ParameterizedClass(name = "{0}")
@MethodSource("transports")
final class MessageChannelsTest extends ChannelLab {
  private final Recorder recorder = new Recorder();

  MessageChannelsTest(Transport transport) {
    super(transport);
  }

  private Bootstrap messages(String type, int protocol, Recorder recorder) {
    return new Bootstrap(group)
        .type(SocketType.of(type), new Protocol(protocol))
        .option(ChannelOption.ALLOCATOR, alloc)
        .handler(channel -> channel.pipeline().addLast(recorder));
  }

  /** A channel that is bound; it ends a test where there is no such family. */
  private Channel bind(
      String family, String type, String protocol, Address address, Recorder recorder)
      throws Exception {
    Families.open(family, type, protocol).close();
    int number = protocol.isEmpty() ? 0 : Abi.HOST.value(protocol);
    Channel channel = await(messages(type, number, recorder).bind(address));
    recorder.expect(Recorder.ACTIVE);
    return channel;
  }

  private void send(Channel channel, Address to, byte[] bytes) throws Exception {
    await(channel.writeAndFlush(Message.to(to, buffer(bytes))));
  }

  private static ByteBuffer struct(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
  }

  @Test
  void aPacketChannelSeesDatagramsOfTheLoopback() throws Exception {
    Assumptions.assumeTrue(Abi.HOST.has("AF_PACKET"), "AF_PACKET is Linux's");
    bind("AF_PACKET", "SOCK_DGRAM", "", PacketAddress.of("lo", ETH_P_IP), recorder);
    try (Socket receiver = Socket.open(AddressFamily.INET, SocketType.DGRAM);
        Socket sender = Socket.open(AddressFamily.INET, SocketType.DGRAM)) {
      receiver.bind(Ipv4Address.loopback(0));
      Ipv4Address to = (Ipv4Address) receiver.getSockName();
      byte[] payload = ("caught by a channel on port " + to.port()).getBytes(US_ASCII);
      sender.sendTo(payload, to);
      byte[] bytes;
      do {
        Letter letter = recorder.letter();
        assertEquals("lo", assertInstanceOf(PacketAddress.class, letter.sender()).interfaceName());
        bytes = letter.bytes();
      } while (bytes.length < payload.length
          || !Arrays.equals(
              payload, Arrays.copyOfRange(bytes, bytes.length - payload.length, bytes.length)));
    }
  }

  /** RFC 792: type, code, checksum, identifier, sequence. */
  @Test
  void aRawChannelPingsTheHost() throws Exception {
    Channel channel =
        bind("AF_INET", "SOCK_RAW", "IPPROTO_ICMP", Ipv4Address.loopback(0), recorder);
    byte[] echo = {8, 0, 0, 0, 0x47, 0x11, 0, 1, 'g', 'a', 't', 'u', 'n', '!'};
    int sum = 0;
    for (int i = 0; i < echo.length; i += 2) {
      sum += (echo[i] & 0xff) << 8 | (echo[i + 1] & 0xff);
    }
    sum = ~((sum & 0xffff) + (sum >> 16));
    echo[2] = (byte) (sum >> 8);
    echo[3] = (byte) sum;
    send(channel, Ipv4Address.loopback(0), echo);
    byte[] icmp;
    do { // the question comes by as well
      Letter letter = recorder.letter();
      assertEquals(Ipv4Address.loopback(0), letter.sender());
      byte[] packet = letter.bytes();
      icmp = Arrays.copyOfRange(packet, (packet[0] & 0xf) * 4, packet.length);
    } while (icmp[0] != 0 || icmp[4] != 0x47 || icmp[5] != 0x11);
    assertArrayEquals(Arrays.copyOfRange(echo, 4, 14), Arrays.copyOfRange(icmp, 4, 14));
  }

  /** struct nlmsghdr { __u32 len; __u16 type; __u16 flags; __u32 seq; __u32 pid; }. */
  @Test
  void aNetlinkChannelIsToldAllLinks() throws Exception {
    Channel channel =
        bind("AF_NETLINK", "SOCK_RAW", "NETLINK_ROUTE", NetlinkAddress.KERNEL, recorder);
    byte[] request = new byte[32]; // and a struct ifinfomsg that asks for any
    struct(request)
        .putInt(32)
        .putShort((short) RTM_GETLINK)
        .putShort((short) (NLM_F_REQUEST | NLM_F_DUMP))
        .putInt(4711);
    send(channel, NetlinkAddress.KERNEL, request);
    Set<Integer> links = new HashSet<>();
    for (boolean done = false; !done; ) {
      Letter letter = recorder.letter();
      assertEquals(NetlinkAddress.KERNEL, letter.sender());
      ByteBuffer all = struct(letter.bytes());
      for (int at = 0; at + 16 <= all.limit() && !done; at += (all.getInt(at) + 3) & -4) {
        assertEquals(4711, all.getInt(at + 8));
        done = all.getShort(at + 4) == NLMSG_DONE;
        if (!done) {
          assertEquals(RTM_NEWLINK, all.getShort(at + 4));
          links.add(all.getInt(at + 16 + 4)); // struct ifinfomsg: ifi_index
        }
      }
    }
    Set<Integer> expected = new HashSet<>();
    Interfaces.all().forEach(link -> expected.add(link.index()));
    assertEquals(expected, links);
  }

  @Test
  void aNetlinkChannelHearsOfANewLink() throws Exception {
    Families.assumeGuest();
    Address group = new NetlinkAddress(0, RTMGRP_LINK);
    bind("AF_NETLINK", "SOCK_RAW", "NETLINK_ROUTE", group, recorder);
    Families.ip("link", "add", "gatun0", "type", "dummy");
    try {
      Letter letter = recorder.letter();
      assertEquals(0, assertInstanceOf(NetlinkAddress.class, letter.sender()).pid());
      ByteBuffer bytes = struct(letter.bytes());
      assertEquals(RTM_NEWLINK, bytes.getShort(4)); // struct nlmsghdr: nlmsg_type
      assertTrue(new String(letter.bytes(), US_ASCII).contains("gatun0"));
    } finally {
      Families.ip("link", "delete", "gatun0");
    }
  }

  /** struct can_frame { canid_t can_id; __u8 len; __u8 pad, res0, len8_dlc; __u8 data[8]; }. */
  private static byte[] frame(int id, int value) {
    byte[] frame = new byte[16];
    struct(frame).putInt(id).put((byte) 1).put(8, (byte) value);
    return frame;
  }

  @Test
  void canFramesGoBetweenChannelsInWholeAndInOrder() throws Exception {
    Families.assumeBus("vcan0");
    Address bus = CanAddress.raw("vcan0");
    bind("AF_CAN", "SOCK_RAW", "CAN_RAW", bus, recorder);
    Channel sender = bind("AF_CAN", "SOCK_RAW", "CAN_RAW", bus, new Recorder());
    for (int i = 0; i < 40; i++) {
      sender.write(buffer(frame(0x100 + i, i)), null);
    }
    sender.flush();
    for (int i = 0; i < 40; i++) {
      Letter letter = recorder.letter();
      assertArrayEquals(frame(0x100 + i, i), letter.bytes());
      assertEquals(bus, letter.sender());
    }
  }

  /**
   * struct bcm_msg_head { __u32 opcode, flags, count; struct bcm_timeval { long sec, usec; } ival1,
   * ival2; canid_t can_id; __u32 nframes; struct can_frame frames[]; }, and a frame.
   */
  private static byte[] broadcast(int opcode, int flags, int id, byte[] frame) {
    byte[] message = new byte[56 + frame.length];
    struct(message)
        .putInt(opcode)
        .putInt(flags)
        .putInt(48, id)
        .putInt(52, frame.length / 16)
        .put(56, frame);
    return message;
  }

  @Test
  void theBroadcastManagerSendsAndWatchesFrames() throws Exception {
    Families.assumeBus("vcan0");
    Families.open("AF_CAN", "SOCK_DGRAM", "CAN_BCM").close();
    Recorder told = new Recorder();
    Address bus = CanAddress.raw("vcan0");
    Channel manager = await(messages("SOCK_DGRAM", CAN_BCM, told).connect(bus));
    told.expect(Recorder.ACTIVE);
    Channel raw = bind("AF_CAN", "SOCK_RAW", "CAN_RAW", bus, recorder);
    byte[] sent = frame(0x321, 7);
    await(manager.writeAndFlush(buffer(broadcast(CAN_BCM_TX_SEND, 0, 0x321, sent))));
    assertArrayEquals(sent, recorder.letter().bytes());
    byte[] setup = broadcast(CAN_BCM_RX_SETUP, CAN_BCM_RX_FILTER_ID, 0x322, new byte[0]);
    await(manager.writeAndFlush(buffer(setup)));
    for (int i = 0; i < 10; i++) {
      byte[] seen = frame(0x322, i);
      await(raw.writeAndFlush(buffer(seen)));
      Letter letter = told.letter();
      ByteBuffer message = struct(letter.bytes());
      assertEquals(CAN_BCM_RX_CHANGED, message.getInt(0));
      assertEquals(0x322, message.getInt(48));
      assertArrayEquals(seen, Arrays.copyOfRange(letter.bytes(), 56, 72));
    }
  }

  /** The kernel takes a message when the one before it has gone, and says so. */
  @Test
  void longMessagesGoByIsoTpOneAfterTheOther() throws Exception {
    Families.assumeBus("vcan1");
    Address to = CanAddress.isoTp("vcan1", 0x456, 0x123);
    bind("AF_CAN", "SOCK_DGRAM", "CAN_ISOTP", to, recorder);
    Address from = CanAddress.isoTp("vcan1", 0x123, 0x456);
    Channel sender = bind("AF_CAN", "SOCK_DGRAM", "CAN_ISOTP", from, new Recorder());
    for (int i = 1; i <= 5; i++) {
      sender.write(buffer(data(200 * i)), null);
    }
    sender.flush();
    for (int i = 1; i <= 5; i++) {
      assertArrayEquals(data(200 * i), recorder.letter().bytes());
    }
  }

  @Test
  void aLongMessageGoesByJ1939AndIsAnswered() throws Exception {
    Families.assumeBus("vcan1");
    Address one = CanAddress.j1939("vcan1", J1939_NO_NAME, J1939_NO_PGN, 0x20);
    Address other = CanAddress.j1939("vcan1", J1939_NO_NAME, J1939_NO_PGN, 0x21);
    Recorder answers = new Recorder();
    Channel sender = bind("AF_CAN", "SOCK_DGRAM", "CAN_J1939", one, answers);
    Channel receiver = bind("AF_CAN", "SOCK_DGRAM", "CAN_J1939", other, recorder);
    int group = 0x12300;
    send(sender, CanAddress.j1939("vcan1", J1939_NO_NAME, group, 0x21), data(100));
    Letter letter = recorder.letter();
    assertArrayEquals(data(100), letter.bytes());
    CanAddress.J1939 from = assertInstanceOf(CanAddress.J1939.class, letter.sender());
    assertEquals(0x20, from.address());
    assertEquals(group, from.pgn());
    send(receiver, from, data(8));
    assertArrayEquals(data(8), answers.letter().bytes());
  }

  @Test
  void aServiceOfTheClusterAnswersItsCaller() throws Exception {
    Families.open("AF_TIPC", "SOCK_RDM", "").close();
    Channel server = bind("AF_TIPC", "SOCK_RDM", "", TipcAddress.range(4712, 1, 1), recorder);
    Recorder answers = new Recorder();
    Channel client = await(messages("SOCK_RDM", 0, answers).open(AddressFamily.of("AF_TIPC")));
    answers.expect(Recorder.ACTIVE);
    send(client, TipcAddress.name(4712, 1), data(500));
    Letter letter = recorder.letter();
    assertArrayEquals(data(500), letter.bytes());
    send(server, Objects.requireNonNull(letter.sender()), data(3));
    assertArrayEquals(data(3), answers.letter().bytes());
  }
}
