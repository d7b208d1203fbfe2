package io.gatun.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.address.Address;
import io.gatun.address.AddressFamily;
import io.gatun.address.Ipv4Address;
import io.gatun.address.SocketType;
import io.gatun.channel.Bootstrap;
import io.gatun.channel.Channel;
import io.gatun.channel.ChannelOption;
import io.gatun.channel.Message;
import io.gatun.channel.MessageOptions;
import io.gatun.message.AncillaryData;
import io.gatun.os.Abi;
import io.gatun.socket.ReceivedMessage;
import io.gatun.socket.Socket;
import io.netty.buffer.ByteBufUtil;
import io.netty.util.concurrent.Future;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** What goes and comes beside the bytes of a Unix stream. */
@OnEachTransport
public final class StreamAncillaryTest extends ChannelLab {
  /** More than a socket takes at once. */
  private static final int LARGE = 4_000_000;

  private final Recorder recorder = new Recorder();
  private final Socket passed;

  StreamAncillaryTest(Lane lane) throws IOException {
    super(lane);
    Family.UNIX_PATH.assume();
    Assumptions.assumeTrue(Abi.HOST.has("SCM_RIGHTS"), "this system passes no descriptors");
    passed = own(Socket.open(AddressFamily.INET, SocketType.DGRAM));
    passed.bind(Ipv4Address.loopback(0));
  }

  private Pair unixPair(Consumer<Bootstrap> settings) throws Exception {
    Address address = Family.UNIX_PATH.fresh(folder);
    Bootstrap client = client(recorder);
    settings.accept(client);
    try (Socket listener = Socket.openFor(address)) {
      listener.bind(address);
      listener.listen();
      Channel channel = await(client.connect(address));
      recorder.expect(Recorder.Event.ACTIVE);
      return new Pair(channel, accept(listener));
    }
  }

  private Pair withAncillary() throws Exception {
    return unixPair(client -> client.option(ChannelOption.ANCILLARY, true));
  }

  private Message next() throws InterruptedException {
    return assertInstanceOf(Message.class, recorder.next());
  }

  private void send(Socket from, byte[] bytes, AncillaryData... pieces) throws IOException {
    assertEquals(
        bytes.length, from.sendMsg(List.of(ByteBuffer.wrap(bytes)), List.of(pieces), 0, null));
  }

  private AncillaryData rights() {
    return AncillaryData.rights(passed.fileno());
  }

  private void assertIsThePassedOne(int descriptor) throws IOException {
    try (Socket same = Socket.ofDescriptor(descriptor)) {
      assertEquals(passed.getSockName(), same.getSockName());
      assertFalse(same.getInheritable(), "it does not outlive execve(2)");
    }
  }

  @Test
  void descriptorsComeWithTheBytesTheyWereSentWithAndThoseThatNobodyTakesAreClosed()
      throws Exception {
    Socket peer = withAncillary().peer();
    send(peer, new byte[] {1});
    Message plain = next();
    assertArrayEquals(new byte[] {1}, ByteBufUtil.getBytes(plain.content()));
    assertEquals(0, plain.takeDescriptors().length);
    plain.release();
    for (int i = 0; i < 2; i++) {
      send(peer, new byte[] {2}, rights());
      Message message = next();
      assertArrayEquals(new byte[] {2}, ByteBufUtil.getBytes(message.content()));
      if (i == 0) {
        int[] descriptors = message.takeDescriptors();
        assertEquals(1, descriptors.length);
        assertIsThePassedOne(descriptors[0]);
      }
      message.release(); // the lab counts descriptors
    }
    peer.close();
    recorder.expectEnd();
  }

  @Test
  void withoutTheOptionBytesAreReadAndDescriptorsClosed() throws Exception {
    Socket peer = unixPair(client -> {}).peer();
    send(peer, new byte[] {1, 2}, rights());
    assertArrayEquals(new byte[] {1, 2}, recorder.bytes(2));
  }

  @Test
  void descriptorsGoInOrderWithTheFirstOfTheBytesHoweverManyCallsThoseTake() throws Exception {
    Pair pair = unixPair(client -> client.option(ChannelOption.SO_SNDBUF, 4096));
    byte[] data = Data.of(LARGE);
    Channel channel = pair.channel();
    Future<Void> before = channel.write(buffer(data));
    Future<Void> with = channel.write(Message.of(buffer(data)).withDescriptors(passed.fileno()));
    Future<Void> last = channel.writeAndFlush(buffer(data));
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    int from = -1; // where the read begins that brings it
    int to = -1;
    while (all.size() < 3 * LARGE) {
      try (ReceivedMessage received = pair.peer().recvMsg(64 * 1024, 64, 0)) {
        int[] descriptors = received.takeDescriptors();
        if (descriptors.length > 0) {
          assertEquals(-1, from, "once");
          from = all.size();
          to = from + received.length();
          assertIsThePassedOne(descriptors[0]);
        }
        all.writeBytes(received.data());
      }
    }
    assertTrue(from <= LARGE && LARGE < to, "with its first byte: " + from + " to " + to);
    for (int i = 0; i < 3; i++) {
      byte[] third = new byte[LARGE];
      System.arraycopy(all.toByteArray(), i * LARGE, third, 0, LARGE);
      assertArrayEquals(data, third);
    }
    await(before);
    await(with);
    await(last);
  }

  @Test
  void credentialsOfTheSenderAreTold() throws Exception {
    Assumptions.assumeTrue(Abi.HOST.has("SO_PASSCRED"), "this system has no SO_PASSCRED");
    Pair pair = withAncillary();
    pair.channel().setOption(MessageOptions.SO_PASSCRED, true);
    send(pair.peer(), new byte[] {1});
    Message message = next();
    assertEquals(
        ProcessHandle.current().pid(), Objects.requireNonNull(message.credentials()).process());
    message.release();
  }

  @Test
  void descriptorsWithoutAByteAreRefused() throws Exception {
    Channel channel = withAncillary().channel();
    Message empty = Message.of(buffer(new byte[0])).withDescriptors(passed.fileno());
    failure(IllegalArgumentException.class, channel.writeAndFlush(empty));
  }

  @Test
  void aMessageWithNothingBesideItsBytesIsWrittenAsThese() throws Exception {
    Pair pair = pair(recorder);
    await(pair.channel().writeAndFlush(Message.of(buffer(new byte[] {7}))));
    assertArrayEquals(new byte[] {7}, pair.peer().recv(10));
  }

  @Test
  void anInternetStreamPassesNoDescriptors() throws Exception {
    Channel channel = pair(recorder).channel();
    Message message = Message.of(buffer(new byte[1])).withDescriptors(passed.fileno());
    failure(UnsupportedOperationException.class, channel.writeAndFlush(message));
    await(channel.writeAndFlush(buffer(new byte[1]))); // it lives on
  }

  @Test
  void whatAHandlerNeverReadIsClosedWithTheChannel() throws Exception {
    Pair pair =
        unixPair(client ->
            client.option(ChannelOption.ANCILLARY, true).option(ChannelOption.AUTO_READ, false));
    send(pair.peer(), new byte[] {1}, rights());
    pair.channel().close(); // the kernel closes what nobody received
    recorder.expectEnd();
  }
}
