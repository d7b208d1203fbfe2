package io.gatun.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.address.Address;
import io.gatun.address.AddressFamily;
import io.gatun.address.SocketType;
import io.gatun.address.UnixAddress;
import io.gatun.channel.Bootstrap;
import io.gatun.channel.Channel;
import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.channel.EventLoop;
import io.gatun.channel.Message;
import io.gatun.error.SocketError;
import io.gatun.socket.Datagram;
import io.gatun.socket.Socket;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Channels of descriptors that somebody else has opened. */
@OnEachLane
public final class AdoptionTest extends ChannelLab {
  private final Recorder recorder = new Recorder();

  AdoptionTest(Lane lane) throws IOException {
    super(lane);
  }

  @Test
  void aConnectedSocketBecomesAChannelThatIsActive() throws Exception {
    Ends ends = ends();
    ends.other().sendAll(Data.of(5)); // before there is a channel
    Channel channel = await(client(recorder).adopt(ends.one().detach()));
    assertTrue(channel.isActive());
    assertEquals(ends.other().getSockName(), channel.remoteAddress());
    assertEquals(ends.other().getPeerName(), channel.localAddress());
    recorder.expect(Recorder.Event.ACTIVE);
    assertArrayEquals(Data.of(5), recorder.message());
    await(
        channel
            .writeAndFlush(buffer(Data.of(100_000)))
            .addListener(sent -> channel.shutdownOutput()));
    assertArrayEquals(Data.of(100_000), receiveAll(ends.other()));
    ends.other().close();
    rounds(channel.eventLoop());
    awaitClosed(channel);
  }

  @Test
  void aListenerBecomesAChannelThatAccepts() throws Exception {
    Socket listener = listener();
    Socket early = connect(listener.getSockName()); // waits in the backlog
    var address = listener.getSockName();
    acceptsOn(listener.detach(), address, early);
  }

  @Test
  void aBoundSocketListensOnceItIsAdopted() throws Exception {
    Socket bound = open();
    bound.bind(address());
    var address = bound.getSockName();
    acceptsOn(bound.detach(), address, null);
  }

  private void acceptsOn(int fd, Address address, @org.jspecify.annotations.Nullable Socket early)
      throws Exception {
    BlockingQueue<Channel> children = new LinkedBlockingQueue<>();
    Channel listener = await(server().childHandler(children::add).adopt(fd));
    assertEquals(address, listener.localAddress());
    Socket peer = early == null ? connect(address) : early;
    Channel child = children.poll(Task.SECONDS, TimeUnit.SECONDS);
    assertTrue(child != null, "nobody was accepted");
    await(child.writeAndFlush(buffer(Data.of(3))));
    assertArrayEquals(Data.of(3), receive(peer, 3));
    await(listener.close());
    if (address instanceof UnixAddress unix && family == Family.UNIX_PATH) {
      assertTrue(Files.exists(unix.toPath()), "the file is another's");
    }
  }

  @Test
  void aSocketThatIsNotConnectedIsRefusedAndStaysItsOwners() throws Exception {
    Socket socket = open();
    Future<Channel> adopted = client(recorder).adopt(socket.fileno());
    IOException failure = failure(IOException.class, adopted);
    assertEquals("ENOTCONN", ((SocketError) failure).errnoName());
    socket.connect(listener().getSockName());
    assertFalse(socket.isClosed());
    recorder.expectNothing();
  }

  @Test
  void aBoundSocketOfMessagesBecomesAChannelOfThem() throws Exception {
    Address address = address();
    Socket bound = own(Socket.open(address.family(), SocketType.DGRAM));
    bound.bind(address);
    Address here = bound.getSockName();
    Channel channel = await(client(new Echo()).type(SocketType.DGRAM).adopt(bound.detach()));
    assertTrue(channel.isActive());
    assertEquals(here, channel.localAddress());
    assertNull(channel.remoteAddress());
    Socket peer = own(Socket.open(address.family(), SocketType.DGRAM));
    peer.setTimeout(LONG);
    peer.bind(address());
    peer.sendTo(Data.of(9), here);
    assertEquals(new Datagram(Data.of(9), here), peer.recvFrom(100));
    await(channel.close());
    if (here instanceof UnixAddress unix && family == Family.UNIX_PATH) {
      assertTrue(Files.exists(unix.toPath()), "the file is another's");
    }
  }

  @Test
  void aConnectedSocketOfMessagesKeepsItsPeer() throws Exception {
    Address address = address();
    Socket peer = own(Socket.open(address.family(), SocketType.DGRAM));
    peer.setTimeout(LONG);
    peer.bind(address);
    Socket connected = own(Socket.open(address.family(), SocketType.DGRAM));
    connected.connect(peer.getSockName());
    Channel channel = await(client(recorder).type(SocketType.DGRAM).adopt(connected.detach()));
    assertEquals(peer.getSockName(), channel.remoteAddress());
    await(channel.writeAndFlush(buffer(Data.of(9))));
    assertArrayEquals(Data.of(9), peer.recv(100));
  }

  @Test
  void aSocketOfMessagesThatIsNeitherBoundNorConnectedSends() throws Exception {
    Address address = address();
    Socket peer = own(Socket.open(address.family(), SocketType.DGRAM));
    peer.setTimeout(LONG);
    peer.bind(address);
    Socket open = own(Socket.open(address.family(), SocketType.DGRAM));
    Channel channel = await(client(recorder).type(SocketType.DGRAM).adopt(open.detach()));
    assertTrue(channel.isActive());
    assertNull(channel.remoteAddress());
    await(channel.writeAndFlush(Message.to(peer.getSockName(), buffer(Data.of(9)))));
    assertArrayEquals(Data.of(9), peer.recv(100));
  }

  private static final class Echo implements ChannelHandler {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ctx.writeAndFlush(message, null);
    }
  }

  @Test
  void aSocketOfMessagesIsRefusedWhereStreamsAreMeantAndStaysItsOwners() throws Exception {
    try (Socket messages = Socket.open(AddressFamily.INET, SocketType.DGRAM)) {
      failure(IllegalArgumentException.class, server().adopt(messages.fileno()));
      failure(IllegalArgumentException.class, client(recorder).adopt(messages.fileno()));
      messages.bind(io.gatun.address.Ipv4Address.loopback(0));
      assertFalse(messages.isClosed());
    }
  }

  @Test
  void aDescriptorThatIsTakenOverAndComesToNothingIsClosed() throws Exception {
    EventLoop loop = group.next();
    CountDownLatch busy = new CountDownLatch(1);
    Future<?> task =
        loop.submit(() -> {
          busy.await();
          return null;
        });
    Ends ends = ends();
    Future<Channel> adopted = new Bootstrap(loop).handler(channel -> {}).adopt(ends.one().detach());
    assertTrue(adopted.cancel(false));
    busy.countDown();
    await(task);
    assertEquals(0, ends.other().recv(1).length);
    ends = ends();
    group.close();
    adopted = client(recorder).adopt(ends.one().detach());
    failure(RejectedExecutionException.class, adopted);
    assertEquals(0, ends.other().recv(1).length);
  }

  @Test
  void anAdoptedDescriptorIsGivenBackWhenItsHandlersCannotBeAdded() throws Exception {
    Ends ends = ends();
    Future<Channel> adopted =
        client()
            .handler(channel -> {
              throw new IllegalStateException("no");
            })
            .adopt(ends.one().detach());
    failure(IllegalStateException.class, adopted);
    assertEquals(0, ends.other().recv(1).length);
  }
}
