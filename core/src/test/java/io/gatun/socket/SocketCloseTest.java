package io.gatun.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gatun.address.Address;
import io.gatun.address.AddressFamily;
import io.gatun.address.Ipv4Address;
import io.gatun.address.SocketType;
import io.gatun.address.UnixAddress;
import io.gatun.error.ClosedException;
import io.gatun.error.TimedOutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Closing ends the calls of other threads, on every system in its own way. */
@Timeout(60)
final class SocketCloseTest {
  /** Who waits, and with what timeout. */
  enum Waiter {
    PLATFORM(false, null),
    PLATFORM_WITH_TIMEOUT(false, Duration.ofHours(1)),
    VIRTUAL(true, null),
    VIRTUAL_WITH_TIMEOUT(true, Duration.ofHours(1));

    private final boolean virtual;
    private final @Nullable Duration timeout;

    Waiter(boolean virtual, @Nullable Duration timeout) {
      this.virtual = virtual;
      this.timeout = timeout;
    }

    Thread thread(Runnable task) {
      return virtual ? Thread.ofVirtual().unstarted(task) : Thread.ofPlatform().unstarted(task);
    }
  }

  /** A call that waits. */
  private interface Call {
    void make() throws Exception;
  }

  /** At whatever moment the close comes: before the call, within, or while it begins to wait. */
  private static void assertEnds(Waiter waiter, Socket socket, Call call) throws Exception {
    socket.setTimeout(waiter.timeout);
    assertEndsAsItIs(waiter, socket, call);
  }

  private static void assertEndsAsItIs(Waiter waiter, Socket socket, Call call) throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    FutureTask<@Nullable Void> task =
        new FutureTask<>(() -> {
          started.countDown();
          call.make();
          return null;
        });
    Thread thread = waiter.thread(task);
    thread.start();
    started.await();
    for (int i = 0; i < 100_000 && thread.getState() == Thread.State.RUNNABLE; i++) {
      Thread.onSpinWait();
    }
    socket.close();
    ExecutionException e = assertThrows(ExecutionException.class, task::get);
    assertInstanceOf(ClosedException.class, e.getCause());
    thread.join();
  }

  private static Socket listener() throws Exception {
    Socket listener = Socket.open(AddressFamily.INET, SocketType.STREAM);
    listener.bind(Ipv4Address.loopback(0));
    listener.listen();
    return listener;
  }

  @ParameterizedTest
  @EnumSource
  void ofAListenerThatAccepts(Waiter waiter) throws Exception {
    for (int i = 0; i < 20; i++) {
      Socket listener = listener();
      assertEnds(waiter, listener, listener::accept);
    }
  }

  /** What blocks or not is the file, which both share. */
  private static void makeFileBlock(Socket socket) throws Exception {
    try (Socket duplicate = socket.dup()) {
      duplicate.setTimeout(Duration.ZERO);
      duplicate.setTimeout(null);
    }
  }

  @ParameterizedTest
  @EnumSource
  void ofAListenerWhoseDuplicateWasMadeToBlock(Waiter waiter) throws Exception {
    for (int i = 0; i < 20; i++) {
      Socket listener = listener();
      listener.setTimeout(waiter.timeout);
      makeFileBlock(listener);
      assertEndsAsItIs(waiter, listener, listener::accept);
    }
  }

  /** Makes a call on a socket with a timeout, whose duplicate was made to block. */
  private static void assertTimesOut(boolean virtual, Socket socket, Call call) throws Exception {
    socket.setTimeout(Duration.ofMillis(20));
    makeFileBlock(socket);
    FutureTask<@Nullable Void> task =
        new FutureTask<>(() -> {
          call.make();
          return null;
        });
    Thread thread = virtual ? Thread.startVirtualThread(task) : Thread.ofPlatform().start(task);
    ExecutionException e = assertThrows(ExecutionException.class, task::get);
    assertInstanceOf(TimedOutException.class, e.getCause());
    thread.join();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aListenerWhoseDuplicateWasMadeToBlockKeepsItsTimeout(boolean virtual) throws Exception {
    try (Socket listener = listener()) {
      assertTimesOut(virtual, listener, listener::accept);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  @EnabledOnOs(value = OS.LINUX, disabledReason = "elsewhere a full backlog refuses, or has room")
  void aConnectWhoseDuplicateWasMadeToBlockKeepsItsTimeout(boolean virtual, @TempDir Path directory)
      throws Exception {
    Address address = UnixAddress.path(directory.resolve("socket").toString());
    try (Socket listener = Socket.openFor(address);
        Socket first = Socket.openFor(address);
        Socket second = Socket.openFor(address)) {
      listener.bind(address);
      listener.listen(0);
      first.connect(address);
      assertTimesOut(virtual, second, () -> second.connect(address));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void sendingAFileWhoseSocketsDuplicateWasMadeToBlockKeepsItsTimeout(
      boolean virtual, @TempDir Path directory) throws Exception {
    Path file = Files.write(directory.resolve("file"), new byte[8 << 20]);
    try (SocketPair pair = Sockets.socketpair()) {
      assertTimesOut(virtual, pair.first(), () -> pair.first().sendFile(file));
    }
  }

  /** Of two who wake for one connection, one finds none, and must not wait for it in the kernel. */
  @Test
  void aTimeoutThatIsTakenAwayLeavesVirtualThreadsParked() throws Exception {
    Socket listener = listener();
    List<Thread> threads = new ArrayList<>();
    List<FutureTask<Socket>> accepts = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      FutureTask<Socket> accept = new FutureTask<>(listener::accept);
      accepts.add(accept);
      threads.add(Thread.ofVirtual().start(accept));
    }
    for (Thread thread : threads) {
      while (thread.getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
    }
    listener.setTimeout(Duration.ZERO);
    listener.setTimeout(null);
    Socket client = Socket.open(AddressFamily.INET, SocketType.STREAM);
    client.connect(listener.getSockName());
    while (accepts.stream().noneMatch(FutureTask::isDone)) {
      Thread.onSpinWait();
    }
    listener.close();
    int ended = 0;
    for (FutureTask<Socket> accept : accepts) {
      try {
        accept.get().close();
      } catch (ExecutionException e) {
        assertInstanceOf(ClosedException.class, e.getCause());
        ended++;
      }
    }
    assertEquals(1, ended);
    client.close();
  }

  @ParameterizedTest
  @EnumSource
  void ofAConnectionThatReceives(Waiter waiter) throws Exception {
    for (int i = 0; i < 20; i++) {
      try (Socket listener = listener();
          Socket left = Socket.open(AddressFamily.INET, SocketType.STREAM)) {
        left.connect(listener.getSockName());
        try (Socket right = listener.accept()) {
          assertEnds(waiter, right, () -> right.recv(1));
          assertEquals(0, left.recv(1).length, "the peer sees the end");
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void ofAConnectionThatSends(Waiter waiter) throws Exception {
    try (Socket listener = listener();
        Socket left = Socket.open(AddressFamily.INET, SocketType.STREAM)) {
      left.connect(listener.getSockName());
      try (Socket right = listener.accept()) {
        assertEnds(waiter, left, () -> left.sendAll(new byte[64 << 20]));
        assertEquals(false, right.isClosed());
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void ofADatagramSocketThatReceives(Waiter waiter) throws Exception {
    for (int i = 0; i < 20; i++) {
      Socket socket = Socket.open(AddressFamily.INET, SocketType.DGRAM);
      socket.bind(Ipv4Address.loopback(0));
      assertEnds(waiter, socket, () -> socket.recv(1));
    }
  }
}
