package io.gatun.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.address.Address;
import io.gatun.address.RawAddress;
import io.gatun.address.SocketType;
import io.gatun.error.ClosedException;
import io.gatun.error.SocketErrorException;
import io.gatun.error.TimedOutException;
import io.gatun.error.WouldBlockException;
import io.gatun.os.Abi;
import io.gatun.os.Os;
import io.gatun.socket.Datagram;
import io.gatun.socket.Received;
import io.gatun.socket.ReceivedMessage;
import io.gatun.socket.Socket;
import io.gatun.socket.SocketConstants;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Messages with addresses, in each mode, on each kind of thread. */
@OnEachThreadKind
public final class DatagramTest extends SocketLab {
  private final Socket one;
  private final Socket other;

  DatagramTest(ThreadLane lane) throws IOException {
    super(lane);
    one = bound();
    other = bound();
  }

  private Socket bound() throws IOException {
    Address address = family == Family.UNIX_PATH ? Family.UNIX_ABSTRACT.fresh(PATH) : fresh();
    Socket socket = own(Socket.open(address.family(), SocketType.DGRAM));
    socket.bind(address);
    socket.setTimeout(LONG);
    return socket;
  }

  private static final java.nio.file.Path PATH = java.nio.file.Path.of("/");

  private Address fresh() {
    return family.fresh(PATH);
  }

  @Test
  void aMessageIsToldWithItsSender() throws Exception {
    assertEquals(10, call(() -> one.sendTo(Data.of(10), other.getSockName())));
    Datagram datagram = call(() -> other.recvFrom(100));
    assertArrayEquals(Data.of(10), datagram.data());
    assertEquals(one.getSockName(), datagram.address());
    assertEquals(new Datagram(Data.of(10), one.getSockName()), datagram);
  }

  @Test
  void aSenderThatIsNotBoundIsNoAddressOrOneTheSystemChose() throws Exception {
    Socket unbound = own(Socket.open(one.family(), SocketType.DGRAM));
    run(() -> unbound.sendTo(Data.of(3), other.getSockName()));
    Address address = call(() -> other.recvFrom(100)).address();
    assertTrue(
        family.isUnix() ? address.equals(RawAddress.NONE) : address.equals(sameHost(unbound)),
        address::toString);
  }

  private Address sameHost(Socket unbound) throws IOException {
    return ((io.gatun.address.IpAddress) other.getSockName())
        .withPort(((io.gatun.address.IpAddress) unbound.getSockName()).port());
  }

  @Test
  void aReceiveWaitsForAMessageInEveryMode() throws Exception {
    for (Duration timeout : Arrays.asList(null, LONG)) {
      other.setTimeout(timeout);
      Task<Datagram> receiving = start(() -> other.recvFrom(100)).awaitWaiting();
      one.sendTo(Data.of(7), other.getSockName());
      assertArrayEquals(Data.of(7), receiving.result().data());
      Task<ReceivedMessage> message = start(() -> other.recvMsg(100)).awaitWaiting();
      one.sendTo(Data.of(8), other.getSockName());
      assertArrayEquals(Data.of(8), message.result().data());
      assertEquals(one.getSockName(), message.result().address());
    }
    other.setTimeout(SHORT);
    assertMessage(
        "recvfrom", assertThrows(TimedOutException.class, () -> call(() -> other.recvFrom(1))));
    assertMessage(
        "recvmsg", assertThrows(TimedOutException.class, () -> call(() -> other.recvMsg(1))));
    other.setBlocking(false);
    assertThrows(WouldBlockException.class, () -> call(() -> other.recvFrom(1)));
    assertThrows(WouldBlockException.class, () -> call(() -> other.recvMsg(1)));
  }

  @Test
  void closingEndsAReceiveThatWaits() throws Exception {
    other.setTimeout(null);
    Task<Datagram> from = start(() -> other.recvFrom(1)).awaitWaiting();
    Task<ReceivedMessage> message = start(() -> other.recvMsg(1)).awaitWaiting();
    other.close();
    from.failure(ClosedException.class);
    message.failure(ClosedException.class);
  }

  @Test
  void everyKindOfBufferIsFilledAndAdvanced() throws Exception {
    byte[] data = Data.of(10);
    Address to = other.getSockName();
    byte[] array = new byte[20];
    run(() -> one.sendTo(data, 2, 5, 0, to));
    assertEquals(
        new Received(5, one.getSockName()), call(() -> other.recvFromInto(array, 3, 10, 0)));
    assertArrayEquals(Arrays.copyOfRange(data, 2, 7), Arrays.copyOfRange(array, 3, 8));
    for (ByteBuffer buffer : List.of(ByteBuffer.allocate(20), ByteBuffer.allocateDirect(20))) {
      ByteBuffer from = ByteBuffer.wrap(data);
      assertEquals(10, call(() -> one.sendTo(from, 0, to)));
      assertEquals(0, from.remaining());
      buffer.position(4);
      call(() -> other.recvFromInto(buffer, 0));
      assertEquals(14, buffer.position());
      assertEquals(ByteBuffer.wrap(data), buffer.flip().position(4));
    }
    try (Arena arena = Arena.ofShared()) {
      MemorySegment segment = arena.allocate(20);
      run(() -> one.sendTo(MemorySegment.ofArray(data), 0, to));
      call(() -> other.recvFromInto(segment, 0));
      assertEquals(0, MemorySegment.ofArray(data).mismatch(segment.asSlice(0, 10)) + 1);
    }
  }

  @Test
  void severalBuffersAreOneMessage() throws Exception {
    List<ByteBuffer> out =
        List.of(ByteBuffer.wrap(Data.of(3)), ByteBuffer.allocateDirect(4), ByteBuffer.allocate(0));
    assertEquals(7, call(() -> one.sendMsg(out, List.of(), 0, other.getSockName())));
    assertEquals(0, out.get(1).remaining());
    List<ByteBuffer> in = List.of(ByteBuffer.allocateDirect(2), ByteBuffer.allocate(9));
    ReceivedMessage message = call(() -> other.recvMsgInto(in, 0, 0));
    assertEquals(7, message.length());
    assertEquals(List.of(), message.ancillary());
    assertEquals(one.getSockName(), message.address());
    assertEquals(2, in.get(0).position());
    assertEquals(5, in.get(1).position());
    assertEquals(Data.of(3)[2], in.get(1).get(0));
  }

  @Test
  void aMessageThatIsCutOffTellsSo() throws Exception {
    Address to = other.getSockName();
    one.sendTo(Data.of(10), to);
    ReceivedMessage message = call(() -> other.recvMsg(4));
    assertArrayEquals(Arrays.copyOf(Data.of(10), 4), message.data());
    assertTrue((message.flags() & SocketConstants.MSG_TRUNC) != 0);
    assertEquals(one.getSockName(), message.address());
  }

  @Test
  void aMessageThatIsCutOffTellsItsWholeLength() throws Exception {
    Assumptions.assumeTrue(Abi.HOST.os() == Os.LINUX, "MSG_TRUNC asks for it on Linux alone");
    one.sendTo(Data.of(10), other.getSockName());
    byte[] array = new byte[4];
    int flags = SocketConstants.MSG_TRUNC | SocketConstants.MSG_PEEK;
    assertEquals(10, call(() -> other.recvInto(array, 0, 4, flags)), "the whole message's length");
    assertArrayEquals(Arrays.copyOf(Data.of(10), 4), call(() -> other.recv(4, flags)));
    ByteBuffer buffer = ByteBuffer.allocate(4);
    assertEquals(10, call(() -> other.recvInto(buffer, flags)));
    assertEquals(4, buffer.position());
    assertEquals(10, call(() -> other.recvFromInto(buffer.clear(), flags)).length());
    assertArrayEquals(Data.of(10), call(() -> other.recv(100)), "it was only looked at");
  }

  @Test
  void aMessageWithoutBytesIsOne() throws Exception {
    one.connect(other.getSockName());
    run(() -> one.sendAll(new byte[0]));
    assertEquals(0, call(() -> other.recvFrom(10)).data().length);
    run(() -> one.send(new byte[0]));
    assertEquals(0, call(() -> other.recv(10)).length);
  }

  @Test
  void aLargeMessageIsNotCutIntoPieces() throws Exception {
    Assumptions.assumeTrue(family.isUnix(), "UDP has no messages above 64 KiB");
    byte[] data = Data.of(150_000);
    one.connect(other.getSockName());
    assertEquals(data.length, call(() -> one.send(data)));
    assertArrayEquals(data, call(() -> other.recv(200_000)));
    assertEquals(data.length, call(() -> one.sendTo(data, other.getSockName())));
    assertArrayEquals(data, call(() -> other.recvFrom(200_000)).data());
  }

  @Test
  void aFlagKeepsACallOfABlockingSocketFromWaiting() throws Exception {
    Assumptions.assumeTrue(SocketConstants.has("MSG_DONTWAIT"), "Windows has no such flag");
    other.setTimeout(null);
    for (int flag : new int[] {SocketConstants.MSG_DONTWAIT, SocketConstants.MSG_ERRQUEUE}) {
      if (flag == SocketConstants.MSG_ERRQUEUE
          && (family.isUnix() || !SocketConstants.has("MSG_ERRQUEUE"))) {
        continue; // Unix sockets and the systems of Berkeley have no queue of errors
      }
      assertThrows(WouldBlockException.class, () -> call(() -> other.recv(1, flag)));
      assertThrows(WouldBlockException.class, () -> call(() -> other.recvMsg(1, 100, flag)));
    }
  }

  @Test
  void aFailureNamesWhomTheMessageWasFor() throws Exception {
    Address nobody = Family.UNIX_ABSTRACT.fresh(PATH);
    Assumptions.assumeTrue(family.isUnix(), "UDP does not know that nobody is there");
    IOException refused =
        assertThrows(IOException.class, () -> call(() -> one.sendTo(Data.of(1), nobody)));
    assertMessage("sendto " + nobody + ": ECONNREFUSED", refused);
    assertThrows(
        SocketErrorException.class,
        () ->
            call(() ->
                one.sendMsg(
                    List.of(),
                    List.of(),
                    1 << 20,
                    new io.gatun.address.AlgAddress("x".repeat(20), ""))));
  }
}
