package io.gatun.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.address.Address;
import io.gatun.address.UnixAddress;
import io.gatun.channel.Channel;
import io.gatun.channel.ChannelGroup;
import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.channel.ChannelOption;
import io.gatun.channel.EventLoop;
import io.gatun.channel.EventLoopGroup;
import io.gatun.channel.ServerBootstrap;
import io.gatun.error.BindErrorException;
import io.gatun.os.Abi;
import io.gatun.os.Os;
import io.gatun.socket.Socket;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** How a listener binds, accepts and goes. */
@OnEachLane
public final class ListenerTest extends ChannelLab {
  private final BlockingQueue<Channel> children = new LinkedBlockingQueue<>();

  ListenerTest(Lane lane) throws IOException {
    super(lane);
  }

  private Channel nextChild() throws InterruptedException {
    Channel child = children.poll(Task.SECONDS, TimeUnit.SECONDS);
    return assertInstanceOf(Channel.class, child, "nobody was accepted");
  }

  @Test
  void everyConnectionIsAcceptedAndSharedOutOverTheLoops() throws Exception {
    Channel listener = bind(server().childHandler(children::add));
    List<Socket> peers = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      peers.add(connect(local(listener)));
    }
    int[] perLoop = new int[2];
    for (int i = 0; i < peers.size(); i++) {
      Channel child = nextChild();
      perLoop[child.eventLoop() == listener.eventLoop() ? 0 : 1]++;
      await(child.writeAndFlush(buffer(Data.of(1))));
    }
    for (Socket peer : peers) {
      assertArrayEquals(Data.of(1), receive(peer, 1));
    }
    assertArrayEquals(new int[] {50, 50}, perLoop);
  }

  @Test
  void anAcceptedChannelHasTheOptionsOfItsListener() throws Exception {
    Assumptions.assumeFalse(family.isUnix(), "Unix sockets inherit none");
    for (boolean on : new boolean[] {true, false}) {
      Channel listener =
          bind(
              server()
                  .option(ChannelOption.TCP_NODELAY, on)
                  .option(ChannelOption.SO_KEEPALIVE, on)
                  .option(ChannelOption.SO_LINGER, on ? 7 : -1)
                  .childHandler(children::add));
      connect(local(listener));
      Channel child = nextChild();
      assertEquals(on, child.getOption(ChannelOption.TCP_NODELAY));
      assertEquals(on, child.getOption(ChannelOption.SO_KEEPALIVE));
      assertEquals(on ? 7 : -1, child.getOption(ChannelOption.SO_LINGER));
      child.setOption(ChannelOption.SO_LINGER, -1);
    }
  }

  @Test
  void anAcceptedChannelKnowsBothAddresses() throws Exception {
    Channel listener = bind(server().childHandler(children::add));
    Socket peer = connect(local(listener));
    Channel child = nextChild();
    rounds(child.eventLoop());
    assertEquals(peer.getSockName(), child.remoteAddress());
    assertEquals(local(listener), child.localAddress());
  }

  @Test
  void withAutoReadOffEachReadAcceptsOneConnection() throws Exception {
    Channel listener =
        bind(server().option(ChannelOption.AUTO_READ, false).childHandler(children::add));
    List<Socket> peers = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      peers.add(connect(local(listener)));
    }
    rounds(listener.eventLoop());
    assertTrue(children.isEmpty(), "nobody asked");
    listener.read();
    assertTrue(nextChild().isOpen());
    rounds(listener.eventLoop());
    assertTrue(children.isEmpty(), "one was asked for");
    listener.setOption(ChannelOption.AUTO_READ, true);
    for (int i = 1; i < peers.size(); i++) {
      assertTrue(nextChild().isOpen());
    }
    listener.setOption(ChannelOption.AUTO_READ, false);
    rounds(listener.eventLoop());
    Socket late = connect(local(listener));
    rounds(listener.eventLoop());
    assertTrue(children.isEmpty(), "suspended again");
    listener.read();
    assertTrue(nextChild().isOpen());
    assertFalse(late.isClosed());
  }

  /** Turns away every second connection. */
  private static final class Filter implements ChannelHandler {
    private int count;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      if (count++ % 2 == 0) {
        ((Channel) message).close();
      } else {
        ctx.fireChannelRead(message);
      }
    }
  }

  private void turnAwayEverySecond(ServerBootstrap server) throws Exception {
    Channel listener =
        bind(
            server
                .childOption(ChannelOption.ALLOCATOR, alloc)
                .handler(channel -> channel.pipeline().addLast(new Filter()))
                .childHandler(children::add));
    for (int i = 0; i < 10; i++) {
      Socket turnedAway = connect(local(listener));
      assertEquals(0, turnedAway.recv(1).length, "its descriptor was given back");
      Socket taken = connect(local(listener));
      await(nextChild().writeAndFlush(buffer(Data.of(3))));
      assertArrayEquals(Data.of(3), receive(taken, 3));
    }
  }

  @Test
  void aHandlerOfTheListenerMayCloseAnAcceptedChannelOfItsOwnLoop() throws Exception {
    try (EventLoopGroup one = EventLoopGroup.builder().transport(transport).loops(1).build()) {
      turnAwayEverySecond(new ServerBootstrap(one));
    }
  }

  @Test
  void aHandlerOfTheListenerMayCloseAnAcceptedChannelOfAnotherLoop() throws Exception {
    try (EventLoopGroup one = EventLoopGroup.builder().transport(transport).loops(1).build()) {
      turnAwayEverySecond(new ServerBootstrap(group, one));
    }
  }

  @Test
  void aChildHandlerThatThrowsClosesThatConnectionOnly() throws Exception {
    AtomicInteger count = new AtomicInteger();
    Channel listener =
        bind(
            server()
                .childHandler(child -> {
                  children.add(child);
                  if (count.incrementAndGet() == 1) {
                    throw new IllegalStateException("no");
                  }
                }));
    assertEquals(0, connect(local(listener)).recv(1).length);
    Socket second = connect(local(listener));
    nextChild();
    await(nextChild().writeAndFlush(buffer(Data.of(3))));
    assertArrayEquals(Data.of(3), receive(second, 3));
  }

  @Test
  void aChildWhoseLoopHasEndedIsClosedAndTellsSo() throws Exception {
    EventLoopGroup ended = EventLoopGroup.builder().transport(transport).loops(1).build();
    BlockingQueue<Channel> accepted = new LinkedBlockingQueue<>();
    Channel listener =
        await(
            new ServerBootstrap(group, ended)
                .handler(made ->
                    made.pipeline()
                        .addLast(
                            new ChannelHandler() {
                              @Override
                              public void channelRead(ChannelHandlerContext ctx, Object child) {
                                accepted.add((Channel) child);
                                ctx.fireChannelRead(child);
                              }

                              @Override
                              public void exceptionCaught(
                                  ChannelHandlerContext ctx, Throwable cause) {
                                assertInstanceOf(RejectedExecutionException.class, cause);
                              }
                            }))
                .childHandler(child -> {})
                .bind(address()));
    ended.close();
    Socket peer = connect(local(listener));
    Channel child = accepted.poll(Task.SECONDS, TimeUnit.SECONDS);
    await(java.util.Objects.requireNonNull(child).closeFuture());
    assertFalse(child.isOpen());
    assertEquals(0, peer.recv(1).length);
  }

  @Test
  void aChildClosedBeforeItsHandlersWereAddedIsNeverActive() throws Exception {
    Recorder recorder = new Recorder();
    Channel listener =
        bind(
            server()
                .childHandler(child -> {
                  child.pipeline().addLast(recorder);
                  children.add(child);
                  child.close();
                }));
    assertEquals(0, connect(local(listener)).recv(1).length);
    Channel child = nextChild();
    awaitClosed(child);
    assertFalse(child.isActive());
    recorder.expect(Recorder.Event.REMOVED);
    recorder.expectNothing();
  }

  @Test
  void aHandlerThatFailsABindLeavesNoDescriptor() throws Exception {
    ChannelHandler failing =
        new ChannelHandler() {
          @Override
          public void bind(ChannelHandlerContext ctx, Address local, Promise<Void> promise) {
            throw new IllegalStateException("no");
          }
        };
    Future<Channel> bound =
        server().handler(channel -> channel.pipeline().addLast(failing)).bind(address());
    failure(IllegalStateException.class, bound);
  }

  @Test
  void optionsOfChildrenAreSetBeforeTheirHandlersAreAdded() throws Exception {
    Channel listener =
        bind(server().childOption(ChannelOption.SO_KEEPALIVE, true).childHandler(children::add));
    assertFalse(connect(local(listener)).isClosed());
    assertTrue(nextChild().getOption(ChannelOption.SO_KEEPALIVE));
  }

  @Test
  void aListenerThatClosedIsNotThereAndItsChildrenAre() throws Exception {
    Recorder recorder =
        new Recorder() {
          @Override
          public void channelRead(ChannelHandlerContext ctx, Object message) {
            ctx.fireChannelRead(message);
          }
        };
    Channel listener =
        bind(
            server()
                .handler(channel -> channel.pipeline().addLast(recorder))
                .childHandler(children::add));
    Socket peer = connect(local(listener));
    Channel child = nextChild();
    await(listener.close());
    IOException gone = assertThrows(IOException.class, () -> connect(local(listener)));
    assertTrue(gone instanceof ConnectException, gone::toString);
    recorder.expect(Recorder.Event.ACTIVE);
    recorder.expectEnd();
    await(child.writeAndFlush(buffer(Data.of(3))));
    assertArrayEquals(Data.of(3), receive(peer, 3));
  }

  @Test
  void connectionsThatNobodyAcceptedEndWithTheListener() throws Exception {
    Channel listener = bind(server().option(ChannelOption.AUTO_READ, false));
    Socket peer = connect(local(listener));
    await(listener.close());
    try {
      assertEquals(0, peer.recv(1).length);
    } catch (io.gatun.error.ConnectionResetException reset) {
      assertFalse(peer.isClosed());
    }
  }

  @Test
  void anAddressThatIsTakenIsABindError() throws Exception {
    Address taken = listener().getSockName();
    Recorder recorder = new Recorder();
    Future<Channel> bound =
        server().handler(channel -> channel.pipeline().addLast(recorder)).bind(taken);
    BindErrorException failure = failure(BindErrorException.class, bound);
    assertEquals("bind " + taken + ": " + errno("EADDRINUSE"), failure.getMessage());
    recorder.expect(Recorder.Event.REMOVED);
    recorder.expectNothing();
  }

  @Test
  void severalListenersShareAPortWithReusePortAndNotWithoutIt() throws Exception {
    Assumptions.assumeFalse(family.isUnix(), "Unix sockets have no ports");
    Assumptions.assumeTrue(Abi.HOST.has("SO_REUSEPORT"), "this system has no SO_REUSEPORT");
    ServerBootstrap sharing =
        server().option(ChannelOption.SO_REUSEPORT, true).childHandler(children::add);
    Channel first = bind(sharing);
    Channel second = await(sharing.bind(local(first)));
    failure(BindErrorException.class, server().bind(local(first)));
    assertEquals(local(first), local(second));
    await(first.close());
    Socket peer = connect(local(second));
    await(nextChild().writeAndFlush(buffer(Data.of(3))));
    assertArrayEquals(Data.of(3), receive(peer, 3));
  }

  private void assumeSharedPorts() {
    Assumptions.assumeFalse(family.isUnix(), "Unix sockets have no ports");
    Assumptions.assumeTrue(Abi.HOST.has("SO_REUSEPORT"), "this system has no SO_REUSEPORT");
  }

  @Test
  void aListenerOfEachLoopSharesThePortAndKeepsItsConnectionsOnItsLoop() throws Exception {
    assumeSharedPorts();
    Recorder[] recorders = {new Recorder(), new Recorder()};
    AtomicInteger made = new AtomicInteger();
    ChannelGroup shards =
        await(
            server()
                .handler(listener ->
                    listener
                        .pipeline()
                        .addLast(
                            new ChannelHandler() {
                              @Override
                              public void channelRead(ChannelHandlerContext ctx, Object message) {
                                if (((Channel) message).eventLoop() != ctx.eventLoop()) {
                                  throw new IllegalStateException("on another loop");
                                }
                                ctx.fireChannelRead(message);
                              }
                            },
                            recorders[made.getAndIncrement()]))
                .childHandler(children::add)
                .bindShards(address()));
    assertEquals(2, shards.size());
    Set<Address> addresses = new HashSet<>();
    Set<EventLoop> loops = new HashSet<>();
    for (Channel shard : shards) {
      addresses.add(local(shard));
      loops.add(shard.eventLoop());
    }
    assertEquals(1, addresses.size(), addresses::toString);
    assertEquals(2, loops.size());
    for (Recorder recorder : recorders) {
      recorder.expect(Recorder.Event.ACTIVE);
      recorder.expectNothing();
    }
    await(shards.close());
    failure(BindErrorException.class, server().bind(listener().getSockName()));
  }

  @Test
  void theKernelSpreadsConnectionsOverTheListenersOfTheLoops() throws Exception {
    assumeSharedPorts();
    Assumptions.assumeTrue(
        Abi.HOST.os() == Os.LINUX, "only Linux and FreeBSD spread connections, and by a hash");
    ChannelGroup shards = await(server().childHandler(children::add).bindShards(address()));
    Address address = local(shards.iterator().next());
    Set<EventLoop> loops = new HashSet<>();
    for (int i = 0; i < 1000 && loops.size() < 2; i++) { // all on one: 1 in 2^999
      assertFalse(connect(address).isClosed());
      loops.add(nextChild().eventLoop());
    }
    assertEquals(2, loops.size());
    await(shards.close());
  }

  @Test
  void listenersThatCannotShareLeaveNoneOfThemBehind() throws Exception {
    assumeSharedPorts();
    Address taken = listener().getSockName();
    failure(BindErrorException.class, server().bindShards(taken));
  }

  @Test
  void unixListenersCannotShare() throws Exception {
    Assumptions.assumeTrue(family.isUnix(), "of Unix names only");
    failure(UnsupportedOperationException.class, server().bindShards(address()));
  }

  @Test
  void whatAHandlerOfTheListenerWritesToAnAcceptedChannelIsSentOnceItIsRegistered()
      throws Exception {
    ChannelHandler greeter =
        new ChannelHandler() {
          @Override
          public void channelRead(ChannelHandlerContext ctx, Object message) {
            ((Channel) message).writeAndFlush(buffer(Data.of(7)));
            ctx.fireChannelRead(message);
          }
        };
    Channel listener =
        bind(
            server()
                .handler(channel -> channel.pipeline().addLast(greeter))
                .childHandler(children::add));
    for (int i = 0; i < 2; i++) { // of either loop
      assertArrayEquals(Data.of(7), receive(connect(local(listener)), 7));
    }
  }

  @Test
  void aPortIsFreeAgainAtOnceThoughConnectionsLinger() throws Exception {
    Channel listener = bind(server().childHandler(children::add));
    Address address = local(listener);
    Socket peer = connect(address);
    Channel child = nextChild();
    await(listener.close());
    await(child.close()); // first, so that the wait is on this side
    assertEquals(0, peer.recv(1).length);
    peer.close();
    assertEquals(address, local(await(server().bind(address))));
  }

  @Test
  void aBacklogThatIsFullKeepsOthersOut() throws Exception {
    Channel listener =
        bind(
            server()
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.BACKLOG, 0)
                .childHandler(children::add));
    List<Boolean> connected = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      Socket socket = open();
      socket.setTimeout(java.time.Duration.ofMillis(50));
      try {
        socket.connect(local(listener));
        connected.add(true);
      } catch (java.net.SocketTimeoutException full) {
        connected.add(false);
        break;
      }
    }
    assertFalse(connected.getLast(), connected::toString);
  }

  // Unix names

  private void assumePath() {
    Assumptions.assumeTrue(family == Family.UNIX_PATH, "of Unix paths only");
  }

  private static Path path(Address address) {
    return ((UnixAddress) address).toPath();
  }

  private static boolean exists(Path path) {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
  }

  @Test
  void aNameThatIsTooLongIsABindErrorThatSaysSo() throws Exception {
    Assumptions.assumeTrue(family.isUnix(), "of Unix names only");
    String name = "x".repeat(200);
    Address address =
        family == Family.UNIX_PATH
            ? UnixAddress.path(folder.resolve(name))
            : UnixAddress.abstractName(name);
    BindErrorException failure = failure(BindErrorException.class, server().bind(address));
    assertEquals("ENAMETOOLONG", failure.errnoName());
    assertMessage("bind " + address + ": " + errno("ENAMETOOLONG") + ": it has ", failure);
  }

  @Test
  void aFileInTheWayIsABindErrorAndStays() throws Exception {
    assumePath();
    Address address = address();
    Files.writeString(path(address), "mine");
    BindErrorException failure = failure(BindErrorException.class, server().bind(address));
    assertEquals("EADDRINUSE", failure.errnoName());
    assertEquals("mine", Files.readString(path(address)));
  }

  @Test
  void aMissingFolderIsABindError() throws Exception {
    assumePath();
    Address address = UnixAddress.path(folder.resolve("no/socket"));
    assertEquals("ENOENT", failure(BindErrorException.class, server().bind(address)).errnoName());
  }

  @Test
  void theFileOfAPathGoesWithItsListener() throws Exception {
    assumePath();
    Channel listener = bind(server());
    Path path = path(local(listener));
    assertTrue(exists(path));
    await(listener.close());
    assertFalse(exists(path));
    assertEquals(local(listener), local(await(server().bind(local(listener)))));
  }

  @Test
  void theFileOfAPathGoesWithItsLoops() throws Exception {
    assumePath();
    Path path = path(local(bind(server())));
    assertTrue(exists(path));
    group.close();
    assertFalse(exists(path));
  }

  @Test
  void aFileThatTookThePathsPlaceStays() throws Exception {
    assumePath();
    Channel listener = bind(server());
    Path path = path(local(listener));
    Files.delete(path);
    Files.writeString(path, "mine");
    await(listener.close());
    assertEquals("mine", Files.readString(path));
  }

  @Test
  void anotherListenerThatTookThePathsPlaceStays() throws Exception {
    assumePath();
    Channel first = bind(server().childHandler(children::add));
    Files.delete(path(local(first)));
    Channel second = await(server().childHandler(children::add).bind(local(first)));
    await(first.close());
    assertTrue(exists(path(local(second))));
    assertFalse(connect(local(second)).isClosed());
    assertTrue(nextChild().isOpen());
  }
}
