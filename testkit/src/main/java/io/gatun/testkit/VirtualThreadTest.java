package io.gatun.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gatun.socket.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
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
    // The first call of each kind is linked, and who waits for another to do that is pinned.
    Ends first = ends();
    first.one().sendAll(new byte[1]);
    assertEquals(1, start(() -> first.other().recv(1)).result().length);
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
      recording.stop();
      recording.dump(folder.resolve("pinned.jfr"));
      try (Stream<RecordedEvent> events =
          RecordingFile.readAllEvents(folder.resolve("pinned.jfr")).stream()) {
        assertEquals(List.of(), events.map(RecordedEvent::toString).toList());
      }
    }
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
