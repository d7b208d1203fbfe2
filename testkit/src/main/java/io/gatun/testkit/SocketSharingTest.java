package io.gatun.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.error.ClosedException;
import io.gatun.os.Abi;
import io.gatun.os.Os;
import io.gatun.socket.Shutdown;
import io.gatun.socket.Socket;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Several threads at one socket: closing, interrupting, taking turns. */
@OnEachThreadKind
public final class SocketSharingTest extends SocketLab {
  private static final List<Duration> WAITING = Arrays.asList(null, LONG);

  SocketSharingTest(ThreadLane lane) throws IOException {
    super(lane);
  }

  private void assertCloseWakes(Socket socket, Body waiting) throws Exception {
    List<Task<String>> tasks = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      tasks.add(startRun(waiting));
    }
    for (Task<String> task : tasks) {
      task.awaitWaiting();
    }
    String number = socket.fileno() + " ";
    socket.close();
    for (Task<String> task : tasks) {
      ClosedException closed = task.failure(ClosedException.class);
      // Sending all, it may also have been between two calls.
      assertTrue(String.valueOf(closed.getMessage()).contains("closed"), closed::getMessage);
    }
    assertTrue(Descriptors.open().stream().noneMatch(open -> open.startsWith(number)));
  }

  @Test
  void closeWakesAllWhoWaitInRecv() throws Exception {
    for (Duration timeout : WAITING) {
      Ends ends = ends();
      ends.one().setTimeout(timeout);
      assertCloseWakes(ends.one(), () -> ends.one().recv(1));
      assertEquals(0, ends.other().recv(1).length, "the peer sees the end");
    }
  }

  @Test
  void closeWakesAllWhoWaitInSend() throws Exception {
    for (Duration timeout : WAITING) {
      Ends ends = ends();
      ends.one().setTimeout(timeout);
      assertCloseWakes(ends.one(), () -> ends.one().sendAll(LARGE));
    }
  }

  @Test
  void closeWakesAllWhoWaitInAccept() throws Exception {
    for (Duration timeout : WAITING) {
      Socket listener = listener();
      listener.setTimeout(timeout);
      assertCloseWakes(listener, listener::accept);
    }
  }

  @Test
  void closeWakesWhoWaitsInConnect() throws Exception {
    for (Duration timeout : WAITING) {
      Socket listener = listener(0);
      fillBacklog(listener);
      Socket socket = open();
      socket.setTimeout(timeout);
      Task<String> connecting = startRun(() -> socket.connect(listener.getSockName()));
      connecting.awaitWaiting();
      socket.close();
      ClosedException closed = connecting.failure(ClosedException.class);
      assertMessage("connect", closed);
    }
  }

  @Test
  void closeWhileOneReadsAndAnotherWritesEndsBoth() throws Exception {
    Ends ends = ends();
    ends.one().setTimeout(null);
    Task<byte[]> reading = start(() -> ends.one().recv(1)).awaitWaiting();
    Task<String> writing = startRun(() -> ends.one().sendAll(LARGE)).awaitWaiting();
    ends.one().close();
    reading.failure(ClosedException.class);
    writing.failure(ClosedException.class);
  }

  @Test
  void closeAtAnyMomentEndsACallThatBegins() throws Exception {
    Random random = new Random(5);
    for (int i = 0; i < 100; i++) {
      Ends ends = ends();
      ends.one().setTimeout(random.nextBoolean() ? null : LONG);
      Task<byte[]> reading = start(() -> ends.one().recv(1));
      for (int spin = random.nextInt(20_000); spin > 0; spin--) {
        Thread.onSpinWait();
      }
      ends.one().close();
      reading.failure(ClosedException.class);
      ends.other().close();
    }
  }

  @Test
  void aClosedSocketTouchesNoOtherThatHasItsNumber() throws Exception {
    Socket closed = open();
    int number = closed.fileno();
    closed.close();
    Socket fresh = open();
    assertTrue(
        Abi.HOST.os() == Os.WINDOWS || number == fresh.fileno(),
        "the system gives the lowest free number");
    for (Body body : new Body[] {() -> closed.recv(1), closed::listen, closed::accept}) {
      assertThrows(ClosedException.class, () -> run(body));
      run(closed::close);
    }
    run(() -> fresh.bind(address()));
    run(fresh::listen);
    connect(fresh.getSockName()).sendAll(Data.of(3));
    assertArrayEquals(Data.of(3), receive(accept(fresh), 3));
  }

  @Test
  void eachByteGoesToOneOfSeveralReaders() throws Exception {
    for (Duration timeout : WAITING) {
      Ends ends = ends();
      ends.one().setTimeout(timeout);
      List<Task<byte[]>> readers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        readers.add(start(() -> ends.one().recv(1)));
      }
      for (Task<byte[]> reader : readers) {
        reader.awaitWaiting();
      }
      ends.other().sendAll(new byte[] {1, 2, 3, 4});
      int sum = 0;
      for (Task<byte[]> reader : readers) {
        sum += reader.result()[0];
      }
      assertEquals(10, sum);
    }
  }

  @Test
  void allReadersWakeAtTheEndOfTheStream() throws Exception {
    Ends ends = ends();
    ends.one().setTimeout(null);
    List<Task<byte[]>> readers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      readers.add(start(() -> ends.one().recv(1)));
    }
    for (Task<byte[]> reader : readers) {
      reader.awaitWaiting();
    }
    ends.other().close();
    for (Task<byte[]> reader : readers) {
      assertEquals(0, reader.result().length);
    }
  }

  @Test
  void eachConnectionGoesToOneOfSeveralAcceptors() throws Exception {
    Socket listener = listener();
    listener.setTimeout(null);
    List<Task<Socket>> acceptors = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      acceptors.add(start(listener::accept));
    }
    for (Task<Socket> acceptor : acceptors) {
      acceptor.awaitWaiting();
    }
    for (int i = 0; i < 4; i++) {
      connect(listener.getSockName()).sendAll(Data.of(3));
    }
    for (Task<Socket> acceptor : acceptors) {
      Socket accepted = own(acceptor.result());
      assertArrayEquals(Data.of(3), call(() -> accepted.recv(3)));
    }
  }

  @Test
  void oneThreadReadsWhileAnotherWrites() throws Exception {
    Ends ends = ends();
    ends.one().setTimeout(null);
    byte[] there = Data.of(1_000_000);
    byte[] back = Data.of(1_000_001);
    Task<byte[]> reading = start(() -> receive(ends.one(), back.length));
    Task<String> writing = startRun(() -> ends.one().sendAll(there));
    Task<String> peerWriting = startRun(() -> ends.other().sendAll(back));
    assertArrayEquals(there, call(() -> receive(ends.other(), there.length)));
    assertArrayEquals(back, reading.result());
    writing.result();
    peerWriting.result();
  }

  @Test
  void anInterruptEndsAVirtualThreadsWaitAndLeavesTheSocketUsable() throws Exception {
    Assumptions.assumeTrue(kind == ThreadKind.VIRTUAL, "of virtual threads only");
    for (Duration timeout : WAITING) {
      Ends ends = ends();
      Socket listener = listener();
      ends.one().setTimeout(timeout);
      listener.setTimeout(timeout);
      Task<byte[]> reading = start(() -> ends.one().recv(1)).awaitWaiting();
      reading.thread().interrupt();
      assertMessage("recv", reading.failure(InterruptedIOException.class));
      Task<Socket> accepting = start(listener::accept).awaitWaiting();
      accepting.thread().interrupt();
      assertMessage("accept", accepting.failure(InterruptedIOException.class));
      Task<String> sending = startRun(() -> ends.one().sendAll(LARGE)).awaitWaiting();
      sending.thread().interrupt();
      assertMessage("send", sending.failure(InterruptedIOException.class));
      assertFalse(ends.one().isClosed());
      ends.other().sendAll(Data.of(3));
      assertArrayEquals(Data.of(3), call(() -> ends.one().recv(3)));
      Task<byte[]> draining = start(() -> receiveAll(ends.other()));
      run(() -> ends.one().sendAll(Data.of(4)));
      ends.one().shutdown(Shutdown.WR);
      byte[] all = draining.result();
      assertArrayEquals(Data.of(4), Arrays.copyOfRange(all, all.length - 4, all.length));
      Socket peer = connect(listener.getSockName());
      own(call(listener::accept)).sendAll(Data.of(5));
      assertArrayEquals(Data.of(5), receive(peer, 5));
    }
  }

  @Test
  void anInterruptDoesNotEndAPlatformThreadsWait() throws Exception {
    Assumptions.assumeTrue(kind == ThreadKind.PLATFORM, "of platform threads only");
    for (Duration timeout : WAITING) {
      Ends ends = ends();
      ends.one().setTimeout(timeout);
      Task<byte[]> reading = start(() -> ends.one().recv(10)).awaitWaiting();
      reading.thread().interrupt();
      reading.awaitWaiting();
      ends.other().sendAll(Data.of(3));
      assertArrayEquals(Data.of(3), reading.result());
    }
  }

  @Test
  void socketsThatOthersUseAreClosedAtRandomAndNothingIsLeftOpen() throws Exception {
    Random random = new Random(11);
    Socket listener = listener();
    List<Task<String>> users = new ArrayList<>();
    List<Socket> sockets = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      Socket client = connect(listener.getSockName());
      Socket server = accept(listener);
      if (random.nextBoolean()) {
        client.setTimeout(null);
        server.setTimeout(null);
      }
      sockets.add(client);
      sockets.add(server);
      for (Socket socket : List.of(client, server)) {
        users.add(startRun(() -> useUntilItEnds(() -> socket.recv(1000))));
        users.add(startRun(() -> useUntilItEnds(() -> socket.send(new byte[1000]))));
      }
    }
    while (!sockets.isEmpty()) {
      sockets.remove(random.nextInt(sockets.size())).close();
    }
    for (Task<String> user : users) {
      user.result();
    }
  }

  private static void useUntilItEnds(Body use) throws Exception {
    try {
      while (true) {
        use.run();
      }
    } catch (ClosedException closed) {
      // By this test.
    } catch (java.net.SocketException peerClosed) {
      // A reset, or a broken pipe.
    }
  }
}
