package io.gatun.transport.iocp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.os.Constants;
import io.gatun.os.Errno;
import io.gatun.os.Kernel;
import io.gatun.os.Memory;
import io.gatun.transport.Driver.Kind;
import io.gatun.transport.Endpoint;
import io.gatun.transport.Registration;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Cancelling and closing at any moment of an operation's life: no byte, block or handle goes. */
@EnabledOnOs(value = OS.WINDOWS, disabledReason = "completion ports are Windows's")
@Timeout(60)
final class IocpRaceTest {
  private static final int ROUNDS = 300;
  private static final int ROOM = 1 << 20;

  private final Random random = new Random(11);
  private final Kernel kernel = Kernel.create();
  private final Kernel peerKernel = Kernel.create();
  private final Arena arena = Arena.ofShared();
  private final long memory = arena.allocate(ROOM, 8).address();
  private final long peerMemory = arena.allocate(ROOM, 8).address();
  private final Set<Integer> before = Handles.sockets(kernel);
  private final IocpDriver driver = new IocpDriver();

  IocpRaceTest() throws IOException {}

  @AfterEach
  void nothingIsLeft() {
    driver.close();
    arena.close();
    assertEquals(before, Handles.sockets(kernel), "sockets were not given back");
  }

  private static final class Told implements Endpoint {
    int readable;
    int written;
    int failed;
    int closed;

    @Override
    public void connected(int result) {}

    @Override
    public void readable() {
      readable++;
    }

    @Override
    public void written(int result) {
      if (result < 0) {
        failed = result;
      } else {
        written += result;
      }
    }

    @Override
    public void closed() {
      closed++;
    }
  }

  private void run() {
    IocpLab.run(driver);
  }

  private long pair() {
    long pair = kernel.socketpair(Constants.AF_INET, Constants.SOCK_STREAM, 0, true);
    assertTrue(pair >= 0, () -> Errno.name((int) -pair));
    return pair;
  }

  private void spin() {
    for (int i = random.nextInt(20_000); i > 0; i--) {
      Thread.onSpinWait();
    }
  }

  /** The byte at a place of the stream. */
  private static byte at(long place) {
    return (byte) (place * 31 + (place >> 8));
  }

  /** Reads what is there; all of it must be what comes next. Returns how much, or a failure. */
  private static int take(int result, long from, long memory) {
    for (int i = 0; i < result; i++) {
      assertEquals(at(from + i), Memory.getByte(memory + i));
    }
    return result;
  }

  @Test
  void aReceiveThatIsCancelledWhileBytesComeLosesNone() throws Exception {
    long pair = pair();
    int left = (int) pair;
    int right = (int) (pair >>> 32);
    Told told = new Told();
    Registration registration = driver.register(left, Kind.STREAM, told);
    int total = ROUNDS * 100;
    for (int i = 0; i < total; i++) {
      Memory.setByte(peerMemory + i, at(i));
    }
    Thread sender =
        new Thread(() -> {
          Random its = new Random(12);
          for (int sent = 0; sent < total; ) {
            for (int i = its.nextInt(20_000); i > 0; i--) {
              Thread.onSpinWait();
            }
            int part = Math.min(1 + its.nextInt(200), total - sent);
            sent += Math.max(0, peerKernel.send(right, peerMemory + sent, part, 0));
          }
        });
    sender.start();
    int received = 0;
    int cancelled = 0;
    while (received < total) {
      int turn = told.readable;
      registration.awaitReadable();
      assertTrue(driver.run(0) >= 0); // it starts
      spin();
      driver.calls.cancel(left);
      while (told.readable == turn) {
        run();
      }
      int result;
      while ((result = take(registration.read(memory, 1000), received, memory)) > 0) {
        received += result;
      }
      assertTrue(result == -Errno.EAGAIN || result == -Errno.ECANCELED, Errno.name(-result));
      cancelled += result == -Errno.ECANCELED ? 1 : 0;
    }
    sender.join();
    assertEquals(total, received);
    assertTrue(cancelled > 0, "no cancel was ever in time");
    registration.close();
    while (told.closed == 0) {
      run();
    }
    kernel.close(right);
  }

  @Test
  void aSendThatIsCancelledWhileBytesGoHasSentWhatItTold() throws Exception {
    for (int round = 0; round < ROUNDS / 10; round++) {
      long pair = pair();
      int left = (int) pair;
      int right = (int) (pair >>> 32);
      Told told = new Told();
      Registration registration = driver.register(left, Kind.STREAM, told);
      for (int i = 0; i < ROOM; i++) {
        Memory.setByte(memory + i, at(i));
      }
      // The stream repeats every ROOM bytes. Written until one is under way.
      long taken = 0;
      int result;
      do {
        int from = (int) (taken % ROOM);
        int length = Math.min(100_000, ROOM - from);
        result = registration.write(memory + from, length);
        assertTrue(result >= 0, Errno.name(-result));
        taken += result;
        if (result < length) {
          break;
        }
      } while (true);
      long[] received = new long[1];
      Thread reader =
          new Thread(() -> {
            int count;
            do {
              while (peerKernel.poll(right, Constants.POLLIN, -1) == -Errno.EINTR) {
                // again
              }
              count = peerKernel.recv(right, peerMemory, 10_000, 0);
              for (int i = 0; i < count; i++) {
                assertEquals(at((received[0] + i) % ROOM), Memory.getByte(peerMemory + i));
              }
              received[0] += Math.max(count, 0);
            } while (count > 0 || count == -Errno.EAGAIN);
          });
      reader.start();
      spin();
      driver.calls.cancel(left);
      while (told.written == 0 && told.failed == 0) {
        run();
      }
      registration.close();
      assertEquals(1, told.closed, "nothing was under way any more");
      reader.join();
      kernel.close(right);
      assertTrue(received[0] >= taken + told.written, "lost what it told");
    }
  }

  @Test
  void aCloseAtAnyMomentIsToldOnceAndGivesTheBlocksBack() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      long pair = pair();
      int right = (int) (pair >>> 32);
      Told told = new Told();
      Registration registration = driver.register((int) pair, Kind.STREAM, told);
      registration.awaitReadable();
      if (random.nextBoolean()) {
        while (registration.write(memory, ROOM) == ROOM) {
          // until one is under way
        }
      }
      Thread peer =
          new Thread(() -> {
            peerKernel.send(right, peerMemory, 100, 0);
            for (int i = 0; i < 50; i++) {
              peerKernel.recv(right, peerMemory, ROOM, 0);
            }
          });
      peer.start();
      spin();
      if (random.nextBoolean()) {
        driver.run(0);
      }
      int readable = told.readable;
      registration.close();
      while (told.closed == 0) {
        run();
      }
      assertEquals(readable, told.readable, "told after its close");
      peer.join();
      kernel.close(right);
    }
    driver.run(0);
    assertEquals(64, driver.slots.length);
  }

  @Test
  void aPacketThatIsQueuedWhenItsSocketClosesStillFindsItsBlock() {
    for (int round = 0; round < ROUNDS; round++) {
      long pair = pair();
      int right = (int) (pair >>> 32);
      Told told = new Told();
      Registration registration = driver.register((int) pair, Kind.STREAM, told);
      registration.awaitReadable();
      assertEquals(0, driver.run(0));
      assertEquals(1, kernel.send(right, memory, 1, 0));
      spin(); // the packet comes; nobody takes it yet
      registration.close(); // CancelIoEx finds nothing
      // The next socket has its number, and must not have its packet.
      long next = pair();
      Told its = new Told();
      Registration other = driver.register((int) next, Kind.STREAM, its);
      other.awaitReadable();
      while (told.closed == 0) {
        run();
      }
      assertEquals(0, told.readable);
      assertEquals(0, its.readable);
      assertEquals(0, its.closed);
      other.close();
      while (its.closed == 0) {
        run();
      }
      kernel.close(right);
      kernel.close((int) (next >>> 32));
    }
    assertEquals(64, driver.slots.length);
  }
}
