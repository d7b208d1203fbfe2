package io.gatun.os;

/** {@code struct pollfd { int fd; short events; short revents; };}; on Windows, fd is a SOCKET. */
public final class Pollfd {
  private static final Struct STRUCT = Abi.HOST.struct("pollfd");
  private static final int FD = STRUCT.offset("fd");
  private static final boolean WIDE = STRUCT.isWide("fd");
  private static final int EVENTS = STRUCT.offset("events");
  private static final int REVENTS = STRUCT.offset("revents");

  /** {@code sizeof(struct pollfd)} in bytes. */
  public static final int SIZE = STRUCT.size();

  private Pollfd() {}

  /** Fills a pollfd; a negative descriptor is one that poll passes over. */
  public static void set(long pollfd, int fd, int events) {
    if (WIDE) {
      Memory.setLong(pollfd + FD, fd);
    } else {
      Memory.setInt(pollfd + FD, fd);
    }
    Memory.setShort(pollfd + EVENTS, (short) events);
    Memory.setShort(pollfd + REVENTS, (short) 0);
  }

  /** Returns the descriptor. */
  static int fd(long pollfd) {
    return Memory.getInt(pollfd + FD); // of a SOCKET, the half that counts
  }

  /** Returns the events that are watched. */
  static int events(long pollfd) {
    return Memory.getShort(pollfd + EVENTS) & 0xffff;
  }

  /** Reports events that the system has not. */
  static void report(long pollfd, int revents) {
    Memory.setShort(pollfd + REVENTS, (short) revents);
  }

  /** Returns the events that have come, not sign-extended. */
  public static int revents(long pollfd) {
    return Memory.getShort(pollfd + REVENTS) & 0xffff;
  }
}
