package io.gatun.socket;

import io.gatun.address.AddressFamily;
import io.gatun.address.SocketType;
import io.gatun.error.ClosedException;
import io.gatun.os.Constants;
import io.gatun.os.Kernel;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.Cleaner;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A descriptor that several threads use at once and any of them may close.
 *
 * <p>Its number is given back to the system only when the last call in flight has returned, so that
 * no call can reach a descriptor that is somebody else's by then. Closing meanwhile puts a dead
 * socket in its place (dup2), which ends what the socket was connected to and lets no new call
 * block, and signals the threads that are blocked already. That works for every family: shutdown(2)
 * would wake only some, and would end the connection for other holders of the same socket.
 */
final class Descriptor {
  /** Set once the descriptor is closed; the bits below count the calls in flight. */
  private static final int CLOSED = 1 << 30;

  private static final int GIVEN_BACK = 1 << 29;

  private static final int COUNT = GIVEN_BACK - 1;

  private static final long RECALL_NANOS = 100_000;

  private static final VarHandle STATE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(Descriptor.class, "state", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final int fd;
  private volatile int state;
  final BlockedThreads readers = new BlockedThreads();
  final BlockedThreads writers = new BlockedThreads();

  /** Made when a virtual thread first has to wait. */
  private volatile @Nullable Parking parking;

  private final Leak leak;
  private final Cleaner.Cleanable cleanable;

  Descriptor(int fd, AddressFamily family, SocketType type) {
    this.fd = fd;
    leak = new Leak(fd, family, type);
    cleanable = Leak.CLEANER.register(this, leak);
  }

  /**
   * Gives the descriptor back when this object is collected and nobody has closed it. A call in
   * flight holds the object, since it has to release it; so nobody uses the descriptor then.
   */
  private static final class Leak implements Runnable {
    /**
     * Registering costs 48 of the 1,000 bytes that accepting and closing a connection allocates,
     * and no time that could be told: 1.01 times that without it over TCP (quartiles 0.99 and 1.04
     * of 40 pairs of rounds, each 2,000 connections, by turns in one JVM on two processors), 0.99
     * to 1.03 times over Unix sockets.
     */
    static final Cleaner CLEANER =
        Cleaner.create(Thread.ofPlatform().daemon().name("gatun-socket-cleaner").factory());

    private final int fd;
    private final AddressFamily family;
    private final SocketType type;
    volatile Parking.@Nullable Watch watch;
    volatile boolean over;

    Leak(int fd, AddressFamily family, SocketType type) {
      this.fd = fd;
      this.family = family;
      this.type = type;
    }

    @Override
    public void run() {
      if (over) {
        return;
      }
      InternalLoggerFactory.getInstance(Socket.class)
          .warn("Socket {} {} {} was not closed: the garbage collector does it", fd, family, type);
      Parking.Watch watching = watch;
      if (watching != null) {
        watching.forget(fd);
      }
      Kernel kernel = Kernel.acquire();
      try {
        kernel.close(fd);
      } finally {
        Kernel.release(kernel);
      }
    }
  }

  /** Begins a call; {@link #release} ends it. */
  void acquire(String call) throws ClosedException {
    if (!tryAcquire()) {
      throw new ClosedException(call);
    }
  }

  boolean tryAcquire() {
    if (((int) STATE.getAndAdd(this, 1) & CLOSED) != 0) {
      release();
      return false;
    }
    return true;
  }

  void release() {
    if ((int) STATE.getAndAdd(this, -1) - 1 == CLOSED) {
      // Nobody can begin a call any more; should somebody try, the count must not come here again.
      if (STATE.compareAndSet(this, CLOSED, CLOSED | GIVEN_BACK)) {
        giveBack();
      }
    }
  }

  /** A call that never blocks; what it returns is used while the kernel's memory still holds it. */
  interface Call<T> {
    T make(Kernel kernel) throws IOException;
  }

  /** Makes a call that never blocks. */
  <T> T with(String name, Call<T> call) throws IOException {
    acquire(name);
    Kernel kernel = Kernel.acquire();
    try {
      return call.make(kernel);
    } finally {
      Kernel.release(kernel);
      release();
    }
  }

  boolean isClosed() {
    return (state & CLOSED) != 0;
  }

  /** The virtual threads that wait for this descriptor. */
  Parking parking() {
    Parking existing = parking;
    if (existing != null) {
      return existing;
    }
    synchronized (this) {
      Parking made = parking;
      if (made == null) {
        made = new Parking(this);
        leak.watch = made.watch;
        parking = made;
      }
      return made;
    }
  }

  /** Closes once; calls in flight end with an error. */
  void close() {
    int before = (int) STATE.getAndAdd(this, 1);
    if ((before & CLOSED) != 0 || ((int) STATE.getAndBitwiseOr(this, CLOSED) & CLOSED) != 0) {
      release();
      return;
    }
    try {
      if (state != CLOSED + 1) {
        interruptCalls();
      }
    } finally {
      release();
    }
  }

  /**
   * Closes this object and leaves the descriptor open. Calls in flight end first: there is no dead
   * socket to catch a thread that is about to block, so they are called back until none is left.
   *
   * @return the descriptor, or −1 if it is closed
   */
  int detach() {
    if (((int) STATE.getAndBitwiseOr(this, CLOSED | GIVEN_BACK) & CLOSED) != 0) {
      return -1;
    }
    Parking parking = this.parking;
    boolean interrupted = false;
    while ((state & COUNT) != 0) {
      Kernel kernel = Kernel.acquire();
      try {
        readers.interrupt(kernel);
        writers.interrupt(kernel);
      } finally {
        Kernel.release(kernel);
      }
      if (parking != null) {
        parking.unparkAll();
      }
      LockSupport.parkNanos(this, RECALL_NANOS);
      interrupted |= Thread.interrupted(); // one that stays would make every pause none
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    over();
    if (parking != null) {
      parking.watch.detach();
    }
    return fd;
  }

  private void interruptCalls() {
    Parking parking = this.parking;
    Kernel kernel = Kernel.acquire();
    try {
      if (parking != null) {
        parking.watch.closing(fd);
      }
      // With no descriptor left to make a dead one of, shutdown is the next best.
      if (Dead.FD < 0 || kernel.dup(Dead.FD, fd) < 0) {
        kernel.shutdown(fd, Constants.SHUT_RDWR);
      }
      readers.interrupt(kernel);
      writers.interrupt(kernel);
    } finally {
      Kernel.release(kernel);
    }
    if (parking != null) {
      parking.unparkAll();
    }
  }

  private void over() {
    leak.over = true;
    cleanable.clean();
  }

  private void giveBack() {
    over();
    Parking parking = this.parking;
    if (parking != null) {
      parking.watch.forget(fd);
    }
    Kernel kernel = Kernel.acquire();
    try {
      kernel.close(fd);
    } finally {
      Kernel.release(kernel);
    }
  }

  /** One end of a socket pair whose other end is closed: no call on it ever blocks. */
  private static final class Dead {
    /** Negative when the system refused one. */
    static final int FD = open();

    private static int open() {
      Kernel kernel = Kernel.acquire();
      try {
        long pair = kernel.socketpair(Constants.AF_UNIX, Constants.SOCK_STREAM, 0, true);
        if (pair >= 0) {
          kernel.close((int) (pair >>> 32));
        }
        return (int) pair;
      } finally {
        Kernel.release(kernel);
      }
    }
  }
}
