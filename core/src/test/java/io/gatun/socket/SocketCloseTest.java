package io.gatun.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gatun.address.AddressFamily;
import io.gatun.address.Ipv4Address;
import io.gatun.address.SocketType;
import io.gatun.error.ClosedException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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
