package io.gatun.transport;

import io.gatun.error.SocketErrors;
import io.gatun.os.Kernel;
import java.io.IOException;

/**
 * A descriptor that any thread can make readable, to end another's wait: an eventfd(2), or one end
 * of a pair.
 */
public final class Wakeup {
  /** Bytes that a read takes: most often more than the signals that came between two waits. */
  private static final int DRAIN = 64;

  private final int fd;

  /** The same, or the other end. */
  private final int signalled;

  private Wakeup(int fd, int signalled) {
    this.fd = fd;
    this.signalled = signalled;
  }

  /**
   * Opens the descriptor.
   *
   * @throws IOException if the system refuses, as with EMFILE
   */
  public static Wakeup open(Kernel kernel) throws IOException {
    long ends = kernel.wakeup();
    if (ends < 0) {
      throw SocketErrors.of("wake-up", null, (int) ends);
    }
    return new Wakeup((int) ends, (int) (ends >>> 32));
  }

  /** Returns the descriptor to wait on. */
  public int fd() {
    return fd;
  }

  /** Makes the descriptor readable. Any thread may call this. */
  public void signal(Kernel kernel) {
    kernel.signal(signalled);
  }

  /**
   * Makes the descriptor unreadable. An edge-triggered wait on an eventfd has no need of it; a pipe
   * would fill up, and take no further signal.
   */
  public void drain(Kernel kernel) {
    int count;
    do {
      count = kernel.read(fd, kernel.address(), DRAIN);
    } while (count == DRAIN);
  }

  /** Gives the descriptor back. */
  public void close(Kernel kernel) {
    int ignored = kernel.close(fd);
    if (signalled != fd) {
      ignored = kernel.close(signalled);
    }
  }
}
