package io.gatun.transport.kqueue;

import static io.gatun.os.Errno.EINTR;
import static io.gatun.os.Errno.ENOENT;
import static io.gatun.os.Errno.EPIPE;

import io.gatun.error.SocketErrors;
import io.gatun.os.Abi;
import io.gatun.os.Kernel;
import io.gatun.os.Memory;
import io.gatun.os.Struct;
import io.gatun.transport.Poller;
import io.gatun.transport.Wakeup;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * kqueue(2), edge-triggered.
 *
 * <p>Reading and writing are two filters of a descriptor, each a note (knote) of its own, and tell
 * their events apart. Notes belong to the descriptor and not, as in epoll, to what it is a name of:
 * its close takes them away, whoever else has a name.
 */
final class KqueuePoller implements Poller {
  private static final Abi ABI = Kqueue.ABI;
  private static final int FILTER_READ = ABI.value("EVFILT_READ");
  private static final int FILTER_WRITE = ABI.value("EVFILT_WRITE");

  /** The filter of events that the program itself triggers; every system of today has it. */
  private static final int FILTER_USER = ABI.value("EVFILT_USER");

  private static final int ADD = ABI.value("EV_ADD") | ABI.value("EV_CLEAR");
  private static final int DELETE = ABI.value("EV_DELETE");
  private static final int RECEIPT = ABI.value("EV_RECEIPT");
  private static final int ERROR = ABI.value("EV_ERROR");
  private static final int EOF = ABI.value("EV_EOF");

  private static final int TRIGGER = ABI.value("NOTE_TRIGGER");

  private static final Struct EVENT = ABI.struct("kevent");
  private static final int SIZE = EVENT.size();
  private static final int IDENT = EVENT.offset("ident");
  private static final int FILTER = EVENT.offset("filter");
  private static final int FLAGS = EVENT.offset("flags");
  private static final int FFLAGS = EVENT.offset("fflags");
  private static final int VALUE = EVENT.offset("data");
  private static final int USER_DATA = EVENT.offset("udata");

  /** NetBSD has 32 bits for filter and flags, the others 16. */
  private static final boolean WIDE = FLAGS - FILTER == Integer.BYTES;

  private static final int SMALLEST = 64;

  /** What one call can report: above this, others' turn comes first. */
  private static final int LARGEST = 4096;

  /** The driver's own tokens are not negative. */
  private static final long WAKEUP = -1;

  private final KqueueCalls calls = new KqueueCalls();
  private final Kernel kernel = Kernel.create();
  private final int kqueue;

  /**
   * Two changes to hand over to kevent, then the one that triggers, which is never written again.
   */
  private final MemorySegment changes = Arena.ofAuto().allocate(3L * SIZE, 8);

  private final long trigger = changes.address() + 2L * SIZE;

  /** What wakes where EVFILT_USER does not. */
  final @Nullable Wakeup pipe;

  /**
   * Tokens of those who want to write where nobody reads any more. Some systems (macOS to 10.11,
   * for a pipe) refuse to watch them, with EPIPE; others tell at once that they can write, and so
   * does the next wait here, for the write to find the error.
   */
  private final List<Long> broken = new ArrayList<>(0);

  private int capacity = SMALLEST;
  private MemorySegment events = Arena.ofAuto().allocate((long) capacity * SIZE, 8);

  /** The last call filled the buffer: there may have been more. */
  private boolean full;

  KqueuePoller() throws IOException {
    this(true);
  }

  /**
   * @param userEvent whether to be woken by a user event, if the system has it, or by a pipe
   */
  KqueuePoller(boolean userEvent) throws IOException {
    kqueue = calls.create();
    if (kqueue < 0) {
      throw SocketErrors.of("kqueue", null, kqueue);
    }
    try {
      closeOnExec();
      pipe = userEvent && addUserEvent() ? null : addPipe();
    } catch (IOException e) {
      kernel.close(kqueue);
      throw e;
    }
  }

  /** Only the newest BSDs have a kqueue1(2) that takes the flag. */
  private void closeOnExec() throws IOException {
    int result = kernel.fcntl(kqueue, Abi.HOST.value("F_SETFD"), Abi.HOST.value("FD_CLOEXEC"));
    if (result < 0) {
      throw SocketErrors.of("fcntl", null, result);
    }
  }

  private boolean addUserEvent() {
    set(trigger, 0, FILTER_USER, 0, TRIGGER, WAKEUP);
    set(changes.address(), 0, FILTER_USER, ADD | RECEIPT, 0, WAKEUP);
    return submit(1) >= 0; // an older system refuses
  }

  private Wakeup addPipe() throws IOException {
    Wakeup wakeup = Wakeup.open(kernel);
    int result = add(wakeup.fd(), READ, WAKEUP);
    if (result < 0) {
      wakeup.close(kernel);
      throw SocketErrors.of("kevent", null, result);
    }
    return wakeup;
  }

  @Override
  public boolean edgeTriggered() {
    return true;
  }

  private static void set(
      long event, long ident, int filter, int flags, int fflags, long userData) {
    Memory.setLong(event + IDENT, ident);
    if (WIDE) {
      Memory.setInt(event + FILTER, filter);
      Memory.setInt(event + FLAGS, flags);
    } else {
      Memory.setShort(event + FILTER, (short) filter);
      Memory.setShort(event + FLAGS, (short) flags);
    }
    Memory.setInt(event + FFLAGS, fflags);
    Memory.setLong(event + VALUE, 0);
    Memory.setLong(event + USER_DATA, userData);
  }

  private static int filter(long event) {
    return WIDE ? Memory.getInt(event + FILTER) : Memory.getShort(event + FILTER);
  }

  private static int flags(long event) {
    return WIDE ? Memory.getInt(event + FLAGS) : Memory.getShort(event + FLAGS) & 0xffff;
  }

  /** Changes the filters that an interest means, with one call. */
  private int change(int fd, int interest, int flags, long token) {
    int count = 0;
    if ((interest & READ) != 0) {
      set(changes.address(), fd, FILTER_READ, flags | RECEIPT, 0, token);
      count++;
    }
    if ((interest & WRITE) != 0) {
      set(changes.address() + (long) count * SIZE, fd, FILTER_WRITE, flags | RECEIPT, 0, token);
      count++;
    }
    return submit(count);
  }

  /** Returns 0, or the first failure among the receipts. */
  private int submit(int count) {
    int receipts = calls.change(kqueue, changes.address(), count);
    if (receipts < 0) {
      return receipts == -EINTR ? 0 : receipts; // interrupted after the changes were made
    }
    for (int i = 0; i < receipts; i++) {
      long receipt = changes.address() + (long) i * SIZE;
      int error = (flags(receipt) & ERROR) == 0 ? 0 : (int) Memory.getLong(receipt + VALUE);
      if (error == EPIPE) {
        broken.add(Memory.getLong(receipt + USER_DATA));
      } else if (error != 0) {
        return -error;
      }
    }
    return 0;
  }

  @Override
  public int add(int fd, int interest, long token) {
    return change(fd, interest, ADD, token);
  }

  /** To add a note that is there changes its token, and tells its present state again. */
  @Override
  public int modify(int fd, int interest, long token) {
    return change(fd, interest, ADD, token);
  }

  /** Which of the two notes there are is not kept: ENOENT for the other. */
  @Override
  public int remove(int fd, long token) {
    int reading = change(fd, READ, DELETE, token);
    int writing = change(fd, WRITE, DELETE, token);
    return reading == -ENOENT ? writing : reading;
  }

  @Override
  public int await(long timeoutNanos) {
    if (full && capacity < LARGEST) {
      capacity *= 2;
      events = Arena.ofAuto().allocate((long) capacity * SIZE, 8);
    }
    int count =
        calls.await(kqueue, events.address(), capacity, broken.isEmpty() ? timeoutNanos : 0);
    if (!broken.isEmpty()) {
      count = addBroken(Math.max(count, 0));
    }
    full = count == capacity;
    if (pipe != null && count > 0) {
      drain(pipe, count);
    }
    return count == -EINTR ? 0 : count;
  }

  private int addBroken(int events) {
    int count = events;
    while (count < capacity && !broken.isEmpty()) {
      long event = this.events.address() + (long) count++ * SIZE;
      set(event, 0, FILTER_WRITE, EOF, 0, broken.removeLast());
    }
    return count;
  }

  private void drain(Wakeup wakeup, int count) {
    for (int i = 0; i < count; i++) {
      if (token(i) == WAKEUP) {
        wakeup.drain(kernel);
      }
    }
  }

  @Override
  public long token(int index) {
    return Memory.getLong(events.address() + (long) index * SIZE + USER_DATA);
  }

  /**
   * EV_EOF tells that the end comes, while data may still wait to be read, and in fflags the
   * socket's error. Neither is believed: the calls that follow find the data, then the end or the
   * error.
   */
  @Override
  public int events(int index) {
    long event = events.address() + (long) index * SIZE;
    int flags = flags(event);
    boolean reading = filter(event) == FILTER_READ;
    int events = reading ? READ : WRITE;
    if ((flags & EOF) != 0) {
      events |= HANGUP;
    }
    // Where urgent data stand, or a descriptor that was passed, a read stops, and nothing tells of
    // them: macOS's EV_OOBAND is in its manual page and nowhere in its kernel.
    return reading ? events | URGENT : events;
  }

  @Override
  public void wakeup() {
    if (pipe == null) {
      KqueueCalls.trigger(kqueue, trigger);
    } else {
      pipe.signal(kernel);
    }
  }

  @Override
  public void close() {
    if (pipe != null) {
      pipe.close(kernel);
    }
    kernel.close(kqueue);
  }
}
