package io.gatun.transport.iocp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gatun.address.Sockaddr;
import io.gatun.os.Abi;
import io.gatun.os.Constants;
import io.gatun.os.Errno;
import io.gatun.os.Iovec;
import io.gatun.os.Kernel;
import io.gatun.os.Memory;
import io.gatun.transport.Driver.Kind;
import io.gatun.transport.Registration;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What completion ports make hard. */
@EnabledOnOs(value = OS.WINDOWS, disabledReason = "completion ports are Windows's")
@Timeout(60)
final class IocpDriverTest extends IocpLab {
  @Test
  void whoWaitsIsToldOnceAndNotWhileAsking() {
    Registration registration = driver.register(left, Kind.STREAM, told);
    assertEquals(5, kernel.send(right, memory, 5, 0));
    registration.awaitReadable();
    assertEquals(0, told.readable);
    runUntil(() -> told.readable == 1);
    assertEquals(5, registration.read(memory, 100));
    assertEquals(-Errno.EAGAIN, registration.read(memory, 100));
    settle();
    assertEquals(1, told.readable);
  }

  @Test
  void waitingTakesNoBytesAway() {
    Registration registration = driver.register(left, Kind.STREAM, told);
    registration.awaitReadable();
    settle();
    assertEquals(0, told.readable);
    Memory.setLong(memory, 0x1122334455667788L);
    assertEquals(8, kernel.send(right, memory, 8, 0));
    runUntil(() -> told.readable == 1);
    assertEquals(8, registration.read(memory + 64, 100));
    assertEquals(0x1122334455667788L, Memory.getLong(memory + 64));
  }

  @Test
  void aReadThatIsShortIsTheLastUntilMoreComes() {
    Registration registration = driver.register(left, Kind.STREAM, told);
    for (int turn = 1; turn <= 2; turn++) {
      registration.awaitReadable();
      settle();
      assertEquals(turn - 1, told.readable);
      assertEquals(5, kernel.send(right, memory, 5, 0));
      int expected = turn;
      runUntil(() -> told.readable == expected);
      assertEquals(5, registration.read(memory, 100));
    }
  }

  @Test
  void theEndOfAStreamIsReadable() {
    Registration registration = driver.register(left, Kind.STREAM, told);
    registration.awaitReadable();
    assertEquals(0, kernel.shutdown(right, Constants.SHUT_WR));
    runUntil(() -> told.readable == 1);
    assertEquals(0, registration.read(memory, 100));
  }

  @Test
  void aResetIsReadable() {
    Registration registration = driver.register(left, Kind.STREAM, told);
    registration.awaitReadable();
    kernel.setLinger(right, 0);
    kernel.close(right);
    right = -1;
    runUntil(() -> told.readable == 1);
    assertEquals(-Errno.ECONNRESET, registration.read(memory, 100));
  }

  @Test
  void whatAWaitFailedWithIsToldOnce() {
    Registration registration = driver.register(left, Kind.STREAM, told);
    registration.awaitReadable();
    assertEquals(0, driver.run(0)); // it starts
    assertEquals(0, driver.calls.cancel(left));
    runUntil(() -> told.readable == 1);
    assertEquals(-Errno.ECANCELED, registration.read(memory, 100));
    assertEquals(-Errno.EAGAIN, registration.read(memory, 100));
    registration.awaitReadable();
    settle();
    assertEquals(1, told.readable);
  }

  @Test
  void whatCompletesWhileNobodyWaitsIsRemembered() {
    Registration registration = driver.register(left, Kind.STREAM, told);
    registration.awaitReadable();
    assertEquals(0, driver.run(0)); // it starts
    registration.ignoreReadable();
    assertEquals(5, kernel.send(right, memory, 5, 0));
    settle();
    assertEquals(0, told.readable);
    registration.awaitReadable();
    runUntil(() -> told.readable == 1);
    assertEquals(5, registration.read(memory, 100));
  }

  @Test
  void whatIsThereWhenTheRoundBeginsIsToldInIt() {
    assumeTrue(driver.isHandle(left), "the provider of TCP here does not hand out real handles");
    Registration registration = driver.register(left, Kind.STREAM, told);
    registration.awaitReadable();
    assertEquals(5, kernel.send(right, memory, 5, 0));
    assertNotEquals(0, kernel.poll(left, Constants.POLLIN, -1)); // it has come
    assertEquals(1, driver.run(0));
    assertEquals(1, told.readable);
    assertEquals(5, registration.read(memory, 100));
  }

  @Test
  void whoIsBusyReadsWithoutAReceiveAndWaitsForOneOnceThatFoundNothing() {
    assumeTrue(driver.isHandle(left), "the provider of TCP here does not hand out real handles");
    Registration registration = driver.register(left, Kind.STREAM, told);
    registration.awaitReadable();
    assertEquals(5, kernel.send(right, memory, 5, 0));
    assertNotEquals(0, kernel.poll(left, Constants.POLLIN, -1));
    assertEquals(1, driver.run(0));
    assertEquals(5, registration.read(memory, 100));
    registration.awaitReadable();
    assertEquals(1, driver.run(-1), "told that it may try");
    assertEquals(-Errno.EAGAIN, registration.read(memory, 100));
    registration.awaitReadable();
    settle();
    assertEquals(2, told.readable, "once");
    assertEquals(5, kernel.send(right, memory, 5, 0));
    runUntil(() -> told.readable == 3);
    assertEquals(5, registration.read(memory, 100));
  }

  @Test
  void whatThePortTellsIsToldThoughAnotherIsAlwaysBusy() {
    assumeTrue(driver.isHandle(left), "the provider of TCP here does not hand out real handles");
    Told other = new Told();
    driver.register(right, Kind.STREAM, other).awaitReadable();
    assertEquals(0, driver.run(0)); // it starts
    assertEquals(10_000, kernel.send(right, memory, 10_000, 0));
    assertNotEquals(0, kernel.poll(left, Constants.POLLIN, -1));
    Registration busy = driver.register(left, Kind.STREAM, told);
    assertEquals(1, kernel.send(left, memory, 1, 0));
    int rounds = 0;
    while (other.readable == 0) {
      assertTrue(rounds++ < 5_000);
      busy.awaitReadable();
      assertTrue(driver.run(-1) >= 0);
      assertEquals(rounds, told.readable);
      assertEquals(1, busy.read(memory, 1));
    }
  }

  @Test
  void anOwnerThatThrowsKeepsNoOtherFromBeingTold() {
    Told throwing =
        new Told() {
          @Override
          public void readable() {
            super.readable();
            throw new IllegalStateException("on purpose");
          }
        };
    Registration first = driver.register(left, Kind.STREAM, throwing);
    Registration second = driver.register(right, Kind.STREAM, told);
    for (boolean there : new boolean[] {false, true}) { // by packets, then at once
      throwing.readable = 0;
      told.readable = 0;
      if (!there) {
        first.awaitReadable();
        second.awaitReadable();
        assertEquals(0, driver.run(0)); // they start
      }
      assertEquals(1, second.write(memory, 1));
      assertEquals(1, first.write(memory, 1));
      if (there) {
        assertNotEquals(0, kernel.poll(left, Constants.POLLIN, -1));
        assertNotEquals(0, kernel.poll(right, Constants.POLLIN, -1));
        first.awaitReadable();
        second.awaitReadable();
      }
      while (throwing.readable == 0 || told.readable == 0) {
        try {
          run(driver);
        } catch (IllegalStateException e) {
          assertEquals(1, throwing.readable);
        }
      }
      assertEquals(1, first.read(memory, 10));
      assertEquals(1, second.read(memory, 10));
    }
  }

  @Test
  void manyLoopsLeaveNoHandleOfAnyKind() {
    int loops = 200;
    int before = 0;
    for (int i = -10; i < loops; i++) {
      if (i == 0) { // what is opened once for the whole process is open
        before = Handles.all(kernel).size();
      }
      IocpDriver its = open();
      Told end = new Told();
      long pair = kernel.socketpair(Constants.AF_INET, Constants.SOCK_STREAM, 0, true);
      Registration registration = its.register((int) pair, Kind.STREAM, end);
      registration.awaitReadable();
      assertEquals(0, its.run(0)); // it starts
      int listener = listener();
      Registration accepting = its.register(listener, Kind.LISTENER, end);
      accepting.awaitReadable();
      assertEquals(0, its.run(0));
      registration.close();
      accepting.close();
      while (end.closed < 2) {
        run(its);
      }
      its.close();
      kernel.close((int) (pair >>> 32));
    }
    int after = Handles.all(kernel).size();
    // The runtime's own threads come and go.
    assertTrue(after - before < loops / 2, () -> after + " handles");
  }

  @Test
  void aSocketBelongsToOnePortForLife() {
    driver.register(left, Kind.STREAM, new Told());
    IocpDriver first = driver;
    driver = open();
    Registration second = driver.register(left, Kind.STREAM, told);
    assertEquals(-Errno.EINVAL, second.write(memory, 1));
    second.awaitReadable();
    runUntil(() -> told.readable == 1);
    assertEquals(-Errno.EINVAL, second.read(memory, 1));
    first.close();
  }

  @Test
  void anOperationsBlockOutlivesTheClose() {
    Registration registration = driver.register(left, Kind.STREAM, told);
    registration.awaitReadable();
    assertEquals(0, driver.run(0)); // it starts
    registration.close();
    assertEquals(0, told.closed, "its packet has not come");
    runUntil(() -> told.closed == 1);
    settle();
    assertEquals(1, told.closed);
    assertEquals(0, told.readable);
    left = -1;
  }

  @Test
  void aSocketWithNothingUnderWayIsClosedAtOnce() {
    driver.register(left, Kind.STREAM, told).close();
    assertEquals(1, told.closed);
    left = -1;
  }

  @Test
  void blocksAreUsedAgain() {
    for (int i = 0; i < 1000; i++) {
      int socket = kernel.socket(Constants.AF_INET, Constants.SOCK_DGRAM, 0, true);
      bind(socket);
      Told its = new Told();
      Registration registration = driver.register(socket, Kind.MESSAGE, its);
      registration.awaitReadable();
      assertEquals(0, driver.run(0)); // it starts
      registration.close();
      runUntil(() -> its.closed == 1);
    }
    assertEquals(64, driver.slots.length);
  }

  @Test
  void aWriteThatPendsIsCountedWhenItEndsAndItsBytesAreThoseOfItsPlace() {
    for (long i = 0; i < LARGE; i += Long.BYTES) { // no part is like another
      source.set(ValueLayout.JAVA_LONG, i, i);
    }
    Registration registration = driver.register(left, Kind.STREAM, told);
    long taken = 0;
    int result;
    do {
      result = registration.write(memory, LARGE);
      taken += result;
    } while (result == LARGE);
    taken += IocpRegistration.PART; // is under way
    MemorySegment into = arena.allocate(1 << 20);
    long read = 0;
    while (read < taken) {
      long place = read % LARGE;
      int room = (int) Math.min(into.byteSize(), LARGE - place);
      int count = kernel.recv(right, into.address(), room, 0);
      if (count > 0) {
        assertEquals(-1, into.asSlice(0, count).mismatch(source.asSlice(place, count)));
        read += count;
      } else {
        assertEquals(-Errno.EAGAIN, count);
        assertNotEquals(0, kernel.poll(right, Constants.POLLIN, -1));
      }
    }
    runUntil(() -> told.written == IocpRegistration.PART);
  }

  @Test
  void theMemoryOfAWriteStaysUntilClosedIsTold() {
    Registration registration = driver.register(left, Kind.STREAM, told);
    while (registration.write(memory, LARGE) == LARGE) {
      // until one is under way
    }
    registration.close();
    assertEquals(0, told.closed);
    runUntil(() -> told.closed == 1);
    left = -1;
  }

  @Test
  void theArrayOfBuffersMayBeForgottenAfterTheCall() {
    Registration registration = driver.register(left, Kind.STREAM, told);
    int part = IocpRegistration.PART;
    long sent = 0;
    int taken;
    do {
      Iovec.set(kernel.iovecs(), 0, memory, part / 2);
      Iovec.set(kernel.iovecs(), 1, memory + part / 2, part / 2);
      taken = registration.write(kernel.iovecs(), 2, part);
      Memory.clear(kernel.iovecs(), 2L * Iovec.SIZE);
      sent += part;
    } while (taken == part);
    assertEquals(0, taken, "it is under way");
    long read = 0;
    while (read < sent) {
      read += Math.max(0, kernel.recv(right, memory, LARGE, 0));
      driver.run(0);
    }
    runUntil(() -> told.written == part);
    assertEquals(0, told.failed);
  }

  @Test
  void anAcceptedSocketKnowsItsAddressesAndCanBeShutDown() {
    int listener = listener();
    Registration registration = driver.register(listener, Kind.LISTENER, told);
    registration.awaitReadable();
    settle();
    assertEquals(-Errno.EAGAIN, registration.accept());
    int client = connectTo(listener);
    runUntil(() -> told.readable == 1);
    int accepted = registration.accept();
    assertTrue(accepted > 0, () -> Errno.name(-accepted));
    var peer = Sockaddr.decode(driver.kernel.address(), driver.kernel.addressLength());
    assertEquals(0, kernel.getsockname(client));
    assertEquals(Sockaddr.decode(kernel.address(), kernel.addressLength()), peer);
    assertEquals(0, kernel.getsockname(accepted));
    var local = Sockaddr.decode(kernel.address(), kernel.addressLength());
    assertEquals(0, kernel.getsockname(listener));
    assertEquals(Sockaddr.decode(kernel.address(), kernel.addressLength()), local);
    assertEquals(0, kernel.shutdown(accepted, Constants.SHUT_WR));
    assertEquals(0, kernel.recv(client, memory, 10, 0));
    kernel.close(accepted);
    kernel.close(client);
    registration.close();
    runUntil(() -> told.closed == 1);
  }

  @Test
  void connectionsThatWaitAreAcceptedInOneRound() {
    int listener = listener();
    int[] clients = new int[10];
    for (int i = 0; i < clients.length; i++) {
      clients[i] = connectTo(listener);
    }
    Registration registration = driver.register(listener, Kind.LISTENER, told);
    registration.awaitReadable();
    int accepted = 0;
    for (int rounds = 0; accepted < clients.length; rounds++) {
      int before = told.readable;
      runUntil(() -> told.readable > before);
      int connection;
      while ((connection = registration.accept()) >= 0) {
        accepted++;
        kernel.close(connection);
      }
      assertEquals(-Errno.EAGAIN, connection);
      registration.awaitReadable();
      assertTrue(rounds < clients.length);
    }
    for (int client : clients) {
      kernel.close(client);
    }
    registration.close();
    runUntil(() -> told.closed == 1);
  }

  @Test
  void closingAListenerEndsItsAccept() {
    int listener = listener();
    Registration registration = driver.register(listener, Kind.LISTENER, told);
    registration.awaitReadable();
    assertEquals(0, driver.run(0)); // it starts
    registration.close();
    runUntil(() -> told.closed == 1);
    assertEquals(0, told.readable);
  }

  @Test
  void aSocketIsBoundBeforeItConnectsAndCanBeShutDownAfter() {
    int listener = listener();
    int client = kernel.socket(Constants.AF_INET, Constants.SOCK_STREAM, 0, true);
    Registration registration = driver.register(client, Kind.STREAM, told);
    assertEquals(0, kernel.getsockname(listener));
    int result = registration.connect(kernel.address(), kernel.addressLength());
    if (result != 0) {
      assertEquals(-Errno.EINPROGRESS, result);
      runUntil(() -> told.connected != 1);
      assertEquals(0, told.connected);
    }
    assertEquals(0, kernel.getpeername(client));
    assertEquals(0, kernel.shutdown(client, Constants.SHUT_WR));
    registration.close();
    kernel.close(listener);
  }

  @Test
  void aSocketThatIsBoundAlreadyConnectsFromThere() {
    int listener = listener();
    int client = kernel.socket(Constants.AF_INET, Constants.SOCK_STREAM, 0, true);
    bind(client);
    Registration registration = driver.register(client, Kind.STREAM, told);
    assertEquals(0, kernel.getsockname(listener));
    int result = registration.connect(kernel.address(), kernel.addressLength());
    assertTrue(result == 0 || result == -Errno.EINPROGRESS, () -> Errno.name(-result));
    if (result != 0) {
      runUntil(() -> told.connected != 1);
      assertEquals(0, told.connected);
    }
    registration.close();
    kernel.close(listener);
  }

  @Test
  void aRefusedConnectIsTold() {
    int nobody = kernel.socket(Constants.AF_INET, Constants.SOCK_STREAM, 0, true);
    bind(nobody);
    int client = kernel.socket(Constants.AF_INET, Constants.SOCK_STREAM, 0, true);
    Registration registration = driver.register(client, Kind.STREAM, told);
    assertEquals(0, kernel.getsockname(nobody));
    int result = registration.connect(kernel.address(), kernel.addressLength());
    if (result == -Errno.EINPROGRESS) {
      runUntil(() -> told.connected != 1);
      result = told.connected;
    }
    assertEquals(-Errno.ECONNREFUSED, result);
    registration.close();
    assertEquals(1, told.closed);
    kernel.close(nobody);
  }

  @Test
  void aMessageIsNotTakenAwayByWaitingForIt() {
    int receiver = kernel.socket(Constants.AF_INET, Constants.SOCK_DGRAM, 0, true);
    bind(receiver);
    int sender = kernel.socket(Constants.AF_INET, Constants.SOCK_DGRAM, 0, true);
    Registration registration = driver.register(receiver, Kind.MESSAGE, told);
    for (int length : new int[] {100, 1, 0, 1400}) {
      int before = told.readable;
      registration.awaitReadable();
      settle();
      assertEquals(before, told.readable);
      assertEquals(0, kernel.getsockname(receiver));
      assertEquals(
          length,
          kernel.sendto(sender, memory, length, 0, kernel.address(), kernel.addressLength()));
      runUntil(() -> told.readable == before + 1);
      assertEquals(length, registration.read(memory, 2000));
      assertEquals(-Errno.EAGAIN, registration.read(memory, 2000));
    }
    registration.close();
    runUntil(() -> told.closed == 1);
    kernel.close(sender);
  }

  @Test
  void aMessageThatIsThereAlreadyIsToldOfOnce() {
    int receiver = kernel.socket(Constants.AF_INET, Constants.SOCK_DGRAM, 0, true);
    bind(receiver);
    int sender = kernel.socket(Constants.AF_INET, Constants.SOCK_DGRAM, 0, true);
    Registration registration = driver.register(receiver, Kind.MESSAGE, told);
    assertEquals(0, kernel.getsockname(receiver));
    int length = kernel.addressLength();
    assertEquals(10, kernel.sendto(sender, memory, 10, 0, kernel.address(), length));
    registration.awaitReadable(); // fails at once with WSAEMSGSIZE, and has a packet
    runUntil(() -> told.readable == 1);
    assertEquals(10, registration.read(memory, 2000));
    settle();
    assertEquals(1, told.readable);
    registration.close();
    settle();
    assertEquals(1, told.closed);
    kernel.close(sender);
  }

  /** Its peek fails at once, and has a packet: told before that, one would be told twice. */
  @Test
  void whoReadsAMessageAndWaitsAtOnceIsNotToldOfItAgain() {
    int receiver = kernel.socket(Constants.AF_INET, Constants.SOCK_DGRAM, 0, true);
    bind(receiver);
    Registration[] its = new Registration[1];
    Told reading =
        new Told() {
          @Override
          public void readable() {
            super.readable();
            assertEquals(readable == 1 ? 10 : -Errno.EAGAIN, its[0].read(memory, 2000));
            int none = its[0].read(memory, 2000);
            assertEquals(-Errno.EAGAIN, none);
            its[0].awaitReadable();
          }
        };
    its[0] = driver.register(receiver, Kind.MESSAGE, reading);
    assertEquals(0, kernel.getsockname(receiver));
    int length = kernel.addressLength();
    assertEquals(10, kernel.sendto(receiver, memory, 10, 0, kernel.address(), length));
    assertNotEquals(0, kernel.poll(receiver, Constants.POLLIN, -1));
    its[0].awaitReadable();
    runUntil(() -> reading.readable == 1);
    settle();
    assertEquals(1, reading.readable);
    its[0].close();
    runUntil(() -> reading.closed == 1);
  }

  @Test
  void aMessageThatNobodyTookDoesNotFailTheNextReceive() {
    int sender = kernel.socket(Constants.AF_INET, Constants.SOCK_DGRAM, 0, true);
    bind(sender);
    int nobody = kernel.socket(Constants.AF_INET, Constants.SOCK_DGRAM, 0, true);
    bind(nobody);
    assertEquals(0, kernel.getsockname(nobody));
    kernel.close(nobody);
    Registration registration = driver.register(sender, Kind.MESSAGE, told);
    registration.awaitReadable();
    assertEquals(1, kernel.sendto(sender, memory, 1, 0, kernel.address(), kernel.addressLength()));
    settle();
    assertEquals(0, told.readable);
    assertEquals(-Errno.EAGAIN, registration.read(memory, 100));
    registration.close();
    runUntil(() -> told.closed == 1);
  }

  @Test
  void whatIsDoneAtOnceHasNoPacketWhereTheProviderAllows() {
    assumeTrue(driver.isHandle(left), "the provider of TCP here does not hand out real handles");
    Registration registration = driver.register(left, Kind.STREAM, told);
    assertEquals(10, registration.write(memory, 10));
    settle();
    assertEquals(0, told.written);
  }

  @Test
  void aConnectsAddressMayBeForgottenAfterTheCall() {
    int listener = listener();
    int client = kernel.socket(Constants.AF_INET, Constants.SOCK_STREAM, 0, true);
    Registration registration = driver.register(client, Kind.STREAM, told);
    assertEquals(0, kernel.getsockname(listener));
    int result = registration.connect(kernel.address(), kernel.addressLength());
    Memory.clear(kernel.address(), kernel.addressLength());
    if (result == -Errno.EINPROGRESS) {
      runUntil(() -> told.connected != 1);
      result = told.connected;
    }
    assertEquals(0, result);
    registration.close();
    kernel.close(listener);
  }

  @Test
  void moreBuffersThanArePartOfOneSendGoOutInOrder() {
    Registration registration = driver.register(left, Kind.STREAM, told);
    int length = 10_000;
    for (int i = 0; i < Kernel.IOVECS; i++) {
      Memory.setByte(memory + (long) i * length, (byte) i);
      Iovec.set(kernel.iovecs(), i, memory + (long) i * length, length);
    }
    int total = Kernel.IOVECS * length;
    int taken = registration.write(kernel.iovecs(), Kernel.IOVECS, total);
    assertTrue(taken >= 0, () -> Errno.name(-taken));
    long to = memory + LARGE / 2;
    int read = 0;
    // What was not handed over yet is written when the part before it is sent.
    while (read < taken + told.written) {
      int count = kernel.recv(right, to + read, LARGE / 2 - read, 0);
      read += Math.max(0, count);
      assertTrue(driver.run(0) >= 0);
    }
    for (int i = 0; i < read / length; i++) {
      assertEquals((byte) i, Memory.getByte(to + (long) i * length));
    }
    assertTrue(read >= length);
  }

  @Test
  void bytesThatWereTakenAreToldBeforeTheFailureBehindThem() {
    assumeTrue(driver.isHandle(left), "the provider of TCP here does not hand out real handles");
    Registration registration = driver.register(left, Kind.STREAM, told);
    Iovec.set(kernel.iovecs(), 0, memory, 10);
    Iovec.set(kernel.iovecs(), 1, 1, IocpRegistration.PART); // no memory of this process
    assertEquals(10, registration.write(kernel.iovecs(), 2, 10 + IocpRegistration.PART));
    assertEquals(0, told.failed, "not from within the call");
    registration.awaitReadable();
    runUntil(() -> told.failed != 0);
    assertEquals(-Errno.EFAULT, told.failed);
    assertNotEquals(0, kernel.poll(right, Constants.POLLIN, -1));
    assertEquals(10, kernel.recv(right, memory, 100, 0));
    assertEquals(1, kernel.send(right, memory, 1, 0));
    runUntil(() -> told.readable == 1);
  }

  @Test
  void aFailureBehindBytesThatWereTakenIsNotToldAfterTheClose() {
    assumeTrue(driver.isHandle(left), "the provider of TCP here does not hand out real handles");
    Registration registration = driver.register(left, Kind.STREAM, told);
    Iovec.set(kernel.iovecs(), 0, memory, 10);
    Iovec.set(kernel.iovecs(), 1, 1, IocpRegistration.PART);
    assertEquals(10, registration.write(kernel.iovecs(), 2, 10 + IocpRegistration.PART));
    registration.close();
    settle();
    assertEquals(0, told.failed);
    assertEquals(1, told.closed);
  }

  @Test
  void noBytesOfAFileAreNotAllOfIt() {
    Registration registration = driver.register(left, Kind.STREAM, told);
    assertEquals(0, registration.writeFile(-1, 0, 0));
  }

  @Test
  void windowsOwnNumbersAreErrnos() {
    assertEquals(-Abi.HOST.errno("ENOMEM"), IocpCalls.errno(8));
    assertEquals(-Errno.EACCES, IocpCalls.errno(5));
    assertEquals(-Errno.ECANCELED, IocpCalls.errno(995));
    assertEquals(-Abi.HOST.errno("ENOBUFS"), IocpCalls.errno(1450));
  }

  @Test
  void aWakeupEndsTheWaitOfAnotherThread() throws Exception {
    Thread waker = new Thread(driver::wakeup);
    waker.start();
    assertEquals(0, driver.run(-1) & ~1);
    waker.join();
    assertFalse(waker.isAlive());
  }
}
