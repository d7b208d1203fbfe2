package io.gatun.transport;

import io.gatun.error.SocketErrors;
import io.gatun.os.Kernel;
import java.io.IOException;

/** A descriptor that any thread can make readable, to end another's wait: an eventfd(2). */
public final class Wakeup {
  private final int fd;

  private Wakeup(int fd) {
    this.fd = fd;
  }

  /**
   * Opens the descriptor.
   *
   * @throws IOException if the system refuses, as with EMFILE
   */
  public static Wakeup open(Kernel kernel) throws IOException {
    int fd = kernel.eventfd();
    if (fd < 0) {
      throw SocketErrors.of("eventfd", null, fd);
    }
    return new Wakeup(fd);
  }

  /** Returns the descriptor to wait on. */
  public int fd() {
    return fd;
  }

  /** Makes the descriptor readable. Any thread may call this. */
  public void signal(Kernel kernel) {
    kernel.signal(fd);
  }

  /** Makes the descriptor unreadable; an edge-triggered wait has no need of it. */
  public void drain(Kernel kernel) {
    int ignored = kernel.read(fd, kernel.address(), Long.BYTES);
  }

  /** Gives the descriptor back. */
  public void close(Kernel kernel) {
    int ignored = kernel.close(fd);
  }
}
