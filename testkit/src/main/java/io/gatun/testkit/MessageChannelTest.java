package io.gatun.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.address.Address;
import io.gatun.address.RawAddress;
import io.gatun.address.SocketType;
import io.gatun.channel.Bootstrap;
import io.gatun.channel.Channel;
import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.channel.ChannelOption;
import io.gatun.channel.Message;
import io.gatun.channel.WaterMarks;
import io.gatun.error.BindErrorException;
import io.gatun.error.ClosedException;
import io.gatun.error.SocketErrorException;
import io.gatun.os.Abi;
import io.gatun.os.Os;
import io.gatun.socket.Datagram;
import io.gatun.socket.Socket;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.CompositeByteBuf;
import io.netty.util.IllegalReferenceCountException;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** A channel of messages and its peers, on UDP and Unix datagrams. */
@OnEachLane
public final class MessageChannelTest extends ChannelLab {
  private final Recorder recorder = new Letters();

  MessageChannelTest(Lane lane) throws IOException {
    super(lane);
  }

  /** What was received, by its bytes. */
  private record Letter(List<Byte> bytes, Address sender, boolean truncated) {
    static Letter of(byte[] bytes, Address sender) {
      return new Letter(list(bytes), sender, false);
    }

    private static List<Byte> list(byte[] bytes) {
      List<Byte> list = new ArrayList<>();
      for (byte b : bytes) {
        list.add(b);
      }
      return list;
    }
  }

  /** Notes messages as {@link Letter}s, and releases them. */
  private static class Letters extends Recorder {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
      Message m = assertInstanceOf(Message.class, message);
      Address sender = m.address() == null ? RawAddress.NONE : m.address();
      events.add(
          new Letter(Letter.list(ByteBufUtil.getBytes(m.content())), sender, m.isTruncated()));
      m.release();
    }
  }

  private Bootstrap messages(ChannelHandler... handlers) {
    return client(handlers).type(SocketType.DGRAM);
  }

  private Channel bound(ChannelHandler... handlers) throws Exception {
    return await(messages(handlers).bind(address()));
  }

  private Channel connected(Socket peer, ChannelHandler... handlers) throws Exception {
    // A Unix socket has to be bound to be answered, and to be told who wrote.
    Bootstrap bootstrap = messages(handlers);
    if (family.isUnix()) {
      bootstrap.localAddress(address());
    }
    return await(bootstrap.connect(peer.getSockName()));
  }

  private Socket peer() throws IOException {
    Address address = address();
    Socket socket = own(Socket.open(address.family(), SocketType.DGRAM));
    socket.setTimeout(LONG);
    socket.bind(address);
    return socket;
  }

  private Message to(Address address, byte[] bytes) {
    return Message.to(address, buffer(bytes));
  }

  private void awaitActive() throws Exception {
    recorder.expect(Recorder.Event.ACTIVE);
  }

  // Reading

  @Test
  void aMessageIsReadWithItsSender() throws Exception {
    Channel channel = bound(recorder);
    awaitActive();
    Socket peer = peer();
    for (int size : new int[] {1, 100, 1400, 2048, 2049, 9000}) {
      peer.sendTo(Data.of(size), local(channel));
      recorder.expect(Letter.of(Data.of(size), peer.getSockName()));
    }
  }

  @Test
  void sendersAreToldApart() throws Exception {
    Channel channel = bound(recorder);
    awaitActive();
    List<Socket> peers = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      peers.add(peer());
    }
    for (int round = 0; round < 3; round++) {
      for (Socket peer : peers) {
        peer.sendTo(Data.of(round + 1), local(channel));
        recorder.expect(Letter.of(Data.of(round + 1), peer.getSockName()));
      }
    }
  }

  @Test
  void anEmptyMessageIsAMessage() throws Exception {
    Channel channel = bound(recorder);
    awaitActive();
    Socket peer = peer();
    peer.sendTo(new byte[0], local(channel));
    peer.sendTo(Data.of(1), local(channel));
    recorder.expect(Letter.of(new byte[0], peer.getSockName()));
    recorder.expect(Letter.of(Data.of(1), peer.getSockName()));
    await(channel.writeAndFlush(to(peer.getSockName(), new byte[0])));
    assertEquals(new Datagram(new byte[0], local(channel)), peer.recvFrom(10));
    assertTrue(channel.isActive());
  }

  @Test
  void aBurstIsReadInOrderAndInWhole() throws Exception {
    Channel channel = bound(recorder);
    awaitActive();
    Socket peer = peer();
    for (int round = 0; round < 5; round++) {
      for (int i = 0; i < 50; i += 5) { // Unix queues may be 10 long
        for (int j = i; j < i + 5; j++) {
          peer.sendTo(Data.of(j), local(channel));
        }
        for (int j = i; j < i + 5; j++) {
          recorder.expect(Letter.of(Data.of(j), peer.getSockName()));
        }
      }
    }
  }

  @Test
  void whatIsLongerThanTheMessageSizeIsCutAndSaysSo() throws Exception {
    Channel channel =
        await(messages(recorder).option(ChannelOption.MESSAGE_SIZE, 10).bind(address()));
    awaitActive();
    Socket peer = peer();
    peer.sendTo(Data.of(30), local(channel));
    peer.sendTo(Data.of(10), local(channel));
    recorder.expect(
        new Letter(Letter.list(Arrays.copyOf(Data.of(30), 10)), peer.getSockName(), true));
    recorder.expect(Letter.of(Data.of(10), peer.getSockName()));
  }

  @Test
  void withAutoReadOffEachReadBringsOneMessage() throws Exception {
    Channel channel =
        await(messages(recorder).option(ChannelOption.AUTO_READ, false).bind(address()));
    awaitActive();
    Socket peer = peer();
    for (int i = 1; i <= 4; i++) {
      peer.sendTo(Data.of(i), local(channel));
    }
    rounds(channel.eventLoop());
    recorder.expectNothing();
    for (int i = 1; i <= 4; i++) {
      channel.read();
      recorder.expect(Letter.of(Data.of(i), peer.getSockName()));
      rounds(channel.eventLoop());
      recorder.expectNothing();
    }
  }

  @Test
  void whatWasReceivedWhenAutoReadIsTurnedOffWaitsForTheNextRead() throws Exception {
    Recorder slow =
        new Letters() {
          @Override
          public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
            ctx.channel().setOption(ChannelOption.AUTO_READ, false);
            super.channelRead(ctx, message);
          }
        };
    Channel channel = await(messages(slow).option(ChannelOption.AUTO_READ, false).bind(address()));
    slow.expect(Recorder.Event.ACTIVE);
    Socket peer = peer();
    for (int i = 1; i <= 5; i++) {
      peer.sendTo(Data.of(i), local(channel));
    }
    for (int i = 1; i <= 5; i++) {
      channel.setOption(ChannelOption.AUTO_READ, true);
      slow.expect(Letter.of(Data.of(i), peer.getSockName()));
      rounds(channel.eventLoop());
      slow.expectNothing();
    }
    // Some are held, and go with the channel: the lab counts buffers.
    for (int i = 1; i <= 5; i++) {
      peer.sendTo(Data.of(i), local(channel));
    }
    channel.setOption(ChannelOption.AUTO_READ, true);
    slow.expect(Letter.of(Data.of(1), peer.getSockName()));
    await(channel.close());
  }

  @Test
  void aHandlerThatThrowsDoesNotEndTheChannel() throws Exception {
    Recorder last = new Letters();
    ChannelHandler throwing =
        new ChannelHandler() {
          @Override
          public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (((Message) message).content().readableBytes() == 1) {
              ((Message) message).release();
              throw new IllegalStateException("a test's own");
            }
            ctx.fireChannelRead(message);
          }

          @Override
          public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            // taken, so that no log is written
          }
        };
    Channel channel = bound(throwing, last);
    last.expect(Recorder.Event.ACTIVE);
    Socket peer = peer();
    peer.sendTo(Data.of(1), local(channel));
    peer.sendTo(Data.of(2), local(channel));
    last.expect(Letter.of(Data.of(2), peer.getSockName()));
    assertTrue(channel.isActive());
  }

  // Writing

  @Test
  void aMessageGoesToItsAddress() throws Exception {
    Channel channel = bound();
    Socket one = peer();
    Socket other = peer();
    await(channel.writeAndFlush(to(one.getSockName(), Data.of(10))));
    await(channel.writeAndFlush(to(other.getSockName(), Data.of(20))));
    assertEquals(new Datagram(Data.of(10), local(channel)), one.recvFrom(100));
    assertEquals(new Datagram(Data.of(20), local(channel)), other.recvFrom(100));
  }

  @Test
  void manyMessagesOfOneFlushKeepTheirOrderAndAddresses() throws Exception {
    Channel channel = bound();
    Socket one = peer();
    Socket other = peer();
    List<Future<Void>> sent = new ArrayList<>();
    for (int i = 1; i <= 5; i++) {
      sent.add(channel.write(to(one.getSockName(), Data.of(i))));
      sent.add(channel.write(to(other.getSockName(), Data.of(2 * i))));
    }
    channel.flush();
    for (Future<Void> future : sent) {
      await(future);
    }
    for (int i = 1; i <= 5; i++) {
      assertArrayEquals(Data.of(i), one.recv(100));
      assertArrayEquals(Data.of(2 * i), other.recv(100));
    }
  }

  @Test
  void aMessageThatIsWrittenBackGoesToItsSender() throws Exception {
    Channel channel =
        bound(
            new ChannelHandler() {
              @Override
              public void channelRead(ChannelHandlerContext ctx, Object message) {
                ctx.write(message, null);
              }

              @Override
              public void channelReadComplete(ChannelHandlerContext ctx) {
                ctx.flush();
              }
            });
    for (int i = 0; i < 3; i++) {
      Socket peer = peer();
      for (int size = 1; size <= 100; size++) {
        peer.sendTo(Data.of(size), local(channel));
        assertEquals(new Datagram(Data.of(size), local(channel)), peer.recvFrom(1000));
      }
    }
  }

  @Test
  void buffersOfAllKindsAreSentAsOneMessage() throws Exception {
    Channel channel = bound();
    Socket peer = peer();
    byte[] data = Data.of(300);
    CompositeByteBuf mixed = alloc.compositeDirectBuffer();
    mixed.addComponent(true, alloc.heapBuffer(100).writeBytes(data, 0, 100));
    mixed.addComponent(true, alloc.directBuffer(100).writeBytes(data, 100, 100));
    mixed.addComponent(true, alloc.heapBuffer(100).writeBytes(data, 200, 100));
    CompositeByteBuf direct = alloc.compositeDirectBuffer();
    direct.addComponent(true, alloc.directBuffer(100).writeBytes(data, 0, 100));
    direct.addComponent(true, alloc.directBuffer(200).writeBytes(data, 100, 200));
    CompositeByteBuf heap = alloc.compositeHeapBuffer();
    heap.addComponent(true, alloc.heapBuffer(100).writeBytes(data, 0, 100));
    heap.addComponent(true, alloc.heapBuffer(200).writeBytes(data, 100, 200));
    for (ByteBuf content :
        List.of(mixed, direct, heap, alloc.heapBuffer(300).writeBytes(data), buffer(data))) {
      await(channel.writeAndFlush(Message.to(peer.getSockName(), content)));
      assertArrayEquals(data, peer.recv(1000));
    }
  }

  @Test
  void aChannelThatIsNeitherBoundNorConnectedSends() throws Exception {
    Socket peer = peer();
    Channel channel = await(messages(recorder).open(peer.family()));
    awaitActive();
    await(channel.writeAndFlush(to(peer.getSockName(), Data.of(3))));
    Datagram datagram = peer.recvFrom(10);
    assertArrayEquals(Data.of(3), datagram.data());
    if (!family.isUnix()) {
      peer.sendTo(Data.of(4), datagram.address());
      recorder.expect(Letter.of(Data.of(4), peer.getSockName()));
      assertEquals(port(datagram.address()), port(local(channel)));
    }
  }

  private static int port(Address address) {
    return ((io.gatun.address.IpAddress) address).port();
  }

  @Test
  void aConnectedChannelWritesPlainBuffersAndHearsItsPeerAlone() throws Exception {
    Socket peer = peer();
    Channel channel = connected(peer, recorder);
    awaitActive();
    assertEquals(peer.getSockName(), channel.remoteAddress());
    await(channel.writeAndFlush(buffer(Data.of(5))));
    await(channel.writeAndFlush(Message.of(buffer(Data.of(6)))));
    Datagram datagram = peer.recvFrom(10);
    assertEquals(new Datagram(Data.of(5), local(channel)), datagram);
    assertArrayEquals(Data.of(6), peer.recv(10));
    peer.sendTo(Data.of(7), datagram.address());
    recorder.expect(Letter.of(Data.of(7), peer.getSockName()));
    Socket stranger = peer();
    try {
      stranger.sendTo(Data.of(8), datagram.address());
    } catch (SocketErrorException e) {
      assertTrue(family.isUnix(), e::getMessage); // EPERM: it is told there
    }
    peer.sendTo(Data.of(9), datagram.address());
    recorder.expect(Letter.of(Data.of(9), peer.getSockName()));
  }

  @Test
  void aBoundChannelConnectsAndMayBeConnectedAgain() throws Exception {
    Socket one = peer();
    Socket other = peer();
    Channel channel = bound(recorder);
    awaitActive();
    ChannelHandlerContext ctx = context(channel, recorder);
    for (Socket peer : List.of(one, other)) {
      Promise<Void> connected = channel.newPromise();
      ctx.connect(peer.getSockName(), null, connected);
      await(connected);
      assertEquals(peer.getSockName(), channel.remoteAddress());
      await(channel.writeAndFlush(buffer(Data.of(3))));
      assertArrayEquals(Data.of(3), peer.recv(10));
    }
    recorder.expectNothing();
  }

  // Failures

  @Test
  void aMessageThatIsTooLongFailsAloneAndTheOthersGo() throws Exception {
    Channel channel = bound(recorder);
    awaitActive();
    Socket peer = peer();
    Future<Void> before = channel.write(to(peer.getSockName(), Data.of(1)));
    Future<Void> tooLong = channel.write(to(peer.getSockName(), new byte[8 << 20]));
    Future<Void> after = channel.write(to(peer.getSockName(), Data.of(2)));
    channel.flush();
    await(before);
    assertMessage("send " + peer.getSockName(), failure(SocketErrorException.class, tooLong));
    await(after);
    assertArrayEquals(Data.of(1), peer.recv(10));
    assertArrayEquals(Data.of(2), peer.recv(10));
    assertTrue(channel.isActive());
    recorder.expectNothing();
  }

  @Test
  void whereNobodyWaitsAFailureIsAnExceptionAndTheChannelGoesOn() throws Exception {
    Channel channel = bound(recorder);
    awaitActive();
    Socket peer = peer();
    channel.writeAndFlush(to(peer.getSockName(), new byte[8 << 20]), null);
    assertMessage("send", recorder.expectThrown(SocketErrorException.class));
    await(channel.writeAndFlush(to(peer.getSockName(), Data.of(2))));
    assertArrayEquals(Data.of(2), peer.recv(10));
  }

  @Test
  void aWriteWithoutAnAddressFailsOnAChannelThatIsNotConnected() throws Exception {
    Channel channel = bound();
    assertMessage(
        "send", failure(SocketErrorException.class, channel.writeAndFlush(buffer(Data.of(1)))));
    assertTrue(channel.isActive());
  }

  @Test
  void anUnresolvedNameIsRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> Address.of(InetSocketAddress.createUnresolved("no.such.host.invalid", 80)));
  }

  @Test
  void whatIsNoMessageIsRefusedAndReleased() throws Exception {
    Channel channel = bound();
    failure(UnsupportedOperationException.class, channel.writeAndFlush("text"));
    ByteBuf released = buffer(Data.of(1));
    released.release();
    failure(IllegalReferenceCountException.class, channel.writeAndFlush(released));
    Message message = to(address(), Data.of(1));
    message.release();
    failure(IllegalReferenceCountException.class, channel.writeAndFlush(message));
  }

  @Test
  void aMessageReleasedAfterItWasWrittenFailsAlone() throws Exception {
    Channel channel = bound();
    Socket peer = peer();
    Message message = to(peer.getSockName(), Data.of(1));
    Future<Void> wrong = on(channel, () -> channel.write(message));
    on(channel, message::release);
    Future<Void> right = channel.writeAndFlush(to(peer.getSockName(), Data.of(2)));
    failure(IllegalReferenceCountException.class, wrong);
    await(right);
    assertArrayEquals(Data.of(2), peer.recv(10));
  }

  /** Which its handler must not do without retaining it: both have gone by then. */
  @Test
  void aBufferThatIsWrittenTwiceDoesNotEndTheChannel() throws Exception {
    Socket peer = peer();
    Channel channel = connected(peer);
    ByteBuf twice = buffer(Data.of(10));
    channel
        .eventLoop()
        .execute(() -> {
          channel.write(twice, null);
          channel.write(twice, null);
          channel.flush();
        });
    assertArrayEquals(Data.of(10), peer.recv(100));
    assertArrayEquals(Data.of(10), peer.recv(100));
    await(channel.writeAndFlush(buffer(Data.of(3))));
    assertArrayEquals(Data.of(3), peer.recv(100));
  }

  @Test
  void aPeerThatIsNotThereIsNoEndOfTheChannel() throws Exception {
    Socket peer = peer();
    Channel channel = connected(peer, recorder);
    awaitActive();
    Address gone = peer.getSockName();
    peer.close();
    // UDP hears of it by ICMP, with a later call; a Unix socket at once; Windows was told not to.
    channel.writeAndFlush(buffer(Data.of(1)));
    rounds(channel.eventLoop());
    channel.writeAndFlush(buffer(Data.of(1)));
    rounds(channel.eventLoop());
    assertTrue(channel.isActive());
    if (!family.isUnix()) {
      Socket back = own(Socket.open(gone.family(), SocketType.DGRAM));
      back.setTimeout(LONG);
      back.bind(gone);
      await(channel.writeAndFlush(buffer(Data.of(3))).await());
      channel.writeAndFlush(buffer(Data.of(4)));
      byte[] first = back.recv(10);
      assertTrue(first.length == 3 || first.length == 4, () -> "of " + first.length);
    }
  }

  @Test
  void connectingToNobodyIsAnErrorOfUnixAndNoneOfUdp() throws Exception {
    Address nobody;
    try (Socket peer = peer()) {
      nobody = peer.getSockName();
    }
    Future<Channel> connecting = messages().connect(nobody).await();
    assertEquals(!family.isUnix(), connecting.isSuccess());
    if (family.isUnix()) {
      assertMessage("connect " + nobody, failure(IOException.class, connecting));
    }
  }

  @Test
  void anAddressInUseIsABindError() throws Exception {
    Socket peer = peer();
    assertMessage(
        "bind " + peer.getSockName(),
        failure(BindErrorException.class, messages().bind(peer.getSockName())));
  }

  @Test
  void theFileOfABoundPathGoesWithItsChannel() throws Exception {
    Assumptions.assumeTrue(family == Family.UNIX_PATH, "of Unix paths only");
    Channel channel = bound();
    Address address = local(channel);
    await(channel.close());
    Socket next = own(Socket.open(address.family(), SocketType.DGRAM));
    next.bind(address);
  }

  // Closing

  @Test
  void whatWaitsWhenTheChannelClosesFailsAndIsReleased() throws Exception {
    Channel channel = bound(recorder);
    awaitActive();
    Socket peer = peer();
    Future<Void> pending = channel.write(to(peer.getSockName(), Data.of(1)));
    Future<Void> plain = channel.write(buffer(Data.of(1)));
    await(channel.close());
    failure(ClosedException.class, pending);
    failure(ClosedException.class, plain);
    failure(ClosedException.class, channel.writeAndFlush(to(peer.getSockName(), Data.of(1))));
    recorder.expectEnd();
    assertFalse(channel.isActive());
  }

  @Test
  void aHandlerThatClosesWithinABurstIsNotCalledAgain() throws Exception {
    Recorder closing =
        new Letters() {
          @Override
          public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
            super.channelRead(ctx, message);
            ctx.close();
          }
        };
    Channel channel =
        await(messages(closing).option(ChannelOption.AUTO_READ, false).bind(address()));
    closing.expect(Recorder.Event.ACTIVE);
    Socket peer = peer();
    for (int i = 1; i <= 5; i++) {
      peer.sendTo(Data.of(i), local(channel));
    }
    channel.setOption(ChannelOption.AUTO_READ, true);
    closing.expect(Letter.of(Data.of(1), peer.getSockName()));
    awaitClosed(channel);
    closing.expectEnd();
  }

  // Back-pressure

  @Test
  void messagesCountUpToTheWaterMarks() throws Exception {
    Socket peer = peer();
    Channel channel =
        await(
            messages()
                .option(ChannelOption.WRITE_WATER_MARKS, new WaterMarks(1000, 2000))
                .bind(address()));
    assertTrue(channel.isWritable());
    List<Future<Void>> sent = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      sent.add(channel.write(to(peer.getSockName(), Data.of(700))));
    }
    on(channel, () -> null);
    assertFalse(channel.isWritable());
    assertEquals(2100, channel.pendingBytes());
    channel.flush();
    for (Future<Void> future : sent) {
      await(future);
    }
    on(channel, () -> null);
    assertTrue(channel.isWritable());
    assertEquals(0, channel.pendingBytes());
  }

  @Test
  void aReceiverThatIsFullHoldsTheSenderBackAndLosesNothing() throws Exception {
    Assumptions.assumeTrue(family.isUnix(), "UDP loses what there is no room for");
    Socket peer = peer();
    Channel unconnected = bound();
    Channel connected = connected(peer);
    int count = 300; // more than a queue is long
    for (Channel channel : List.of(unconnected, connected)) {
      List<Future<Void>> sent = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        sent.add(channel.write(to(peer.getSockName(), Data.of(i % 100))));
      }
      channel.flush();
      for (int i = 0; i < count; i++) {
        assertArrayEquals(Data.of(i % 100), peer.recv(1000), "message " + i);
      }
      for (Future<Void> future : sent) {
        await(future);
      }
    }
  }

  // Threads and options

  @Test
  void anyThreadMayWrite() throws Exception {
    Channel channel = bound();
    Socket peer = peer();
    for (int i = 1; i <= 20; i++) {
      channel.writeAndFlush(to(peer.getSockName(), Data.of(i)), null);
      assertArrayEquals(Data.of(i), peer.recv(100));
    }
  }

  @Test
  void optionsOfMessagesAreKept() throws Exception {
    Channel channel = bound();
    channel.setOption(ChannelOption.MESSAGE_SIZE, 100);
    on(channel, () -> null);
    assertEquals(100, channel.getOption(ChannelOption.MESSAGE_SIZE));
    on(
        channel,
        () ->
            assertThrows(
                IllegalArgumentException.class,
                () -> channel.setOption(ChannelOption.MESSAGE_SIZE, 0)));
    byte[] type =
        channel.getOption(
            ChannelOption.ofBytes(
                "SO_TYPE", Abi.HOST.value("SOL_SOCKET"), Abi.HOST.value("SO_TYPE"), 4));
    assertEquals(4, type.length);
    assertEquals(SocketType.DGRAM.number(), Byte.toUnsignedInt(type[0]));
  }

  @Test
  void aSenderThatIsNotBoundHasNoAddressOnUnix() throws Exception {
    Assumptions.assumeTrue(
        family.isUnix() && Abi.HOST.os() == Os.LINUX, "of Unix sockets, and as Linux tells it");
    Channel channel =
        bound(
            new Recorder() {
              @Override
              public void channelRead(ChannelHandlerContext ctx, Object message) {
                recorder.events.add(((Message) message).address() == null);
                ((Message) message).release();
              }
            });
    assertNull(channel.remoteAddress());
    Socket unbound = own(Socket.open(address().family(), SocketType.DGRAM));
    unbound.sendTo(Data.of(1), local(channel));
    recorder.expect(true);
  }
}
