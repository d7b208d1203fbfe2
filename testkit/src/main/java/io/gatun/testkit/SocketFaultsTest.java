package io.gatun.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gatun.address.Address;
import io.gatun.address.AddressFamily;
import io.gatun.address.IpAddress;
import io.gatun.address.Protocol;
import io.gatun.address.SocketType;
import io.gatun.address.UnixAddress;
import io.gatun.channel.ChannelOption;
import io.gatun.error.ClosedException;
import io.gatun.error.SocketError;
import io.gatun.error.TimedOutException;
import io.gatun.error.WouldBlockException;
import io.gatun.message.AncillaryData;
import io.gatun.os.Abi;
import io.gatun.os.Errno;
import io.gatun.os.Os;
import io.gatun.socket.GatunSocketFactory;
import io.gatun.socket.ReceivedMessage;
import io.gatun.socket.Socket;
import io.gatun.socket.SocketFile;
import io.gatun.socket.SocketPair;
import io.gatun.socket.Sockets;
import io.gatun.transport.Transport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Each system call of each operation fails once, by each error that may come at any time. Then the
 * operation fails with that error, or does without the call; nothing is left open, and a signal
 * ends nothing that waits.
 */
@Tag(Faults.TAG)
@OnEachThreadKind
public final class SocketFaultsTest extends SocketLab {
  private static final List<String> ERRORS = List.of("EMFILE", "ENOMEM", "ECONNABORTED", "EINTR");

  /** What a signal may interrupt, and what goes on then: PEP 475. */
  private static final Set<String> RESTARTED =
      Set.of(
          "accept4",
          "accept",
          "recv",
          "send",
          "recvfrom",
          "sendto",
          "recvmsg",
          "sendmsg",
          "ppoll",
          "poll",
          "sendfile");

  /**
   * The descriptor is gone though close(2) fails, so it must not be kept from being made. Connect
   * is left out of the signals: one that was not made does not go on in the background. What
   * getaddrinfo(3) returns is no errno.
   */
  private static boolean isFaulty(String function, String error) {
    return !function.equals("close")
        && !function.equals("getaddrinfo")
        && (!error.equals("EINTR") || RESTARTED.contains(function));
  }

  SocketFaultsTest(ThreadLane lane) throws IOException {
    super(lane);
  }

  @BeforeEach
  void assume() {
    Faults.assume();
  }

  /** The calls of one thread, and of the loop that virtual threads wait by, one of which fails. */
  private static final class NthFails implements Faults.Plan {
    final Thread thread;
    final int nth;
    final String error;
    final AtomicInteger calls = new AtomicInteger();
    volatile @Nullable String failed;

    NthFails(Thread thread, int nth, String error) {
      this.thread = thread;
      this.nth = nth;
      this.error = error;
    }

    @Override
    public int decide(String function, int fd) {
      if ((Thread.currentThread() == thread || function.equals("epoll_ctl"))
          && isFaulty(function, error)
          && calls.incrementAndGet() == nth) {
        failed = function;
        return -Abi.HOST.errno(error);
      }
      return GO;
    }
  }

  /** Prepares what an operation is done on, before calls fail. */
  private interface Scenario {
    Body prepare() throws Exception;
  }

  private void failEachCall(Scenario scenario) throws Exception {
    for (String error : ERRORS) {
      for (int nth = 1; ; nth++) {
        Body body = scenario.prepare();
        Set<String> before = Descriptors.open();
        NthFails plan = run(body, nth, error);
        if (plan.failed == null) {
          assertTrue(nth > 1 || error.equals("EINTR"), "no call was made");
          break;
        }
        assertNothingLeftOpen(before, error + " at call " + nth + ", " + plan.failed);
      }
    }
  }

  /** Nothing, and that not because the garbage collector came by. */
  private static void assertNothingLeftOpen(Set<String> before, String what) throws IOException {
    try (Log log = new Log("io.gatun.socket")) {
      // The shared loop may be the last to hold a socket that a virtual thread waited on.
      long patience = System.nanoTime() + LONG.toNanos();
      while (!before.containsAll(Descriptors.open()) && System.nanoTime() < patience) {
        Thread.onSpinWait();
      }
      Set<String> after = Descriptors.open();
      after.removeAll(before);
      assertEquals(Set.of(), after, what + ": left open");
      assertEquals(List.of(), log.all(), what);
    }
  }

  /** Runs a body on a thread of its own, whose nth call fails. */
  private NthFails run(Body body, int nth, String error) throws Exception {
    NthFails[] plan = new NthFails[1];
    @Nullable IOException[] thrown = new IOException[1];
    run(() -> {
      plan[0] = new NthFails(Thread.currentThread(), nth, error);
      try (Faults.Following _ = Faults.follow(plan[0])) {
        body.run();
      } catch (IOException e) {
        thrown[0] = e;
      }
    });
    IOException e = thrown[0];
    String function = plan[0].failed;
    if (e != null) {
      String what = error + " at call " + nth + ", " + function;
      assertNotEquals(null, function, () -> "it failed by itself: " + e);
      if (!(e instanceof SocketError of) || of.errno() != Abi.HOST.errno(error)) {
        throw new AssertionError(what + " became another error", e);
      }
      assertNotEquals("EINTR", error, what + " ended a wait");
    }
    return plan[0];
  }

  @Test
  void aSocketThatIsOpenedAndSetUp() throws Exception {
    failEachCall(() ->
        () -> {
          try (Socket socket = Socket.openFor(address())) {
            socket.setTimeout(LONG);
            socket.bind(address());
            socket.listen();
            socket.getSockName();
            socket.getSockOpt(1, 2);
            socket.getSockOpt(1, 2, 16);
            socket.setSockOpt(1, 2, 1);
            socket.setOption(ChannelOption.SO_KEEPALIVE, true);
            socket.getOption(ChannelOption.SO_KEEPALIVE);
            socket.setInheritable(true);
            socket.getInheritable();
            socket.setTimeout(null);
            socket.dup().close();
          }
        });
  }

  @Test
  void aServerThatIsCreated() throws Exception {
    failEachCall(() -> () -> Sockets.createServer(address()).close());
  }

  @Test
  void aConnectionThatIsMade() throws Exception {
    Socket listener = listener();
    for (boolean blocking : new boolean[] {true, false}) {
      failEachCall(() -> {
        drain(listener);
        return () -> {
          try (Socket socket = Socket.openFor(listener.getSockName())) {
            socket.setTimeout(blocking ? null : LONG);
            socket.connect(listener.getSockName());
            socket.getPeerName();
          }
        };
      });
    }
  }

  @Test
  void aConnectionToAHost() throws Exception {
    assumeFalse(family.isUnix(), "hosts have addresses of IP");
    Socket listener = listener();
    IpAddress address = (IpAddress) listener.getSockName();
    for (@Nullable Address source : Arrays.asList(null, address.withPort(0))) {
      failEachCall(() -> {
        drain(listener);
        return () -> Sockets.createConnection(address.host(), address.port(), LONG, source).close();
      });
    }
  }

  @Test
  void aConnectionOfTheAdapters() throws Exception {
    Socket listener = listener();
    Address address = listener.getSockName();
    GatunSocketFactory factory =
        address instanceof UnixAddress unix
            ? GatunSocketFactory.unix(unix)
            : new GatunSocketFactory();
    InetSocketAddress to =
        address instanceof IpAddress ip
            ? ip.toSocketAddress()
            : InetSocketAddress.createUnresolved("any", 0);
    failEachCall(() -> {
      drain(listener);
      return () -> {
        try (java.net.Socket socket = factory.createSocket()) {
          socket.connect(to, (int) LONG.toMillis());
          socket.getOutputStream().write(1);
          socket.getLocalPort();
        }
      };
    });
  }

  @Test
  void aConnectionThatIsAccepted() throws Exception {
    Socket listener = listener();
    for (boolean blocking : new boolean[] {true, false}) {
      failEachCall(() -> {
        drain(listener);
        listener.setTimeout(blocking ? null : LONG);
        connect(listener.getSockName());
        return () -> listener.accept().close();
      });
    }
  }

  /** The calls of a function, the first of which fails. */
  private static final class FirstFails implements Faults.Plan {
    final String function;
    final int errno;
    final AtomicInteger calls = new AtomicInteger();

    FirstFails(String function, int errno) {
      this.function = function;
      this.errno = errno;
    }

    @Override
    public int decide(String function, int fd) {
      return function.startsWith(this.function) && calls.getAndIncrement() == 0 ? -errno : GO;
    }
  }

  @Test
  void aWatchThatWasRefusedIsAskedForAnewByTheNextWait() throws Exception {
    assumeTrue(kind == ThreadKind.VIRTUAL, "platform threads need no watch");
    Ends ends = ends();
    FirstFails plan = new FirstFails("epoll_ctl", Abi.HOST.errno("ENOSPC"));
    ends.one().setTimeout(SHORT);
    try (Faults.Following _ = Faults.follow(plan)) {
      assertThrows(IOException.class, () -> call(() -> ends.one().recv(1)));
    }
    assumeTrue(plan.calls.get() > 0, "the loop of all sockets is none of epoll");
    ends.one().setTimeout(LONG);
    Task<byte[]> receiving = start(() -> ends.one().recv(1)).awaitWaiting();
    ends.other().sendAll(Data.of(1));
    assertEquals(1, receiving.result().length);
  }

  @Test
  void aMessageToAUnixSocketThatIsFullIsNotTriedWithoutPause() throws Exception {
    assumeTrue(
        family.isUnix() && Abi.HOST.os() == Os.LINUX, "others lose it, or fail with ENOBUFS");
    Address address = address();
    Socket receiver = own(Socket.open(address.family(), SocketType.DGRAM));
    receiver.bind(address);
    Socket sender = own(Socket.open(address.family(), SocketType.DGRAM));
    sender.setTimeout(Duration.ZERO);
    assertThrows(
        WouldBlockException.class,
        () -> {
          while (true) {
            sender.sendTo(Data.of(1), address);
          }
        });
    sender.setTimeout(SHORT);
    FirstFails plan = new FirstFails("sendto", Errno.EAGAIN);
    try (Faults.Following _ = Faults.follow(plan)) {
      assertThrows(TimedOutException.class, () -> call(() -> sender.sendTo(Data.of(1), address)));
    }
    assertTrue(plan.calls.get() < 100, () -> plan.calls + " calls");
  }

  /**
   * Runs something between the check that the socket is open and the call: recv or recvmsg, say.
   */
  private static Faults.Plan beforeTheFirst(String function, Runnable body) {
    AtomicInteger calls = new AtomicInteger();
    return (made, fd) -> {
      if (made.startsWith(function) && calls.getAndIncrement() == 0) {
        CompletableFuture.runAsync(body).join();
      }
      return Faults.Plan.GO;
    };
  }

  @Test
  void aCallThatBeginsJustAsTheSocketClosesEndsAndLeavesADuplicateConnected() throws Exception {
    Ends ends = ends();
    Socket duplicate = own(ends.one().dup());
    ends.one().setTimeout(null);
    try (Faults.Following _ = Faults.follow(beforeTheFirst("recv", ends.one()::close))) {
      start(() -> ends.one().recv(1)).failure(ClosedException.class);
    }
    ends.other().sendAll(Data.of(1));
    assertEquals(1, duplicate.recv(1).length);
  }

  @Test
  void aCallThatASignalEndedIsNotMadeAgainOnASocketThatWasClosedMeanwhile() throws Exception {
    assumeTrue(kind == ThreadKind.PLATFORM, "a virtual thread is never inside of a call");
    Ends ends = ends();
    ends.one().setTimeout(null);
    FirstFails plan = new FirstFails("recv", Errno.EINTR);
    Socket.setInterruptHook(() -> CompletableFuture.runAsync(ends.one()::close).join());
    try (Faults.Following _ = Faults.follow(plan)) {
      start(() -> ends.one().recv(1)).failure(ClosedException.class);
    } finally {
      Socket.setInterruptHook(null);
    }
    assertEquals(1, plan.calls.get());
  }

  /** Its number may be another's by then. */
  @Test
  void aSocketThatClosesBeforeTheLoopComesToWatchItIsNotWatched() throws Exception {
    assumeTrue(kind == ThreadKind.VIRTUAL, "platform threads need no watch");
    assumeTrue(
        Transport.bestObserver().name().equals("epoll"),
        "the loop of all sockets is none of epoll");
    Ends first = ends();
    Task<byte[]> watched = start(() -> first.one().recv(1)).awaitWaiting();
    first.other().sendAll(Data.of(1));
    watched.result(); // the loop told of it, and goes on to do so
    Task<byte[]> waiting = start(() -> first.one().recv(1)).awaitWaiting();
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    AtomicInteger watches = new AtomicInteger();
    Faults.Plan plan =
        (function, fd) -> {
          if (function.startsWith("epoll_") && function.contains("wait")) {
            held.countDown();
            awaitUninterruptibly(go);
          }
          if (function.equals("epoll_ctl")) {
            watches.incrementAndGet();
          }
          return Faults.Plan.GO;
        };
    Ends ends = ends();
    try (Faults.Following _ = Faults.follow(plan)) {
      first.other().sendAll(Data.of(1)); // it wakes, and is held before it sleeps again
      waiting.result();
      assertTrue(held.await(Task.SECONDS, TimeUnit.SECONDS));
      Task<byte[]> receiving = start(() -> ends.one().recv(1)).awaitWaiting();
      ends.one().close();
      receiving.failure(ClosedException.class);
      go.countDown();
      // What the loop was given to do it has done when it wakes the next one.
      Task<byte[]> after = start(() -> first.one().recv(1)).awaitWaiting();
      first.other().sendAll(Data.of(1));
      after.result();
    } finally {
      go.countDown();
    }
    assertEquals(0, watches.get());
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Takes the connections that an operation that failed has left. */
  private static void drain(Socket listener) throws IOException {
    Duration timeout = listener.getTimeout();
    listener.setTimeout(Duration.ZERO);
    try {
      while (true) {
        listener.accept().close();
      }
    } catch (WouldBlockException none) {
      listener.setTimeout(timeout);
    }
  }

  @Test
  void bytesThatAreSentAndReceived() throws Exception {
    for (boolean blocking : new boolean[] {true, false}) {
      failEachCall(() -> {
        Ends ends = ends();
        ends.one().setTimeout(blocking ? null : LONG);
        ends.other().setTimeout(blocking ? null : LONG);
        return () -> {
          Socket one = ends.one();
          Socket other = ends.other();
          one.sendAll(Data.of(10));
          other.recv(10);
          one.sendMsg(List.of(ByteBuffer.wrap(Data.of(10))));
          other.recvMsg(10, 100, 0).close();
          one.send(Data.of(10));
          other.recvFrom(10);
        };
      });
    }
  }

  @Test
  void aWaitThatTimesOut() throws Exception {
    failEachCall(() -> {
      Ends ends = ends();
      ends.one().setTimeout(Duration.ofMillis(2));
      return () -> {
        try {
          ends.one().recv(1);
        } catch (TimedOutException e) {
          // That is it.
        }
      };
    });
  }

  @Test
  void aFileThatIsSent() throws Exception {
    Path file = folder.resolve("file");
    Files.write(file, Data.of(1000));
    failEachCall(() -> {
      Ends ends = ends();
      return () -> assertEquals(1000, ends.one().sendFile(file));
    });
  }

  @Test
  void aPairWithFilesAndOtherHands() throws Exception {
    failEachCall(() ->
        () -> {
          try (SocketPair pair = Sockets.socketpair();
              SocketFile _ = pair.first().makeFile("rw");
              Socket copy =
                  Sockets.fromFd(
                      pair.second().fileno(),
                      AddressFamily.UNIX,
                      SocketType.STREAM,
                      Protocol.DEFAULT)) {
            assertEquals(AddressFamily.UNIX, copy.family());
            int fd = pair.second().detach();
            boolean mine = true;
            try (Socket _ = Socket.ofDescriptor(fd)) {
              mine = false;
            } finally {
              if (mine) {
                Sockets.close(fd);
              }
            }
          }
        });
  }

  @Test
  void descriptorsThatAreReceived() throws Exception {
    failEachCall(() -> {
      SocketPair pair = Sockets.socketpair();
      own(pair.first());
      own(pair.second());
      Address any = address();
      try (Socket sent = Socket.openFor(any)) {
        int[] two = {sent.fileno(), sent.fileno()};
        Sockets.sendFds(pair.first(), List.of(ByteBuffer.wrap(Data.of(1))), two, 0, null);
      }
      return () -> {
        try (ReceivedMessage message = Sockets.recvFds(pair.second(), 10, 2, 0)) {
          assertEquals(2, message.ancillary().getFirst().toInts().length);
        }
      };
    });
  }

  /** A message without bytes looks like what a closed socket returns: nobody gets it. */
  @Test
  void descriptorsThatAreReceivedAsTheSocketCloses() throws Exception {
    assumeTrue(family.isUnix(), "others pass no descriptors");
    for (int i = 0; i < 2; i++) { // the first close of a socket in use opens the dead one
      SocketPair pair = Sockets.socketpair(AddressFamily.UNIX, SocketType.DGRAM, Protocol.DEFAULT);
      Socket receiver = own(pair.second());
      own(pair.first())
          .sendMsg(List.of(), List.of(AncillaryData.rights(pair.first().fileno())), 0, null);
      Set<String> before = Descriptors.open();
      Faults.Plan closes =
          new Faults.Plan() {
            @Override
            public int decide(String function, int fd) {
              return GO;
            }

            @Override
            public void made(String function) {
              if (function.equals("recvmsg")) {
                CompletableFuture.runAsync(receiver::close).join();
              }
            }
          };
      try (Faults.Following _ = Faults.follow(closes)) {
        assertThrows(ClosedException.class, () -> call(() -> receiver.recvMsg(10, 100, 0)));
      }
      if (i > 0) {
        assertNothingLeftOpen(before, "closed");
      }
    }
  }
}
