package io.gatun.transport.iocp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.address.Ipv4Address;
import io.gatun.address.SocketType;
import io.gatun.channel.Bootstrap;
import io.gatun.channel.EventLoopGroup;
import io.gatun.os.Abi;
import io.gatun.os.Constants;
import io.gatun.os.Errno;
import io.gatun.os.Iovec;
import io.gatun.os.Memory;
import io.gatun.os.Mmsghdr;
import io.gatun.os.Msghdr;
import io.gatun.socket.Socket;
import io.gatun.transport.Driver.Kind;
import io.gatun.transport.Registration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Answers of Windows that Wine never gives, and what strangers send to a port. */
@EnabledOnOs(value = OS.WINDOWS, disabledReason = "the calls are Windows's")
@Timeout(60)
final class IocpFaultsTest extends IocpLab {
  private static final int EMSGSIZE = Abi.HOST.errno("EMSGSIZE");
  private static final int EOPNOTSUPP = Abi.HOST.errno("EOPNOTSUPP");

  /** Behind the memory that tests send from. */
  private final long second = memory + LARGE / 2;

  @BeforeEach
  void assume() {
    Interposed.assume();
  }

  @AfterEach
  void forget() {
    Interposed.forget();
  }

  private int datagrams() {
    return kernel.socket(Constants.AF_INET, Constants.SOCK_DGRAM, 0, true);
  }

  private void sendTo(int receiver, int sender, int length) {
    assertEquals(0, kernel.getsockname(receiver));
    int size = kernel.addressLength();
    assertEquals(length, kernel.sendto(sender, memory, length, 0, kernel.address(), size));
  }

  private static Integer socketOf(Object[] arguments) {
    return ((Number) arguments[1]).intValue();
  }

  // Closing

  @Test
  void aSocketThatLingersBlocksForItsClose() {
    List<Integer> modes = new ArrayList<>();
    Interposed.watch(
        "ioctlsocket",
        arguments -> {
          modes.add(Memory.getInt((long) arguments[3]));
          return null;
        });
    Interposed.failingOnce("closesocket", Errno.EAGAIN);
    assertEquals(0, kernel.close(left));
    assertEquals(List.of(0), modes);
    assertEquals(-Errno.ENOTSOCK, kernel.getsockname(left), "it is closed");
    left = -1;
  }

  @Test
  void aCloseThatFailsOtherwiseIsNotRepeated() {
    Interposed.failingOnce("closesocket", Errno.EBADF);
    assertEquals(-Errno.EBADF, kernel.close(left));
    assertEquals(0, kernel.close(left));
    left = -1;
  }

  // Operations that end at once

  @Test
  void aSendThatIsRefusedAsTooLongIsNotUnderWay() {
    Registration registration = driver.register(left, Kind.STREAM, told);
    Interposed.failingOnce("WSASend", EMSGSIZE);
    assertEquals(-EMSGSIZE, registration.write(memory, 10));
    registration.close();
    assertEquals(1, told.closed, "no packet comes for it");
    left = -1;
  }

  @Test
  void whatIsDoneAtOnceHasAPacketWhereAProviderStandsBetween() {
    int flags = Abi.HOST.struct("_WSAPROTOCOL_INFOW").offset("dwServiceFlags1");
    Interposed.watch(
        "getsockopt",
        arguments -> {
          Memory.setInt((long) arguments[4] + flags, 0); // without XP1_IFS_HANDLES
          return 0;
        });
    Registration registration = driver.register(left, Kind.STREAM, told);
    Interposed.forget();
    assertEquals(0, registration.write(memory, 10), "it is under way until its packet comes");
    runUntil(() -> told.written == 10);
    assertEquals(5, kernel.send(right, memory, 5, 0));
    assertNotEquals(0, kernel.poll(left, Constants.POLLIN, -1));
    registration.awaitReadable();
    runUntil(() -> told.readable == 1);
    settle();
    assertEquals(1, told.readable);
    assertEquals(5, registration.read(memory, 100));
    registration.close();
    assertEquals(1, told.closed);
    left = -1;
  }

  // Receiving messages

  private long header(int index, long buffer, int length) {
    long messages = memory + 4096;
    long iovecs = memory + 8192 + (long) index * Iovec.SIZE;
    Iovec.set(iovecs, 0, buffer, length);
    return Msghdr.ofIovecs(Mmsghdr.at(messages, index), iovecs, 1);
  }

  private long headers() {
    header(1, second + 1000, 1000);
    return header(0, second, 1000);
  }

  @Test
  void anErrorBehindAMessageIsToldByTheNextReceiveAndOnce() {
    int receiver = datagrams();
    bind(receiver);
    int sender = datagrams();
    Registration registration = driver.register(receiver, Kind.MESSAGE, told);
    registration.awaitReadable();
    sendTo(receiver, sender, 10);
    runUntil(() -> told.readable == 1);
    int[] calls = new int[1];
    Interposed.watch(
        "WSARecvMsg",
        arguments -> ++calls[0] == 2 ? Interposed.fail(arguments, Errno.ECONNRESET, -1) : null);
    assertEquals(1, registration.receive(headers(), 2));
    registration.awaitReadable();
    assertEquals(1, driver.run(-1), "no peek needs to find it");
    assertEquals(-Errno.ECONNRESET, registration.receive(headers(), 2));
    assertEquals(-Errno.EAGAIN, registration.receive(headers(), 2));
    registration.awaitReadable();
    sendTo(receiver, sender, 10);
    runUntil(() -> told.readable == 3);
    assertEquals(1, registration.receive(headers(), 2), "it goes on");
    registration.close();
    runUntil(() -> told.closed == 1);
    kernel.close(sender);
  }

  @Test
  void anErrorThatAPeekHasMetAndTheReceiveMeetsAgainIsToldOnce() {
    int receiver = datagrams();
    bind(receiver);
    Registration registration = driver.register(receiver, Kind.MESSAGE, told);
    Interposed.failingOnce("WSARecv", Errno.ECONNRESET);
    Interposed.failingOnce("WSARecvMsg", Errno.ECONNRESET);
    registration.awaitReadable();
    runUntil(() -> told.readable == 1);
    assertEquals(-Errno.ECONNRESET, registration.receive(headers(), 1));
    assertEquals(-Errno.EAGAIN, registration.receive(headers(), 1));
    registration.close();
    assertEquals(1, told.closed);
  }

  @Test
  void anErrorThatAPeekHasTakenAwayIsToldByTheReceiveAndOnce() {
    int receiver = datagrams();
    bind(receiver);
    Registration registration = driver.register(receiver, Kind.MESSAGE, told);
    Interposed.failingOnce("WSARecv", Errno.ECONNRESET);
    registration.awaitReadable();
    runUntil(() -> told.readable == 1);
    assertEquals(-Errno.ECONNRESET, registration.receive(headers(), 1));
    assertEquals(-Errno.EAGAIN, registration.receive(headers(), 1));
    registration.close();
    assertEquals(1, told.closed);
  }

  // Sockets that are not bound

  /** As Windows has it: calls for messages fail until the socket is bound. */
  private static void refuseUnbound(String... functions) {
    List<Integer> bound = new ArrayList<>();
    Interposed.watch(
        "bind",
        arguments -> {
          bound.add(socketOf(arguments));
          return null;
        });
    for (String function : functions) {
      Interposed.watch(
          function,
          arguments ->
              bound.contains(socketOf(arguments))
                  ? null
                  : Interposed.fail(arguments, Errno.EINVAL, -1));
    }
  }

  private void assertBinds(String function, int expected, int socket, IntSupplier call) {
    refuseUnbound(function);
    assertEquals(expected, call.getAsInt(), function);
    assertEquals(0, kernel.getsockname(socket), function);
    kernel.close(socket);
    Interposed.forget();
  }

  @Test
  void whoReceivesOnASocketThatIsNotBoundWaitsAsElsewhere() {
    int again = -Errno.EAGAIN;
    int one = datagrams();
    assertBinds("recv", again, one, () -> kernel.recv(one, memory, 10, 0));
    int two = datagrams();
    assertBinds("recvfrom", again, two, () -> kernel.recvfrom(two, memory, 10, 0));
    int three = datagrams();
    assertBinds("WSARecvMsg", again, three, () -> kernel.recvmsg(three, headers(), 0));
    int four = datagrams();
    Iovec.set(kernel.iovecs(), 0, memory, 10);
    assertBinds("WSARecv", again, four, () -> kernel.readv(four, kernel.iovecs(), 1));
    int six = kernel.socket(Constants.AF_INET6, Constants.SOCK_DGRAM, 0, true);
    if (six >= 0) {
      assertBinds("recv", again, six, () -> kernel.recv(six, memory, 10, 0));
    }
  }

  @Test
  void aMessageGoesFromASocketThatIsNotBoundToWhereItIsSent() {
    int receiver = datagrams();
    bind(receiver);
    assertEquals(0, kernel.getsockname(receiver));
    int size = kernel.addressLength();
    int sender = datagrams();
    long header = header(0, memory, 10);
    Msghdr.setAddress(header, kernel.address(), size); // which stays as it is
    refuseUnbound("WSASendMsg");
    assertEquals(10, kernel.sendmsg(sender, header, 0));
    assertTrue(kernel.poll(receiver, Constants.POLLIN, -1) > 0);
    assertEquals(10, kernel.recv(receiver, memory, 100, 0));
    kernel.close(sender);
    kernel.close(receiver);
  }

  @Test
  void aLoopThatWaitsForMessagesOfASocketThatIsNotBoundBindsIt() {
    int receiver = datagrams();
    Registration registration = driver.register(receiver, Kind.MESSAGE, told);
    refuseUnbound("WSARecv", "recv");
    registration.awaitReadable();
    assertEquals(0, driver.run(0), "it waits");
    Interposed.forget();
    int sender = datagrams();
    assertEquals(0, kernel.getsockname(receiver));
    long any = kernel.address();
    Memory.setInt(any + Abi.HOST.struct("sockaddr_in").offset("sin_addr"), 0x0100007f);
    assertEquals(10, kernel.sendto(sender, memory, 10, 0, any, kernel.addressLength()));
    runUntil(() -> told.readable == 1);
    assertEquals(10, registration.read(second, 100));
    registration.close();
    runUntil(() -> told.closed == 1);
    kernel.close(sender);
  }

  @Test
  void anInvalidCallOnASocketThatIsBoundIsMadeOnce() {
    int receiver = datagrams();
    bind(receiver);
    int[] calls = new int[1];
    Interposed.watch(
        "recv",
        arguments -> {
          calls[0]++;
          return Interposed.fail(arguments, Errno.EINVAL, -1);
        });
    assertEquals(-Errno.EINVAL, kernel.recv(receiver, memory, 10, 0));
    assertEquals(-Errno.EINVAL, kernel.recv(left, memory, 10, 0), "a stream is not bound for it");
    assertEquals(2, calls[0]);
    kernel.close(receiver);
  }

  // Streams and the calls for messages

  @Test
  void aStreamSendsAndReceivesWhatIsGivenAsAMessage() {
    for (int refusal : new int[] {EOPNOTSUPP, Errno.EINVAL}) {
      Interposed.failing("WSASendMsg", refusal);
      Interposed.failing("WSARecvMsg", refusal);
      for (int i = 0; i < 10; i++) {
        Memory.setByte(memory + i, (byte) (i + refusal));
      }
      assertEquals(10, kernel.sendmsg(left, header(0, memory, 10), 0));
      assertTrue(kernel.poll(right, Constants.POLLIN, -1) > 0);
      int peek = Constants.MSG_PEEK;
      assertEquals(5, kernel.recvmsg(right, header(0, second, 5), peek), "flags go along");
      long header = header(0, second, 100);
      Msghdr.setControl(header, second + 4096, 100);
      Msghdr.setAddress(header, second + 8192, 100);
      assertEquals(10, kernel.recvmsg(right, header, 0));
      assertEquals(0, Msghdr.controlLength(header));
      assertEquals(0, Msghdr.addressLength(header));
      assertEquals(0, Msghdr.flags(header));
      for (int i = 0; i < 10; i++) {
        assertEquals((byte) (i + refusal), Memory.getByte(second + i));
      }
      assertEquals(-Errno.EAGAIN, kernel.recvmsg(right, header(0, second, 5), 0));
    }
    assertEquals(0, kernel.shutdown(left, Constants.SHUT_WR));
    assertTrue(kernel.poll(right, Constants.POLLIN, -1) > 0);
    assertEquals(0, kernel.recvmsg(right, header(0, second, 5), 0), "the end");
  }

  @Test
  void whatWouldGoBesideAStreamsBytesIsRefused() {
    Interposed.failing("WSASendMsg", Errno.EINVAL);
    long header = header(0, memory, 10);
    Msghdr.setControl(header, memory + 100, 32);
    assertEquals(-EOPNOTSUPP, kernel.sendmsg(left, header, 0));
    assertEquals(-Errno.EAGAIN, kernel.recv(right, memory, 10, 0), "none of it has gone");
  }

  @Test
  void aStreamsOwnFailureIsNotTriedAgainAsBytes() {
    int[] calls = new int[1];
    Interposed.watch(
        "WSASend",
        arguments -> {
          calls[0]++;
          return null;
        });
    Interposed.failing("WSASendMsg", Errno.ECONNRESET);
    assertEquals(-Errno.ECONNRESET, kernel.sendmsg(left, header(0, memory, 10), 0));
    assertEquals(0, calls[0]);
  }

  // More than a number holds

  /** Answers in the system's place that all was moved, and notes how many buffers there were. */
  private static List<Object> movesAll(String function) {
    List<Object> counts = new ArrayList<>();
    Interposed.watch(
        function,
        arguments -> {
          int count = (int) arguments[3];
          int total = 0;
          for (int i = 0; i < count; i++) {
            total += Iovec.length((long) arguments[2], i);
          }
          Memory.setInt((long) arguments[4], total);
          counts.add(count);
          return 0;
        });
    return counts;
  }

  @Test
  void moreThanTwoGibibytesGoInMoreThanOneCall() {
    long iovecs = kernel.iovecs();
    int most = Integer.MAX_VALUE;
    Iovec.set(iovecs, 0, memory, 10);
    Iovec.set(iovecs, 1, memory, most - 10);
    Iovec.set(iovecs, 2, memory, 1);
    List<Object> sends = movesAll("WSASend");
    List<Object> receives = movesAll("WSARecv");
    assertEquals(most, kernel.send(left, iovecs, 3));
    assertEquals(most, kernel.writev(left, iovecs, 2));
    assertEquals(most, kernel.readv(left, iovecs, 3));
    assertEquals(List.of(2, 2), sends);
    assertEquals(List.of(2), receives);
    int socket = datagrams();
    assertEquals(-EMSGSIZE, kernel.send(socket, iovecs, 3), "a message does not go in parts");
    assertEquals(-EMSGSIZE, kernel.readv(socket, iovecs, 3));
    kernel.close(socket);
  }

  // Connecting and accepting

  /** Which Wine does not have: the calls are seen on a socket of TCP. */
  @Test
  void aUnixSocketConnectsByAPlainCallThatBlocks() {
    int client = kernel.socket(Constants.AF_INET, Constants.SOCK_STREAM, 0, true);
    Registration registration = driver.register(client, Kind.STREAM, told);
    List<String> calls = new ArrayList<>();
    Interposed.watch(
        "ioctlsocket",
        arguments -> {
          calls.add(Memory.getInt((long) arguments[3]) == 0 ? "blocks" : "does not block");
          return null;
        });
    Interposed.watch(
        "connect",
        arguments -> {
          calls.add("connect");
          return calls.size() == 2 ? 0 : Interposed.fail(arguments, Errno.ECONNREFUSED, -1);
        });
    int length = Abi.HOST.struct("sockaddr_un").size();
    Memory.clear(memory, length);
    Memory.setShort(memory, (short) Constants.AF_UNIX);
    assertEquals(0, registration.connect(memory, length));
    assertEquals(List.of("blocks", "connect", "does not block"), calls);
    assertEquals(-Errno.ECONNREFUSED, registration.connect(memory, length));
    assertEquals("does not block", calls.getLast(), "as before, though it failed");
    registration.close();
  }

  /** Such as of Hyper-V, where a connect takes its time. */
  @Test
  void anyOtherStreamConnectsByConnectEx() {
    int client = kernel.socket(Constants.AF_INET, Constants.SOCK_STREAM, 0, true);
    Registration registration = driver.register(client, Kind.STREAM, told);
    int family = 34; // AF_HYPERV
    List<Object> bound = new ArrayList<>();
    Interposed.watch(
        "bind",
        arguments -> {
          bound.add(Memory.getShort((long) arguments[2]));
          bound.add(arguments[3]);
          return 0;
        });
    Interposed.watch("ConnectEx", arguments -> Interposed.fail(arguments, Errno.ETIMEDOUT, 0));
    Memory.clear(memory, 36);
    Memory.setShort(memory, (short) family);
    assertEquals(-Errno.ETIMEDOUT, registration.connect(memory, 36));
    assertEquals(List.of((short) family, 36), bound);
    registration.close();
    assertEquals(1, told.closed);
  }

  @Test
  void anAcceptedSocketHasNoDelayFromItsListenerWhereTheSystemForgetsIt() {
    for (int wanted = 0; wanted <= 1; wanted++) {
      Told its = new Told();
      int listener = listener();
      assertEquals(
          0, kernel.setsockopt(listener, Constants.IPPROTO_TCP, Constants.TCP_NODELAY, wanted));
      Registration registration = driver.register(listener, Kind.LISTENER, its);
      registration.awaitReadable();
      int client = connectTo(listener);
      runUntil(() -> its.readable == 1);
      List<Object> set = new ArrayList<>();
      Interposed.watch(
          "getsockopt",
          arguments -> {
            if (socketOf(arguments) == listener) {
              return null;
            }
            Memory.setInt((long) arguments[4], 0); // as if it had forgotten
            return 0;
          });
      Interposed.watch(
          "setsockopt",
          arguments -> {
            boolean noDelay = (int) arguments[2] == Constants.IPPROTO_TCP;
            if (noDelay && (int) arguments[3] == Constants.TCP_NODELAY) {
              set.add(Memory.getInt((long) arguments[4]));
            }
            return null;
          });
      int accepted = registration.accept();
      Interposed.forget();
      assertTrue(accepted > 0, () -> Errno.name(-accepted));
      assertEquals(wanted == 0 ? List.of() : List.of(1), set);
      kernel.close(accepted);
      kernel.close(client);
      registration.close();
      runUntil(() -> its.closed == 1);
    }
  }

  // Packets of strangers

  /** A socket has another handle, whose owner begins operations with blocks of its own. */
  @Test
  void aPacketOfAnotherOwnersOperationIsNobodys() {
    Registration registration = driver.register(left, Kind.STREAM, told);
    IocpDriver stranger = open();
    int other = kernel.duplicate(left);
    assertTrue(other > 0, () -> Errno.name(-other));
    // Its packet comes to the port of the socket: with the key, and a block that is none of here.
    Slot theirs = stranger.take(null);
    Iovec.set(memory, 0, 0, 0);
    stranger.calls.receive(other, memory, 0, theirs.in.begin(0));
    assertEquals(1, kernel.send(right, memory, 1, 0));
    assertStrange();
    // And with a block of here, of which nothing is under way.
    Slot ours = driver.slots[0];
    while (ours.owner != registration) {
      ours = driver.slots[ours.key + 1];
    }
    assertFalse(ours.in.pending);
    assertEquals(1, kernel.recv(left, second, 10, 0));
    stranger.calls.receive(other, memory, 0, ours.in.begin(0));
    assertEquals(1, kernel.send(right, memory, 1, 0));
    assertStrange();
    // And while operations of here are under way, which it must not end.
    ours.in.pending = true;
    ours.out.pending = true;
    assertEquals(1, kernel.recv(left, second, 10, 0));
    stranger.calls.receive(other, memory, 0, theirs.in.begin(0));
    assertEquals(1, kernel.send(right, memory, 1, 0));
    assertStrange();
    assertTrue(ours.in.pending && ours.out.pending);
    ours.in.pending = false;
    ours.out.pending = false;
    registration.awaitReadable();
    runUntil(() -> told.readable == 1);
    assertEquals(1, registration.read(memory, 100));
    registration.close();
    assertEquals(1, told.closed);
    left = other;
    stranger.close();
  }

  @Test
  void aPacketWithAKeyThatNoSocketHasIsNobodys() {
    for (int key : new int[] {-1, 63, 64, Integer.MAX_VALUE}) {
      IocpDriver its = driver;
      its.giveBack(its.take(null)); // there are 64 keys
      long pair = kernel.socketpair(Constants.AF_INET, Constants.SOCK_STREAM, 0, true);
      int one = (int) pair;
      int two = (int) (pair >>> 32);
      assertEquals(its.port, its.calls.associate(one, its.port, key));
      IocpDriver stranger = open();
      Slot theirs = stranger.take(null);
      Iovec.set(memory, 0, 0, 0);
      stranger.calls.receive(one, memory, 0, theirs.in.begin(0));
      assertEquals(1, kernel.send(two, memory, 1, 0));
      assertStrange();
      kernel.close(one);
      kernel.close(two);
      stranger.close();
    }
  }

  /** A packet comes, and is nobody's. */
  private void assertStrange() {
    assertEquals(0, driver.run(20_000_000_000L));
    assertFalse(Thread.currentThread().isInterrupted(), "what was waited for did not come");
    assertEquals(0, told.readable + told.written + told.failed + told.closed);
  }

  // Sockets that others have opened

  private static List<Integer> noteUnreachable() {
    List<Integer> heard = new ArrayList<>();
    int code = Abi.HOST.value("SIO_UDP_CONNRESET");
    Interposed.watch(
        "WSAIoctl",
        arguments -> {
          if ((int) arguments[2] == code) {
            heard.add(Memory.getInt((long) arguments[3]));
          }
          return null;
        });
    return heard;
  }

  @Test
  void anAdoptedSocketOfDatagramsHearsThatNobodyTookOneIfItHasOnePeer() throws Exception {
    int peer = datagrams();
    bind(peer);
    try (EventLoopGroup group =
        EventLoopGroup.builder().loops(1).transport(new IocpTransport()).build()) {
      for (boolean connected : new boolean[] {false, true}) {
        int one = datagrams();
        bind(one);
        int two = datagrams();
        bind(two);
        if (connected) {
          assertEquals(0, kernel.getsockname(peer));
          assertEquals(0, kernel.connect(one, kernel.address(), kernel.addressLength()));
          assertEquals(0, kernel.getsockname(peer));
          assertEquals(0, kernel.connect(two, kernel.address(), kernel.addressLength()));
        }
        List<Integer> heard = noteUnreachable();
        Socket.ofDescriptor(one).close();
        new Bootstrap(group)
            .type(SocketType.DGRAM)
            .handler(channel -> {})
            .adopt(two)
            .get()
            .close()
            .get();
        int on = connected ? 1 : 0;
        assertEquals(List.of(on, on), heard);
        Interposed.forget();
      }
    }
    List<Integer> heard = noteUnreachable();
    kernel.adopt(left);
    assertEquals(List.of(), heard, "a stream has nothing of the kind");
    kernel.close(peer);
  }

  @Test
  void theFastPathOfTheLoopbackInterfaceIsAskedForWithANumber() throws Exception {
    List<Object> asked = new ArrayList<>();
    int code = Abi.HOST.value("SIO_LOOPBACK_FAST_PATH");
    Interposed.watch(
        "WSAIoctl",
        arguments -> {
          if ((int) arguments[2] != code) {
            return null;
          }
          asked.add(Memory.getInt((long) arguments[3]));
          asked.add(arguments[4]);
          return 0;
        });
    try (Socket socket = Socket.openFor(Ipv4Address.loopback(0))) {
      assertEquals(0, socket.ioctl(code, 1));
    }
    assertEquals(List.of(1, Integer.BYTES), asked);
  }
}
