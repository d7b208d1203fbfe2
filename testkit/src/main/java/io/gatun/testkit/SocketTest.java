package io.gatun.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.address.Address;
import io.gatun.address.SocketType;
import io.gatun.address.UnixAddress;
import io.gatun.error.BindErrorException;
import io.gatun.error.BrokenPipeException;
import io.gatun.error.ClosedException;
import io.gatun.error.ConnectionRefusedException;
import io.gatun.error.ConnectionResetException;
import io.gatun.error.SocketErrorException;
import io.gatun.error.TimedOutException;
import io.gatun.error.WouldBlockException;
import io.gatun.os.Abi;
import io.gatun.os.Constants;
import io.gatun.os.Errno;
import io.gatun.os.Kernel;
import io.gatun.os.Os;
import io.gatun.socket.Shutdown;
import io.gatun.socket.Socket;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Each call of a blocking socket, in each mode, with each kind of buffer. */
@OnEachThreadKind
public final class SocketTest extends SocketLab {
  private final UnpooledByteBufAllocator alloc = new UnpooledByteBufAllocator(true);

  SocketTest(ThreadLane lane) throws IOException {
    super(lane);
  }

  /** A pair whose first end has no timeout. */
  private Ends blockingEnds() throws IOException {
    Ends ends = ends();
    ends.one().setTimeout(null);
    return ends;
  }

  // Modes

  @Test
  void aBlockingRecvWaitsForData() throws Exception {
    Ends ends = blockingEnds();
    Task<byte[]> receiving = start(() -> ends.one().recv(100)).awaitWaiting();
    ends.other().sendAll(Data.of(10));
    assertArrayEquals(Data.of(10), receiving.result());
  }

  @Test
  void aRecvWithATimeoutWaitsForDataOrTheTime() throws Exception {
    Ends ends = ends();
    Task<byte[]> receiving = start(() -> ends.one().recv(100)).awaitWaiting();
    ends.other().sendAll(Data.of(10));
    assertArrayEquals(Data.of(10), receiving.result());
    ends.one().setTimeout(SHORT);
    long start = System.nanoTime();
    TimedOutException timedOut =
        assertThrows(TimedOutException.class, () -> call(() -> ends.one().recv(100)));
    assertTrue(System.nanoTime() - start >= SHORT.toNanos(), "too early");
    assertMessage("recv", timedOut);
    assertTrue(String.valueOf(timedOut.getMessage()).endsWith(": timed out after 30 ms"));
    ends.other().sendAll(Data.of(3));
    assertArrayEquals(Data.of(3), call(() -> ends.one().recv(100)), "it is as usable as before");
  }

  @Test
  void aNonBlockingRecvDoesNotWait() throws Exception {
    Ends ends = ends();
    ends.one().setBlocking(false);
    assertThrows(WouldBlockException.class, () -> call(() -> ends.one().recv(1)));
    assertThrows(
        WouldBlockException.class,
        () -> call(() -> ends.one().recvInto(ByteBuffer.allocateDirect(1))));
    ends.other().sendAll(Data.of(3));
    assertArrayEquals(Data.of(3), call(() -> ends.one().recv(100)));
  }

  @Test
  void aBlockingSendWaitsForRoom() throws Exception {
    Ends ends = blockingEnds();
    byte[] data = Data.of(LARGE.length);
    Task<String> sending = startRun(() -> ends.one().sendAll(data)).awaitWaiting();
    assertArrayEquals(data, receive(ends.other(), data.length));
    sending.result();
  }

  @Test
  void aSendWithATimeoutWaitsForRoomOrTheTime() throws Exception {
    Ends ends = ends();
    fill(ends.one());
    ends.one().setTimeout(SHORT);
    long start = System.nanoTime();
    assertThrows(
        TimedOutException.class,
        () ->
            call(() -> {
              while (true) { // the system may still make some room
                ends.one().send(LARGE);
              }
            }));
    assertTrue(System.nanoTime() - start >= SHORT.toNanos(), "too early");
  }

  @Test
  void aNonBlockingSendTakesAPartAndThenDoesNotWait() throws Exception {
    Ends ends = ends();
    ends.one().setBlocking(false);
    byte[] data = LARGE;
    int taken = call(() -> ends.one().send(ByteBuffer.wrap(data)));
    assertTrue(taken > 0 && taken < LARGE.length, () -> taken + " bytes");
    assertTrue(call(() -> fill(ends.one())) >= 0, "until it would have to wait");
  }

  @Test
  void aBlockingAcceptWaitsForAConnectionWhichBlocksToo() throws Exception {
    Socket listener = listener();
    listener.setTimeout(null);
    Task<Socket> accepting = start(listener::accept).awaitWaiting();
    Socket peer = connect(listener.getSockName());
    Socket accepted = own(accepting.result());
    assertNull(accepted.getTimeout());
    assertEquals(peer.getSockName(), accepted.getPeerName());
    assertEquals(listener.family(), accepted.family());
    accepted.sendAll(Data.of(3));
    assertArrayEquals(Data.of(3), receive(peer, 3));
  }

  @Test
  void anAcceptWithATimeoutWaitsForAConnectionOrTheTime() throws Exception {
    Socket listener = listener();
    Task<Socket> accepting = start(listener::accept).awaitWaiting();
    Socket peer = connect(listener.getSockName());
    own(accepting.result()).sendAll(Data.of(3));
    assertArrayEquals(Data.of(3), receive(peer, 3));
    listener.setTimeout(SHORT);
    assertThrows(TimedOutException.class, () -> call(listener::accept));
  }

  @Test
  void aNonBlockingAcceptDoesNotWait() throws Exception {
    Socket listener = listener();
    listener.setBlocking(false);
    assertThrows(WouldBlockException.class, () -> call(listener::accept));
    Socket peer = connect(listener.getSockName());
    own(call(listener::accept)).sendAll(Data.of(3));
    assertArrayEquals(Data.of(3), receive(peer, 3));
  }

  @Test
  void aConnectInEveryModeConnects() throws Exception {
    Socket listener = listener();
    for (Duration timeout : Arrays.asList(null, LONG)) {
      Socket socket = open();
      socket.setTimeout(timeout);
      run(() -> socket.connect(listener.getSockName()));
      assertEquals(listener.getSockName(), socket.getPeerName());
      Socket accepted = accept(listener);
      run(() -> socket.sendAll(Data.of(3)));
      assertArrayEquals(Data.of(3), receive(accepted, 3));
    }
  }

  @Test
  void aNonBlockingConnectIsUnderWayOrDone() throws Exception {
    Socket listener = listener();
    Socket socket = open();
    socket.setBlocking(false);
    try {
      run(() -> socket.connect(listener.getSockName()));
      assertTrue(family.isUnix(), "only Unix sockets connect at once");
    } catch (WouldBlockException underWay) {
      assertEquals("EINPROGRESS", underWay.errnoName());
    }
    Socket accepted = accept(listener);
    accepted.sendAll(Data.of(3));
    socket.setTimeout(LONG);
    assertArrayEquals(Data.of(3), receive(socket, 3));
  }

  @Test
  void aConnectThatGetsNoAnswerTimesOut() throws Exception {
    Socket listener = listener(0);
    fillBacklog(listener);
    Socket socket = open();
    socket.setTimeout(SHORT);
    Address address = listener.getSockName();
    TimedOutException timedOut =
        assertThrows(TimedOutException.class, () -> run(() -> socket.connect(address)));
    assertEquals("connect " + address + ": timed out after 30 ms", timedOut.getMessage());
  }

  @Test
  void aBlockingConnectToAFullUnixListenerWaitsForRoom() throws Exception {
    Assumptions.assumeTrue(family.isUnix(), "TCP tries again after a second only");
    Socket listener = listener(0);
    fillBacklog(listener);
    Socket socket = open();
    socket.setTimeout(null);
    Task<String> connecting = startRun(() -> socket.connect(listener.getSockName()));
    connecting.awaitWaiting();
    accept(listener).close();
    connecting.result();
    socket.sendAll(Data.of(3));
    byte[] received;
    do {
      received = accept(listener).recv(3);
    } while (received.length == 0);
    assertArrayEquals(Data.of(3), received);
  }

  @Test
  void theDescriptorIsNonBlockingExactlyWhileThereIsATimeout() throws Exception {
    Assumptions.assumeTrue(
        Abi.HOST.os() != Os.WINDOWS, "on Windows it always is, and the system cannot be asked");
    Socket socket = open();
    Kernel kernel = Kernel.acquire();
    for (Duration timeout : Arrays.asList(null, SHORT, null, Duration.ZERO, SHORT, null)) {
      run(() -> socket.setTimeout(timeout));
      assertEquals(timeout, socket.getTimeout());
      assertEquals(timeout == null ? 0 : 1, kernel.isNonBlocking(socket.fileno()));
      assertEquals(timeout == null || !timeout.isZero(), socket.getBlocking());
    }
    assertThrows(IllegalArgumentException.class, () -> socket.setTimeout(Duration.ofNanos(-1)));
    socket.setTimeout(Duration.ofSeconds(Long.MAX_VALUE));
    Kernel.release(kernel);
  }

  @Test
  void anAcceptedSocketIsClosedOnExecAsOpenedOnesAre() throws Exception {
    Assumptions.assumeTrue(Abi.HOST.os() != Os.WINDOWS, "Windows has neither exec nor fcntl");
    Ends ends = ends();
    Kernel kernel = Kernel.acquire();
    int getFd = Abi.HOST.value("F_GETFD");
    assertEquals(1, kernel.fcntl(ends.one().fileno(), getFd, 0) & 1);
    assertEquals(1, kernel.fcntl(ends.other().fileno(), getFd, 0) & 1);
    Kernel.release(kernel);
  }

  // Buffers

  /** Receives into something and returns what came. */
  private interface Receiver {
    byte[] receive(Socket socket) throws IOException;
  }

  private void assertReceives(int count, Receiver receiver) throws Exception {
    Ends ends = ends();
    for (Duration timeout : Arrays.asList(null, LONG, Duration.ZERO)) {
      ends.one().setTimeout(timeout);
      ends.other().sendAll(Data.of(count));
      assertArrayEquals(Data.of(count), call(() -> receiver.receive(ends.one())));
    }
  }

  @Test
  void everyKindOfMemoryIsReceivedInto() throws Exception {
    assertReceives(10, socket -> socket.recv(10));
    assertReceives(10, socket -> socket.recv(1000));
    assertReceives(
        10,
        socket -> {
          byte[] array = new byte[30];
          int count = socket.recvInto(array, 5, 20);
          return Arrays.copyOfRange(array, 5, 5 + count);
        });
    assertReceives(
        10,
        socket -> {
          ByteBuffer heap = ByteBuffer.allocate(40).position(3).slice().position(2).limit(30);
          assertEquals(10, socket.recvInto(heap));
          assertEquals(12, heap.position());
          return Arrays.copyOfRange(heap.array(), 5, 15);
        });
    assertReceives(
        10,
        socket -> {
          ByteBuffer direct = ByteBuffer.allocateDirect(40).position(4);
          assertEquals(10, socket.recvInto(direct));
          assertEquals(14, direct.position());
          byte[] got = new byte[10];
          direct.get(4, got);
          return got;
        });
    assertReceives(
        10,
        socket -> {
          try (Arena arena = Arena.ofShared()) {
            MemorySegment segment = arena.allocate(30).asSlice(7);
            int count = socket.recvInto(segment);
            return segment.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE);
          }
        });
    assertReceives(
        10,
        socket -> {
          MemorySegment segment = MemorySegment.ofArray(new byte[30]).asSlice(7);
          int count = socket.recvInto(segment);
          return segment.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE);
        });
    assertReceives(
        10,
        socket -> {
          MemorySegment segment = MemorySegment.ofArray(new long[4]).asSlice(8);
          int count = socket.recvInto(segment);
          return segment.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE);
        });
  }

  /**
   * Which the kernel fills itself where a call need not wait; what is beside it stays as it was.
   */
  @Test
  void largePartsOfTheHeapAreReceivedInto() throws Exception {
    int count = 10_000;
    assertReceives(
        count,
        socket -> {
          byte[] array = new byte[count + 30];
          for (int done = 0; done < count; ) {
            done += socket.recvInto(array, 5 + done, count - done);
          }
          assertArrayEquals(new byte[5], Arrays.copyOf(array, 5));
          assertArrayEquals(new byte[25], Arrays.copyOfRange(array, count + 5, count + 30));
          return Arrays.copyOfRange(array, 5, 5 + count);
        });
    assertReceives(
        count,
        socket -> {
          MemorySegment segment = MemorySegment.ofArray(new long[count / 4]).asSlice(8, count + 8);
          for (int done = 0; done < count; ) {
            done += socket.recvInto(segment.asSlice(done));
          }
          assertEquals(0, segment.get(ValueLayout.JAVA_LONG_UNALIGNED, count));
          return segment.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE);
        });
  }

  @Test
  void directAndHeapByteBufsAreReceivedInto() throws Exception {
    assertReceivesInto(alloc.directBuffer(40));
    assertReceivesInto(alloc.heapBuffer(40));
    assertReceivesInto(alloc.directBuffer(50).slice(5, 40).writerIndex(0));
  }

  @Test
  void aCompositeByteBufIsReceivedInto() throws Exception {
    assertReceivesInto(
        alloc
            .compositeDirectBuffer()
            .addComponent(true, alloc.directBuffer(6).writeZero(6))
            .addComponent(true, alloc.heapBuffer(34).writeZero(34))
            .writerIndex(0));
  }

  private void assertReceivesInto(ByteBuf buffer) throws Exception {
    try {
      assertReceives(
          10,
          socket -> {
            buffer.clear().writeByte(1);
            int count = socket.recvInto(buffer);
            assertEquals(1 + count, buffer.writerIndex());
            byte[] got = new byte[count];
            buffer.getBytes(1, got);
            return got;
          });
    } finally {
      buffer.release();
    }
  }

  @Test
  void readOnlyMemoryIsRefusedBeforeAnythingIsReceived() throws Exception {
    Ends ends = ends();
    ends.other().sendAll(Data.of(10));
    Socket socket = ends.one();
    ByteBuffer readOnly = ByteBuffer.allocate(10).asReadOnlyBuffer();
    assertThrows(ReadOnlyBufferException.class, () -> call(() -> socket.recvInto(readOnly)));
    ByteBuffer readOnlyDirect = ByteBuffer.allocateDirect(10).asReadOnlyBuffer();
    assertThrows(ReadOnlyBufferException.class, () -> call(() -> socket.recvInto(readOnlyDirect)));
    MemorySegment segment = MemorySegment.ofArray(new byte[10]).asReadOnly();
    assertThrows(IllegalArgumentException.class, () -> call(() -> socket.recvInto(segment)));
    try (Arena arena = Arena.ofShared()) {
      MemorySegment direct = arena.allocate(10).asReadOnly();
      assertThrows(IllegalArgumentException.class, () -> call(() -> socket.recvInto(direct)));
    }
    assertArrayEquals(Data.of(10), socket.recv(100));
  }

  @Test
  void aReadOnlyByteBufIsRefusedBeforeAnythingIsReceived() throws Exception {
    Ends ends = ends();
    ends.other().sendAll(Data.of(10));
    ByteBuf direct = alloc.directBuffer(20).writeZero(20).writerIndex(0);
    ByteBuf heap = alloc.heapBuffer(20).writeZero(20).writerIndex(0);
    try {
      for (ByteBuf buffer : new ByteBuf[] {direct, heap}) {
        ByteBuf readOnly = buffer.asReadOnly();
        assertThrows(RuntimeException.class, () -> call(() -> ends.one().recvInto(readOnly)));
        assertEquals(0, buffer.getLong(0), "it was not written to");
      }
      assertArrayEquals(Data.of(10), ends.one().recv(100));
    } finally {
      direct.release();
      heap.release();
    }
  }

  @Test
  void aPartOfAnArrayOutsideItIsRefused() throws Exception {
    Socket socket = ends().one();
    byte[] array = new byte[10];
    assertThrows(IndexOutOfBoundsException.class, () -> socket.recvInto(array, 5, 6));
    assertThrows(IndexOutOfBoundsException.class, () -> socket.send(array, -1, 2));
    assertThrows(IndexOutOfBoundsException.class, () -> socket.sendAll(array, 0, 11));
    assertThrows(IllegalArgumentException.class, () -> socket.recv(-1));
  }

  /** Sends something. */
  private interface Sender {
    void send(Socket socket, byte[] data) throws IOException;
  }

  private void assertSends(int count, Sender sender) throws Exception {
    Ends ends = ends();
    byte[] data = Data.of(count);
    for (Duration timeout : Arrays.asList(null, LONG)) {
      ends.one().setTimeout(timeout);
      Task<String> sending = startRun(() -> sender.send(ends.one(), data));
      assertArrayEquals(data, receive(ends.other(), count));
      sending.result();
    }
  }

  /** Which the kernel reads itself where a call need not wait. */
  @Test
  void largePartsOfTheHeapAreSent() throws Exception {
    int count = 10_000;
    assertSends(
        count,
        (socket, data) -> {
          byte[] array = new byte[count + 30];
          System.arraycopy(data, 0, array, 7, count);
          socket.sendAll(array, 7, count, 0);
        });
    assertSends(
        count,
        (socket, data) -> {
          MemorySegment segment = MemorySegment.ofArray(new int[count / 2]).asSlice(12, count);
          segment.copyFrom(MemorySegment.ofArray(data));
          socket.sendAll(segment.asReadOnly());
        });
  }

  @Test
  void everyKindOfMemoryIsSent() throws Exception {
    assertSends(10, (socket, data) -> assertEquals(10, socket.send(data)));
    assertSends(
        10,
        (socket, data) -> {
          byte[] array = new byte[30];
          System.arraycopy(data, 0, array, 7, 10);
          assertEquals(10, socket.send(array, 7, 10));
        });
    assertSends(
        10,
        (socket, data) -> {
          ByteBuffer heap = ByteBuffer.wrap(data).slice(0, 10).asReadOnlyBuffer();
          assertEquals(10, socket.send(heap));
          assertFalse(heap.hasRemaining());
        });
    assertSends(
        10,
        (socket, data) -> {
          ByteBuffer direct =
              ByteBuffer.allocateDirect(20).position(3).put(data).flip().position(3);
          assertEquals(10, socket.send(direct));
          assertEquals(13, direct.position());
        });
    assertSends(
        10,
        (socket, data) -> {
          try (Arena arena = Arena.ofShared()) {
            MemorySegment segment = arena.allocate(12).asSlice(2);
            segment.copyFrom(MemorySegment.ofArray(data));
            assertEquals(10, socket.send(segment));
          }
        });
    assertSends(10, (socket, data) -> assertEquals(10, socket.send(MemorySegment.ofArray(data))));
    assertSends(
        10,
        (socket, data) -> {
          ByteBuf buffer = Unpooled.directBuffer().writeByte(1).writeBytes(data).skipBytes(1);
          assertEquals(10, socket.send(buffer));
          assertFalse(buffer.isReadable());
          assertTrue(buffer.release());
        });
  }

  @Test
  void sendAllSendsAllOfEveryKindOfMemory() throws Exception {
    int count = 3_000_000;
    assertSends(count, Socket::sendAll);
    assertSends(
        count,
        (socket, data) -> {
          ByteBuffer buffer = ByteBuffer.wrap(data);
          socket.sendAll(buffer);
          assertFalse(buffer.hasRemaining());
        });
    assertSends(count, (socket, data) -> socket.sendAll(ByteBuffer.wrap(data).asReadOnlyBuffer()));
    assertSends(
        count, (socket, data) -> socket.sendAll(ByteBuffer.allocateDirect(count).put(data).flip()));
    assertSends(
        count,
        (socket, data) -> {
          try (Arena arena = Arena.ofShared()) {
            socket.sendAll(arena.allocateFrom(ValueLayout.JAVA_BYTE, data));
          }
        });
    assertSends(count, (socket, data) -> socket.sendAll(MemorySegment.ofArray(data)));
    assertSends(
        count,
        (socket, data) -> {
          ByteBuf composite =
              Unpooled.compositeBuffer()
                  .addComponent(true, Unpooled.directBuffer().writeBytes(data, 0, 1000))
                  .addComponent(true, Unpooled.wrappedBuffer(data, 1000, count - 1000));
          socket.sendAll(composite);
          assertFalse(composite.isReadable());
          composite.release();
        });
  }

  @Test
  void theTimeoutOfSendAllIsForTheWholeAndThePositionTellsWhatWasTaken() throws Exception {
    Ends ends = ends();
    ends.one().setTimeout(Duration.ofMillis(300));
    ByteBuffer buffer = ByteBuffer.allocate(64 << 20); // of which each call takes a part
    long start = System.nanoTime();
    Task<String> sending = startRun(() -> ends.one().sendAll(buffer));
    // A reader that goes on taking a little: each send has room long before its time is over.
    long received = 0;
    ends.other().setTimeout(SHORT);
    while (!sending.isDone()) {
      try {
        received += ends.other().recv(10).length;
      } catch (TimedOutException nothing) {
        // The sender waits too: it is over.
      }
    }
    TimedOutException timedOut = sending.failure(TimedOutException.class);
    long took = System.nanoTime() - start;
    assertTrue(took >= Duration.ofMillis(300).toNanos(), () -> took + " ns");
    assertTrue(took < Duration.ofSeconds(8).toNanos(), () -> took + " ns");
    assertTrue(String.valueOf(timedOut.getMessage()).endsWith("timed out after 300 ms"));
    ends.one().close();
    received += receiveAll(ends.other()).length;
    assertEquals(buffer.position(), received);
  }

  @Test
  void theReaderIndexTellsWhatSendAllSentBeforeItsTimeWasOver() throws Exception {
    Ends ends = ends();
    ends.one().setTimeout(SHORT);
    // From the heap it goes in parts; one call with all of it Windows may take whole.
    ByteBuf buffer = Unpooled.wrappedBuffer(LARGE);
    assertThrows(TimedOutException.class, () -> run(() -> ends.one().sendAll(buffer)));
    int sent = buffer.readerIndex();
    ends.one().close();
    assertEquals(sent, receiveAll(ends.other()).length);
    buffer.release();
  }

  @Test
  void receivingNothingDoesNotWait() throws Exception {
    Ends ends = ends();
    ends.one().setTimeout(SHORT);
    assertEquals(0, call(() -> ends.one().recv(0)).length);
    assertEquals(0, call(() -> ends.one().recvInto(ByteBuffer.allocateDirect(0))));
  }

  @Test
  void sendingNothingDoesNothing() throws Exception {
    Ends ends = ends();
    assertEquals(0, call(() -> ends.one().send(new byte[0])));
    run(() -> ends.one().sendAll(ByteBuffer.allocateDirect(0)));
    run(() -> ends.one().sendAll(Unpooled.EMPTY_BUFFER));
    run(() -> ends.one().sendAll(MemorySegment.ofArray(new byte[0])));
    ends.other().setBlocking(false);
    assertThrows(WouldBlockException.class, () -> ends.other().recv(1));
  }

  // The end of a stream, and errors

  @Test
  void theEndOfTheStreamIsZeroBytesAgainAndAgain() throws Exception {
    Ends ends = blockingEnds();
    ends.other().sendAll(Data.of(3));
    ends.other().shutdown(Shutdown.WR);
    assertArrayEquals(Data.of(3), call(() -> ends.one().recv(10)));
    assertEquals(0, call(() -> ends.one().recv(10)).length);
    assertEquals(0, call(() -> ends.one().recvInto(ByteBuffer.allocateDirect(3))));
    run(() -> ends.one().sendAll(Data.of(4)));
    assertArrayEquals(Data.of(4), receive(ends.other(), 4));
  }

  @Test
  void anEndThatComesDuringTheWaitEndsIt() throws Exception {
    Ends ends = blockingEnds();
    Task<byte[]> receiving = start(() -> ends.one().recv(10)).awaitWaiting();
    ends.other().close();
    assertEquals(0, receiving.result().length);
  }

  @Test
  void shuttingDownEndsTheHalfItNames() throws Exception {
    Ends ends = ends();
    if (Abi.HOST.os() == Os.WINDOWS) { // which lets a call that waits already go on waiting
      ends.one().shutdown(Shutdown.RD);
      assertEquals(0, call(() -> ends.one().recv(10)).length);
    } else {
      Task<byte[]> receiving = start(() -> ends.one().recv(10)).awaitWaiting();
      ends.one().shutdown(Shutdown.RD);
      assertEquals(0, receiving.result().length);
    }
    run(() -> ends.one().shutdown(Shutdown.WR));
    BrokenPipeException broken =
        assertThrows(BrokenPipeException.class, () -> call(() -> ends.one().send(new byte[1])));
    assertMessage("send", broken);
    assertEquals(0, ends.other().recv(1).length);
  }

  @Test
  void shuttingDownWhatIsNotConnectedFails() throws Exception {
    Assumptions.assumeFalse(family.isUnix(), "Linux shuts down any Unix socket");
    Socket socket = open();
    SocketErrorException failure =
        assertThrows(SocketErrorException.class, () -> run(() -> socket.shutdown(Shutdown.RDWR)));
    assertMessage("shutdown: " + errno("ENOTCONN"), failure);
  }

  @Test
  void errorsAreOneLineWithTheCallTheAddressAndErrnoAndTheJdksParent() throws Exception {
    Socket taken = listener();
    Address address = taken.getSockName();
    Socket socket = open();
    BindErrorException bind =
        assertThrows(BindErrorException.class, () -> run(() -> socket.bind(address)));
    assertEquals("bind " + address + ": " + errno("EADDRINUSE"), bind.getMessage());
    assertTrue(java.net.BindException.class.isInstance(bind));
    taken.close();
    ConnectionRefusedException refused =
        assertThrows(ConnectionRefusedException.class, () -> run(() -> socket.connect(address)));
    assertEquals("connect " + address + ": " + errno("ECONNREFUSED"), refused.getMessage());
    assertEquals(Errno.ECONNREFUSED, refused.errno());
    assertEquals("connect", refused.call());
    assertTrue(java.net.ConnectException.class.isInstance(refused));
  }

  @Test
  void aFailedConnectLeavesNoPeer() throws Exception {
    Ends ends = ends();
    Socket gone = listener();
    Address address = gone.getSockName();
    gone.close();
    Socket socket = open();
    assertThrows(ConnectionRefusedException.class, () -> run(() -> socket.connect(address)));
    assertNull(socket.peer());
    assertFalse(socket.toString().contains(address.toString()), socket::toString);
    assertMessage("getpeername: ENOTCONN", assertThrows(IOException.class, socket::getPeerName));
    Address peer = ends.other().peer();
    assertThrows(java.net.ConnectException.class, () -> run(() -> ends.other().connect(address)));
    assertEquals(peer, ends.other().peer(), "it is connected as before");
  }

  @Test
  void aResetIsAnErrorOfItsOwn() throws Exception {
    Ends ends = ends();
    ends.one().sendAll(Data.of(10)); // not read: closing is a reset, of a Unix socket too
    ends.other().close();
    ConnectionResetException reset =
        assertThrows(ConnectionResetException.class, () -> call(() -> ends.one().recv(1)));
    assertMessage("recv", reset);
    assertTrue(java.net.SocketException.class.isInstance(reset));
  }

  @Test
  void aCallOnAClosedSocketSaysThatItIsClosed() throws Exception {
    Socket socket = open();
    socket.close();
    socket.close();
    assertTrue(socket.isClosed());
    assertEquals(-1, socket.fileno());
    for (Body body :
        new Body[] {
          () -> socket.recv(1),
          () -> socket.send(new byte[1]),
          () -> socket.sendAll(ByteBuffer.allocateDirect(1)),
          socket::accept,
          () -> socket.connect(address()),
          () -> socket.bind(address()),
          socket::listen,
          socket::getSockName,
          socket::getPeerName,
          () -> socket.shutdown(Shutdown.RD),
          () -> socket.getSockOpt(Constants.SOL_SOCKET, Constants.SO_TYPE)
        }) {
      ClosedException closed = assertThrows(ClosedException.class, () -> run(body));
      assertTrue(String.valueOf(closed.getMessage()).endsWith(": the socket is closed"));
      assertTrue(java.nio.channels.ClosedChannelException.class.isInstance(closed));
    }
  }

  @Test
  void settingTheTimeoutOfAClosedSocketSaysThatItIsClosed() throws Exception {
    for (Duration timeout : Arrays.asList(null, SHORT)) {
      Socket socket = open();
      socket.setTimeout(timeout);
      socket.close();
      assertThrows(ClosedException.class, () -> run(() -> socket.setTimeout(SHORT)));
      assertThrows(ClosedException.class, () -> run(() -> socket.setTimeout(null)));
    }
  }

  @Test
  void optionsAreSetAndRead() throws Exception {
    Socket socket = open();
    assertEquals(SocketType.STREAM, socket.type());
    int level = Constants.SOL_SOCKET;
    assertEquals(Constants.SOCK_STREAM, call(() -> socket.getSockOpt(level, Constants.SO_TYPE)));
    run(() -> socket.setSockOpt(level, Constants.SO_KEEPALIVE, 1));
    assertEquals(1, socket.getSockOpt(level, Constants.SO_KEEPALIVE));
    SocketErrorException failure =
        assertThrows(SocketErrorException.class, () -> socket.getSockOpt(level, 9999));
    assertEquals("getsockopt SOL_SOCKET 9999: " + errno("ENOPROTOOPT"), failure.getMessage());
  }

  @Test
  void aUnixPathThatIsTooLongSaysByHowMuch() throws Exception {
    Assumptions.assumeTrue(family == Family.UNIX_PATH, "of Unix paths only");
    Socket socket = open();
    Address address = UnixAddress.path("x".repeat(200));
    assertMessage(
        "bind unix:xxx",
        assertThrows(BindErrorException.class, () -> run(() -> socket.bind(address))));
    IOException failure = assertThrows(IOException.class, () -> run(() -> socket.connect(address)));
    assertTrue(
        String.valueOf(failure.getMessage()).endsWith("it has 200 bytes, and 107 fit"),
        failure::getMessage);
  }

  // Signals

  /** Sends a signal that does nothing to a thread that waits in the kernel. */
  private static void signal(Task<?> task, long[] thread) throws Exception {
    task.awaitWaiting();
    Kernel kernel = Kernel.acquire();
    kernel.interrupt(thread[0]);
    Kernel.release(kernel);
  }

  private void assumePlatform() {
    Assumptions.assumeTrue(Abi.HOST.os() != Os.WINDOWS, "Windows has no signals");
    Assumptions.assumeTrue(kind == ThreadKind.PLATFORM, "no signal reaches a virtual thread");
  }

  @Test
  void aSignalDoesNotEndAWaitAndTheHookHearsOfIt() throws Exception {
    assumePlatform();
    for (Duration timeout : Arrays.asList(null, LONG)) {
      Ends ends = ends();
      ends.one().setTimeout(timeout);
      AtomicInteger heard = new AtomicInteger();
      Socket.setInterruptHook(heard::incrementAndGet);
      try {
        long[] thread = new long[1];
        Task<byte[]> receiving =
            start(() -> {
              thread[0] = Kernel.acquire().owner();
              return ends.one().recv(10);
            });
        signal(receiving, thread);
        while (heard.get() == 0) {
          Thread.onSpinWait();
        }
        receiving.awaitWaiting();
        ends.other().sendAll(Data.of(3));
        assertArrayEquals(Data.of(3), receiving.result());
      } finally {
        Socket.setInterruptHook(null);
      }
    }
  }

  @Test
  void theHookMayEndTheWait() throws Exception {
    assumePlatform();
    for (Duration timeout : Arrays.asList(null, LONG)) {
      Ends ends = ends();
      ends.one().setTimeout(timeout);
      Socket.setInterruptHook(() -> {
        throw new InterruptedIOException("signal");
      });
      try {
        long[] thread = new long[1];
        Task<byte[]> receiving =
            start(() -> {
              thread[0] = Kernel.acquire().owner();
              return ends.one().recv(10);
            });
        signal(receiving, thread);
        assertEquals("signal", receiving.failure(InterruptedIOException.class).getMessage());
      } finally {
        Socket.setInterruptHook(null);
      }
      ends.other().sendAll(Data.of(3));
      assertArrayEquals(Data.of(3), call(() -> ends.one().recv(3)));
    }
  }

  @Test
  void aTimeoutCountsFromTheBeginningThoughSignalsCome() throws Exception {
    assumePlatform();
    Ends ends = ends();
    ends.one().setTimeout(Duration.ofMillis(300));
    long[] thread = new long[1];
    long start = System.nanoTime();
    Task<byte[]> receiving =
        start(() -> {
          thread[0] = Kernel.acquire().owner();
          return ends.one().recv(10);
        });
    for (int i = 0; i < 20 && !receiving.isDone(); i++) {
      signal(receiving, thread);
    }
    TimedOutException timedOut = receiving.failure(TimedOutException.class);
    long took = System.nanoTime() - start;
    assertTrue(took >= Duration.ofMillis(300).toNanos(), timedOut::getMessage);
    assertTrue(took < Duration.ofSeconds(5).toNanos(), () -> took + " ns");
  }

  @Test
  void aSignalDuringAConnectThatWaitsDoesNotMakeItSeemConnected() throws Exception {
    assumePlatform();
    Assumptions.assumeTrue(family.isUnix(), "TCP tries again after a second only");
    Socket listener = listener(0);
    fillBacklog(listener);
    Socket socket = open();
    socket.setTimeout(null);
    long[] thread = new long[1];
    AtomicInteger heard = new AtomicInteger();
    Socket.setInterruptHook(heard::incrementAndGet);
    try {
      Task<String> connecting =
          startRun(() -> {
            thread[0] = Kernel.acquire().owner();
            socket.connect(listener.getSockName());
          });
      signal(connecting, thread);
      while (heard.get() == 0) {
        Thread.onSpinWait();
      }
      accept(listener).close(); // makes room
      connecting.result();
    } finally {
      Socket.setInterruptHook(null);
    }
    assertEquals(listener.getSockName(), socket.getPeerName());
  }

  @Test
  void memoryWhoseArenaIsClosedIsRefused() throws Exception {
    Ends ends = ends();
    MemorySegment closed;
    ByteBuffer buffer;
    try (Arena arena = Arena.ofShared()) {
      closed = arena.allocate(64);
      buffer = closed.asByteBuffer();
    }
    assertThrows(IllegalStateException.class, () -> ends.one().sendAll(closed));
    assertThrows(IllegalStateException.class, () -> ends.one().recvInto(closed));
    assertThrows(IllegalStateException.class, () -> ends.one().sendAll(buffer));
    assertThrows(IllegalStateException.class, () -> ends.one().recvInto(buffer));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment others = arena.allocate(64);
      Task<String> sending =
          Task.start(
              ThreadKind.PLATFORM,
              () -> {
                ends.one().sendAll(others);
                return "sent";
              });
      sending.failure(WrongThreadException.class);
    }
  }

  @Test
  void acceptBlocksThoughAThreadOfTheOtherKindSharesTheListener() throws Exception {
    for (int i = 0; i < 20; i++) {
      Socket listener = listener();
      listener.setTimeout(null);
      Task<Socket> one = Task.start(ThreadKind.PLATFORM, listener::accept);
      Task<Socket> other = Task.start(ThreadKind.VIRTUAL, listener::accept);
      connect(listener.getSockName());
      connect(listener.getSockName());
      own(one.result());
      own(other.result());
    }
  }
}
