package io.gatun.os;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The system calls, on a pair of sockets. */
final class KernelTest {
  private static final byte[] HELLO = "hello, kernel".getBytes(StandardCharsets.US_ASCII);

  private static final boolean WINDOWS = Abi.HOST.os() == Os.WINDOWS;

  private final Kernel kernel = Kernel.create();
  private final Arena arena = Arena.ofConfined();
  private final long memory = arena.allocate(4096, 8).address();
  private final byte[] address = new byte[128];
  private int left;
  private int right;

  @BeforeEach
  void openPair() {
    // Windows has no socketpair(2), and Gatun's is of the loopback interface.
    int family = WINDOWS ? Constants.AF_INET : Constants.AF_UNIX;
    long pair = kernel.socketpair(family, Constants.SOCK_STREAM, 0, true);
    assertTrue(pair >= 0, () -> Errno.name((int) -pair));
    left = (int) pair;
    right = (int) (pair >>> 32);
  }

  @AfterEach
  void close() {
    kernel.close(left);
    kernel.close(right);
    arena.close();
  }

  @Test
  void bytesGoFromMemoryToMemory() {
    Memory.set(memory, HELLO, 0, HELLO.length);
    assertEquals(HELLO.length, kernel.send(left, memory, HELLO.length, 0));
    assertEquals(HELLO.length, kernel.recv(right, memory + 1024, 1024, 0));
    byte[] got = new byte[HELLO.length];
    Memory.get(memory + 1024, got, 0, got.length);
    assertArrayEquals(HELLO, got);
  }

  @Test
  void bytesGoFromAPartOfAnArrayToAPartOfAnArray() {
    assertEquals(5, kernel.send(left, HELLO, 7, 5, 0));
    byte[] got = new byte[9];
    assertEquals(5, kernel.recv(right, got, 2, 7, 0));
    assertEquals("\0\0kerne\0\0", new String(got, StandardCharsets.US_ASCII));
  }

  @Test
  void severalPiecesGoInOneCall() {
    Memory.set(memory, HELLO, 0, HELLO.length);
    Iovec.set(kernel.iovecs(), 0, memory + 7, 6);
    Iovec.set(kernel.iovecs(), 1, memory + 5, 2);
    Iovec.set(kernel.iovecs(), 2, memory, 5);
    assertEquals(13, kernel.send(left, kernel.iovecs(), 3));
    byte[] got = new byte[64];
    assertEquals(13, kernel.recv(right, got, 0, got.length, 0));
    assertEquals("kernel, hello", new String(got, 0, 13, StandardCharsets.US_ASCII));
  }

  @Test
  void piecesArriveInSeveralPlaces() {
    assertEquals(13, kernel.send(left, HELLO, 0, 13, 0));
    Iovec.set(kernel.iovecs(), 0, memory, 4);
    Iovec.set(kernel.iovecs(), 1, memory + 100, 50);
    assertEquals(13, kernel.readv(right, kernel.iovecs(), 2));
    assertEquals('h', Memory.getByte(memory));
    assertEquals('o', Memory.getByte(memory + 100));
  }

  @Test
  void aCallThatWouldBlockReturnsTheErrno() {
    assertEquals(-Errno.EAGAIN, kernel.recv(right, memory, 16, 0));
    assertEquals(-Errno.EAGAIN, kernel.recv(right, new byte[16], 0, 16, 0));
  }

  @Test
  void sendingToWhomHasGoneRaisesNoSignal() {
    assumeTrue(!WINDOWS, "TCP learns of it later");
    kernel.close(right);
    assertEquals(-Errno.EPIPE, kernel.send(left, memory, 1, 0));
    Iovec.set(kernel.iovecs(), 0, memory, 1);
    assertEquals(-Errno.EPIPE, kernel.send(left, kernel.iovecs(), 1));
  }

  @Test
  void aPeerThatGoesWhileMacOsSendsIsABrokenPipe() {
    assertEquals(-Errno.EPIPE, Berkeley.sent(-Errno.EPROTOTYPE));
    assertEquals(-Errno.EAGAIN, Berkeley.sent(-Errno.EAGAIN));
    assertEquals(7, Berkeley.sent(7));
  }

  /** Listens on loopback, and connects a client, which is closed already. */
  private int listenerWithConnection() {
    int listener = kernel.socket(Constants.AF_INET, Constants.SOCK_STREAM, 0, true);
    Struct in = Abi.HOST.struct("sockaddr_in");
    Memory.clear(kernel.address(), in.size());
    in.set(kernel.address(), "sin_family", Constants.AF_INET);
    in.set(kernel.address(), "sin_addr", 0x0100007f);
    assertEquals(0, kernel.bind(listener, kernel.address(), in.size()));
    assertEquals(0, kernel.listen(listener, 8));
    assertEquals(0, kernel.getsockname(listener));
    int client = kernel.socket(Constants.AF_INET, Constants.SOCK_STREAM, 0, false);
    assertEquals(0, kernel.connect(client, kernel.address(), kernel.addressLength()));
    assertNotEquals(0, kernel.poll(listener, Constants.POLLIN, TimeUnit.SECONDS.toNanos(30)));
    kernel.close(client);
    return listener;
  }

  @Test
  void noDescriptorIsInheritedHoweverItWasMade() {
    assumeTrue(!WINDOWS, "Windows does not tell of sockets it made so");
    int listener = listenerWithConnection();
    long pipe = kernel.pipe();
    long wakeup = kernel.wakeup();
    int[] all = {
      left,
      right,
      listener,
      kernel.accept(listener, false),
      (int) pipe,
      (int) (pipe >>> 32),
      (int) wakeup,
      (int) (wakeup >>> 32),
      kernel.duplicate(left),
      kernel.open(arena.allocateFrom(System.getProperty("java.home")).address()),
    };
    for (int i = 0; i < all.length; i++) {
      int which = i;
      assertTrue(all[i] >= 0, () -> "number " + which);
      assertEquals(0, kernel.isInheritable(all[i]), () -> "number " + which);
    }
    assertEquals(0, kernel.setInheritable(all[4], true));
    assertEquals(all[4], kernel.dup(left, all[4]));
    assertEquals(0, kernel.isInheritable(all[4]), "dup");
    for (int i = 2; i < all.length; i++) {
      kernel.close(all[i]); // a wakeup's two ends may be one
    }
  }

  @Test
  void anAcceptedSocketBlocksOrNotAsAskedWhateverItsListenerDoes() {
    assumeTrue(!WINDOWS, "Windows does not tell");
    for (boolean nonBlocking : new boolean[] {true, false}) {
      int listener = listenerWithConnection();
      int accepted = kernel.accept(listener, nonBlocking);
      assertEquals(nonBlocking ? 1 : 0, kernel.isNonBlocking(accepted));
      kernel.close(accepted);
      kernel.close(listener);
    }
  }

  /** On macOS it is O_NONBLOCK that an accepted socket has from its listener. */
  @Test
  void aSocketThatWasMadeWithTheOtherModeIsGivenTheOneAskedFor() {
    assumeTrue(
        kernel instanceof Posix && !Abi.HOST.has("SOCK_CLOEXEC"),
        "here descriptors are made with their flags");
    assertEquals(1, kernel.isNonBlocking(left));
    assertEquals(left, ((Posix) kernel).finishSocket(left, false));
    assertEquals(0, kernel.isNonBlocking(left));
    assertEquals(left, ((Posix) kernel).finishSocket(left, true));
    assertEquals(1, kernel.isNonBlocking(left));
  }

  @Test
  void everySocketRaisesNoSigpipeWhereNoFlagOfACallSaysSo() {
    assumeTrue(
        !Abi.HOST.has("MSG_NOSIGNAL") && Abi.HOST.has("SO_NOSIGPIPE"), "here MSG_NOSIGNAL says so");
    int listener = listenerWithConnection();
    int accepted = kernel.accept(listener, true);
    for (int fd : new int[] {left, right, listener, accepted}) {
      int option = Abi.HOST.value("SO_NOSIGPIPE");
      assertTrue(kernel.getsockopt(fd, Constants.SOL_SOCKET, option) > 0);
    }
    kernel.close(accepted);
    kernel.close(listener);
  }

  @Test
  void pollWaitsAtLeastTheNanosecondsAskedFor() {
    long start = System.nanoTime();
    assertEquals(0, kernel.poll(right, Constants.POLLIN, TimeUnit.MICROSECONDS.toNanos(300)));
    assertTrue(System.nanoTime() - start >= TimeUnit.MICROSECONDS.toNanos(300));
  }

  @Test
  void pollTellsWhatIsReady() {
    assertEquals(13, kernel.send(left, HELLO, 0, 13, 0));
    assertNotEquals(0, kernel.poll(right, Constants.POLLIN, -1) & Constants.POLLIN);
    assertEquals(Constants.POLLOUT, kernel.poll(right, Constants.POLLOUT, -1));
  }

  @Test
  void theNonBlockingFlagCanBeChanged() {
    assumeTrue(!WINDOWS, "Windows does not tell");
    assertEquals(1, kernel.isNonBlocking(left));
    assertEquals(0, kernel.setNonBlocking(left, false));
    assertEquals(0, kernel.isNonBlocking(left));
  }

  @Test
  void anOptionIsSetAndRead() {
    int option = Constants.SO_KEEPALIVE;
    assertEquals(0, kernel.getsockopt(left, Constants.SOL_SOCKET, option));
    assertEquals(0, kernel.setsockopt(left, Constants.SOL_SOCKET, option, 1));
    assertEquals(1, kernel.getsockopt(left, Constants.SOL_SOCKET, option));
  }

  @Test
  void lingerIsOffOrSeconds() {
    assertEquals(0, kernel.getLinger(left));
    assertEquals(0, kernel.setLinger(left, 7));
    assertEquals(8, kernel.getLinger(left));
    assertEquals(0, kernel.setLinger(left, -1));
    assertEquals(0, kernel.getLinger(left));
  }

  @Test
  void aWakeupIsReadableOnceItWasSignalled() {
    long ends = kernel.wakeup();
    int fd = (int) ends;
    int signalled = (int) (ends >>> 32);
    assertEquals(0, kernel.poll(fd, Constants.POLLIN, 0));
    kernel.signal(signalled);
    assertNotEquals(0, kernel.poll(fd, Constants.POLLIN, -1) & Constants.POLLIN);
    assertTrue(kernel.read(fd, memory, 64) > 0);
    assertEquals(0, kernel.poll(fd, Constants.POLLIN, 0));
    kernel.close(fd);
    if (signalled != fd) {
      kernel.close(signalled);
    }
  }

  @Test
  void aPairIsBothWaysAndEndsWithItsOtherEnd() {
    assertEquals(13, kernel.send(left, HELLO, 0, 13, 0));
    assertEquals(5, kernel.send(right, HELLO, 0, 5, 0));
    assertNotEquals(0, kernel.poll(left, Constants.POLLIN, -1));
    assertEquals(5, kernel.recv(left, memory, 100, 0));
    kernel.close(left);
    assertNotEquals(0, kernel.poll(right, Constants.POLLIN, -1));
    assertEquals(13, kernel.recv(right, memory, 100, 0));
    left = -1;
  }

  /** WSAPoll tells POLLHUP then, whatever it is asked for: whoever waits would spin. */
  @Test
  void whoWaitsForRoomIsNotToldThatThePeerSendsNoMore() {
    assertEquals(0, kernel.shutdown(right, Constants.SHUT_WR));
    assertNotEquals(0, kernel.poll(left, Constants.POLLIN, -1));
    assertEquals(0, kernel.recv(left, memory, 100, 0));
    int size = 1 << 20;
    long large = arena.allocate(size).address();
    long sent = 0;
    int inVain = 0;
    // Windows moves what it has taken on by itself for a while.
    while (kernel.poll(left, Constants.POLLOUT, TimeUnit.MILLISECONDS.toNanos(50)) != 0) {
      int result = kernel.send(left, large, size, 0);
      if (result == -Errno.EAGAIN) {
        assertTrue(++inVain < 100, "told of room where there is none, again and again");
      } else {
        assertTrue(result > 0, () -> Errno.name(-result));
        sent += result;
      }
    }
    long got = 0;
    kernel.setNonBlocking(right, false);
    while (got < sent) {
      int result = kernel.recv(right, large, size, 0);
      assertTrue(result > 0, () -> Errno.name(-result));
      got += result;
    }
    assertNotEquals(0, kernel.poll(left, Constants.POLLOUT, -1) & Constants.POLLOUT);
  }

  @Test
  void pollTellsWhichDescriptorIsNone() {
    int closed = (int) kernel.wakeup();
    kernel.close(closed);
    long pollfds = memory;
    Pollfd.set(pollfds, left, Constants.POLLIN);
    Pollfd.set(pollfds + Pollfd.SIZE, closed, Constants.POLLOUT);
    assertEquals(1, kernel.poll(pollfds, 2, -1));
    assertEquals(0, Pollfd.revents(pollfds));
    assertEquals(Constants.POLLNVAL, Pollfd.revents(pollfds + Pollfd.SIZE));
  }

  @Test
  void pollTellsEachDescriptorWhatItWaitsFor() {
    assertEquals(13, kernel.send(left, HELLO, 0, 13, 0));
    assertNotEquals(0, kernel.poll(right, Constants.POLLIN, -1));
    long pollfds = memory;
    Pollfd.set(pollfds, left, Constants.POLLIN);
    Pollfd.set(pollfds + Pollfd.SIZE, right, Constants.POLLIN | Constants.POLLOUT);
    Pollfd.set(pollfds + 2L * Pollfd.SIZE, left, Constants.POLLOUT);
    assertEquals(2, kernel.poll(pollfds, 3, -1));
    assertEquals(0, Pollfd.revents(pollfds));
    int readable = Pollfd.revents(pollfds + Pollfd.SIZE);
    assertNotEquals(0, readable & Constants.POLLIN);
    assertNotEquals(0, readable & Constants.POLLOUT);
    assertEquals(Constants.POLLOUT, Pollfd.revents(pollfds + 2L * Pollfd.SIZE));
  }

  /** WSAPoll hid it before Windows 10 2004. */
  @Test
  void pollTellsOfAConnectThatFailed() {
    int listener = kernel.socket(Constants.AF_INET, Constants.SOCK_STREAM, 0, true);
    Struct in = Abi.HOST.struct("sockaddr_in");
    Memory.clear(kernel.address(), in.size());
    in.set(kernel.address(), "sin_family", Constants.AF_INET);
    in.set(kernel.address(), "sin_addr", 0x0100007f);
    assertEquals(0, kernel.bind(listener, kernel.address(), in.size()));
    assertEquals(0, kernel.getsockname(listener));
    int length = kernel.addressLength();
    Memory.get(kernel.address(), address, 0, length);
    int client = kernel.socket(Constants.AF_INET, Constants.SOCK_STREAM, 0, true);
    Memory.set(kernel.address(), address, 0, length);
    int result = kernel.connect(client, kernel.address(), length); // bound, but nobody listens
    if (result == -Errno.EINPROGRESS) {
      int revents = kernel.poll(client, Constants.POLLOUT, TimeUnit.SECONDS.toNanos(30));
      assertNotEquals(0, revents);
      result = -kernel.getsockopt(client, Constants.SOL_SOCKET, Constants.SO_ERROR);
    }
    assertEquals(-Errno.ECONNREFUSED, result);
    kernel.close(client);
    kernel.close(listener);
  }

  @Test
  void urgentDataIsNoErrorToWhoWaitsForRoom() {
    long pair = kernel.socketpair(Constants.AF_INET, Constants.SOCK_STREAM, 0, true);
    assumeTrue(pair >= 0, "there is no pair of TCP sockets here");
    int left = (int) pair;
    int right = (int) (pair >>> 32);
    Memory.setByte(kernel.address(), (byte) 1);
    assertEquals(1, kernel.send(right, kernel.address(), 1, Abi.HOST.value("MSG_OOB")));
    // The urgent byte is on its way first, so it is there with the other.
    assertEquals(1, kernel.send(right, kernel.address(), 1, 0));
    assertNotEquals(0, kernel.poll(left, Constants.POLLIN, TimeUnit.SECONDS.toNanos(30)));
    assertEquals(Constants.POLLOUT, kernel.poll(left, Constants.POLLOUT, 0));
    kernel.close(left);
    kernel.close(right);
  }

  @Test
  void aConnectedDatagramSocketHearsThatNobodyIsThere() {
    int nobody = kernel.socket(Constants.AF_INET, Constants.SOCK_DGRAM, 0, true);
    Struct in = Abi.HOST.struct("sockaddr_in");
    Memory.clear(kernel.address(), in.size());
    in.set(kernel.address(), "sin_family", Constants.AF_INET);
    in.set(kernel.address(), "sin_addr", 0x0100007f);
    assertEquals(0, kernel.bind(nobody, kernel.address(), in.size()));
    assertEquals(0, kernel.getsockname(nobody));
    int length = kernel.addressLength();
    int sender = kernel.socket(Constants.AF_INET, Constants.SOCK_DGRAM, 0, true);
    kernel.close(nobody);
    assertEquals(0, kernel.connect(sender, kernel.address(), length));
    assertEquals(1, kernel.send(sender, kernel.message(), 1, 0));
    int result = kernel.recv(sender, kernel.message(), 1, 0);
    if (result == -Errno.EAGAIN) { // not yet
      String wine = System.getProperty("gatun.test.wine");
      assumeTrue(wine == null, wine + " keeps the error, and tells neither a poll nor a receive");
      assertNotEquals(0, kernel.poll(sender, Constants.POLLIN, TimeUnit.SECONDS.toNanos(30)));
      result = kernel.recv(sender, kernel.message(), 1, 0);
    }
    // Windows tells it by the other number.
    assertTrue(result == -Errno.ECONNREFUSED || result == -Errno.ECONNRESET, Errno.name(-result));
    kernel.close(sender);
  }

  @Test
  void aDescriptorMayBePolledTwiceAndNobodyMayWaitForRoom() {
    long pair = kernel.wakeup();
    assumeTrue(pair >>> 32 != (int) pair, "it is one descriptor, and always writable");
    int reader = (int) pair;
    int writer = (int) (pair >>> 32);
    long fds = kernel.message();
    Pollfd.set(fds, reader, Constants.POLLIN);
    Pollfd.set(fds + Pollfd.SIZE, writer, Constants.POLLIN);
    Pollfd.set(fds + 2L * Pollfd.SIZE, writer, Constants.POLLOUT);
    assertEquals(1, kernel.poll(fds, 3, 0));
    assertEquals(0, Pollfd.revents(fds));
    assertEquals(0, Pollfd.revents(fds + Pollfd.SIZE));
    assertEquals(Constants.POLLOUT, Pollfd.revents(fds + 2L * Pollfd.SIZE));
    Pollfd.set(fds, -1, Constants.POLLOUT);
    Pollfd.set(fds + Pollfd.SIZE, writer, 0);
    assertTrue(kernel.poll(fds, 2, 0) >= 0, "nobody waits for room, which is no failure");
    kernel.close(reader);
    kernel.close(writer);
  }

  @Test
  void aNameThatNoFileCanHaveIsOfNone() {
    try (Arena arena = Arena.ofConfined()) {
      for (String name : new String[] {"a<b>|c?", "none/such", "nosuch"}) {
        assertEquals(-Errno.ENOENT, kernel.open(arena.allocateFrom(name).address()), name);
      }
    }
  }

  @Test
  void aDescriptorTakesThePlaceOfAnother() {
    assumeTrue(!WINDOWS, "Windows has no dup2 for sockets");
    long ends = kernel.wakeup();
    int event = (int) ends;
    assertEquals(event, kernel.dup(left, event));
    assertEquals(13, kernel.send(event, HELLO, 0, 13, 0));
    assertEquals(13, kernel.recv(right, memory, 100, 0));
    kernel.close(event);
    if ((int) (ends >>> 32) != event) { // a pipe, where there is no eventfd
      kernel.close((int) (ends >>> 32));
    }
  }

  @Test
  void aBlockedThreadIsCalledBackWithEintr() throws Exception {
    assertEquals(0, kernel.setNonBlocking(right, false));
    Kernel[] its = new Kernel[1];
    int[] result = new int[1];
    Thread thread =
        new Thread(() -> {
          Kernel own = Kernel.acquire();
          long owner = own.owner();
          assertNotEquals(0, owner);
          synchronized (its) {
            its[0] = own;
          }
          result[0] =
              WINDOWS ? own.poll(right, Constants.POLLIN, -1) : own.recv(right, memory, 16, 0);
        });
    thread.start();
    // A signal that comes before the call has no effect, so it is sent until the thread ends.
    while (thread.isAlive()) {
      synchronized (its) {
        if (its[0] != null) {
          kernel.interrupt(its[0].owner());
        }
      }
      thread.join(1);
    }
    assertEquals(-Errno.EINTR, result[0]);
  }

  @Test
  void aPlatformThreadKeepsItsInstance() {
    Kernel mine = Kernel.acquire();
    Kernel.release(mine);
    assertSame(mine, Kernel.acquire());
    assertNotEquals(0, mine.owner());
  }

  @Test
  void virtualThreadsShareInstances() throws Exception {
    Set<Kernel> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    int threads = 600; // more than the pool holds
    for (int i = 0; i < threads; i++) {
      Thread.ofVirtual()
          .start(() -> {
            Kernel kernel = Kernel.acquire();
            seen.add(kernel);
            assertEquals(0, kernel.owner());
            Kernel.release(kernel);
          })
          .join();
    }
    assertTrue(seen.size() < threads / 2, () -> seen.size() + " instances");
  }

  @Test
  void windowsKeepAliveIsSetByItsOwnRequest() {
    assumeTrue(WINDOWS, "SIO_KEEPALIVE_VALS is Windows's");
    int fd = kernel.socket(Constants.AF_INET, Constants.SOCK_STREAM, 0, true);
    Memory.setInt(memory, 1);
    Memory.setInt(memory + 4, 10_000);
    Memory.setInt(memory + 8, 1_000);
    assertEquals(0, kernel.ioctl(fd, Abi.HOST.value("SIO_KEEPALIVE_VALS"), memory));
    assertEquals(1, kernel.getsockopt(fd, Constants.SOL_SOCKET, Constants.SO_KEEPALIVE));
    kernel.close(fd);
  }

  @Test
  void aSocketThatIsSharedHasASecondDescriptor() {
    assumeTrue(WINDOWS, "WSADuplicateSocketW is Windows's");
    long info = arena.allocate(Abi.HOST.struct("_WSAPROTOCOL_INFOW").size(), 8).address();
    assertEquals(0, kernel.share(left, (int) ProcessHandle.current().pid(), info));
    int second = kernel.fromShare(info, true);
    assertTrue(second > 0 && second != left, () -> Errno.name(-second));
    kernel.close(left);
    left = second;
    Memory.setByte(memory, (byte) 42);
    assertEquals(1, kernel.send(left, memory, 1, 0));
    assertTrue(kernel.poll(right, Constants.POLLIN, -1) > 0);
    assertEquals(1, kernel.recv(right, memory + 1, 1, 0));
    assertEquals(42, Memory.getByte(memory + 1));
  }
}
