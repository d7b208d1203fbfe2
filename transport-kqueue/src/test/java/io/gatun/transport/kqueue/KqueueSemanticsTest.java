package io.gatun.transport.kqueue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.os.Abi;
import io.gatun.os.Constants;
import io.gatun.os.Errno;
import io.gatun.os.Kernel;
import io.gatun.os.Memory;
import io.gatun.os.Struct;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What the driver relies on from kqueue(2). On Linux this tests the double; on macOS and the BSDs
 * it tells whether the double does as the kernel does.
 */
@ExtendWith(KqueueDouble.class)
@Timeout(60)
final class KqueueSemanticsTest {
  private static final int ROOM = 16;
  private static final int F_DUPFD = 0; // everywhere

  private final Abi abi = Kqueue.ABI;
  private final Struct kevent = abi.struct("kevent");
  private final int read = abi.value("EVFILT_READ");
  private final int write = abi.value("EVFILT_WRITE");
  private final int user = abi.value("EVFILT_USER");
  private final int add = abi.value("EV_ADD");
  private final int clear = abi.value("EV_CLEAR");
  private final int oneShot = abi.value("EV_ONESHOT");
  private final int dispatch = abi.value("EV_DISPATCH");
  private final int enable = abi.value("EV_ENABLE");
  private final int disable = abi.value("EV_DISABLE");
  private final int delete = abi.value("EV_DELETE");
  private final int receipt = abi.value("EV_RECEIPT");
  private final int error = abi.value("EV_ERROR");
  private final int eof = abi.value("EV_EOF");

  private final Kernel kernel = Kernel.create();
  private final KqueueCalls calls = new KqueueCalls();
  private final Arena arena = Arena.ofConfined();
  private final long buffer = arena.allocate(64 * 1024).address();
  private final long events = arena.allocate((long) ROOM * kevent.size(), 8).address();
  private int kqueue;
  private int left;
  private int right;

  @BeforeEach
  void open() {
    kqueue = calls.create();
    assertTrue(kqueue >= 0);
    openPair();
  }

  private void openPair() {
    long pair = kernel.socketpair(Constants.AF_UNIX, Constants.SOCK_STREAM, 0, true);
    left = (int) pair;
    right = (int) (pair >>> 32);
  }

  @AfterEach
  void close() {
    kernel.close(left);
    kernel.close(right);
    kernel.close(kqueue);
    arena.close();
  }

  private record Event(long ident, int filter, int flags, int fflags, long data, long userData) {}

  private int filter(long event) {
    long raw = kevent.get(event, "filter");
    return kevent.offset("flags") - kevent.offset("filter") == 2 ? (short) raw : (int) raw;
  }

  private Event event(int index) {
    long event = events + (long) index * kevent.size();
    return new Event(
        kevent.get(event, "ident"),
        filter(event),
        (int) kevent.get(event, "flags"),
        (int) kevent.get(event, "fflags"),
        kevent.get(event, "data"),
        kevent.get(event, "udata"));
  }

  private int change(int ident, int filter, int flags, int fflags, long userData) {
    kevent.set(events, "ident", ident);
    kevent.set(events, "filter", filter);
    kevent.set(events, "flags", flags);
    kevent.set(events, "fflags", fflags);
    kevent.set(events, "data", 0);
    kevent.set(events, "udata", userData);
    return calls.change(kqueue, events, 1);
  }

  /** Makes a change and returns the errno of its receipt. */
  private int change(int ident, int filter, int flags, long userData) {
    assertEquals(1, change(ident, filter, flags | receipt, 0, userData));
    assertNotEquals(0, event(0).flags() & error, "a receipt is marked as an error");
    return (int) event(0).data();
  }

  private List<Event> await(long nanos) {
    int count = calls.await(kqueue, events, ROOM, nanos);
    assertTrue(count >= 0, () -> Errno.name(-count));
    return IntStream.range(0, count).mapToObj(this::event).toList();
  }

  private List<Event> now() {
    return await(0);
  }

  private void send(int count) {
    assertEquals(count, kernel.send(right, buffer, count, 0));
  }

  private Event one(List<Event> all) {
    assertEquals(1, all.size(), all::toString);
    return all.getFirst();
  }

  @Test
  void aReceiptIsGivenForWhatWentWellToo() {
    assertEquals(0, change(left, read, add | clear, 1));
  }

  @Test
  void aReceiptBringsNoEventAlong() {
    send(1);
    assertEquals(0, change(left, read, add | clear, 7));
    assertEquals(7, one(now()).userData());
  }

  @Test
  void aDescriptorThatIsNotOpenIsRefused() {
    assertEquals(Errno.EBADF, change(900, read, add | clear, 1));
  }

  @Test
  void aNoteThatIsNotThereCannotBeDeleted() {
    assertEquals(Errno.ENOENT, change(left, read, delete, 1));
  }

  @Test
  void anUnknownFilterIsRefused() {
    assertEquals(Errno.EINVAL, change(left, -99, add, 1));
  }

  @Test
  void anEdgeIsToldOnceAndEachNewOneAgain() {
    change(left, read, add | clear, 5);
    assertEquals(List.of(), now());
    send(3);
    Event event = one(now());
    assertEquals(5, event.userData());
    assertEquals(read, event.filter());
    assertEquals(left, event.ident());
    assertEquals(3, event.data());
    assertEquals(List.of(), now());
    send(1);
    assertEquals(4, one(now()).data(), "more data is a new edge, though the old is unread");
    assertEquals(List.of(), now());
  }

  @Test
  void aLevelIsToldAsLongAsItLasts() {
    change(left, read, add, 5);
    send(1);
    one(now());
    one(now());
    assertEquals(1, kernel.recv(left, buffer, 10, 0));
    assertEquals(List.of(), now());
  }

  @Test
  void theTwoFiltersTellTheirEventsApart() {
    change(left, read, add | clear, 1);
    change(left, write, add | clear, 2);
    assertEquals(2, one(now()).userData(), "room to write, and nothing to read");
    send(1);
    assertEquals(1, one(now()).userData(), "data, and no new room");
  }

  @Test
  void roomAfterAFullBufferIsAnEdge() {
    change(left, write, add | clear, 2);
    one(now());
    while (kernel.send(left, buffer, 64 * 1024, 0) > 0) {
      // Until it is full.
    }
    assertEquals(List.of(), now());
    while (kernel.recv(right, buffer, 64 * 1024, 0) > 0) {
      // Makes room.
    }
    assertEquals(write, one(now()).filter());
  }

  @Test
  void addingAgainChangesTheUserDataAndTellsThePresentState() {
    change(left, read, add | clear, 1);
    send(1);
    one(now());
    change(left, read, add | clear, 2);
    assertEquals(2, one(now()).userData());
  }

  @Test
  void oneShotIsDeletedByItsEvent() {
    change(left, read, add | oneShot, 1);
    send(1);
    one(now());
    assertEquals(List.of(), now());
    assertEquals(Errno.ENOENT, change(left, read, delete, 1));
  }

  @Test
  void dispatchIsDisabledByItsEventAndCanBeEnabled() {
    change(left, read, add | dispatch, 1);
    send(1);
    one(now());
    assertEquals(List.of(), now());
    assertEquals(0, change(left, read, enable, 1));
    one(now());
    assertEquals(0, change(left, read, delete, 1));
  }

  @Test
  void aDisabledNoteTellsNothingUntilEnabled() {
    change(left, read, add | clear, 1);
    assertEquals(0, change(left, read, disable, 1));
    send(1);
    assertEquals(List.of(), now());
    assertEquals(0, change(left, read, enable, 1));
    one(now());
  }

  @Test
  void theEndComesWithTheDataThatIsStillToBeRead() {
    change(left, read, add | clear, 1);
    send(3);
    kernel.shutdown(right, Constants.SHUT_WR);
    Event event = one(now());
    assertNotEquals(0, event.flags() & eof);
    assertEquals(3, event.data());
    assertEquals(3, kernel.recv(left, buffer, 10, 0));
    assertEquals(0, kernel.recv(left, buffer, 10, 0));
  }

  @Test
  void aBrokenConnectionEndsWriting() {
    change(left, write, add | clear, 1);
    one(now());
    kernel.close(right);
    assertNotEquals(0, one(now()).flags() & eof);
  }

  @Test
  void closingTakesTheNotesAwayAndANewOwnerOfTheNumberHasNone() {
    change(left, read, add | clear, 1);
    send(1);
    int number = left;
    kernel.close(left);
    kernel.close(right);
    openPair();
    assertEquals(number, left);
    send(1);
    assertEquals(List.of(), now());
    assertEquals(0, change(left, read, add | clear, 2));
    assertEquals(2, one(now()).userData());
    assertEquals(List.of(), now());
  }

  @Test
  void notesOfOneNumberAreNoneOfItsSecondName() {
    change(left, read, add | clear, 1);
    int second = kernel.fcntl(left, F_DUPFD, 0);
    int number = left;
    kernel.close(left);
    long pair = kernel.socketpair(Constants.AF_UNIX, Constants.SOCK_STREAM, 0, true);
    left = (int) pair;
    int other = (int) (pair >>> 32);
    assertEquals(number, left);
    assertEquals(0, change(left, read, add | clear, 2));
    send(1); // to the second name of what was closed
    assertEquals(List.of(), now().stream().filter(e -> e.userData() == 2).toList());
    assertEquals(1, kernel.send(other, buffer, 1, 0));
    assertEquals(2, one(now()).userData());
    kernel.close(other);
    kernel.close(second);
  }

  @Test
  void aTriggeredEventWakesOnceAndIsNotLost() {
    int trigger = abi.value("NOTE_TRIGGER");
    assertEquals(0, change(0, user, add | clear, 9));
    assertEquals(List.of(), now());
    for (int i = 0; i < 3; i++) {
      assertTrue(change(0, user, receipt, trigger, 9) >= 0);
    }
    Event event = one(await(-1));
    assertEquals(user, event.filter());
    assertEquals(9, event.userData());
    assertEquals(List.of(), now());
  }

  @Test
  void aTriggerEndsAWaitOfAnotherThread() throws Exception {
    assertEquals(0, change(0, user, add | clear, 9));
    long trigger = arena.allocate(kevent.size(), 8).address();
    kevent.set(trigger, "filter", user);
    kevent.set(trigger, "fflags", abi.value("NOTE_TRIGGER"));
    kevent.set(trigger, "udata", 9);
    Thread thread = Thread.ofPlatform().start(() -> KqueueCalls.trigger(kqueue, trigger));
    assertEquals(9, one(await(-1)).userData());
    thread.join();
  }

  /** Newer systems watch it and tell of its end at once; older ones refuse. */
  @Test
  void writingToAPipeThatNobodyReadsIsRefusedOrTold() {
    long pipe = kernel.pipe();
    int writer = (int) (pipe >>> 32);
    kernel.close((int) pipe);
    int refusal = change(writer, write, add | clear, 3);
    if (refusal == 0) {
      assertEquals(3, one(await(-1)).userData());
    } else {
      assertEquals(Errno.EPIPE, refusal);
    }
    kernel.close(writer);
  }

  /** A whole second of nanoseconds is none either, but macOS takes it. */
  @Test
  void aTimeThatIsNoneIsRefused() {
    long timespec = arena.allocate(16, 8).address();
    for (long[] wrong : new long[][] {{-1, 0}, {0, -1}, {0, 1_000_000_001}}) {
      Memory.setLong(timespec, wrong[0]);
      Memory.setLong(timespec + 8, wrong[1]);
      assertEquals(-Errno.EINVAL, calls.awaitAsTold(kqueue, events, ROOM, timespec));
    }
  }

  @Test
  void aWaitLastsItsNanosecondsAndNotMuchLonger() {
    long nanos = TimeUnit.MICROSECONDS.toNanos(300);
    long shortest = Long.MAX_VALUE;
    for (int i = 0; i < 20; i++) {
      long start = System.nanoTime();
      assertEquals(List.of(), await(nanos));
      shortest = Math.min(shortest, System.nanoTime() - start);
    }
    assertTrue(shortest >= nanos);
    assertTrue(shortest < TimeUnit.MILLISECONDS.toNanos(1), "not rounded up to milliseconds");
  }
}
