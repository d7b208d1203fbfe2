package io.gatun.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.gatun.address.Address;
import io.gatun.address.AddressFamily;
import io.gatun.address.Ipv4Address;
import io.gatun.address.Protocol;
import io.gatun.address.SocketType;
import io.gatun.error.ClosedException;
import io.gatun.error.SocketError;
import io.gatun.error.SocketErrorException;
import io.gatun.error.TimedOutException;
import io.gatun.os.Abi;
import io.gatun.os.Constants;
import io.gatun.os.Errno;
import io.gatun.os.Os;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import javax.net.SocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** What callers may give to a socket, at the edges. */
final class SocketArgumentsTest {
  private static final int SIZE = 100_000;

  private static ByteBuf composite() {
    return Unpooled.compositeBuffer()
        .addComponent(true, Unpooled.wrappedBuffer(new byte[SIZE / 2]))
        .addComponent(true, Unpooled.wrappedBuffer(new byte[SIZE / 2]));
  }

  private static SocketPair pair(SocketType type) throws Exception {
    return Sockets.socketpair(AddressFamily.UNIX, type, Protocol.DEFAULT);
  }

  private static long open() throws Exception {
    try (var list = Files.list(Path.of("/proc/self/fd"))) {
      return list.count();
    }
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "descriptors are counted by /proc")
  void descriptorsOfAMessageWhoseBuffersCannotTakeItAreClosed() throws Exception {
    try (SocketPair pair = pair(SocketType.STREAM)) {
      ByteBuffer buffer = ByteBuffer.allocate(8);
      FutureTask<Integer> receiving =
          new FutureTask<>(() -> {
            int room = Sockets.cmsgSpace(Integer.BYTES);
            try (ReceivedMessage got = pair.second().recvMsgInto(List.of(buffer), room, 0)) {
              return got.length();
            }
          });
      awaitWaiting(Thread.startVirtualThread(receiving));
      long before = open();
      buffer.limit(4);
      List<ByteBuffer> eight = List.of(ByteBuffer.allocate(8));
      Sockets.sendFds(pair.first(), eight, new int[] {pair.first().fileno()}, 0, null);
      ExecutionException failed = assertThrows(ExecutionException.class, receiving::get);
      assertInstanceOf(IndexOutOfBoundsException.class, failed.getCause());
      assertEquals(before, open());
    }
  }

  private static void awaitWaiting(Thread thread) {
    while (thread.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "the pair is one of Unix sockets")
  void aBufferThatIsGivenTwiceIsRefusedBeforeTheCall() throws Exception {
    try (SocketPair pair = pair(SocketType.STREAM)) {
      ByteBuffer twice = ByteBuffer.allocate(4);
      List<ByteBuffer> buffers = List.of(twice, twice);
      assertThrows(IllegalArgumentException.class, () -> pair.first().sendMsg(buffers));
      pair.first().send(new byte[6]);
      assertThrows(
          IllegalArgumentException.class, () -> pair.second().recvMsgInto(buffers, 0, 0).close());
      assertEquals(4, twice.remaining());
      assertEquals(6, pair.second().recv(10).length, "nothing was sent or taken");
      pair.first().sendMsg(List.of(twice, twice.duplicate()));
      assertEquals(8, pair.second().recv(10).length);
    }
  }

  private static long residentKilobytes() throws Exception {
    try (var lines = Files.lines(Path.of("/proc/self/status"))) {
      String line = lines.filter(any -> any.startsWith("VmRSS:")).findAny().orElseThrow();
      return Long.parseLong(line.replaceAll("\\D", ""));
    }
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "memory is counted by /proc")
  void aMessageThatIsRefusedLeavesNoMemoryBehind() throws Exception {
    try (SocketPair pair = pair(SocketType.STREAM)) {
      int size = 16 << 20;
      int times = 20;
      ByteBuffer large = ByteBuffer.allocate(size);
      List<ByteBuffer> wrong = List.of(large, ByteBuffer.allocate(1).asReadOnlyBuffer());
      long before = residentKilobytes();
      for (int i = 0; i < times; i++) {
        assertThrows(
            ReadOnlyBufferException.class, () -> pair.first().recvMsgInto(wrong, 0, 0).close());
      }
      long more = residentKilobytes() - before;
      assertTrue(more < times / 2 * (long) (size >> 10), () -> more + " KiB more");
    }
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "it passes no descriptors")
  void noMoreDescriptorsAreAskedForThanAMessageCanHave() throws Exception {
    try (SocketPair pair = pair(SocketType.STREAM)) {
      for (int most : new int[] {-1, 100_000, Integer.MAX_VALUE / 4, Integer.MAX_VALUE}) {
        assertThrows(
            IllegalArgumentException.class,
            () -> Sockets.recvFds(pair.second(), 1, most, 0).close());
      }
      pair.first().send(new byte[1]);
      try (ReceivedMessage got = Sockets.recvFds(pair.second(), 1, 1 << 16, 0)) {
        assertEquals(1, got.length());
      }
    }
  }

  @Test
  void aRequestOfIoctlHasRoomForItsStruct() {
    int write = 0x4000_0000;
    assertEquals(0x3abc, Options.ioctlRoom(write | 0x3abc << 16 | 'x' << 8 | 1, 4));
    assertEquals(1024, Options.ioctlRoom(0x8912, 40), "SIOCGIFCONF, which does not tell");
    assertEquals(5000, Options.ioctlRoom(0x8912, 5000));
  }

  @Test
  void anOptionOfVsockIsANumberOfEightBytes() throws Exception {
    try (Socket socket =
        Socket.open(new AddressFamily(SocketConstants.AF_VSOCK), SocketType.STREAM)) {
      int level = SocketConstants.AF_VSOCK;
      int option = SocketConstants.SO_VM_SOCKETS_BUFFER_SIZE;
      int size = socket.getSockOpt(level, option);
      assertTrue(size > 0, () -> size + " bytes");
      socket.setSockOpt(level, option, size / 2);
      assertEquals(size / 2, socket.getSockOpt(level, option));
      assertEquals(8, socket.getSockOpt(level, option, 8).length);
    } catch (IOException e) {
      assumeFalse(
          ((SocketError) e).errno() == Errno.EAFNOSUPPORT, "this system has no VSOCK sockets");
      throw e;
    }
  }

  private static void assertRefused(String error, Executable call) {
    IOException refused = assertThrows(IOException.class, call);
    assertFalse(refused instanceof ClosedException, refused::toString);
    assertEquals(error, Errno.name(((SocketError) refused).errno()), refused::toString);
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "files have no descriptors there")
  void whatIsNoSocketIsNotTakenForOne(@TempDir Path directory) throws Exception {
    AddressFamily inet = AddressFamily.INET;
    int file = FileSending.open(Files.createFile(directory.resolve("file")));
    try {
      long before = open();
      assertRefused("ENOTSOCK", () -> Socket.ofDescriptor(file));
      assertRefused(
          "ENOTSOCK", () -> Socket.ofDescriptor(file, inet, SocketType.STREAM, Protocol.DEFAULT));
      assertRefused(
          "ENOTSOCK", () -> Sockets.fromFd(file, inet, SocketType.STREAM, Protocol.DEFAULT));
      assertEquals(before, open());
    } finally {
      FileSending.close(file);
    }
    assertRefused("EBADF", () -> Socket.ofDescriptor(-1));
    assertRefused(
        "EBADF", () -> Socket.ofDescriptor(-1, inet, SocketType.STREAM, Protocol.DEFAULT));
    assertRefused("EBADF", () -> Sockets.fromFd(-1, inet, SocketType.STREAM, Protocol.DEFAULT));
    assertRefused("EBADF", () -> Sockets.close(-1));
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "folders cannot be opened there")
  void aFolderIsNoFileToSend(@TempDir Path directory) throws Exception {
    try (SocketPair pair = Sockets.socketpair()) {
      IOException folder = assertThrows(IOException.class, () -> pair.first().sendFile(directory));
      assertRefused("EISDIR", () -> pair.first().sendFile(directory));
      assertTrue(folder.toString().contains(": sendfile " + directory), folder::toString);
    }
  }

  @Test
  void noBytesOfAMessageLeaveItThere() throws Exception {
    try (Socket socket = Socket.open(AddressFamily.INET, SocketType.DGRAM)) {
      socket.bind(Ipv4Address.loopback(0));
      assertEquals(0, socket.recv(0).length, "though there is none");
      socket.sendTo(new byte[3], socket.getSockName());
      assertEquals(0, socket.recv(0).length);
      if (Abi.HOST.os() == Os.LINUX) { // which alone tells the length so
        int flags = SocketConstants.MSG_PEEK | SocketConstants.MSG_TRUNC;
        assertEquals(3, socket.recvInto(new byte[0], 0, 0, flags));
      }
      assertEquals(3, socket.recv(10).length);
    }
  }

  @Test
  @SuppressWarnings("NullAway") // what it is about
  void noAddressIsNotTakenForAnother() {
    InetAddress none = null;
    InetAddress here = InetAddress.getLoopbackAddress();
    SocketFactory factory = GatunSocketFactory.getDefault();
    for (Executable call :
        List.<Executable>of(
            () -> factory.createSocket(none, 1),
            () -> factory.createSocket(none, 1, here, 0),
            () -> GatunSocketFactory.unix(null),
            () -> GatunServerSocketFactory.unix(null))) {
      assertThrows(NullPointerException.class, call);
    }
  }

  @Test
  void memoryThatIsGoneIsNeitherReadNorWritten() throws Exception {
    MemorySegment gone;
    try (Arena arena = Arena.ofShared()) {
      gone = arena.allocate(8);
    }
    ByteBuffer buffer;
    try (Arena arena = Arena.ofShared()) {
      buffer = arena.allocate(8).asByteBuffer();
    }
    try (SocketPair pair = Sockets.socketpair();
        Socket sender = Socket.open(AddressFamily.INET, SocketType.DGRAM)) {
      Socket one = pair.first();
      Socket two = pair.second();
      Address nobody = Ipv4Address.loopback(9);
      one.send(new byte[] {1});
      for (Executable call :
          List.<Executable>of(
              () -> two.recvInto(gone, 0),
              () -> two.recvFromInto(gone, 0),
              () -> two.recvFromInto(buffer, 0),
              () -> two.recvMsgInto(List.of(buffer), 0, 0),
              () -> one.send(gone, 0),
              () -> one.sendMsg(List.of(buffer)),
              () -> sender.sendTo(gone, 0, nobody),
              () -> sender.sendTo(buffer, 0, nobody))) {
        assertThrows(IllegalStateException.class, call);
      }
      assertEquals(1, two.recv(8).length, "nothing was taken");
    }
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "the flag beside the type is Linux's")
  void aPairThatIsAskedToBeNonBlockingIs() throws Exception {
    SocketType type = new SocketType(Constants.SOCK_STREAM | Abi.HOST.value("SOCK_NONBLOCK"));
    try (SocketPair pair = pair(type)) {
      assertEquals(Duration.ZERO, pair.first().getTimeout());
      assertEquals(Duration.ZERO, pair.second().getTimeout());
    }
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "the request's number is Linux's")
  void behindAnIoctlsShortStructAreZerosAndNoMemoryOfOthers() throws Exception {
    int siocgifname = 0x8910;
    try (SocketPair pair = pair(SocketType.DGRAM)) {
      for (int i = 0; i < 50; i++) {
        // Memory of the size that 16 bytes get, with the index of an interface behind those.
        try (Arena arena = Arena.ofConfined()) {
          arena.allocate(24, 8).set(ValueLayout.JAVA_INT, 16, 1);
        }
        SocketErrorException none =
            assertThrows(
                SocketErrorException.class, () -> pair.first().ioctl(siocgifname, new byte[16]));
        assertEquals("ENODEV", Errno.name(none.errno()));
      }
    }
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "others have smaller messages")
  void aMessageInACompositeBufferIsSentAndReceivedWhole() throws Exception {
    for (SocketType type : List.of(SocketType.DGRAM, SocketType.SEQPACKET)) {
      try (SocketPair pair = pair(type)) {
        assertEquals(SIZE, pair.first().send(composite()));
        ByteBuf into = composite().clear();
        assertEquals(SIZE, pair.second().recvInto(into));
        assertEquals(SIZE, into.readableBytes());
        pair.first().sendAll(composite());
        assertEquals(SIZE, pair.second().recv(SIZE + 1).length);
      }
    }
  }

  @Test
  void aPortOutOfRangeIsRefused() {
    for (int port : new int[] {-1, 70_000}) {
      assertThrows(
          IllegalArgumentException.class,
          () -> Sockets.address(AddressFamily.INET, "127.0.0.1", port));
      assertThrows(
          IllegalArgumentException.class, () -> Sockets.createConnection("127.0.0.1", port));
    }
  }

  @Test
  void aNegativeSizeIsRefused() throws Exception {
    try (SocketPair pair = Sockets.socketpair()) {
      Socket socket = pair.first();
      assertThrows(IllegalArgumentException.class, () -> socket.recv(-1));
      assertThrows(IllegalArgumentException.class, () -> socket.recvFrom(-1));
      assertThrows(IllegalArgumentException.class, () -> socket.recvMsg(-1));
    }
  }

  @Test
  void sendingNothingOfAFileTellsThatTheSocketIsClosed() throws Exception {
    SocketPair pair = Sockets.socketpair();
    pair.close();
    assertThrows(ClosedException.class, () -> pair.first().sendFile(0, 0, 0));
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "files have no descriptors there")
  void aFilesBadDescriptorIsNotTakenForAClosedSocket() throws Exception {
    try (SocketPair pair = Sockets.socketpair()) {
      int none = 1_000_000; // beyond what a process may open, as a rule
      IOException bad = assertThrows(IOException.class, () -> pair.first().sendFile(none, 0, 10));
      assertFalse(bad instanceof ClosedException, bad.toString());
      assertEquals(Errno.EBADF, ((SocketError) bad).errno());
      assertTrue(bad.toString().contains(": sendfile of descriptor 1000000: EBADF"));
      pair.first().send(new byte[1]);
    }
  }

  @Test
  void theMessageOfANameThatIsNoneIsOneShortLine() {
    String name = "x\n".repeat(50_000);
    String message =
        assertThrows(IOException.class, () -> Sockets.address(AddressFamily.INET, name, 1))
            .toString();
    assertTrue(message.length() < 1_000 && message.lines().count() == 1, message);
  }

  /** The peer reads after a quarter of the time again and again: each single wait would do. */
  @Test
  void theTimeoutOfSendAllIsForTheWholeCall() throws Exception {
    Duration timeout = Duration.ofSeconds(1);
    try (SocketPair pair = Sockets.socketpair()) {
      // So little goes at once that all of it takes many times the timeout.
      pair.first().setSockOpt(Constants.SOL_SOCKET, SocketConstants.SO_SNDBUF, 64 * 1024);
      byte[] data = new byte[4 << 20];
      pair.first().setTimeout(timeout);
      Thread reader =
          Thread.ofPlatform().start(() -> readSlowly(pair.second(), timeout.dividedBy(4)));
      assertThrows(TimedOutException.class, () -> pair.first().sendAll(data));
      pair.first().close();
      reader.join();
    }
  }

  private static void readSlowly(Socket socket, Duration pause) {
    try {
      do {
        long next = System.nanoTime() + pause.toNanos();
        for (long left = pause.toNanos(); left > 0; left = next - System.nanoTime()) {
          LockSupport.parkNanos(left);
        }
      } while (socket.recv(1 << 20).length > 0);
    } catch (IOException closed) {
      // The test is over.
    }
  }
}
