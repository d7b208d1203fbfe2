package io.gatun.socket;

import static io.gatun.os.Errno.EAGAIN;
import static io.gatun.os.Errno.EINPROGRESS;
import static io.gatun.os.Errno.EINTR;

import io.gatun.address.Address;
import io.gatun.address.AddressFamily;
import io.gatun.address.Sockaddr;
import io.gatun.address.SocketType;
import io.gatun.address.UnixAddress;
import io.gatun.error.ClosedException;
import io.gatun.error.SocketError;
import io.gatun.error.SocketErrors;
import io.gatun.error.TimedOutException;
import io.gatun.error.WouldBlockException;
import io.gatun.os.Abi;
import io.gatun.os.Constants;
import io.gatun.os.Kernel;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The calls of a socket that may have to wait, each in the way that costs least: a blocking call
 * where the descriptor blocks, else the call and poll(2), on a virtual thread the call and a park.
 */
final class Operations {
  /** The timeout of a blocking socket, in nanoseconds as all timeouts here. */
  static final long FOREVER = -1;

  /** A poll that took less did not wait: a context switch alone takes longer. */
  private static final long INSTANT_NANOS = 3_000;

  /** First and longest pause before a Unix socket whose peer has no room tries again. */
  private static final long FIRST_RETRY_NANOS = 100_000;

  private static final long LONGEST_RETRY_NANOS = 20_000_000;

  /**
   * Without a flag for one call that does not wait (Windows has none) descriptors are non-blocking
   * for good, and who blocks does so in poll.
   */
  static final boolean ALWAYS_POLLS = Constants.MSG_DONTWAIT == 0;

  static volatile @Nullable InterruptHook interruptHook;

  /** These flags mean that a call does not wait: what is not there now is not worth waiting for. */
  private static final int NO_WAIT = Constants.MSG_DONTWAIT | Abi.HOST.valueOr("MSG_ERRQUEUE", 0);

  /** Asks for the length of the message, though there be no room for it. */
  private static final int MSG_TRUNC = Abi.HOST.valueOr("MSG_TRUNC", 0);

  /** The timeout that a new socket has. */
  static volatile long defaultTimeout = FOREVER;

  /** A call that waits for one half of the socket. */
  enum Op {
    RECV("recv", true, true),
    SEND("send", false, true),
    RECVFROM("recvfrom", true, true),
    SENDTO("sendto", false, true),
    RECVMSG("recvmsg", true, true),
    SENDMSG("sendmsg", false, true),
    SENDFILE("sendfile", false, false),
    ACCEPT("accept", true, false);

    final String call;
    final boolean reads;

    /** Whether the call takes MSG_DONTWAIT. Another is kept from waiting by O_NONBLOCK alone. */
    final boolean flagged;

    Op(String call, boolean reads, boolean flagged) {
      this.call = call;
      this.reads = reads;
      this.flagged = flagged;
    }
  }

  /** A call that takes or gives more than bytes. It is made until it need not wait. */
  interface Call {
    /** Makes the call. Returns what it returned. */
    int make(Kernel kernel, int fd, int flags);

    /** Whom the call is for, to be named when it fails; null for the socket's peer. */
    default @Nullable Address subject() {
      return null;
    }
  }

  final Descriptor descriptor;
  private final boolean stream;
  volatile long timeout = defaultTimeout;

  /**
   * Whether this object last set O_NONBLOCK or cleared it. The flag may be otherwise by now, which
   * no call depends on.
   */
  private volatile boolean nonBlocking;

  /** Whom the socket was connected to, for messages. */
  volatile @Nullable Address peer;

  /**
   * The last call on a half had to wait, so the next one polls first. A hint: races do not matter.
   */
  private boolean readsWait;

  private boolean writesWait;

  private final Uncopied uncopiedReads = new Uncopied();
  private final Uncopied uncopiedWrites = new Uncopied();

  /** What a receive met behind bytes that it returned. */
  private volatile @Nullable IOException failure;

  Operations(int fd, AddressFamily family, SocketType type, boolean nonBlocking) {
    this.descriptor = new Descriptor(fd, family, type);
    this.stream = type.equals(SocketType.STREAM);
    this.nonBlocking = nonBlocking;
  }

  /** Whether a descriptor has to be made non-blocking for a timeout. */
  static boolean isNonBlocking(long timeout) {
    return timeout != FOREVER || ALWAYS_POLLS;
  }

  /** Sets or clears O_NONBLOCK. */
  void setNonBlocking(String call, boolean wanted) throws IOException {
    if (ALWAYS_POLLS) {
      return;
    }
    descriptor.acquire(call);
    Kernel kernel = Kernel.acquire();
    try {
      settle(call, kernel.setNonBlocking(descriptor.fd, wanted));
      nonBlocking = wanted;
    } finally {
      Kernel.release(kernel);
      descriptor.release();
    }
  }

  /** When a call that begins now has to end; only of use with a timeout. */
  static long deadline(long timeout) {
    return timeout > 0 ? System.nanoTime() + timeout : 0;
  }

  private static long left(long timeout, long deadline) {
    return timeout == FOREVER ? FOREVER : Math.max(0, deadline - System.nanoTime());
  }

  /**
   * Makes a call on one half.
   *
   * @param heap a byte[] or a MemorySegment on the heap, or a {@link Call}, or null
   * @param at an offset in that, or an address
   * @param flags MSG flags
   * @param timeout of the whole, {@link #FOREVER}, or 0 not to wait
   * @param deadline when the timeout is over
   * @return what the call returned; not negative
   */
  int run(Op op, @Nullable Object heap, long at, int length, int flags, long timeout, long deadline)
      throws IOException {
    if (length > Kernel.TRANSFER && heap != null && !stream) {
      return runLarge(op, heap, at, length, flags, timeout, deadline);
    }
    descriptor.acquire(op.call);
    try {
      if (op.reads) {
        failNow();
      }
      long patience = (flags & NO_WAIT) == 0 ? timeout : 0;
      int result;
      if (length == 0 && op == Op.RECV && (stream || (flags & MSG_TRUNC) == 0)) {
        result = 0; // no bytes are there at any time
      } else if (Thread.currentThread().isVirtual()) {
        result = parking(op, heap, at, length, flags, patience, deadline);
      } else if (nonBlocking || patience != FOREVER) {
        result = polling(op, heap, at, length, flags, patience, deadline);
      } else {
        result = blocking(op, heap, at, length, flags);
      }
      // 0 is what a call on the dead descriptor of a socket that was closed meanwhile returns.
      return result > 0 ? result : settle(op.call, subject(heap), result);
    } finally {
      descriptor.release();
    }
  }

  private @Nullable Address subject(@Nullable Object heap) {
    Address destination = destination(heap);
    return destination == null ? peer : destination;
  }

  private static @Nullable Address destination(@Nullable Object heap) {
    return heap instanceof Call call ? call.subject() : null;
  }

  /**
   * Lets the next receive fail: what the system has told once, a reset say, it does not tell again.
   * The end of a wait concerns no other, nor does what is no error of the system.
   */
  void failLater(IOException failure) {
    if (failure instanceof SocketError
        && !(failure instanceof TimedOutException)
        && !(failure instanceof WouldBlockException)
        && !(failure instanceof ClosedException)) {
      this.failure = failure;
    }
  }

  private void failNow() throws IOException {
    IOException failure = this.failure;
    if (failure != null) {
      this.failure = null;
      throw failure;
    }
  }

  /** Makes a special call. */
  int run(Op op, Call call, int flags) throws IOException {
    long timeout = this.timeout;
    return run(op, call, 0, 0, flags, timeout, deadline(timeout));
  }

  /** A message from or to the heap that is larger than what a kernel moves at a time. */
  private int runLarge(
      Op op, Object heap, long at, int length, int flags, long timeout, long deadline)
      throws IOException {
    MemorySegment on =
        heap instanceof byte[] array ? MemorySegment.ofArray(array) : (MemorySegment) heap;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment copy = arena.allocate(length);
      if (!op.reads) {
        MemorySegment.copy(on, at, copy, 0, length);
      }
      int result = run(op, null, copy.address(), length, flags, timeout, deadline);
      if (op.reads) {
        MemorySegment.copy(copy, 0, on, at, Math.min(result, length));
      }
      return result;
    }
  }

  /** Returns a result that is none of a failure. */
  int settle(String call, int result) throws IOException {
    return settle(call, peer, result);
  }

  /** Returns a result that is none of a failure, which names what the call was for. */
  int settle(String call, @Nullable Object subject, int result) throws IOException {
    if (result > 0) {
      return result;
    }
    if (descriptor.isClosed()) {
      throw closed(call);
    }
    if (result < 0) {
      throw SocketErrors.of(call, subject, result);
    }
    return result;
  }

  private static ClosedException closed(String call) {
    return new ClosedException(call, "closed by another thread");
  }

  static void interrupted() throws IOException {
    InterruptHook hook = interruptHook;
    if (hook != null) {
      hook.interrupted();
    }
  }

  private BlockedThreads blocked(boolean reads) {
    return reads ? descriptor.readers : descriptor.writers;
  }

  /** Makes a call that {@link Descriptor#close} has to end. */
  private int callThatMayWait(
      Kernel kernel, Op op, @Nullable Object heap, long at, int length, int flags) {
    BlockedThreads blocked = blocked(op.reads);
    long thread = blocked.add(kernel);
    try {
      return descriptor.isClosed() ? 0 : call(kernel, op, heap, at, length, flags);
    } finally {
      blocked.remove(thread);
    }
  }

  /** Makes a call that does not wait. */
  private int callAtOnce(
      Kernel kernel, Op op, @Nullable Object heap, long at, int length, int flags) {
    if (op.flagged || ALWAYS_POLLS) {
      return call(kernel, op, heap, at, length, flags | Constants.MSG_DONTWAIT);
    }
    keepFromWaiting(kernel);
    return callThatMayWait(kernel, op, heap, at, length, flags); // see keepFromWaiting
  }

  /**
   * Sets O_NONBLOCK for a call that has no flag of its own. It is asked for each time (fcntl(2),
   * one call as a rule): the flag belongs to the file, and whoever holds a duplicate, in this
   * process or another, may have cleared it. Should that happen just now, the call that follows
   * waits in the kernel: so closing has to be able to end it.
   */
  private void keepFromWaiting(Kernel kernel) {
    int ignored = kernel.setNonBlocking(descriptor.fd, true);
    nonBlocking = true;
  }

  private int call(Kernel kernel, Op op, @Nullable Object heap, long at, int length, int flags) {
    int fd = descriptor.fd;
    if (heap instanceof byte[] array) {
      int offset = (int) at;
      return op.reads
          ? kernel.recv(fd, array, offset, length, flags)
          : kernel.send(fd, array, offset, length, flags);
    }
    if (heap instanceof MemorySegment segment) {
      return op.reads
          ? kernel.recv(fd, segment, at, length, flags)
          : kernel.send(fd, segment, at, length, flags);
    }
    if (heap instanceof Call call) {
      return call.make(kernel, fd, flags);
    }
    return op.reads ? kernel.recv(fd, at, length, flags) : kernel.send(fd, at, length, flags);
  }

  // In the kernel, on a descriptor that blocks

  private int blocking(Op op, @Nullable Object heap, long at, int length, int flags)
      throws IOException {
    Kernel kernel = Kernel.acquire();
    if (stream && flags == 0 && length >= Kernel.UNCOPIED && heap instanceof byte[]) {
      Uncopied uncopied = op.reads ? uncopiedReads : uncopiedWrites;
      if (uncopied.isWorthATry()) {
        int result = call(kernel, op, heap, at, length, flags | Constants.MSG_DONTWAIT);
        uncopied.tried(result != -EAGAIN);
        if (result != -EAGAIN && result != -EINTR) {
          return result;
        }
      }
    }
    while (true) {
      int result = callThatMayWait(kernel, op, heap, at, length, flags);
      if (descriptor.isClosed()) {
        return result;
      }
      if (result == -EAGAIN && (flags & NO_WAIT) == 0 && kernel.isNonBlocking(descriptor.fd) == 1) {
        // Meanwhile a virtual thread that shares the socket has made it non-blocking.
        return polling(op, heap, at, length, flags, FOREVER, 0);
      }
      if (result != -EINTR) {
        return result;
      }
      interrupted();
    }
  }

  // With poll(2)

  /**
   * Whether the call or poll comes first follows the last outcome: so an idle socket costs poll and
   * the call, and one where data waits the call alone.
   */
  private int polling(
      Op op, @Nullable Object heap, long at, int length, int flags, long timeout, long deadline)
      throws IOException {
    Kernel kernel = Kernel.acquire();
    boolean waited = false;
    long pause = FIRST_RETRY_NANOS;
    boolean pollFirst = timeout != 0 && (op.reads ? readsWait : writesWait);
    while (true) {
      if (pollFirst) {
        waited = poll(kernel, op.call, op.reads, timeout, deadline);
      }
      int result = callAtOnce(kernel, op, heap, at, length, flags);
      if (result == -EINTR) {
        interrupted();
      } else if (result != -EAGAIN || timeout == 0) {
        if (op.reads) {
          readsWait = waited;
        } else {
          writesWait = waited;
        }
        return result;
      } else if (isUntold(heap)) {
        pause = pause(op.call, pause, timeout, deadline);
      } else {
        pollFirst = true;
      }
    }
  }

  /**
   * Whether nothing tells when a call need not wait any more: a message to a Unix socket by its
   * address waits for room there, and poll(2) finds the sender itself writable.
   */
  private static boolean isUntold(@Nullable Object heap) {
    return destination(heap) instanceof UnixAddress;
  }

  /** Waits for one half. Returns whether that took time. */
  private boolean poll(Kernel kernel, String call, boolean reads, long timeout, long deadline)
      throws IOException {
    BlockedThreads blocked = blocked(reads);
    long start = System.nanoTime();
    int ready;
    do {
      long left = left(timeout, deadline);
      long thread = blocked.add(kernel);
      try {
        ready =
            descriptor.isClosed()
                ? -EINTR
                : kernel.poll(descriptor.fd, reads ? Constants.POLLIN : Constants.POLLOUT, left);
      } finally {
        blocked.remove(thread);
      }
      if (descriptor.isClosed()) {
        throw closed(call);
      }
      if (ready == 0) {
        throw timedOut(call, timeout);
      }
      if (ready == -EINTR) {
        interrupted();
      }
    } while (ready == -EINTR);
    settle(call, ready);
    return System.nanoTime() - start > INSTANT_NANOS;
  }

  private TimedOutException timedOut(String call, long timeout) {
    return new TimedOutException(call, peer, timeout);
  }

  // On a virtual thread

  private int parking(
      Op op, @Nullable Object heap, long at, int length, int flags, long timeout, long deadline)
      throws IOException {
    long pause = FIRST_RETRY_NANOS;
    while (true) {
      Parking.Half half = half(op.reads);
      int since = half.changes();
      Kernel kernel = Kernel.acquire();
      int result;
      try {
        result = callAtOnce(kernel, op, heap, at, length, flags);
      } finally {
        Kernel.release(kernel);
      }
      if (result == -EAGAIN && timeout != 0 && isUntold(heap)) {
        pause = pause(op.call, pause, timeout, deadline);
      } else if (result == -EAGAIN && timeout != 0) {
        park(half, since, op.call, timeout, deadline);
      } else if (result != -EINTR) {
        return result;
      }
    }
  }

  private Parking.Half half(boolean reads) {
    Parking parking = descriptor.parking();
    return reads ? parking.reading : parking.writing;
  }

  private void park(Parking.Half half, int since, String call, long timeout, long deadline)
      throws IOException {
    long left = left(timeout, deadline);
    if (left == 0) {
      throw timedOut(call, timeout);
    }
    int refusal = half.park(since, left);
    if (descriptor.isClosed()) {
      throw closed(call);
    }
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException(call + ": the thread was interrupted");
    }
    settle(call, refusal);
  }

  // Connecting

  void connect(Address address, Address shown) throws IOException {
    long timeout = this.timeout;
    long deadline = deadline(timeout);
    descriptor.acquire("connect");
    Address before = peer;
    try {
      peer = address.family().equals(AddressFamily.UNSPEC) ? null : shown; // connect(2) dissolves
      boolean virtual = Thread.currentThread().isVirtual();
      long pause = FIRST_RETRY_NANOS;
      while (true) {
        int since = virtual ? half(false).changes() : 0;
        int result = connectOnce(address, virtual || timeout != FOREVER);
        if (result == -EAGAIN && timeout != 0 && address instanceof UnixAddress) {
          // The listener's backlog is full, and nothing tells when there is room: ask again.
          pause = pause("connect", pause, timeout, deadline);
        } else if (result == -EINPROGRESS && timeout != 0) {
          finishConnect(since, timeout, deadline);
          return;
        } else if (result == -EINTR && address instanceof UnixAddress && !descriptor.isClosed()) {
          interrupted(); // it waited for room in the backlog, and has to ask again
        } else if (result == -EINTR && !descriptor.isClosed()) {
          // Connecting goes on in the background.
          interrupted();
          finishConnect(since, timeout, deadline);
          return;
        } else {
          settle("connect", result);
          return;
        }
      }
    } catch (IOException e) {
      if (!isUnderWay(e)) {
        peer = isConnected() ? before : null;
      }
      throw e;
    } finally {
      descriptor.release();
    }
  }

  /** Whether a non-blocking connect goes on, so that the address is the peer's as far as known. */
  private static boolean isUnderWay(IOException e) {
    return e instanceof WouldBlockException wait && wait.errno() != EAGAIN;
  }

  /** Whether a failed connect left an earlier one as it was: EISCONN, or a datagram socket's. */
  private boolean isConnected() {
    Kernel kernel = Kernel.acquire();
    try {
      return kernel.getpeername(descriptor.fd) >= 0;
    } finally {
      Kernel.release(kernel);
    }
  }

  /** Waits where nothing tells when to try again. Returns how long to wait the next time. */
  private long pause(String call, long nanos, long timeout, long deadline) throws IOException {
    long left = left(timeout, deadline);
    if (left == 0) {
      throw timedOut(call, timeout);
    }
    boolean virtual = Thread.currentThread().isVirtual();
    // An interrupt ends a virtual thread's wait alone; one that stays would make this one no wait.
    boolean interrupted = !virtual && Thread.interrupted();
    LockSupport.parkNanos(this, left == FOREVER ? nanos : Math.min(nanos, left));
    if (interrupted) {
      // The interrupt had left a permit, which the first call took: this one waits.
      LockSupport.parkNanos(this, left == FOREVER ? nanos : Math.min(nanos, left));
      Thread.currentThread().interrupt();
    }
    if (descriptor.isClosed()) {
      throw closed(call);
    }
    if (virtual && Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException(call + ": the thread was interrupted");
    }
    return Math.min(nanos * 2, LONGEST_RETRY_NANOS);
  }

  private int connectOnce(Address address, boolean atOnce) {
    Kernel kernel = Kernel.acquire();
    if (atOnce && !ALWAYS_POLLS) {
      keepFromWaiting(kernel);
    }
    long thread = ALWAYS_POLLS ? 0 : descriptor.writers.add(kernel);
    try {
      int length = Sockaddr.encode(address, kernel.address());
      return length < 0 || descriptor.isClosed()
          ? Math.min(length, 0)
          : kernel.connect(descriptor.fd, kernel.address(), length);
    } finally {
      if (!ALWAYS_POLLS) {
        descriptor.writers.remove(thread);
      }
      Kernel.release(kernel);
    }
  }

  private boolean isWritable(Kernel kernel) throws IOException {
    int ready;
    do {
      ready = kernel.poll(descriptor.fd, Constants.POLLOUT, 0);
    } while (ready == -EINTR); // which says nothing of the socket
    return settle("connect", ready) != 0;
  }

  private void finishConnect(int since, long timeout, long deadline) throws IOException {
    boolean virtual = Thread.currentThread().isVirtual();
    while (true) {
      if (virtual) {
        park(half(false), since, "connect", timeout, deadline);
        since = half(false).changes();
      }
      Kernel kernel = Kernel.acquire();
      try {
        // A virtual thread may have been woken by the state before connect: is it over?
        if (!virtual) {
          poll(kernel, "connect", false, timeout, deadline);
        } else if (!isWritable(kernel)) {
          continue;
        }
        int error = kernel.getsockopt(descriptor.fd, Constants.SOL_SOCKET, Constants.SO_ERROR);
        settle("connect", error > 0 ? -error : error);
        return;
      } finally {
        Kernel.release(kernel);
      }
    }
  }
}
