package io.gatun.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.address.AddressFamily;
import io.gatun.address.SocketType;
import io.gatun.address.UnixAddress;
import io.gatun.channel.Bootstrap;
import io.gatun.channel.Channel;
import io.gatun.channel.EventLoop;
import io.gatun.error.SocketError;
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

  private void acceptsOn(
      int fd, io.gatun.address.Address address, @org.jspecify.annotations.Nullable Socket early)
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
  void aSocketOfMessagesIsRefusedAndStaysItsOwners() throws Exception {
    try (Socket messages = Socket.open(AddressFamily.INET, SocketType.DGRAM)) {
      failure(IllegalArgumentException.class, server().adopt(messages.fileno()));
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
