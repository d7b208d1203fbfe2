package io.gatun.transport.kqueue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.os.Abi;
import io.gatun.os.Constants;
import io.gatun.os.Errno;
import io.gatun.os.Kernel;
import io.gatun.transport.Driver;
import io.gatun.transport.Endpoint;
import io.gatun.transport.Poller;
import io.gatun.transport.ReadinessDriver;
import io.gatun.transport.Registration;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** What only kqueue could do wrong, woken by a user event and by a pipe. */
@ExtendWith(KqueueDouble.class)
@ParameterizedClass(name = "user event: {0}")
@ValueSource(booleans = {true, false})
@Timeout(120)
final class KqueueDriverTest {
  private final boolean userEvent;
  private final Kernel kernel = Kernel.create();
  private final Arena arena = Arena.ofConfined();
  private final long memory = arena.allocate(64 * 1024).address();
  private final List<Integer> writers = new ArrayList<>();
  private Driver driver;

  KqueueDriverTest(boolean userEvent) throws IOException {
    this.userEvent = userEvent;
    driver = new ReadinessDriver(new KqueuePoller(userEvent));
  }

  @BeforeEach
  void bothWaysOfWakingAreThere() {
    assertEquals(0, driver.run(0), () -> "user event: " + userEvent);
  }

  @AfterEach
  void close() {
    driver.close();
    arena.close();
  }

  /** Counts what it is told. */
  private final class End implements Endpoint {
    final Registration registration;
    int readable;
    int written;

    End(int fd) {
      registration = driver.register(fd, Driver.Kind.LOCAL_STREAM, this);
    }

    @Override
    public void connected(int result) {}

    @Override
    public void readable() {
      readable++;
    }

    @Override
    public void written(int result) {
      written++;
    }

    @Override
    public void closed() {}
  }

  private long pair() {
    long pair = kernel.socketpair(Constants.AF_UNIX, Constants.SOCK_STREAM, 0, true);
    assertTrue(pair >= 0);
    return pair;
  }

  private void runDry() {
    int idle = 0;
    while (idle < 2) {
      idle = driver.run(0) == 0 ? idle + 1 : 0;
    }
  }

  @Test
  void whatTheSystemRefusesToWatchIsTold() throws IOException {
    KqueuePoller poller = new KqueuePoller(true);
    try {
      long pair = pair();
      int closed = (int) pair;
      kernel.close(closed);
      kernel.close((int) (pair >>> 32));
      assertEquals(-Errno.EBADF, poller.add(closed, Poller.READ | Poller.WRITE, 1));
    } finally {
      poller.close();
    }
  }

  @Test
  void thatOneOfTwoNotesIsRefusedIsTold() throws IOException {
    KqueuePoller poller = new KqueuePoller(true);
    Consumer<Integer> refuse = KqueueDouble.refuser();
    long pair = pair();
    try {
      refuse.accept(2);
      assertEquals(-Errno.ENOMEM, poller.add((int) pair, Poller.READ | Poller.WRITE, 1));
    } finally {
      poller.close();
      kernel.close((int) pair);
      kernel.close((int) (pair >>> 32));
    }
  }

  @Test
  void aWriterWhoseReaderHasGoneBeforeItIsWatchedIsToldToWrite() throws IOException {
    KqueuePoller poller = new KqueuePoller(userEvent);
    try {
      for (int i = 0; i < 100; i++) { // more than one call has room for
        long pipe = kernel.pipe();
        int writer = (int) (pipe >>> 32);
        kernel.close((int) pipe);
        writers.add(writer);
        assertEquals(0, poller.add(writer, Poller.WRITE, i));
      }
      BitSet told = new BitSet();
      while (told.cardinality() < 100) {
        int count = poller.await(TimeUnit.SECONDS.toNanos(30));
        assertNotEquals(0, count, "who is refused is told all the same");
        for (int i = 0; i < count; i++) {
          assertNotEquals(0, poller.events(i) & Poller.WRITE);
          told.set((int) poller.token(i));
        }
      }
    } finally {
      poller.close();
      writers.forEach(kernel::close);
    }
  }

  @Test
  void aWaitThatIsInterruptedEndsWithoutAnEventAndChangesAreMadeAllTheSame() throws Exception {
    Consumer<Integer> interrupt = KqueueDouble.interrupter();
    KqueuePoller poller = new KqueuePoller(userEvent);
    long pair = pair();
    try {
      interrupt.accept(2);
      assertEquals(0, poller.add((int) pair, Poller.READ | Poller.WRITE, 7));
      assertEquals(0, poller.await(-1));
      assertEquals(1, poller.await(-1), "room to write");
      interrupt.accept(1);
      assertEquals(0, poller.modify((int) pair, Poller.READ, 8));
      assertEquals(1, kernel.send((int) (pair >>> 32), memory, 1, 0));
      assertEquals(1, poller.await(-1));
      assertEquals(8, poller.token(0));
    } finally {
      interrupt.accept(0);
      poller.close();
      kernel.close((int) pair);
      kernel.close((int) (pair >>> 32));
    }
  }

  @Test
  void whatIsRemovedTellsNothingAnyMoreThoughItStaysOpen() throws IOException {
    KqueuePoller poller = new KqueuePoller(userEvent);
    long pair = pair();
    try {
      for (int interest : new int[] {Poller.READ, Poller.WRITE, Poller.READ | Poller.WRITE}) {
        assertEquals(0, poller.add((int) pair, interest, 1));
        assertEquals(0, poller.remove((int) pair, 1));
        assertEquals(1, kernel.send((int) (pair >>> 32), memory, 1, 0));
        assertEquals(0, poller.await(0), () -> "watched for " + interest);
      }
      assertEquals(-Errno.ENOENT, poller.remove((int) pair, 1), "nothing was left to remove");
    } finally {
      poller.close();
      kernel.close((int) pair);
      kernel.close((int) (pair >>> 32));
    }
  }

  @Test
  void aWaitThatCouldNotTellAllTellsTwiceAsManyTheNextTime() throws IOException {
    KqueuePoller poller = new KqueuePoller(userEvent);
    try {
      for (int i = 0; i < 500; i++) {
        long pair = pair();
        writers.add((int) pair);
        writers.add((int) (pair >>> 32));
      }
      for (int fd : writers) {
        assertEquals(0, poller.add(fd, Poller.WRITE, fd));
      }
      List<Integer> told = new ArrayList<>();
      for (int count = poller.await(0); count > 0; count = poller.await(0)) {
        told.add(count);
      }
      assertEquals(List.of(64, 128, 256, 512, 40), told);
    } finally {
      poller.close();
      writers.forEach(kernel::close);
    }
  }

  @Test
  void whatItOpensIsNotInheritedAndClosedWithItOrIfNothingComesOfIt() throws IOException {
    new KqueuePoller(userEvent).close(); // what is loaded and opened the first time
    Set<Integer> before = descriptors();
    KqueuePoller poller = new KqueuePoller(userEvent);
    Set<Integer> opened = descriptors();
    opened.removeAll(before);
    assertNotEquals(Set.of(), opened);
    for (int fd : opened) {
      assertNotEquals(0, flags(fd) & Abi.HOST.value("FD_CLOEXEC"), () -> "descriptor " + fd);
    }
    poller.close();
    assertEquals(before, descriptors());

    KqueueDouble.refuser().accept(1);
    if (userEvent) { // refused, there is the pipe
      new KqueuePoller(true).close();
    } else {
      assertThrows(IOException.class, () -> new KqueuePoller(false));
    }
    assertEquals(before, descriptors());
  }

  private Set<Integer> descriptors() throws IOException {
    Set<Integer> descriptors;
    try (Stream<Path> open = Files.list(Path.of("/dev/fd"))) {
      descriptors =
          open.map(path -> Integer.valueOf(path.getFileName().toString()))
              .collect(Collectors.toCollection(TreeSet::new));
    }
    descriptors.removeIf(fd -> flags(fd) < 0); // the one that listed them
    return descriptors;
  }

  private int flags(int fd) {
    return kernel.fcntl(fd, Abi.HOST.value("F_GETFD"), 0);
  }

  @Test
  void theLongestWaitIsNoneThatTheSystemRefuses() {
    for (long nanos : new long[] {Long.MAX_VALUE, TimeUnit.DAYS.toNanos(10_000), 0, 999_999_999}) {
      driver.wakeup();
      assertEquals(0, driver.run(nanos)); // EINVAL would be told
    }
  }

  @Test
  void aDescriptorThatIsClosedAndReusedBetweenTwoWaitsDeliversNothingToItsNewOwner() {
    for (int round = 0; round < 1000; round++) {
      long first = pair();
      End old = new End((int) first);
      old.registration.awaitReadable();
      assertEquals(0, driver.run(0)); // watched
      int peer = (int) (first >>> 32);
      assertEquals(1, kernel.send(peer, memory, 1, 0)); // under way when the owner goes
      old.registration.close();
      kernel.close(peer);

      long second = pair();
      assertEquals((int) first, (int) second, "the number is the same");
      End owner = new End((int) second);
      owner.registration.awaitReadable();
      assertEquals(0, driver.run(0), "nothing has come for the new owner");
      assertEquals(0, owner.readable);
      assertEquals(0, old.readable);
      assertEquals(1, kernel.send((int) (second >>> 32), memory, 1, 0));
      assertEquals(1, driver.run(TimeUnit.SECONDS.toNanos(30)));
      assertEquals(1, owner.readable, "its own is");
      owner.registration.close();
      kernel.close((int) (second >>> 32));
    }
  }

  @Test
  void tenThousandNotesAreEachToldOnce() {
    List<End> ends = new ArrayList<>();
    for (int i = 0; i < 2500; i++) {
      long pair = pair();
      for (int fd : new int[] {(int) pair, (int) (pair >>> 32)}) {
        kernel.setsockopt(fd, Constants.SOL_SOCKET, Constants.SO_SNDBUF, 4096);
        End end = new End(fd);
        end.registration.awaitReadable();
        while (end.registration.write(memory, 1024) == 1024) {
          // Full: so that room for writing is watched too.
        }
        ends.add(end);
      }
    }
    runDry(); // 5,000 for reading, 5,000 for writing
    for (End end : ends) {
      assertEquals(1, end.readable, "its peer has filled it");
      assertEquals(0, end.written);
    }
    for (End end : ends) {
      while (end.registration.read(memory, 64 * 1024) > 0) {
        // Makes room for the peer.
      }
    }
    runDry();
    for (End end : ends) {
      assertEquals(1, end.readable);
      assertEquals(1, end.written);
      end.registration.close();
    }
    assertEquals(0, driver.run(0));
  }

  /**
   * A pipe that is full takes no signal; Linux makes an edge of it all the same, so none is missed.
   */
  @Test
  void aWakeUpThatWasToldLeavesNothingInThePipe() throws IOException {
    KqueuePoller poller = new KqueuePoller(false);
    try {
      poller.wakeup();
      poller.wakeup();
      assertEquals(1, poller.await(-1));
      int pipe = Objects.requireNonNull(poller.pipe).fd();
      assertEquals(-Errno.EAGAIN, kernel.read(pipe, memory, Long.BYTES)); // an eventfd has 8
    } finally {
      poller.close();
    }
  }

  @Test
  void noWakeUpIsLostHoweverManyThereWere() {
    for (int i = 0; i < 20_000; i++) {
      driver.wakeup();
      assertEquals(0, driver.run(-1));
    }
  }

  @Test
  void wakeUpsFromEightThreadsAreNeverLost() throws Exception {
    for (int round = 0; round < 2000; round++) {
      AtomicInteger done = new AtomicInteger();
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        threads.add(
            Thread.ofVirtual()
                .start(() -> {
                  done.incrementAndGet();
                  driver.wakeup();
                }));
      }
      // Each wait that begins before the last of them must end: a lost one would never.
      while (done.get() < 8) {
        assertEquals(0, driver.run(-1));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      driver.run(0); // those that came after
    }
  }
}
