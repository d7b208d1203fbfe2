package io.gatun.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.address.Address;
import io.gatun.address.IpAddress;
import io.gatun.address.Resolver;
import io.gatun.channel.Bootstrap;
import io.gatun.channel.Channel;
import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.channel.ChannelOption;
import io.gatun.error.BindErrorException;
import io.gatun.error.ConnectErrorException;
import io.gatun.error.SocketError;
import io.gatun.error.TimedOutException;
import io.gatun.error.WouldBlockException;
import io.gatun.socket.Socket;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** How a channel connects, and how it fails to. */
@OnEachLane
public final class ConnectTest extends ChannelLab {
  private final Recorder recorder = new Recorder();

  ConnectTest(Lane lane) throws IOException {
    super(lane);
  }

  /** An address where nobody listens. */
  private Address nobody() throws IOException {
    try (Socket socket = open()) {
      socket.bind(address());
      return socket.getSockName();
    }
  }

  /** A listener that lets nobody in. */
  private Socket full() throws IOException {
    Socket listener = listener(0);
    fillBacklog(listener);
    return listener;
  }

  @Test
  void refusedIsAFailureThatNamesTheAddressAndNoEventButTheHandlersRemoval() throws Exception {
    Address nobody = nobody();
    ConnectException refused = failure(ConnectException.class, client(recorder).connect(nobody));
    assertEquals("connect " + nobody + ": " + errno("ECONNREFUSED"), refused.getMessage());
    assertEquals("ECONNREFUSED", ((SocketError) refused).errnoName());
    recorder.expect(Recorder.Event.REMOVED);
    recorder.expectNothing();
  }

  @Test
  void refusedIsTheSameWithHalfClosureOn() throws Exception {
    Future<Channel> connected =
        client(recorder).option(ChannelOption.ALLOW_HALF_CLOSURE, true).connect(nobody());
    failure(ConnectException.class, connected);
    recorder.expect(Recorder.Event.REMOVED);
    recorder.expectNothing();
  }

  @Test
  void aTimeoutEndsAnAttemptThatGetsNoAnswer() throws Exception {
    Address address = full().getSockName();
    Future<Channel> connected =
        client(recorder)
            .option(ChannelOption.CONNECT_TIMEOUT, Duration.ofMillis(50))
            .connect(address);
    TimedOutException timedOut = failure(TimedOutException.class, connected);
    assertEquals("connect " + address + ": timed out after 50 ms", timedOut.getMessage());
    recorder.expect(Recorder.Event.REMOVED);
    recorder.expectNothing();
  }

  @Test
  void aHandlerThatFailsAConnectLeavesNoDescriptor() throws Exception {
    ChannelHandler failing =
        new ChannelHandler() {
          @Override
          public void connect(
              ChannelHandlerContext ctx,
              Address remote,
              @Nullable Address local,
              Promise<Void> promise) {
            throw new IllegalStateException("no");
          }
        };
    failure(IllegalStateException.class, client(failing).connect(nobody()));
  }

  @Test
  void aTimeoutMayBeOfAnyLengthButNotNegative() throws Exception {
    Duration longest = Duration.ofSeconds(Long.MAX_VALUE);
    Bootstrap client = client().option(ChannelOption.CONNECT_TIMEOUT, longest);
    await(client.connect(listener().getSockName()));
    Duration negative = Duration.ofMillis(-1);
    failure(
        IllegalArgumentException.class,
        client().option(ChannelOption.CONNECT_TIMEOUT, negative).connect(nobody()));
  }

  @Test
  void cancellingAnAttemptClosesItsChannel() throws Exception {
    CompletableFuture<Channel> made = new CompletableFuture<>();
    Future<Channel> connected =
        client(recorder)
            .handler(channel -> {
              channel.pipeline().addLast(recorder);
              made.complete(channel);
            })
            .connect(full().getSockName());
    Channel channel = made.get();
    rounds(channel.eventLoop());
    assertTrue(connected.cancel(true));
    awaitClosed(channel);
    recorder.expect(Recorder.Event.REMOVED);
    recorder.expectNothing();
  }

  @Test
  void closingAChannelThatIsConnectingFailsTheAttempt() throws Exception {
    CompletableFuture<Channel> made = new CompletableFuture<>();
    Future<Channel> connected = client().handler(made::complete).connect(full().getSockName());
    Channel channel = made.get();
    rounds(channel.eventLoop());
    await(channel.close());
    failure(io.gatun.error.ClosedException.class, connected);
  }

  @Test
  void anAttemptGoesOnUntilTheListenerHasRoom() throws Exception {
    Assumptions.assumeTrue(family.isUnix(), "only Unix sockets are told of a full backlog");
    Socket listener = full();
    CompletableFuture<Channel> made = new CompletableFuture<>();
    Future<Channel> connected =
        client()
            .handler(channel -> {
              channel.setOption(ChannelOption.ALLOCATOR, alloc);
              channel.writeAndFlush(buffer(Data.of(1)));
              made.complete(channel);
            })
            .connect(listener.getSockName());
    rounds(made.get().eventLoop());
    assertFalse(connected.isDone());
    byte[] received;
    do {
      received = accept(listener).recv(1);
    } while (received.length == 0); // one of those that filled the backlog
    await(connected);
    assertArrayEquals(Data.of(1), received);
  }

  @Test
  void aSecondConnectFailsAndTheConnectionStays() throws Exception {
    Pair pair = pair(recorder);
    recorder.expect(Recorder.Event.ACTIVE);
    Promise<Void> again = pair.channel().newPromise();
    context(pair.channel(), recorder).connect(pair.peer().getSockName(), null, again);
    ConnectErrorException failure = failure(ConnectErrorException.class, again);
    assertEquals("EISCONN", failure.errnoName());
    pair.peer().sendAll(Data.of(3));
    assertArrayEquals(Data.of(3), recorder.message());
  }

  @Test
  void aSecondConnectDuringTheFirstFailsAndTheFirstGoesOn() throws Exception {
    Socket listener = full();
    CompletableFuture<Channel> made = new CompletableFuture<>();
    Future<Channel> connected =
        client()
            .handler(channel -> {
              channel.pipeline().addLast(recorder);
              made.complete(channel);
            })
            .connect(listener.getSockName());
    Channel channel = made.get();
    rounds(channel.eventLoop());
    Promise<Void> again = channel.newPromise();
    context(channel, recorder).connect(listener.getSockName(), null, again);
    failure(WouldBlockException.class, again);
    assertFalse(connected.isDone());
    assertTrue(channel.isOpen());
  }

  @Test
  void theAddressesOfBothEndsAreEachOthersAndStayAfterClose() throws Exception {
    Pair pair = pair();
    Channel channel = pair.channel();
    assertEquals(pair.peer().getSockName(), channel.remoteAddress());
    assertEquals(pair.peer().getPeerName(), channel.localAddress());
    Address local = channel.localAddress();
    Address remote = channel.remoteAddress();
    await(channel.close());
    assertEquals(local, channel.localAddress());
    assertEquals(remote, channel.remoteAddress());
  }

  @Test
  void aChannelConnectsFromTheLocalAddressItIsGiven() throws Exception {
    Address local = nobody();
    Assumptions.assumeFalse(family == Family.UNIX_PATH, "the path is there still");
    Socket listener = listener();
    Channel channel = await(client().localAddress(local).connect(listener.getSockName()));
    assertEquals(local, channel.localAddress());
    assertEquals(local, accept(listener).getPeerName());
  }

  @Test
  void aLocalAddressThatIsTakenIsABindError() throws Exception {
    Address taken = listener().getSockName();
    Future<Channel> connected =
        client(recorder).localAddress(taken).connect(listener().getSockName());
    BindErrorException failure = failure(BindErrorException.class, connected);
    assertMessage("bind " + taken + ": EADDRINUSE", failure);
    recorder.expect(Recorder.Event.REMOVED);
    recorder.expectNothing();
  }

  @Test
  void aNameIsResolvedAndEachOfItsAddressesTried() throws Exception {
    Socket listener = listener();
    Assumptions.assumeTrue(listener.getSockName() instanceof IpAddress, "only hosts have names");
    int port = ((IpAddress) listener.getSockName()).port();
    Assumptions.assumeTrue(
        Resolver.resolve("localhost", port).contains(listener.getSockName()),
        "on this machine localhost is not also " + family);
    Channel channel = await(client().connect("localhost", port));
    assertEquals(listener.getSockName(), channel.remoteAddress());
  }

  @Test
  void aNameThatDoesNotExistIsAFailure() throws Exception {
    failure(java.net.UnknownHostException.class, client().connect("no such host", 1));
  }

  @Test
  void whatWasWrittenAndFlushedBeforeTheConnectionStandsIsSentThen() throws Exception {
    Socket listener = listener();
    Future<Channel> connected =
        client()
            .handler(channel -> {
              channel.setOption(ChannelOption.ALLOCATOR, alloc);
              channel.write(buffer(Data.of(100)));
              channel.writeAndFlush(buffer(Data.of(2000)));
            })
            .connect(listener.getSockName());
    Socket peer = accept(listener);
    await(connected);
    assertArrayEquals(Data.of(100), receive(peer, 100));
    assertArrayEquals(Data.of(2000), receive(peer, 2000));
  }

  @Test
  void whatWasWrittenBeforeAnAttemptThatFailsIsReleasedAndFails() throws Exception {
    CompletableFuture<Future<Void>> written = new CompletableFuture<>();
    Future<Channel> connected =
        client()
            .handler(channel -> written.complete(channel.writeAndFlush(buffer(Data.of(100)))))
            .connect(nobody());
    failure(ConnectException.class, connected);
    failure(io.gatun.error.ClosedException.class, written.get());
  }

  @Test
  void anInitializerThatThrowsFailsTheAttemptAndClosesTheChannel() throws Exception {
    CompletableFuture<Channel> made = new CompletableFuture<>();
    Future<Channel> connected =
        client()
            .handler(channel -> {
              made.complete(channel);
              throw new IllegalStateException("no");
            })
            .connect(listener().getSockName());
    failure(IllegalStateException.class, connected);
    awaitClosed(made.get());
  }

  @Test
  void connectPassesThroughTheHandlers() throws Exception {
    Socket listener = listener();
    ChannelHandler redirecting =
        new ChannelHandler() {
          @Override
          public void connect(
              ChannelHandlerContext ctx,
              Address remote,
              @org.jspecify.annotations.Nullable Address local,
              Promise<Void> promise)
              throws Exception {
            ctx.connect(listener.getSockName(), local, promise);
          }
        };
    Channel channel = await(client(redirecting).connect(nobody()));
    assertEquals(listener.getSockName(), channel.remoteAddress());
  }
}
