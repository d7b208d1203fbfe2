package io.gatun.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.os.Abi;
import io.gatun.os.Constants;
import io.gatun.os.Errno;
import io.gatun.os.Kernel;
import io.gatun.os.Memory;
import io.gatun.os.Os;
import io.gatun.transport.Driver;
import io.gatun.transport.Endpoint;
import io.gatun.transport.Registration;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** What a loop asks of its driver, without a loop. */
@OnEachTransport
public final class DriverTest extends Lab {
  private static final long LONG = TimeUnit.SECONDS.toNanos(Task.SECONDS);
  private static final int ROOM = 64 * 1024;
  private static final boolean WINDOWS = Abi.HOST.os() == Os.WINDOWS;

  /** Unix sockets hand over within the call; those of TCP, which Windows's pairs are, later. */
  private static final long DELIVERY = WINDOWS ? TimeUnit.MILLISECONDS.toNanos(20) : 0;

  private static final int EIO = Abi.HOST.errno("EIO");

  private final Driver driver;
  private final Kernel kernel;
  private final List<End> ends = new ArrayList<>();
  private final MemorySegment memory = Arena.ofAuto().allocate(ROOM);

  DriverTest(Lane lane) throws IOException {
    super(lane.family());
    driver = lane.transport().open();
    kernel = driver.kernel();
  }

  @AfterEach
  void closeDriver() {
    ends.forEach(End::close);
    driver.close();
  }

  /** One end of a socket pair: the driver's, or with no registration the test's own. */
  private final class End implements Endpoint {
    final int fd;
    private final Registration registration;
    final List<String> told = new ArrayList<>();
    Runnable onReadable = () -> {};

    End(int fd) {
      this.fd = fd;
      registration = driver.register(fd, Driver.Kind.LOCAL_STREAM, this);
      ends.add(this);
    }

    Registration registration() {
      return registration;
    }

    void close() {
      registration.close();
    }

    int send(int count) {
      return kernel.send(fd, memory.address(), count, 0);
    }

    int read() {
      return registration.read(memory.address(), ROOM);
    }

    @Override
    public void connected(int result) {
      told.add("connected " + result);
    }

    @Override
    public void readable() {
      told.add("readable");
      onReadable.run();
    }

    @Override
    public void written(int result) {
      told.add("written " + result);
    }

    @Override
    public void closed() {
      told.add("closed");
    }
  }

  private record EndPair(End one, End other) {}

  private EndPair socketPair() {
    long fds =
        kernel.socketpair(
            WINDOWS ? Constants.AF_INET : Constants.AF_UNIX, Constants.SOCK_STREAM, 0, true);
    assertTrue(fds >= 0, () -> Errno.name((int) -fds));
    return new EndPair(new End((int) fds), new End((int) (fds >>> 32)));
  }

  /** Runs until nothing is left to tell. */
  private void runDry() {
    int idle = 0;
    while (idle < 2) {
      idle = driver.run(DELIVERY) == 0 ? idle + 1 : 0;
    }
  }

  @Test
  void aWakeUpBeforeTheWaitIsNotLost() {
    driver.wakeup();
    driver.wakeup();
    long start = System.nanoTime();
    assertTrue(driver.run(LONG) >= 0);
    assertTrue(System.nanoTime() - start < LONG / 2);
    driver.wakeup();
    assertTrue(driver.run(-1) >= 0);
  }

  @Test
  void aWakeUpIsNoEndpointThatWasTold() {
    driver.wakeup();
    assertEquals(0, driver.run(-1));
  }

  @Test
  void aWakeUpEndsAWaitThatIsUnderWay() throws Exception {
    for (int i = 0; i < 10; i++) {
      Thread waiter = Thread.currentThread();
      String name = waiter.getName();
      waiter.setName("waiter-" + i); // so that the kernel tells of it
      Task<?> waker =
          Task.start(
              ThreadKind.PLATFORM,
              () -> {
                Task.awaitWaiting(waiter);
                driver.wakeup();
                return null;
              });
      assertTrue(driver.run(-1) >= 0);
      waiter.setName(name);
      waker.result();
    }
  }

  @Test
  void aTimeoutIsNeverEarly() {
    for (long nanos : new long[] {1, 1000, 50_000, 300_000, 999_999, 1_000_001, 2_500_000}) {
      long start = System.nanoTime();
      assertEquals(0, driver.run(nanos));
      long took = System.nanoTime() - start;
      assertTrue(took >= nanos, () -> took + " ns of " + nanos);
    }
  }

  @Test
  void aTimeoutIsExactToLessThanAMillisecond() {
    Assumptions.assumeFalse(WINDOWS, "Windows waits in milliseconds");
    // The shortest of some, since others use the processor too: less than the millisecond that
    // poll(2) and epoll_wait(2) would round up to.
    long shortest = Long.MAX_VALUE;
    for (int i = 0; i < 50; i++) {
      long start = System.nanoTime();
      assertEquals(0, driver.run(100_000));
      shortest = Math.min(shortest, System.nanoTime() - start);
    }
    assertTrue(shortest < 900_000, "100 µs took " + shortest + " ns");
  }

  @Test
  void aRunWithoutTimeDoesNotWait() {
    assertEquals(0, driver.run(0));
  }

  @Test
  void readabilityIsToldOnceForEachTimeItIsAskedForAndNotFromWithin() {
    EndPair pair = socketPair();
    assertEquals(1, pair.other().send(1));
    runDry();
    assertEquals(List.of(), pair.one().told, "nobody asked");
    pair.one().registration().awaitReadable();
    assertEquals(List.of(), pair.one().told, "not from within");
    runDry();
    assertEquals(List.of("readable"), pair.one().told);
    runDry();
    assertEquals(List.of("readable"), pair.one().told, "once");
    pair.one().registration().awaitReadable();
    runDry();
    assertEquals(List.of("readable", "readable"), pair.one().told, "it was not read yet");
    assertEquals(1, pair.one().read());
    assertEquals(-Errno.EAGAIN, pair.one().read());
    pair.one().registration().awaitReadable();
    runDry();
    assertEquals(2, pair.one().told.size());
    assertEquals(1, pair.other().send(1));
    runDry();
    assertEquals(3, pair.one().told.size());
  }

  @Test
  void readabilityThatWasTakenBackIsNotTold() {
    EndPair pair = socketPair();
    pair.one().registration().awaitReadable();
    runDry();
    pair.one().registration().ignoreReadable();
    assertEquals(1, pair.other().send(1));
    runDry();
    assertEquals(List.of(), pair.one().told);
    pair.one().registration().awaitReadable();
    pair.one().registration().ignoreReadable();
    runDry();
    assertEquals(List.of(), pair.one().told);
    pair.one().registration().awaitReadable();
    runDry();
    assertEquals(List.of("readable"), pair.one().told);
  }

  @Test
  void dataThatCameTogetherWithTheEndIsReadBeforeIt() {
    EndPair pair = socketPair();
    assertEquals(100, pair.other().send(100));
    pair.other().close();
    pair.one().registration().awaitReadable();
    runDry();
    assertEquals(100, pair.one().read());
    pair.one().registration().awaitReadable();
    runDry();
    assertEquals(List.of("readable", "readable"), pair.one().told);
    assertEquals(0, pair.one().read());
  }

  @Test
  void anEndThatComesWhileNobodyWaitsIsToldWhenSomebodyDoes() {
    EndPair pair = socketPair();
    pair.one().registration().awaitReadable();
    assertEquals(1, pair.other().send(1));
    runDry();
    assertEquals(1, pair.one().read());
    pair.other().close();
    runDry();
    pair.one().registration().awaitReadable();
    runDry();
    assertEquals(List.of("readable", "readable"), pair.one().told);
    assertEquals(0, pair.one().read());
  }

  @Test
  void aClosedRegistrationIsToldThatAndNothingMore() {
    EndPair pair = socketPair();
    pair.one().registration().awaitReadable();
    assertEquals(1, pair.other().send(1));
    pair.one().close();
    pair.one().close();
    runDry();
    assertEquals(List.of("closed"), pair.one().told);
  }

  @Test
  void oneThatAnotherClosesInTheSameRoundIsToldNothingMore() {
    EndPair first = socketPair();
    EndPair second = socketPair();
    first.one().onReadable = second.one()::close;
    second.one().onReadable = first.one()::close;
    first.one().registration().awaitReadable();
    second.one().registration().awaitReadable();
    assertEquals(0, driver.run(0));
    assertEquals(1, first.other().send(1));
    assertEquals(1, second.other().send(1));
    runDry();
    List<String> all = new ArrayList<>(first.one().told);
    all.addAll(second.one().told);
    all.sort(null);
    assertEquals(List.of("closed", "readable"), all, "the first to be told closed the other");
  }

  @Test
  void theNewOwnerOfADescriptorHearsNothingOfTheOldOnes() {
    EndPair old = socketPair();
    old.one().registration().awaitReadable();
    assertEquals(0, driver.run(0));
    assertEquals(1, old.other().send(1)); // an event is on its way
    int number = old.one().fd;
    old.one().close();
    old.other().close();
    EndPair fresh = socketPair();
    assertTrue(WINDOWS || number == fresh.one().fd, "the system gives the lowest free number");
    fresh.one().registration().awaitReadable();
    fresh.other().registration().awaitReadable();
    runDry();
    assertEquals(List.of(), fresh.one().told);
    assertEquals(List.of(), fresh.other().told);
    assertEquals(1, fresh.other().send(1));
    runDry();
    assertEquals(List.of("readable"), fresh.one().told);
  }

  @Test
  void theNewOwnerOfADescriptorHearsNothingOfTheOldOnesInTheSameRound() {
    EndPair victim = socketPair();
    EndPair closer = socketPair();
    List<EndPair> fresh = new ArrayList<>();
    Runnable swap =
        () -> {
          if (fresh.isEmpty()) {
            victim.one().close();
            closer.one().close();
            EndPair pair = socketPair();
            pair.one().registration().awaitReadable();
            pair.other().registration().awaitReadable();
            fresh.add(pair);
          }
        };
    victim.one().onReadable = swap;
    closer.one().onReadable = swap;
    victim.one().registration().awaitReadable();
    closer.one().registration().awaitReadable();
    assertEquals(0, driver.run(0));
    assertEquals(1, victim.other().send(1));
    assertEquals(1, closer.other().send(1));
    runDry();
    assertEquals(1, fresh.size());
    assertEquals(List.of(), fresh.getFirst().one().told);
    assertEquals(List.of(), fresh.getFirst().other().told);
  }

  @Test
  void aWriteThatTheSocketDoesNotTakeWholeGoesOnWhenThereIsRoom() {
    EndPair pair = socketPair();
    Registration registration = pair.one().registration();
    int taken = fill(pair.one());
    assertEquals(List.of(), pair.one().told, "no room yet");
    makeRoom(pair.other());
    assertEquals(List.of(written(taken)), pair.one().told);
    runDry();
    assertEquals(List.of(written(taken)), pair.one().told, "once");
    assertEquals(10, registration.write(memory.address(), 10));
    pair.other().registration().awaitReadable();
    runDry();
    assertEquals(10, pair.other().read());
  }

  /** Readiness takes nothing over and tells of room; completion takes all over and counts it. */
  private String written(int taken) {
    boolean completion = driver.getClass().getSimpleName().equals("IocpDriver");
    return "written " + (completion ? ROOM - taken : 0);
  }

  /** Writes until a write stays under way. Returns how much of that was taken at once. */
  private int fill(End end) {
    while (true) {
      int taken = end.registration().write(memory.address(), ROOM);
      assertTrue(taken >= 0, () -> Errno.name(-taken));
      if (taken < ROOM) {
        for (int i = 0; i < (WINDOWS ? 5 : 1); i++) { // the system may still move what it has
          runDry();
        }
        if (!end.told.removeIf(told -> told.startsWith("written "))) {
          return taken;
        }
      }
    }
  }

  private void makeRoom(End end) {
    do {
      runDry();
    } while (end.read() > 0);
    runDry();
  }

  @Test
  void aWriteUnderWayEndsWhenNobodyCanReadAnyMore() {
    EndPair pair = socketPair();
    Registration registration = pair.one().registration();
    int ignored = fill(pair.one());
    pair.other().close();
    runDry();
    assertEquals(1, pair.one().told.size());
    assertTrue(pair.one().told.getFirst().startsWith("written "));
    assertTrue(registration.write(memory.address(), 1) < 0);
  }

  @Test
  void aWriteFromSeveralPlacesKeepsTheirOrder() {
    EndPair pair = socketPair();
    for (int i = 0; i < 6; i++) {
      Memory.setByte(memory.address() + i, (byte) i);
    }
    long iovecs = kernel.iovecs();
    io.gatun.os.Iovec.set(iovecs, 0, memory.address() + 3, 3);
    io.gatun.os.Iovec.set(iovecs, 1, memory.address(), 3);
    int taken = pair.one().registration().write(iovecs, 2, 6);
    pair.other().registration().awaitReadable();
    runDry();
    assertEquals(taken == 6 ? List.of() : List.of("written " + (6 - taken)), pair.one().told);
    assertEquals(6, pair.other().registration().read(memory.address() + 100, 100));
    byte[] got = new byte[6];
    Memory.get(memory.address() + 100, got, 0, 6);
    assertEquals("[3, 4, 5, 0, 1, 2]", java.util.Arrays.toString(got));
  }

  /** Opens a file of so many bytes, each another than its neighbours. */
  private int open(int bytes) throws IOException {
    byte[] content = new byte[bytes];
    for (int i = 0; i < bytes; i++) {
      content[i] = inFile(i);
    }
    Path path = Files.write(folder.resolve("datei-ä"), content);
    try (Arena arena = Arena.ofConfined()) {
      int file = kernel.open(arena.allocateFrom(path.toString()).address());
      assertTrue(file >= 0, () -> Errno.name(-file));
      return file;
    }
  }

  private static byte inFile(long place) {
    return (byte) (place * 31 + (place >> 8));
  }

  private static int sentFrom(int result) {
    Assumptions.assumeFalse(result == -Errno.ENOSYS, "no call here sends a file");
    assertTrue(result >= 0, () -> Errno.name(-result));
    return result;
  }

  @Test
  void aPartOfAFileIsWrittenFromItsPlaceAndNothingElse() throws IOException {
    EndPair pair = socketPair();
    Registration registration = pair.one().registration();
    int offset = 1001;
    int count = 3 << 20;
    int file = open(offset + count + 1000);
    try {
      int sent = 0;
      int read = 0;
      boolean underWay = false;
      while (read < count) {
        if (!underWay && sent < count) {
          sent += sentFrom(registration.writeFile(file, offset + sent, count - sent));
          underWay = sent < count;
        }
        int got;
        while ((got = pair.other().read()) > 0) {
          for (int i = 0; i < got; i++, read++) {
            assertEquals(inFile(offset + read), Memory.getByte(memory.address() + i));
          }
        }
        assertEquals(-Errno.EAGAIN, got);
        int result = driver.run(DELIVERY);
        assertTrue(result >= 0, () -> Errno.name(-result));
        for (String told : pair.one().told) {
          sent += sentFrom(Integer.parseInt(told.substring("written ".length())));
          underWay = false;
        }
        pair.one().told.clear();
      }
      assertEquals(count, read);
      assertEquals(count, sent);
      runDry();
      assertEquals(-Errno.EAGAIN, pair.other().read(), "not what stands behind the part");
    } finally {
      assertEquals(0, kernel.closeFile(file));
    }
  }

  @Test
  void aFileThatEndsBeforeItsPartIsAFailure() throws IOException {
    EndPair pair = socketPair();
    Registration registration = pair.one().registration();
    int file = open(1000);
    try {
      int result = registration.writeFile(file, 500, 1000);
      if (result != -EIO) {
        int taken = sentFrom(result);
        runDry();
        String told = pair.one().told.getFirst();
        assertTrue(
            told.equals("written " + -EIO)
                || (told.equals("written 0")
                    && registration.writeFile(file, 500 + taken, 1000 - taken) == -EIO),
            told);
      }
      result = registration.writeFile(file, 1000, 1);
      if (result != -EIO) {
        assertEquals(0, result);
        runDry();
        assertEquals("written " + -EIO, pair.one().told.getLast());
      }
    } finally {
      assertEquals(0, kernel.closeFile(file));
    }
  }

  @Test
  void aFileUnderWayMayBeClosedOnceClosedIsTold() throws IOException {
    EndPair pair = socketPair();
    int count = 16 << 20;
    int file = open(count);
    try {
      int taken = sentFrom(pair.one().registration().writeFile(file, 0, count));
      assertTrue(taken < count);
      pair.one().close();
      runDry();
      assertEquals(List.of("closed"), pair.one().told);
    } finally {
      assertEquals(0, kernel.closeFile(file));
    }
  }

  @Test
  void readingAndWritingWaitAtOnceAndAreToldApart() {
    EndPair pair = socketPair();
    Registration registration = pair.one().registration();
    registration.awaitReadable();
    int taken = fill(pair.one());
    assertEquals(1, pair.other().send(1));
    runDry();
    assertEquals(List.of("readable"), pair.one().told);
    makeRoom(pair.other());
    assertEquals(List.of("readable", written(taken)), pair.one().told);
  }

  @Test
  void manyDescriptorsAreToldInOneRun() {
    List<EndPair> pairs = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      EndPair pair = socketPair();
      pair.one().registration().awaitReadable();
      pairs.add(pair);
    }
    runDry();
    for (EndPair pair : pairs) {
      assertEquals(1, pair.other().send(1));
    }
    runDry();
    for (EndPair pair : pairs) {
      assertEquals(List.of("readable"), pair.one().told);
      pair.one().close();
    }
    EndPair late = socketPair();
    late.one().registration().awaitReadable();
    assertEquals(1, late.other().send(1));
    runDry();
    assertEquals(List.of("readable"), late.one().told);
  }
}
