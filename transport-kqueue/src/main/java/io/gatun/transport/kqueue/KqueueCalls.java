package io.gatun.transport.kqueue;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.gatun.os.Native;
import io.gatun.os.Timespec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The system calls of kqueue(2), one method each; failures are negative errnos. With {@link Kqueue}
 * the only foreign calls of this module. One thread at a time may use an instance, but for {@link
 * #trigger}.
 */
final class KqueueCalls {
  /**
   * macOS takes no time above 2^31 seconds, and once took 10^8; to wake once a year costs little.
   */
  private static final long LONGEST = 365L * 24 * 3600 * 1_000_000_000;

  private static final MethodHandle KQUEUE =
      Native.capturing(symbol("kqueue"), Kqueue.ABI, "kqueue", JAVA_INT);

  // int kevent(int kq, const struct kevent *changelist, int nchanges, struct kevent *eventlist,
  //            int nevents, const struct timespec *timeout);
  // On NetBSD, numbers of events are size_t.
  private static final MemoryLayout[] ARGUMENTS = {
    JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG
  };
  private static final MethodHandle KEVENT =
      Native.capturing(symbol("kevent"), Kqueue.ABI, "kevent", JAVA_INT, ARGUMENTS);
  private static final MethodHandle TRIGGER =
      Native.plain(symbol("kevent"), Kqueue.ABI, "kevent", JAVA_INT, ARGUMENTS);

  private final MemorySegment memory = Arena.ofAuto().allocate(64, 16);
  private final MemorySegment capture = memory.asSlice(0, Native.CAPTURE.byteSize());
  private final long timespec = memory.address() + 32;

  private static MemorySegment symbol(String name) {
    return Kqueue.find(name)
        .orElseThrow(() -> new UnsupportedOperationException("there is no function " + name));
  }

  private int result(int result) {
    return result >= 0 ? result : -capture.get(JAVA_INT, Native.capturedOffset());
  }

  /** kqueue(2). The caller sets close-on-exec. */
  int create() {
    try {
      return result((int) KQUEUE.invokeExact(capture));
    } catch (Throwable t) {
      throw Native.unexpected(t, "kqueue");
    }
  }

  /**
   * kevent(2) with changes that have EV_RECEIPT: their receipts take their place.
   *
   * @return the number of receipts
   */
  int change(int kqueue, long changes, int count) {
    try {
      return result((int) KEVENT.invokeExact(capture, kqueue, changes, count, changes, count, 0L));
    } catch (Throwable t) {
      throw Native.unexpected(t, "kevent", kqueue, count);
    }
  }

  /** kevent(2) without changes: {@code nanos} is negative to wait without end. */
  int await(int kqueue, long events, int capacity, long nanos) {
    long timeout = nanos < 0 ? 0 : Timespec.set(timespec, Math.min(nanos, LONGEST));
    return awaitAsTold(kqueue, events, capacity, timeout);
  }

  /** The same with the address of a timespec, 0 for none. */
  int awaitAsTold(int kqueue, long events, int capacity, long timeout) {
    try {
      return result((int) KEVENT.invokeExact(capture, kqueue, 0L, 0, events, capacity, timeout));
    } catch (Throwable t) {
      throw Native.unexpected(t, "kevent", kqueue);
    }
  }

  /** kevent(2) with one change and no wish for events. Any thread may call this. */
  static void trigger(int kqueue, long change) {
    try {
      int ignored = (int) TRIGGER.invokeExact(kqueue, change, 1, 0L, 0, 0L);
    } catch (Throwable t) {
      throw Native.unexpected(t, "kevent", kqueue);
    }
  }
}
