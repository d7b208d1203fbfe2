package io.gatun.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.address.Address;
import io.gatun.address.SocketType;
import io.gatun.channel.ChannelOption;
import io.gatun.error.ClosedException;
import io.gatun.error.ConnectionResetException;
import io.gatun.error.SocketErrorException;
import io.gatun.error.TimedOutException;
import io.gatun.error.WouldBlockException;
import io.gatun.os.Abi;
import io.gatun.os.Constants;
import io.gatun.os.Errno;
import io.gatun.os.Kernel;
import io.gatun.os.Os;
import io.gatun.os.Struct;
import io.gatun.socket.Shutdown;
import io.gatun.socket.Socket;
import io.gatun.socket.SocketConstants;
import io.gatun.socket.SocketFile;
import io.gatun.socket.Sockets;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** What Python's socket object has beside sending, receiving and connecting. */
@OnEachThreadKind
public final class SocketModuleTest extends SocketLab {
  SocketModuleTest(ThreadLane lane) throws IOException {
    super(lane);
  }

  // Descriptors

  @Test
  void aDuplicateIsTheSameSocketWithALifeOfItsOwn() throws Exception {
    Ends ends = ends();
    Socket copy = own(call(ends.one()::dup));
    assertNotEquals(ends.one().fileno(), copy.fileno());
    assertEquals(ends.one().getTimeout(), copy.getTimeout());
    assertFalse(copy.getInheritable());
    ends.one().close();
    copy.sendAll(Data.of(3));
    assertArrayEquals(Data.of(3), receive(ends.other(), 3));
  }

  @Test
  void aDetachedDescriptorGoesOnWithoutTheSocket() throws Exception {
    Ends ends = ends();
    ends.one().setTimeout(null);
    Task<byte[]> receiving = start(() -> ends.one().recv(1)).awaitWaiting();
    int fd = ends.one().fileno();
    assertEquals(fd, call(ends.one()::detach));
    receiving.failure(ClosedException.class);
    assertEquals(-1, ends.one().fileno());
    assertThrows(ClosedException.class, () -> call(ends.one()::detach));
    ends.one().close(); // which has no descriptor any more
    Socket again = own(Socket.ofDescriptor(fd));
    again.setTimeout(LONG);
    Task<byte[]> receivingAgain = start(() -> again.recv(10)).awaitWaiting();
    ends.other().sendAll(Data.of(3));
    assertArrayEquals(Data.of(3), receivingAgain.result());
  }

  @Test
  void aDescriptorTellsWhatItsSocketIs() throws Exception {
    Socket socket = open();
    int copy = call(socket::dup).detach();
    Socket same = own(Socket.ofDescriptor(copy));
    assertEquals(socket.family(), same.family());
    assertEquals(socket.type(), same.type());
    assertNull(same.getTimeout());
    Socket third = own(Sockets.fromFd(copy, socket.family(), socket.type(), socket.protocol()));
    assertNotEquals(copy, third.fileno());
    IOException closed = assertThrows(IOException.class, () -> Socket.ofDescriptor(99_999));
    // Windows tells closed handles from others by nothing.
    String error = Abi.HOST.os() == Os.WINDOWS ? "ENOTSOCK" : "EBADF";
    assertMessage("getsockopt 99999: " + error, closed);
    assertFalse(closed instanceof ClosedException, "no socket of Gatun's was closed");
  }

  @Test
  void aSocketThatIsSharedWithAProcessIsTheSameThere() throws Exception {
    Ends ends = ends();
    int self = (int) ProcessHandle.current().pid();
    if (Abi.HOST.os() != Os.WINDOWS) {
      assertMessage(
          "WSADuplicateSocketW " + ends.one().getPeerName() + ": EOPNOTSUPP",
          assertThrows(SocketErrorException.class, () -> call(() -> ends.one().share(self))));
      assertThrows(SocketErrorException.class, () -> call(() -> Sockets.fromShare(new byte[1])));
      return;
    }
    byte[] info = call(() -> ends.one().share(self));
    assertThrows(IllegalArgumentException.class, () -> Sockets.fromShare(new byte[1]));
    Socket shared = own(call(() -> Sockets.fromShare(info)));
    assertNotEquals(ends.one().fileno(), shared.fileno());
    assertEquals(ends.one().family(), shared.family());
    assertEquals(ends.one().type(), shared.type());
    assertFalse(shared.getInheritable());
    ends.one().close();
    shared.sendAll(Data.of(3));
    assertArrayEquals(Data.of(3), receive(ends.other(), 3));
  }

  @Test
  void inheritanceIsOffUntilItIsSet() throws Exception {
    Socket socket = open();
    assertFalse(call(socket::getInheritable));
    run(() -> socket.setInheritable(true));
    assertTrue(call(socket::getInheritable));
    run(() -> socket.setInheritable(false));
    assertFalse(call(socket::getInheritable));
  }

  @Test
  void aSocketThatNobodyClosesIsCollectedThoughAThreadHasWaitedForIt() throws Exception {
    Ends ends = ends();
    int fd = waitOnce(ends.other());
    assertTrue(fd >= 0);
    Set<String> before = Descriptors.open();
    waitOnce(dupOf(ends.other()));
    long end = System.nanoTime() + LONG.toNanos();
    while (!before.equals(Descriptors.open()) && System.nanoTime() < end) {
      System.gc();
      Thread.onSpinWait();
    }
    assertEquals(before, Descriptors.open());
    ends.one().sendAll(Data.of(1));
    assertArrayEquals(Data.of(1), receive(ends.other(), 1), "those in use are not");
  }

  private static Socket dupOf(Socket socket) throws IOException {
    return socket.dup(); // not to be closed after the test: the garbage collector has to
  }

  private int waitOnce(Socket socket) throws Exception {
    socket.setTimeout(SHORT);
    assertThrows(TimedOutException.class, () -> call(() -> socket.recv(1)));
    socket.setTimeout(LONG);
    return socket.fileno();
  }

  // Modes

  @Test
  void newSocketsHaveTheDefaultTimeout() throws Exception {
    Socket listener = listener();
    try {
      Sockets.setDefaultTimeout(SHORT);
      assertEquals(SHORT, Sockets.getDefaultTimeout());
      Socket socket = own(call(() -> Socket.openFor(address())));
      assertEquals(SHORT, socket.getTimeout());
      assertNonBlocking(true, socket);
      socket.setTimeout(LONG);
      socket.connect(listener.getSockName());
      Socket accepted = own(call(listener::accept));
      assertEquals(SHORT, accepted.getTimeout());
      assertNonBlocking(true, accepted);
      assertThrows(TimedOutException.class, () -> call(() -> accepted.recv(1)));
    } finally {
      Sockets.setDefaultTimeout(null);
    }
    assertNull(own(Socket.openFor(address())).getTimeout());
    assertThrows(
        IllegalArgumentException.class, () -> Sockets.setDefaultTimeout(Duration.ofNanos(-1)));
  }

  private static void assertNonBlocking(boolean expected, Socket socket) {
    if (!SocketConstants.has("MSG_DONTWAIT")) {
      return; // Windows: each descriptor is non-blocking, and nothing tells
    }
    Kernel kernel = Kernel.acquire();
    assertEquals(expected ? 1 : 0, kernel.isNonBlocking(socket.fileno()));
    Kernel.release(kernel);
  }

  @Test
  void anAcceptedSocketBlocksWhateverTheListenersTimeoutIs() throws Exception {
    Socket listener = listener();
    for (Duration timeout : Arrays.asList(null, LONG)) {
      listener.setTimeout(timeout);
      Socket peer = connect(listener.getSockName());
      Socket accepted = own(call(listener::accept));
      assertNull(accepted.getTimeout());
      assertNonBlocking(false, accepted);
      if (!family.isUnix()) {
        assertEquals(peer.getSockName(), accepted.peer(), "accept(2) told it");
      }
    }
  }

  @Test
  void aTypeMaySayThatTheSocketIsNonBlocking() throws Exception {
    int flags = SocketConstants.SOCK_NONBLOCK | SocketConstants.SOCK_CLOEXEC;
    Assumptions.assumeTrue(SocketConstants.has("SOCK_NONBLOCK"), "Linux and BSD");
    SocketType type = new SocketType(SocketType.STREAM.number() | flags);
    Socket socket = own(Socket.open(address().family(), type));
    assertEquals(SocketType.STREAM, socket.type());
    assertEquals(Duration.ZERO, socket.getTimeout());
    assertNonBlocking(true, socket);
  }

  @Test
  void connectExTellsErrno() throws Exception {
    Socket listener = listener();
    Address address = listener.getSockName();
    Socket socket = open();
    assertEquals(0, call(() -> socket.connectEx(address)));
    listener.close();
    Socket refused = open();
    assertEquals(Errno.ECONNREFUSED, call(() -> refused.connectEx(address)));
    refused.close();
    assertEquals(Errno.EBADF, call(() -> refused.connectEx(address)));
  }

  @Test
  void aReceiveOfAllWaitsForAll() throws Exception {
    Ends ends = ends();
    ends.one().setTimeout(null);
    byte[] data = Data.of(200_000);
    byte[] array = new byte[data.length];
    Task<Integer> receiving =
        start(() -> ends.one().recvInto(array, 0, array.length, SocketConstants.MSG_WAITALL));
    ends.other().sendAll(data, 0, 1000);
    receiving.awaitWaiting();
    ends.other().sendAll(data, 1000, data.length - 1000);
    assertEquals(data.length, receiving.result());
    assertArrayEquals(data, array);
    Task<byte[]> cut =
        start(() -> ends.one().recv(100, SocketConstants.MSG_WAITALL)).awaitWaiting();
    ends.other().sendAll(Data.of(3));
    ends.other().shutdown(Shutdown.WR);
    assertArrayEquals(Data.of(3), cut.result(), "what came before the end");
  }

  @Test
  void aResetBehindWhatAReceiveOfAllReturnedIsToldByTheNextReceive() throws Exception {
    Assumptions.assumeFalse(
        family.isUnix() || Abi.HOST.os() == Os.WINDOWS,
        "Linux forgets a Unix socket's reset itself; Windows forgets the bytes before one");
    Ends ends = ends();
    ends.one().setTimeout(null);
    Task<byte[]> receiving =
        start(() -> ends.one().recv(10, SocketConstants.MSG_WAITALL)).awaitWaiting();
    ends.one().sendAll(Data.of(1));
    ends.other().recv(1, SocketConstants.MSG_PEEK); // a close resets, if bytes are left
    ends.other().sendAll(Data.of(3));
    ends.other().close();
    assertArrayEquals(Data.of(3), receiving.result());
    assertThrows(ConnectionResetException.class, () -> call(() -> ends.one().recv(1)));
    assertEquals(0, call(() -> ends.one().recv(1)).length);
  }

  /** Linux's poll(2) finds a sender writable that is not connected, whoever it sends to. */
  @Test
  void aMessageToAUnixSocketThatIsFullWaitsForRoomThere() throws Exception {
    Assumptions.assumeTrue(
        family.isUnix() && Abi.HOST.os() == Os.LINUX, "others lose it, or fail with ENOBUFS");
    Address address = address();
    Socket receiver = own(Socket.open(address.family(), SocketType.DGRAM));
    receiver.bind(address);
    Socket filler = own(Socket.open(address.family(), SocketType.DGRAM));
    filler.setTimeout(Duration.ZERO);
    assertThrows(
        WouldBlockException.class,
        () -> {
          while (true) {
            filler.sendTo(Data.of(1), address);
          }
        });
    for (Duration timeout : Arrays.asList(null, LONG)) {
      Socket sender = own(Socket.open(address.family(), SocketType.DGRAM));
      sender.setTimeout(timeout);
      Task<Integer> sending = start(() -> sender.sendTo(Data.of(2), address)).awaitWaiting();
      receiver.recv(1);
      assertEquals(2, sending.result());
    }
  }

  /** epoll watches a file by a number as long as a duplicate keeps the file open. */
  @Test
  void aDuplicateThatTakesTheNumberOfAClosedSocketIsWaitedFor() throws Exception {
    Ends ends = ends();
    Socket keeper = own(ends.one().dup());
    Socket socket = ends.one();
    boolean same = false;
    for (int i = 0; i < 3; i++) {
      Socket now = socket;
      Task<byte[]> receiving = start(() -> now.recv(1)).awaitWaiting();
      ends.other().sendAll(Data.of(1));
      assertArrayEquals(Data.of(1), receiving.result());
      int number = socket.fileno();
      socket.close();
      socket = own(keeper.dup());
      same |= socket.fileno() == number; // unless another thread was quicker
    }
    Assumptions.assumeTrue(same, "the numbers went to others");
  }

  /** Bytes through the small window: 0 for what every machine moves in time. */
  private static final long MUCH = Long.getLong("gatun.test.sendall.bytes", 0);

  private static final Duration MUCH_TIME =
      Duration.ofMillis(Long.getLong("gatun.test.sendall.millis", LONG.toMillis()));

  private void makeWindowSmall(Ends ends) throws IOException {
    ends.one().setSockOpt(Constants.SOL_SOCKET, Constants.SO_SNDBUF, 4096);
    ends.other().setSockOpt(Constants.SOL_SOCKET, Constants.SO_RCVBUF, 4096);
  }

  private static byte byteAt(long index) {
    return (byte) ((index * 0x9e3779b97f4a7c15L) >>> 56); // no two windows are alike
  }

  @Test
  void sendAllThroughASmallWindowSendsEachByteOnceOrTimesOut() throws Exception {
    Ends ends = ends();
    makeWindowSmall(ends);
    // TCP moves some 50 KB a second through a window that small: each part waits for a delayed ACK.
    long size = MUCH > 0 ? MUCH : family.isUnix() ? 4 << 20 : 64 << 10;
    ends.one().setTimeout(MUCH_TIME);
    try (Arena arena = Arena.ofShared()) {
      MemorySegment data = arena.allocate(size);
      for (long i = 0; i < size; i++) {
        data.set(ValueLayout.JAVA_BYTE, i, byteAt(i));
      }
      long start = System.nanoTime();
      Task<Boolean> sending =
          start(() -> {
            try {
              ends.one().sendAll(data);
              return true;
            } catch (TimedOutException e) {
              return false;
            } finally {
              ends.one().shutdown(Shutdown.WR);
            }
          });
      byte[] part = new byte[4096];
      long got = 0;
      for (int count; (count = ends.other().recvInto(part)) > 0; got += count) {
        for (int i = 0; i < count; i++) {
          if (part[i] != byteAt(got + i)) {
            assertEquals(byteAt(got + i), part[i], "byte " + (got + i));
          }
        }
      }
      if (sending.result()) {
        assertEquals(size, got);
      } else {
        assertTrue(System.nanoTime() - start >= MUCH_TIME.toNanos(), "too early");
        assertTrue(got < size, "all of it came");
      }
    }
  }

  @Test
  void theTimeoutOfSendAllIsForTheWhole() throws Exception {
    Ends ends = ends();
    makeWindowSmall(ends);
    // Though each part finds room in time, it comes to an end.
    ends.one().setTimeout(Duration.ofMillis(200));
    Task<String> tooLong = startRun(() -> ends.one().sendAll(new byte[1 << 28]));
    ends.other().setTimeout(SHORT.multipliedBy(20));
    byte[] part = new byte[512];
    try {
      while (!tooLong.isDone()) {
        assertTrue(ends.other().recvInto(part) > 0);
      }
    } catch (TimedOutException nothingLeft) {
      // The sender gave up just before.
    }
    tooLong.failure(TimedOutException.class);
  }

  // Options

  @Test
  void anOptionIsReadAndWrittenAsBytes() throws Exception {
    Socket socket = open();
    int level = Constants.SOL_SOCKET;
    Struct struct = Abi.HOST.struct("linger"); // whose fields have 2 bytes on Windows
    byte[] linger = new byte[struct.size()];
    linger[struct.offset("l_onoff")] = 1;
    linger[struct.offset("l_linger")] = 7;
    run(() -> socket.setSockOpt(level, Constants.SO_LINGER, linger));
    assertArrayEquals(linger, call(() -> socket.getSockOpt(level, Constants.SO_LINGER, 8)));
    assertEquals(4, call(() -> socket.getSockOpt(level, Constants.SO_RCVBUF, 100)).length);
    SocketErrorException refused =
        assertThrows(
            SocketErrorException.class,
            () -> run(() -> socket.setSockOptNull(level, Constants.SO_REUSEADDR, 4)));
    assertMessage("setsockopt SOL_SOCKET SO_REUSEADDR=null of 4 bytes: EFAULT", refused);
    assertThrows(
        SocketErrorException.class,
        () -> run(() -> socket.setSockOpt(SocketConstants.ABSENT, SocketConstants.ABSENT, 1)));
  }

  @Test
  void anOptionHasANameAndAType() throws Exception {
    Socket socket = open();
    run(() -> socket.setOption(ChannelOption.SO_KEEPALIVE, true));
    assertTrue(call(() -> socket.getOption(ChannelOption.SO_KEEPALIVE)));
    run(() -> socket.setOption(ChannelOption.SO_RCVBUF, 20_000));
    assertTrue(call(() -> socket.getOption(ChannelOption.SO_RCVBUF)) >= 20_000);
    assertEquals(-1, call(() -> socket.getOption(ChannelOption.SO_LINGER)));
    run(() -> socket.setOption(ChannelOption.SO_LINGER, 7));
    assertEquals(7, call(() -> socket.getOption(ChannelOption.SO_LINGER)));
    ChannelOption<Integer> absent =
        ChannelOption.ofInt("SO_NONE", Constants.SOL_SOCKET, SocketConstants.ABSENT);
    assertMessage(
        "setsockopt SO_NONE=1: ENOPROTOOPT",
        assertThrows(SocketErrorException.class, () -> run(() -> socket.setOption(absent, 1))));
    assertThrows(
        IllegalArgumentException.class,
        () -> run(() -> socket.setOption(ChannelOption.AUTO_READ, true)));
    socket.close();
    assertThrows(
        ClosedException.class, () -> run(() -> socket.getOption(ChannelOption.SO_KEEPALIVE)));
  }

  @Test
  void anOptionMayBeNegative() throws Exception {
    Assumptions.assumeTrue(SocketConstants.has("SO_PEEK_OFF"), "one that is −1 is Linux's");
    Assumptions.assumeTrue(family.isUnix(), "of Unix sockets");
    Socket socket = open();
    assertEquals(-1, call(() -> socket.getSockOpt(1, SocketConstants.SO_PEEK_OFF)));
  }

  @Test
  void ioctlReadsAndWritesAStruct() throws Exception {
    Ends ends = ends();
    ends.other().sendAll(Data.of(5));
    ends.one().recv(1, Constants.MSG_PEEK); // they are here
    byte[] count = new byte[4];
    assertEquals(0, call(() -> ends.one().ioctl(Abi.HOST.value("FIONREAD"), count)));
    assertEquals(5, ByteBuffer.wrap(count).order(ByteOrder.nativeOrder()).getInt());
    assertThrows(SocketErrorException.class, () -> call(() -> ends.one().ioctl(0x12345, 0)));
  }

  // Files

  @Test
  void aTextFileHasLinesInBothDirections() throws Exception {
    Ends ends = ends();
    run(() -> {
      try (SocketFile one = ends.one().makeFile("rw");
          SocketFile other = ends.other().makeFile().mode("rw").newline("\r\n").open()) {
        other.writer().write("grüß\ngott\n");
        other.flush();
        assertEquals("grüß\n", one.readLine());
        assertEquals("gott\n", one.readLine());
        one.writer().write("a\rb\r\nc");
        one.flush();
        ends.one().shutdown(Shutdown.WR);
        assertEquals("a\rb\r" + System.lineSeparator(), other.readLine());
        assertEquals("c", other.readLine());
        assertNull(other.readLine());
      }
      try (SocketFile written = ends.one().makeFile("wb")) {
        assertThrows(IllegalStateException.class, written::input);
      }
    });
  }

  @Test
  void everyEndOfALineIsOneUnlessSetOtherwise() throws Exception {
    Ends ends = ends();
    ends.other().sendAll("a\rb\r\nc\n\r\n".getBytes(UTF_8));
    ends.other().shutdown(Shutdown.WR);
    try (SocketFile file = ends.one().makeFile("r")) {
      for (String line : new String[] {"a\n", "b\n", "c\n", "\n"}) {
        assertEquals(line, call(file::readLine));
      }
      assertNull(call(file::readLine));
    }
  }

  @Test
  void theSocketStaysOpenUntilItsLastFileCloses() throws Exception {
    Ends ends = ends();
    SocketFile first = ends.one().makeFile("rb");
    SocketFile second = ends.one().makeFile().mode("wb").buffering(0).open();
    ends.one().close();
    assertTrue(ends.one().isClosed());
    ends.one().setTimeout(SHORT); // the files have none of their own
    assertThrows(TimedOutException.class, () -> call(() -> first.input().read()));
    ends.one().setTimeout(LONG);
    SocketFile third = ends.one().makeFile("rb");
    second.output().write(Data.of(5));
    assertArrayEquals(Data.of(5), receive(ends.other(), 5));
    second.close();
    third.close();
    ends.other().sendAll(Data.of(3));
    assertArrayEquals(Data.of(3), call(() -> first.input().readNBytes(3)));
    first.close();
    first.close();
    assertEquals(0, ends.other().recv(1).length, "now it is closed");
    assertThrows(ClosedException.class, () -> ends.one().makeFile("rb"));
    assertThrows(ClosedException.class, () -> ends.one().setTimeout(SHORT));
  }

  @Test
  void aFileIsSentWholeAndInPart() throws Exception {
    Path file = folder.resolve("file");
    byte[] data = Data.of(3_000_000);
    Files.write(file, data);
    for (Duration timeout : Arrays.asList(null, LONG)) {
      Ends ends = ends();
      ends.one().setTimeout(timeout);
      Task<Long> sending = start(() -> ends.one().sendFile(file));
      assertArrayEquals(data, receive(ends.other(), data.length));
      assertEquals(data.length, sending.result());
      assertEquals(1000, call(() -> ends.one().sendFile(file, 5, 1000)));
      assertArrayEquals(Arrays.copyOfRange(data, 5, 1005), receive(ends.other(), 1000));
      assertEquals(5, call(() -> ends.one().sendFile(file, data.length - 5, 1000)), "its end");
      receive(ends.other(), 5);
      try (FileChannel channel = FileChannel.open(file)) {
        assertEquals(1000, call(() -> ends.one().sendFile(channel, 7, 1000)));
        assertEquals(1007, channel.position());
        assertArrayEquals(Arrays.copyOfRange(data, 7, 1007), receive(ends.other(), 1000));
      }
      ends.one().setBlocking(false);
      assertThrows(IllegalStateException.class, () -> call(() -> ends.one().sendFile(file)));
    }
  }

  @Test
  void aFileThatCannotBeMappedIsReadInstead() throws Exception {
    Path self = Path.of("/proc/self/stat");
    Assumptions.assumeTrue(Files.isReadable(self), "a file without a length is Linux's");
    Ends ends = ends();
    ends.one().setTimeout(null);
    long sent = call(() -> ends.one().sendFile(self));
    assertTrue(sent > 0);
    assertEquals(sent, receive(ends.other(), (int) sent).length);
  }

  @Test
  void aFifoIsRefusedAtOnceThoughNobodyWritesToIt() throws Exception {
    Path fifo = folder.resolve("fifo");
    Assumptions.assumeTrue(made(fifo), "mkfifo(1) is POSIX's");
    Ends ends = ends();
    ends.one().setTimeout(null);
    IOException refused = start(() -> ends.one().sendFile(fifo)).failure(IOException.class);
    assertMessage("sendfile " + fifo + ": " + errno("ESPIPE"), refused);
  }

  private static boolean made(Path fifo) throws InterruptedException {
    try {
      return new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor() == 0;
    } catch (IOException lacking) {
      return false;
    }
  }

  @Test
  void closingEndsASendOfAFileThatWaits() throws Exception {
    Path file = folder.resolve("file");
    Files.write(file, LARGE);
    Ends ends = ends();
    ends.one().setTimeout(null);
    Task<Long> sending = start(() -> ends.one().sendFile(file)).awaitWaiting();
    ends.one().close();
    sending.failure(ClosedException.class);
  }
}
