package io.gatun.os;

/** {@code struct pollfd { int fd; short events; short revents; };}. */
public final class Pollfd {
  private static final Struct STRUCT = Abi.HOST.struct("pollfd");
  private static final int FD = STRUCT.offset("fd");
  private static final int EVENTS = STRUCT.offset("events");
  private static final int REVENTS = STRUCT.offset("revents");

  /** {@code sizeof(struct pollfd)} in bytes. */
  public static final int SIZE = STRUCT.size();

  private Pollfd() {}

  /** Fills a pollfd; a negative descriptor is one that poll passes over. */
  public static void set(long pollfd, int fd, int events) {
    Memory.setInt(pollfd + FD, fd);
    Memory.setShort(pollfd + EVENTS, (short) events);
    Memory.setShort(pollfd + REVENTS, (short) 0);
  }

  /** Returns the events that have come, not sign-extended. */
  public static int revents(long pollfd) {
    return Memory.getShort(pollfd + REVENTS) & 0xffff;
  }
}
