package io.gatun.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.address.SocketType;
import io.gatun.socket.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Virtual threads that wait for sockets hold no carrier. */
@ParameterizedClass(name = "{0}")
@MethodSource("io.gatun.testkit.Family#all")
public final class VirtualThreadTest extends Lab {
  /** Many more than carriers. */
  private static final int MANY = 64 + 4 * Runtime.getRuntime().availableProcessors();

  VirtualThreadTest(Family family) throws IOException {
    super(family);
  }

  private static <T> Task<T> start(java.util.concurrent.Callable<T> body) {
    return Task.start(ThreadKind.VIRTUAL, body);
  }

  /** Wine tells Java of no folder that it may write to, and then there is no recorder. */
  private static Recording recording() {
    try {
      return new Recording();
    } catch (IllegalStateException e) {
      return Assumptions.abort("no Flight Recorder: " + e.getMessage());
    }
  }

  @Test
  void threadsThatWaitInEveryCallLeaveTheCarriersToOthersAndNonePins() throws Exception {
    linkReceiving();
    byte[] large = SocketLab.LARGE;
    try (Recording recording = recording()) {
      recording.enable("jdk.VirtualThreadPinned").withThreshold(Duration.ZERO);
      recording.start();
      Socket listener = listener();
      listener.setTimeout(null);
      Socket full = listener(0);
      fillBacklog(full);
      List<Task<?>> waiting = new ArrayList<>();
      List<Socket> sockets = new ArrayList<>();
      sockets.add(listener);
      for (int i = 0; i < MANY; i++) {
        Ends ends = ends();
        Duration timeout = i % 2 == 0 ? null : LONG;
        ends.one().setTimeout(timeout);
        waiting.add(start(() -> ends.one().recv(1)));
        waiting.add(
            start(() -> {
              ends.one().sendAll(ByteBuffer.wrap(large));
              return "";
            }));
        waiting.add(start(listener::accept));
        Socket connecting = open();
        connecting.setTimeout(timeout);
        waiting.add(
            start(() -> {
              connecting.connect(full.getSockName());
              return "";
            }));
        sockets.add(ends.one());
        sockets.add(connecting);
      }
      for (Task<?> task : waiting) {
        task.awaitWaiting();
      }
      assertEquals("free", start(() -> "free").result());
      sockets.forEach(Socket::close);
      for (Task<?> task : waiting) {
        task.failure(io.gatun.error.ClosedException.class);
      }
      assertNonePinned(recording);
    }
  }

  private void assertNonePinned(Recording recording) throws IOException {
    recording.stop();
    Path file = folder.resolve("pinned.jfr");
    recording.dump(file);
    assertEquals(
        List.of(),
        RecordingFile.readAllEvents(file).stream().map(RecordedEvent::toString).toList());
  }

  /**
   * Milliseconds in which the last of a thousand threads must know that its socket is closed. What
   * a loaded machine is asked is only that none hangs; on a quiet one it is a second.
   */
  private static final long WAKE_MILLIS =
      Long.getLong("gatun.test.wake.millis", Task.SECONDS * 1000);

  @Test
  void closingWakesAThousandThreadsInAnyCallAndNonePins() throws Exception {
    linkReceiving();
    @Nullable Duration[] timeouts = {null, Duration.ofMinutes(5)}; // longer than all this takes
    List<Task<?>> waiting = new ArrayList<>();
    List<Socket> sockets = new ArrayList<>();
    try (Recording recording = recording()) {
      recording.enable("jdk.VirtualThreadPinned").withThreshold(Duration.ZERO);
      recording.start();
      for (int i = 0; i < 250; i++) {
        Socket stream = ends().one(); // the other end stays open: its end would wake, too
        Socket datagram = datagram();
        Socket listener = listener();
        for (Socket socket : List.of(stream, datagram, listener)) {
          socket.setTimeout(timeouts[i / 2 % 2]);
          sockets.add(socket);
        }
        ThreadKind kind = i % 2 == 0 ? ThreadKind.PLATFORM : ThreadKind.VIRTUAL;
        waiting.add(Task.start(kind, () -> stream.recv(1)));
        waiting.add(Task.start(kind, () -> datagram.recvFrom(1)));
        waiting.add(Task.start(kind, () -> datagram.recvMsg(1, 64, 0)));
        waiting.add(Task.start(kind, listener::accept));
      }
      for (Task<?> task : waiting) {
        task.awaitWaiting();
      }
      assertEquals(1000, waiting.size());
      assertEquals("free", start(() -> "free").result());
      long start = System.nanoTime();
      sockets.forEach(Socket::close);
      for (Task<?> task : waiting) {
        task.failure(io.gatun.error.ClosedException.class);
      }
      long millis = (System.nanoTime() - start) / 1_000_000;
      assertTrue(millis < WAKE_MILLIS, () -> millis + " ms");
      assertNonePinned(recording);
    }
  }

  private Socket datagram() throws IOException {
    Socket socket = own(Socket.open(family.fresh(folder).family(), SocketType.DGRAM));
    socket.bind(address());
    return socket;
  }

  /** The first call of each kind is linked, and who waits for another to do that is pinned. */
  private void linkReceiving() throws Exception {
    Ends ends = ends();
    Socket datagram = datagram();
    datagram.setTimeout(LONG);
    for (int i = 0; i < 2; i++) {
      ends.one().sendAll(new byte[1]);
      assertEquals(1, start(() -> ends.other().recv(1)).result().length);
      datagram.sendTo(new byte[1], datagram.getSockName());
    }
    start(() -> datagram.recvFrom(1)).result();
    start(() -> datagram.recvMsg(1, 64, 0)).result();
  }

  @Test
  void aThousandThreadsEchoAtOnce() throws Exception {
    int count = 1000;
    Socket listener = listener(count);
    listener.setTimeout(null);
    CountDownLatch connected = new CountDownLatch(count);
    Task<String> server =
        start(() -> {
          List<Task<String>> echoes = new ArrayList<>();
          for (int i = 0; i < count; i++) {
            Socket accepted = own(listener.accept());
            echoes.add(start(() -> echo(accepted)));
          }
          for (Task<String> echo : echoes) {
            echo.result();
          }
          return "";
        });
    List<Task<String>> clients = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int size = 1 + i * 7;
      clients.add(
          start(() -> {
            try (Socket socket = Socket.openFor(address())) {
              socket.connect(listener.getSockName());
              connected.countDown();
              connected.await(); // all at once
              byte[] data = Data.of(size);
              for (int round = 0; round < 3; round++) {
                socket.sendAll(data);
                assertArrayEquals(data, receive(socket, size));
              }
            }
            return "";
          }));
    }
    for (Task<String> client : clients) {
      client.result();
    }
    server.result();
  }

  private static String echo(Socket socket) throws IOException {
    byte[] buffer = new byte[8192];
    for (int count; (count = socket.recvInto(buffer)) > 0; ) {
      socket.sendAll(buffer, 0, count);
    }
    socket.close();
    return "";
  }

  @Test
  void aTimeoutOfManyThreadsIsToldToEach() throws Exception {
    List<Task<byte[]>> tasks = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      Socket socket = ends().one();
      socket.setTimeout(Duration.ofMillis(20 + i));
      tasks.add(start(() -> socket.recv(1)));
    }
    for (Task<byte[]> task : tasks) {
      task.failure(io.gatun.error.TimedOutException.class);
    }
  }

  @Test
  void aSocketMayBeUsedByBothKindsOfThreadsInTurn() throws Exception {
    Ends ends = ends();
    Socket listener = listener();
    for (Duration timeout : java.util.Arrays.asList(null, LONG, null)) {
      ends.one().setTimeout(timeout);
      listener.setTimeout(timeout);
      for (ThreadKind kind :
          List.of(ThreadKind.PLATFORM, ThreadKind.VIRTUAL, ThreadKind.PLATFORM)) {
        Task<byte[]> receiving = Task.start(kind, () -> ends.one().recv(10)).awaitWaiting();
        ends.other().sendAll(Data.of(3));
        assertArrayEquals(Data.of(3), receiving.result());
        Task<Socket> accepting = Task.start(kind, listener::accept).awaitWaiting();
        Socket peer = connect(listener.getSockName());
        own(accepting.result()).sendAll(Data.of(4));
        assertArrayEquals(Data.of(4), receive(peer, 4));
      }
    }
  }
}
