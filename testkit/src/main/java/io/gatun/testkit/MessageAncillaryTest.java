package io.gatun.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.address.Address;
import io.gatun.address.AddressFamily;
import io.gatun.address.Interfaces;
import io.gatun.address.IpAddress;
import io.gatun.address.Ipv4Address;
import io.gatun.address.Ipv6Address;
import io.gatun.address.Protocol;
import io.gatun.address.SocketType;
import io.gatun.address.UnixAddress;
import io.gatun.channel.Bootstrap;
import io.gatun.channel.Channel;
import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.channel.ChannelOption;
import io.gatun.channel.Message;
import io.gatun.channel.MessageOptions;
import io.gatun.channel.MulticastGroup;
import io.gatun.error.SocketErrorException;
import io.gatun.message.AncillaryData;
import io.gatun.message.Credentials;
import io.gatun.os.Abi;
import io.gatun.os.Os;
import io.gatun.socket.Socket;
import io.netty.buffer.ByteBufUtil;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** What goes and comes beside a message's bytes, connections of messages, and groups. */
@OnEachTransport
public final class MessageAncillaryTest extends ChannelLab {
  private final Recorder recorder = new Recorder();

  MessageAncillaryTest(Lane lane) throws IOException {
    super(lane);
  }

  private Bootstrap datagrams(ChannelHandler... handlers) {
    return client(handlers).type(SocketType.DGRAM);
  }

  private Channel bound(Address address) throws Exception {
    Channel channel = await(datagrams(recorder).bind(address));
    recorder.expect(Recorder.Event.ACTIVE);
    return channel;
  }

  private Message next() throws InterruptedException {
    return assertInstanceOf(Message.class, recorder.next());
  }

  private static void assumeHas(String name) {
    Assumptions.assumeTrue(Abi.HOST.has(name), "this system has no " + name);
  }

  private Address any(AddressFamily family) {
    return family.equals(AddressFamily.INET) ? Ipv4Address.any(0) : Ipv6Address.any(0);
  }

  private static Ipv6Address loopback6() {
    Family.IPV6.assume();
    return Ipv6Address.loopback(0);
  }

  @Test
  void trafficClassAndHopLimitGoAndComeWithAMessage() throws Exception {
    assumeHas("IP_RECVTTL");
    String wine = System.getProperty("gatun.test.wine");
    Assumptions.assumeTrue(wine == null, wine + " tells neither");
    Channel receiver = bound(Ipv4Address.loopback(0));
    receiver.setOption(MessageOptions.IP_RECVTOS, true);
    receiver.setOption(MessageOptions.IP_RECVTTL, true);
    Channel sender = await(datagrams().open(AddressFamily.INET));
    await(
        sender.writeAndFlush(
            Message.to(local(receiver), buffer(Data.of(3)))
                .withTrafficClass(0xb9)
                .withHopLimit(7)));
    Message message = next();
    assertEquals(0xb9, message.trafficClass());
    assertEquals(1, message.ecn());
    assertEquals(7, message.hopLimit());
    message.release();
    await(sender.writeAndFlush(Message.to(local(receiver), buffer(Data.of(3)))));
    message = next(); // none of it stuck to the memory that is used again
    assertEquals(0, message.trafficClass());
    assertTrue(message.hopLimit() > 7);
    message.release();
  }

  @Test
  void trafficClassAndHopLimitGoAndComeOverIpv6Too() throws Exception {
    assumeHas("IPV6_RECVTCLASS");
    assumeHas("IPV6_RECVHOPLIMIT");
    Channel receiver = bound(loopback6());
    receiver.setOption(MessageOptions.IPV6_RECVTCLASS, true);
    receiver.setOption(MessageOptions.IPV6_RECVHOPLIMIT, true);
    Channel sender = await(datagrams().open(AddressFamily.INET6));
    await(
        sender.writeAndFlush(
            Message.to(local(receiver), buffer(Data.of(3)))
                .withTrafficClass(0xba)
                .withHopLimit(9)));
    Message message = next();
    assertEquals(0xba, message.trafficClass());
    assertEquals(2, message.ecn());
    assertEquals(9, message.hopLimit());
    message.release();
  }

  @Test
  void theDestinationAndTheInterfaceAreToldAndMayBeChosen() throws Exception {
    assumeHas("IP_PKTINFO");
    Channel receiver = bound(Ipv4Address.any(0));
    receiver.setOption(MessageOptions.IP_PKTINFO, true);
    IpAddress to = Ipv4Address.loopback(((IpAddress) local(receiver)).port());
    Channel sender = await(datagrams().bind(Ipv4Address.any(0)));
    Message chosen = Message.to(to, buffer(Data.of(3)));
    if (Abi.HOST.os() == Os.LINUX) { // where all of 127/8 is the host's own
      chosen.withSource(Ipv4Address.of("127.0.0.2", 0));
    }
    await(sender.writeAndFlush(chosen));
    Message message = next();
    assertEquals(Ipv4Address.loopback(0), message.destination());
    assertTrue(message.interfaceIndex() > 0);
    if (Abi.HOST.os() == Os.LINUX) {
      Address sent = Objects.requireNonNull(message.address());
      assertEquals(Ipv4Address.of("127.0.0.2", ((IpAddress) local(sender)).port()), sent);
    }
    message.release();
  }

  @Test
  void theDestinationAndTheInterfaceAreToldOverIpv6() throws Exception {
    assumeHas("IPV6_RECVPKTINFO");
    Address loopback = loopback6();
    Channel receiver = bound(Ipv6Address.any(0));
    receiver.setOption(MessageOptions.IPV6_RECVPKTINFO, true);
    Address to = ((IpAddress) loopback).withPort(((IpAddress) local(receiver)).port());
    Channel sender = await(datagrams().open(AddressFamily.INET6));
    await(sender.writeAndFlush(Message.to(to, buffer(Data.of(3)))));
    Message message = next();
    assertEquals(loopback, message.destination());
    assertTrue(message.interfaceIndex() > 0);
    message.release();
  }

  @Test
  void theKernelTellsWhenItReceivedAMessage() throws Exception {
    for (ChannelOption<Boolean> option :
        List.of(MessageOptions.SO_TIMESTAMP, MessageOptions.SO_TIMESTAMPNS)) {
      if (!Abi.HOST.has(option.name())) {
        continue;
      }
      Channel receiver = bound(Ipv4Address.loopback(0));
      receiver.setOption(option, true);
      Channel sender = await(datagrams().open(AddressFamily.INET));
      await(sender.writeAndFlush(Message.to(local(receiver), buffer(Data.of(3)))));
      Message message = next();
      Instant told = Instant.ofEpochSecond(0, message.timestamp());
      assertTrue(told.isAfter(Instant.now().minusSeconds(3600)), told::toString);
      assertTrue(told.isBefore(Instant.now().plusSeconds(3600)), told::toString);
      message.release();
    }
  }

  @Test
  void softwareTimestampsOfSoTimestampingAreRead() throws Exception {
    assumeHas("SO_TIMESTAMPING");
    Channel receiver = bound(Ipv4Address.loopback(0));
    receiver.setOption(
        MessageOptions.SO_TIMESTAMPING,
        Abi.HOST.value("SOF_TIMESTAMPING_RX_SOFTWARE")
            | Abi.HOST.value("SOF_TIMESTAMPING_SOFTWARE"));
    Channel sender = await(datagrams().open(AddressFamily.INET));
    long told = 0;
    // The kernel takes times from a moment after the first socket asked for them.
    for (int i = 0; i < 10_000 && told == 0; i++) {
      await(sender.writeAndFlush(Message.to(local(receiver), buffer(Data.of(3)))));
      Message message = next();
      told = message.timestamp();
      assertEquals(0, message.hardwareTimestamp()); // the loopback has no clock
      message.release();
    }
    assertTrue(told > 1_000_000_000_000_000_000L, "" + told);
  }

  @Test
  void whatNobodyAskedForIsNotTold() throws Exception {
    Channel receiver = bound(Ipv4Address.loopback(0));
    Channel sender = await(datagrams().open(AddressFamily.INET));
    await(sender.writeAndFlush(Message.to(local(receiver), buffer(Data.of(3)))));
    Message message = next();
    assertEquals(0, message.ancillary().size());
    assertEquals(-1, message.trafficClass());
    assertEquals(-1, message.ecn());
    assertEquals(-1, message.hopLimit());
    assertEquals(null, message.destination());
    assertEquals(0, message.interfaceIndex());
    assertEquals(0, message.timestamp());
    assertEquals(0, message.dropped());
    assertEquals(0, message.segmentSize());
    assertEquals(null, message.credentials());
    assertEquals(0, message.takeDescriptors().length);
    message.release();
  }

  @Test
  void anIpv4PeerOfAnIpv6SocketIsMapped() throws Exception {
    loopback6();
    Channel receiver =
        await(
            datagrams(recorder).option(ChannelOption.IPV6_V6ONLY, false).bind(Ipv6Address.any(0)));
    recorder.expect(Recorder.Event.ACTIVE);
    int port = ((IpAddress) local(receiver)).port();
    Socket peer = own(Socket.open(AddressFamily.INET, SocketType.DGRAM));
    peer.setTimeout(LONG);
    peer.bind(Ipv4Address.loopback(0));
    peer.sendTo(Data.of(5), Ipv4Address.loopback(port));
    Message message = next();
    int from = ((IpAddress) peer.getSockName()).port();
    assertEquals(Ipv6Address.of("::ffff:127.0.0.1", from), message.address());
    await(receiver.writeAndFlush(message));
    assertArrayEquals(Data.of(5), peer.recv(100));
  }

  @Test
  void aMessageIsCutIntoSegmentsAndJoinedAgain() throws Exception {
    assumeHas("UDP_SEGMENT");
    Channel receiver = bound(Ipv4Address.loopback(0));
    Channel sender = await(datagrams().open(AddressFamily.INET));
    await(
        sender.writeAndFlush(
            Message.to(local(receiver), buffer(Data.of(2500))).withSegmentSize(1000)));
    for (int size : new int[] {1000, 1000, 500}) {
      Message message = next();
      assertEquals(size, message.content().readableBytes());
      message.release();
    }
    receiver.setOption(MessageOptions.UDP_GRO, true);
    await(
        sender.writeAndFlush(
            Message.to(local(receiver), buffer(Data.of(2500))).withSegmentSize(1000)));
    Message joined = next();
    assertEquals(1000, joined.segmentSize());
    assertArrayEquals(Data.of(2500), ByteBufUtil.getBytes(joined.content()));
    joined.release();
  }

  @Test
  void whatTheSystemLacksIsAnErrorOfTheMessageOrTheOption() throws Exception {
    Assumptions.assumeFalse(Abi.HOST.has("UDP_SEGMENT"), "this system has UDP_SEGMENT");
    Channel sender = await(datagrams().open(AddressFamily.INET));
    failure(
        IOException.class,
        sender.writeAndFlush(
            Message.to(Ipv4Address.loopback(9), buffer(Data.of(9))).withSegmentSize(3)));
    assertTrue(sender.isActive());
  }

  private void hearsItsGroup(IpAddress group, IpAddress elsewhere, int index) throws Exception {
    Channel receiver = bound(any(group.family()));
    IpAddress to = group.withPort(((IpAddress) local(receiver)).port());
    MulticastGroup membership = MulticastGroup.of(group, index);
    try {
      receiver.setOption(MessageOptions.JOIN_GROUP, membership);
    } catch (SocketErrorException e) {
      Assumptions.abort("no multicast on this machine's loopback: " + e.getMessage());
    }
    Channel sender = await(datagrams().bind(elsewhere));
    if (group instanceof Ipv6Address) {
      sender.setOption(MessageOptions.IPV6_MULTICAST_IF, index);
    } else {
      sender.setOption(
          ChannelOption.ofBytes(
              "IP_MULTICAST_IF",
              Abi.HOST.value("IPPROTO_IP"),
              Abi.HOST.value("IP_MULTICAST_IF"),
              4),
          new byte[] {127, 0, 0, 1});
    }
    if (!sender.writeAndFlush(Message.to(to, buffer(Data.of(4)))).await().isSuccess()) {
      Assumptions.abort("this machine sends nothing to groups on its loopback");
    }
    Message message = next();
    assertArrayEquals(Data.of(4), ByteBufUtil.getBytes(message.content()));
    message.release();
    receiver.setOption(MessageOptions.LEAVE_GROUP, membership);
    await(sender.writeAndFlush(Message.to(to, buffer(Data.of(5)))));
    rounds(receiver.eventLoop());
    recorder.expectNothing();
    if (Abi.HOST.os() == Os.LINUX) {
      receiver.setOption(MessageOptions.JOIN_GROUP, new MulticastGroup(group, index, elsewhere));
      await(sender.writeAndFlush(Message.to(to, buffer(Data.of(6)))));
      message = next();
      assertArrayEquals(Data.of(6), ByteBufUtil.getBytes(message.content()));
      message.release();
    }
  }

  private static int loopbackIndex() throws IOException {
    return Interfaces.all().stream()
        .filter(one -> one.name().startsWith("lo"))
        .findFirst()
        .map(Interfaces.Interface::index)
        .orElse(0);
  }

  @Test
  void aGroupOfIpv4IsJoinedAndLeft() throws Exception {
    assumeHas("MCAST_JOIN_GROUP");
    hearsItsGroup(Ipv4Address.of("239.1.2.3", 0), Ipv4Address.loopback(0), loopbackIndex());
  }

  @Test
  void aGroupOfIpv6IsJoinedAndLeft() throws Exception {
    assumeHas("MCAST_JOIN_GROUP");
    hearsItsGroup(Ipv6Address.of("ff12::1234", 0), loopback6(), loopbackIndex());
  }

  // Unix

  private UnixAddress path() {
    Family.UNIX_PATH.assume();
    return (UnixAddress) Family.UNIX_PATH.fresh(folder);
  }

  @Test
  void descriptorsTravelWithAMessageAndThoseThatNobodyTakesAreClosed() throws Exception {
    Channel receiver = bound(path());
    Socket sent = own(Socket.open(AddressFamily.INET, SocketType.DGRAM));
    sent.bind(Ipv4Address.loopback(0));
    Channel sender = await(datagrams().open(AddressFamily.UNIX));
    for (int i = 0; i < 2; i++) {
      await(
          sender.writeAndFlush(
              Message.to(local(receiver), buffer(Data.of(1))).withDescriptors(sent.fileno())));
    }
    Message taken = next();
    int[] descriptors = taken.takeDescriptors();
    assertEquals(1, descriptors.length);
    assertEquals(0, taken.takeDescriptors().length);
    taken.release();
    try (Socket same = Socket.ofDescriptor(descriptors[0])) {
      assertEquals(sent.getSockName(), same.getSockName());
    }
    next().release(); // the lab counts descriptors
  }

  @Test
  void credentialsOfTheSenderAreTold() throws Exception {
    assumeHas("SO_PASSCRED");
    Channel receiver = bound(path());
    receiver.setOption(MessageOptions.SO_PASSCRED, true);
    Channel sender = await(datagrams().open(AddressFamily.UNIX));
    await(sender.writeAndFlush(Message.to(local(receiver), buffer(Data.of(1)))));
    Message message = next();
    Credentials credentials = Objects.requireNonNull(message.credentials());
    assertEquals(ProcessHandle.current().pid(), credentials.process());
    message.release();
  }

  private Channel seqpacketServer(Recorder accepted) throws Exception {
    Assumptions.assumeTrue(
        Abi.HOST.os() == Os.LINUX || Abi.HOST.os() == Os.FREEBSD, "no SOCK_SEQPACKET of Unix");
    return await(
        server()
            .type(SocketType.SEQPACKET, Protocol.DEFAULT)
            .childHandler(channel -> channel.pipeline().addLast(accepted))
            .bind(path()));
  }

  @Test
  void aConnectionOfMessagesKeepsTheirBordersAndEnds() throws Exception {
    Recorder accepted = new Recorder();
    Channel server = seqpacketServer(accepted);
    Channel client = await(client(recorder).type(SocketType.SEQPACKET).connect(local(server)));
    recorder.expect(Recorder.Event.ACTIVE);
    accepted.expect(Recorder.Event.ACTIVE);
    for (int i = 1; i <= 20; i++) {
      client.write(buffer(Data.of(i)), null);
    }
    client.flush();
    for (int i = 1; i <= 20; i++) {
      Message message = assertInstanceOf(Message.class, accepted.next());
      assertArrayEquals(Data.of(i), ByteBufUtil.getBytes(message.content()));
      message.release();
    }
    await(client.close());
    accepted.expectEnd();
    await(server.close());
  }

  @Test
  void dataOfAConnectionAreReadBeforeItsEnd() throws Exception {
    Recorder accepted = new Recorder();
    Channel server = seqpacketServer(accepted);
    try (Socket peer = Socket.open(AddressFamily.UNIX, SocketType.SEQPACKET)) {
      peer.connect(local(server));
      for (int i = 1; i <= 5; i++) {
        peer.send(Data.of(i));
      }
    }
    accepted.expect(Recorder.Event.ACTIVE);
    for (int i = 1; i <= 5; i++) {
      Message message = assertInstanceOf(Message.class, accepted.next());
      assertEquals(i, message.content().readableBytes());
      message.release();
    }
    accepted.expectEnd();
    await(server.close());
  }

  @Test
  void aWriteToAConnectionThatIsGoneFails() throws Exception {
    ChannelHandler closing =
        new ChannelHandler() {
          @Override
          public void channelActive(ChannelHandlerContext ctx) {
            ctx.close();
          }
        };
    Channel server =
        await(
            server()
                .type(SocketType.SEQPACKET, Protocol.DEFAULT)
                .childHandler(channel -> channel.pipeline().addLast(closing))
                .bind(path()));
    Channel client =
        await(
            client(recorder)
                .type(SocketType.SEQPACKET)
                .option(ChannelOption.AUTO_READ, false)
                .connect(local(server)));
    recorder.expect(Recorder.Event.ACTIVE);
    while (client.writeAndFlush(buffer(Data.of(1))).await().isSuccess()) {
      Thread.onSpinWait(); // until the server has closed
    }
    awaitClosed(client);
    await(server.close());
  }

  @Test
  void anyPieceOfAncillaryDataMayBeSent() throws Exception {
    assumeHas("IP_RECVTTL");
    Assumptions.assumeTrue(Abi.HOST.os() == Os.LINUX, "as Linux names it");
    Channel receiver = bound(Ipv4Address.loopback(0));
    receiver.setOption(MessageOptions.IP_RECVTTL, true);
    Channel sender = await(datagrams().open(AddressFamily.INET));
    AncillaryData ttl =
        AncillaryData.of(Abi.HOST.value("IPPROTO_IP"), Abi.HOST.value("IP_TTL"), 11);
    await(sender.writeAndFlush(Message.to(local(receiver), buffer(Data.of(1))).with(ttl)));
    Message message = next();
    assertEquals(11, message.hopLimit());
    assertEquals(ttl, message.ancillary().getFirst());
    message.release();
  }
}
