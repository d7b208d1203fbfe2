package io.gatun.transport.iocp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gatun.address.Address;
import io.gatun.address.Ipv4Address;
import io.gatun.address.Ipv6Address;
import io.gatun.address.Sockaddr;
import io.gatun.os.Abi;
import io.gatun.os.Constants;
import io.gatun.os.Errno;
import io.gatun.os.Memory;
import io.gatun.os.Struct;
import io.gatun.transport.Driver.Kind;
import io.gatun.transport.Registration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the documentation of overlapped sockets asks for, and a program without it seems to do well.
 * The rest of that list is held by others:
 *
 * <ul>
 *   <li>an OVERLAPPED outlives its operation: {@code IocpDriverTest.anOperationsBlock…}, {@code
 *       IocpRaceTest.aPacketThatIsQueued…}; memory and file of a send do: {@code
 *       IocpDriverTest.theMemoryOfAWrite…}; WSABUFs and a connect's address need not: {@code
 *       theArrayOfBuffers…}, {@code aConnectsAddress…}
 *   <li>a packet that comes after CancelIoEx may carry bytes: {@code
 *       IocpRaceTest.aReceiveThatIsCancelled…}, {@code aSendThatIsCancelled…}
 *   <li>FILE_SKIP_COMPLETION_PORT_ON_SUCCESS only where the provider allows, and not for messages:
 *       {@code IocpFaultsTest.whatIsDoneAtOnce…}, {@code IocpDriverTest.whoReadsAMessageAndWaits…}
 *   <li>a socket belongs to one port for life: {@code IocpDriverTest.aSocketBelongsToOnePort…}, and
 *       with it the packets of all who have it: {@code IocpFaultsTest.aPacketOfAnotherOwners…},
 *       {@code aPacketWithAKey…}
 *   <li>AcceptEx accepts into a socket made beforehand: {@code
 *       IocpDriverTest.connectionsThatWait…}, whose options are its listener's: {@code
 *       IocpFaultsTest.anAcceptedSocket…}; ConnectEx wants one that is bound: {@code
 *       IocpDriverTest.aSocketIsBoundBeforeItConnects…}, {@code aSocketThatIsBoundAlready…}; and no
 *       Unix socket: {@code IocpFaultsTest.aUnixSocketConnects…}
 *   <li>SIO_UDP_CONNRESET of sockets that others opened: {@code IocpFaultsTest.anAdoptedSocket…}
 *   <li>receiving is an error before a datagram socket is bound: {@code
 *       IocpFaultsTest.whoReceives…}, {@code aMessageGoes…}, {@code aLoopThatWaits…}
 *   <li>WSASendMsg and WSARecvMsg are for no stream: {@code IocpFaultsTest.aStreamSends…}, {@code
 *       whatWouldGoBeside…}
 *   <li>closesocket of a socket that lingers and does not block fails: {@code
 *       IocpFaultsTest.aSocketThatLingers…}
 *   <li>a call counts its bytes in a DWORD: {@code IocpFaultsTest.moreThanTwoGibibytes…}
 * </ul>
 */
@EnabledOnOs(value = OS.WINDOWS, disabledReason = "completion ports are Windows's")
@Timeout(60)
final class IocpPitfallsTest extends IocpLab {
  private static final int NOT_FOUND = 1168; // ERROR_NOT_FOUND
  private static final long STATUS_PENDING = 0x103;
  private static final int ERROR_HANDLE_EOF = 38;
  private static final int EIO = Abi.HOST.errno("EIO");
  private static final Struct OVERLAPPED = Abi.HOST.struct("_OVERLAPPED");
  private static final int STORAGE = Abi.HOST.struct("sockaddr_storage").size();

  @AfterEach
  void forget() {
    Interposed.forget();
  }

  // Cancelling

  @Test
  void whatHasCompletedIsNotFoundByACancelAndIsToldAllTheSame() {
    Registration registration = driver.register(left, Kind.STREAM, told);
    registration.awaitReadable();
    assertEquals(0, driver.run(0)); // it starts
    Operation receive = null;
    for (Slot slot : driver.slots) {
      receive = slot.in.pending ? slot.in : receive;
    }
    long block = receive == null ? 0 : receive.overlapped();
    long status = block + OVERLAPPED.offset("Internal");
    assertEquals(STATUS_PENDING, Memory.getLong(status));
    assertEquals(5, kernel.send(right, memory, 5, 0));
    while (Memory.getLong(status) == STATUS_PENDING) {
      Thread.onSpinWait(); // the kernel writes it, and tells of it by the packet alone
    }
    assertEquals(-NOT_FOUND, driver.calls.cancel(left));
    assertEquals(0, told.readable);
    runUntil(() -> told.readable == 1);
    assertEquals(5, registration.read(memory, 100));
  }

  /** closesocket ends what is under way only if nobody else has the socket. */
  @Test
  void theOperationsOfASocketWithAnotherHandleEndWithItsClose() {
    Registration registration = driver.register(left, Kind.STREAM, told);
    int other = kernel.duplicate(left);
    assertTrue(other > 0, () -> Errno.name(-other));
    registration.awaitReadable();
    assertEquals(0, driver.run(0)); // it starts
    registration.close();
    left = other;
    runUntil(() -> told.closed == 1);
    assertEquals(5, kernel.send(right, memory, 5, 0));
    assertNotEquals(0, kernel.poll(other, Constants.POLLIN, -1));
    assertEquals(5, kernel.recv(other, memory, 100, 0), "the other goes on");
  }

  // Accepting and connecting

  /** A call of setsockopt or WSAIoctl: on which socket, its number, and the value given. */
  private record Control(int fd, int number, long value) {}

  /** Notes the calls of a function that gives a socket a value. */
  private static List<Control> note(String function) {
    Interposed.assume();
    List<Control> calls = new ArrayList<>();
    boolean option = function.equals("setsockopt");
    Interposed.watch(
        function,
        arguments -> {
          long address = (long) arguments[option ? 4 : 3];
          int length = (int) arguments[option ? 5 : 4];
          long value =
              length == Long.BYTES
                  ? Memory.getLong(address)
                  : length == Integer.BYTES ? Memory.getInt(address) : -1;
          calls.add(new Control((int) arguments[1], (int) arguments[option ? 3 : 2], value));
          return null;
        });
    return calls;
  }

  private static int number(String name) {
    return Abi.HOST.value(name);
  }

  @Test
  void anAcceptedSocketIsGivenTheContextOfItsListener() {
    int listener = listener();
    Registration registration = driver.register(listener, Kind.LISTENER, told);
    registration.awaitReadable();
    int client = connectTo(listener);
    runUntil(() -> told.readable == 1);
    List<Control> calls = note("setsockopt");
    int accepted = registration.accept();
    assertTrue(accepted > 0, () -> Errno.name(-accepted));
    assertEquals(
        List.of(new Control(accepted, number("SO_UPDATE_ACCEPT_CONTEXT"), listener)), calls);
    kernel.close(accepted);
    kernel.close(client);
    registration.close();
    runUntil(() -> told.closed == 1);
  }

  @Test
  void aSocketIsToldThatItIsConnectedBeforeItsOwnerIs() {
    List<Control> calls = note("setsockopt");
    int listener = listener();
    int client = kernel.socket(Constants.AF_INET, Constants.SOCK_STREAM, 0, true);
    List<Control> before = new ArrayList<>();
    Told connecting =
        new Told() {
          @Override
          public void connected(int result) {
            super.connected(result);
            before.addAll(calls);
          }
        };
    Registration registration = driver.register(client, Kind.STREAM, connecting);
    assertEquals(0, kernel.getsockname(listener));
    int result = registration.connect(kernel.address(), kernel.addressLength());
    if (result == 0) {
      before.addAll(calls);
    } else {
      assertEquals(-Errno.EINPROGRESS, result);
      runUntil(() -> connecting.connected == 0);
    }
    assertEquals(List.of(new Control(client, number("SO_UPDATE_CONNECT_CONTEXT"), -1)), before);
    registration.close();
    kernel.close(listener);
  }

  @Test
  void aFailedUpdateOfTheContextIsAFailureToConnectOrAnAcceptThatCameToNothing() {
    Interposed.assume();
    Interposed.watch("setsockopt", arguments -> Interposed.fail(arguments, Errno.ENOTCONN, -1));
    int listener = listener();
    int client = kernel.socket(Constants.AF_INET, Constants.SOCK_STREAM, 0, true);
    Registration accepting = driver.register(listener, Kind.LISTENER, told);
    accepting.awaitReadable();
    Told connecting = new Told();
    Registration registration = driver.register(client, Kind.STREAM, connecting);
    assertEquals(0, kernel.getsockname(listener));
    int result = registration.connect(kernel.address(), kernel.addressLength());
    if (result == -Errno.EINPROGRESS) {
      runUntil(() -> connecting.connected != 1);
      result = connecting.connected;
    }
    assertEquals(-Errno.ENOTCONN, result);
    runUntil(() -> told.readable == 1);
    Set<Integer> sockets = Handles.sockets(kernel);
    assertEquals(-Errno.ECONNABORTED, accepting.accept());
    assertEquals(sockets.size() - 1, Handles.sockets(kernel).size(), "what was accepted is closed");
    registration.close();
    accepting.close();
    runUntil(() -> told.closed == 1);
  }

  @Test
  void bothAddressesOfAcceptExHaveSixteenBytesMoreThanTheLargest() {
    Interposed.assume();
    for (Address address : List.of(Ipv4Address.loopback(0), Ipv6Address.loopback(0))) {
      List<Object> asked = new ArrayList<>();
      Interposed.watch(
          "AcceptEx",
          arguments -> {
            asked.addAll(List.of(arguments[4], arguments[5], arguments[6]));
            return null;
          });
      int listener = listener(address);
      Told its = new Told();
      Registration registration = driver.register(listener, Kind.LISTENER, its);
      registration.awaitReadable();
      int client = connectTo(listener);
      runUntil(() -> its.readable == 1);
      assertEquals(0, asked.get(0), "a connection is told of before its first bytes");
      assertTrue((int) asked.get(1) >= STORAGE + 16, asked::toString);
      assertTrue((int) asked.get(2) >= STORAGE + 16, asked::toString);
      int accepted = registration.accept();
      assertTrue(accepted > 0, () -> Errno.name(-accepted));
      var peer = Sockaddr.decode(driver.kernel.address(), driver.kernel.addressLength());
      assertEquals(0, kernel.getsockname(client));
      assertEquals(Sockaddr.decode(kernel.address(), kernel.addressLength()), peer);
      kernel.close(accepted);
      kernel.close(client);
      registration.close();
      runUntil(() -> its.closed == 1);
    }
  }

  @Test
  void aFailedAcceptGivesItsSocketBackAndTheNextOneAccepts() {
    int listener = listener();
    Set<Integer> sockets = Handles.sockets(kernel);
    Registration registration = driver.register(listener, Kind.LISTENER, told);
    registration.awaitReadable();
    assertEquals(0, driver.run(0)); // it starts
    assertEquals(sockets.size() + 1, Handles.sockets(kernel).size());
    assertEquals(0, driver.calls.cancel(listener));
    runUntil(() -> told.readable == 1);
    assertEquals(sockets, Handles.sockets(kernel));
    assertEquals(-Errno.ECANCELED, registration.accept());
    int client = connectTo(listener);
    registration.awaitReadable();
    runUntil(() -> told.readable == 2);
    int accepted = registration.accept();
    assertTrue(accepted > 0, () -> Errno.name(-accepted));
    kernel.close(accepted);
    kernel.close(client);
    registration.close();
    runUntil(() -> told.closed == 1);
  }

  // Datagrams

  /** Linux, below Wine, tells of no such datagram: that the call is made is all that is seen. */
  @Test
  void onlyADatagramSocketWithOnePeerHearsThatNobodyTookADatagram() {
    List<Control> calls = note("WSAIoctl");
    int socket = kernel.socket(Constants.AF_INET, Constants.SOCK_DGRAM, 0, true);
    int reset = number("SIO_UDP_CONNRESET");
    int expired = number("SIO_UDP_NETRESET");
    assertEquals(
        List.of(new Control(socket, reset, 0), new Control(socket, expired, 0)), take(calls));
    int peer = kernel.socket(Constants.AF_INET, Constants.SOCK_DGRAM, 0, true);
    bind(peer);
    Registration registration = driver.register(socket, Kind.MESSAGE, told);
    assertEquals(0, kernel.getsockname(peer));
    calls.clear();
    assertEquals(0, registration.connect(kernel.address(), kernel.addressLength()));
    assertEquals(
        List.of(new Control(socket, reset, 1), new Control(socket, expired, 1)), take(calls));
    Memory.clear(kernel.address(), STORAGE); // AF_UNSPEC
    assertEquals(0, registration.connect(kernel.address(), 16));
    assertEquals(new Control(socket, reset, 0), calls.get(calls.size() - 2));
    assertEquals(new Control(socket, expired, 0), calls.getLast());
    registration.close();
    kernel.close(peer);
  }

  private static List<Control> take(List<Control> calls) {
    List<Control> taken = List.copyOf(calls);
    calls.clear();
    return taken;
  }

  // Files

  private int file(Path folder, int size) throws IOException {
    Path file = Files.write(folder.resolve("file"), new byte[size]);
    int opened = kernel.open(arena.allocateFrom(file.toString()).address());
    assertTrue(opened >= 0, () -> Errno.name(-opened));
    return opened;
  }

  @Test
  void aFileThatEndsBeforeItsPartIsAnError(@TempDir Path folder) throws Exception {
    Registration registration = driver.register(left, Kind.STREAM, told);
    int file = file(folder, 100);
    for (int offset : new int[] {0, 100}) { // within, and behind
      told.failed = 0;
      int result = registration.writeFile(file, offset, 200);
      if (result == 0) {
        runUntil(() -> told.failed != 0 || told.written > 0);
        result = told.failed;
      }
      assertEquals(-EIO, result);
      assertEquals(0, told.written);
    }
    kernel.closeFile(file);
  }

  /** How Windows sends a file that it has in its cache to a peer that is near. */
  @Test
  void bytesOfAFileThatWereTakenAreToldBeforeTheFailureBehindThem(@TempDir Path folder)
      throws Exception {
    Interposed.assume();
    assumeTrue(driver.isHandle(left), "the provider of TCP here does not hand out real handles");
    Registration registration = driver.register(left, Kind.STREAM, told);
    int part = IocpRegistration.PART;
    int file = file(folder, part);
    List<Object> offsets = new ArrayList<>();
    Interposed.watch(
        "TransmitFile",
        arguments -> {
          long block = (long) arguments[5];
          int offset = Memory.getInt(block + OVERLAPPED.offset("Offset"));
          offsets.add(offset);
          if (offset >= part) {
            return Interposed.fail(arguments, ERROR_HANDLE_EOF, 0);
          }
          Memory.setLong(block + OVERLAPPED.offset("InternalHigh"), part);
          return 1;
        });
    assertEquals(part, registration.writeFile(file, 0, 3 * part));
    assertEquals(0, told.failed, "not from within the call");
    assertEquals(List.of(0, part), offsets);
    runUntil(() -> told.failed != 0);
    assertEquals(-EIO, told.failed);
    assertEquals(0, told.written);
    kernel.closeFile(file);
  }
}
