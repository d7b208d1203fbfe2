package io.gatun.socket;

import io.gatun.error.ClosedException;
import io.gatun.os.Constants;
import io.gatun.os.Kernel;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
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

  Descriptor(int fd) {
    this.fd = fd;
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

  private void interruptCalls() {
    Kernel kernel = Kernel.acquire();
    try {
      // With no descriptor left to make a dead one of, shutdown is the next best.
      if (Dead.FD < 0 || kernel.dup(Dead.FD, fd) < 0) {
        kernel.shutdown(fd, Constants.SHUT_RDWR);
      }
      readers.interrupt(kernel);
      writers.interrupt(kernel);
    } finally {
      Kernel.release(kernel);
    }
    Parking parking = this.parking;
    if (parking != null) {
      parking.unparkAll();
    }
  }

  private void giveBack() {
    Parking parking = this.parking;
    if (parking != null) {
      parking.forget();
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
