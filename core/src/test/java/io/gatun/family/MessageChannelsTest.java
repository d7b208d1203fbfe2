package io.gatun.family;

import static io.gatun.socket.SocketConstants.CAN_RAW;
import static io.gatun.socket.SocketConstants.ETH_P_IP;
import static io.gatun.socket.SocketConstants.RTMGRP_LINK;
import static io.gatun.socket.SocketConstants.RTM_NEWLINK;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.address.Address;
import io.gatun.address.AddressFamily;
import io.gatun.address.CanAddress;
import io.gatun.address.Ipv4Address;
import io.gatun.address.NetlinkAddress;
import io.gatun.address.PacketAddress;
import io.gatun.address.Protocol;
import io.gatun.address.SocketType;
import io.gatun.channel.Bootstrap;
import io.gatun.channel.Channel;
import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.channel.EventLoopGroup;
import io.gatun.channel.Message;
import io.gatun.os.Abi;
import io.gatun.socket.Socket;
import io.gatun.transport.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Channels of messages over families of Linux, by the same class as UDP's. */
final class MessageChannelsTest {
  private static final int SECONDS = 20;

  private final EventLoopGroup group =
      EventLoopGroup.builder().loops(1).transport(Transport.named("poll")).build();

  private final BlockingQueue<Letter> letters = new LinkedBlockingQueue<>();

  private record Letter(ByteBuf bytes, Address sender) {}

  @AfterEach
  void close() {
    group.close();
  }

  private Channel bind(String family, String type, String protocol, Address address)
      throws Exception {
    Families.open(family, type, protocol).close(); // ends the test where there is none
    int number = protocol.isEmpty() ? 0 : Abi.HOST.value(protocol);
    ChannelHandler reader =
        new ChannelHandler() {
          @Override
          public void channelRead(ChannelHandlerContext ctx, Object message) {
            Message m = assertInstanceOf(Message.class, message);
            byte[] bytes = ByteBufUtil.getBytes(m.content());
            letters.add(
                new Letter(Unpooled.wrappedBuffer(bytes), Objects.requireNonNull(m.address())));
            m.release();
          }

          @Override
          public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            throw new AssertionError("a channel of messages has failed", cause); // is logged
          }
        };
    return new Bootstrap(group)
        .type(SocketType.of(type), new Protocol(number))
        .handler(channel -> channel.pipeline().addLast(reader))
        .bind(address)
        .get(SECONDS, TimeUnit.SECONDS);
  }

  private Letter next() throws InterruptedException {
    return Objects.requireNonNull(letters.poll(SECONDS, TimeUnit.SECONDS), "nothing comes");
  }

  @Test
  void aPacketChannelSeesDatagramsOfTheLoopback() throws Exception {
    Assumptions.assumeTrue(Abi.HOST.has("AF_PACKET"), "AF_PACKET is Linux's");
    bind("AF_PACKET", "SOCK_DGRAM", "", PacketAddress.of("lo", ETH_P_IP));
    try (Socket receiver = Socket.open(AddressFamily.INET, SocketType.DGRAM);
        Socket sender = Socket.open(AddressFamily.INET, SocketType.DGRAM)) {
      receiver.bind(Ipv4Address.loopback(0));
      Ipv4Address to = (Ipv4Address) receiver.getSockName();
      byte[] payload = ("caught by a channel on port " + to.port()).getBytes(US_ASCII);
      sender.sendTo(payload, to);
      byte[] bytes;
      do {
        Letter letter = next();
        assertEquals("lo", assertInstanceOf(PacketAddress.class, letter.sender()).interfaceName());
        bytes = ByteBufUtil.getBytes(letter.bytes());
      } while (bytes.length < payload.length
          || !Arrays.equals(
              payload, Arrays.copyOfRange(bytes, bytes.length - payload.length, bytes.length)));
    }
  }

  @Test
  void aNetlinkChannelHearsOfANewLink() throws Exception {
    Families.assumeGuest();
    bind("AF_NETLINK", "SOCK_RAW", "NETLINK_ROUTE", new NetlinkAddress(0, RTMGRP_LINK));
    Families.ip("link", "add", "gatun0", "type", "dummy");
    try {
      Letter letter = next();
      assertEquals(0, assertInstanceOf(NetlinkAddress.class, letter.sender()).pid());
      assertEquals(RTM_NEWLINK, letter.bytes().getShortLE(4)); // struct nlmsghdr: nlmsg_type
      assertTrue(
          ByteBufUtil.indexOf(Unpooled.copiedBuffer("gatun0", US_ASCII), letter.bytes()) > 0);
    } finally {
      Families.ip("link", "delete", "gatun0");
    }
  }

  @Test
  void canFramesGoBetweenChannelsInWholeAndInOrder() throws Exception {
    Families.assumeBus("vcan0");

    bind("AF_CAN", "SOCK_RAW", "CAN_RAW", CanAddress.raw("vcan0"));
    Channel sender =
        new Bootstrap(group)
            .type(SocketType.RAW, new Protocol(CAN_RAW))
            .handler(channel -> {})
            .bind(CanAddress.raw("vcan0"))
            .get(SECONDS, TimeUnit.SECONDS);
    for (int i = 0; i < 40; i++) {
      // struct can_frame { canid_t can_id; __u8 len; __u8 pad, res0, len8_dlc; __u8 data[8]; };
      ByteBuf frame = sender.alloc().directBuffer(16).writeIntLE(0x100 + i).writeIntLE(1);
      sender.write(frame.writeLongLE(i), null);
    }
    sender.flush();
    for (int i = 0; i < 40; i++) {
      Letter letter = next();
      assertEquals(16, letter.bytes().readableBytes());
      assertEquals(0x100 + i, letter.bytes().getIntLE(0));
      assertEquals(i, letter.bytes().getByte(8));
      assertEquals("vcan0", assertInstanceOf(CanAddress.class, letter.sender()).interfaceName());
    }
  }
}
