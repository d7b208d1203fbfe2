package io.gatun.os;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.IntPredicate;

/**
 * The three sets that Windows's select takes and changes, made of pollfds and read back into them:
 *
 * <p>{@code struct fd_set { u_int fd_count; SOCKET fd_array[FD_SETSIZE]; };}
 *
 * <p>Unlike elsewhere it is a list of descriptors, and FD_SETSIZE is not the system's limit.
 */
final class FdSets {
  private static final int ARRAY = Abi.HOST.struct("fd_set").offset("fd_array");

  /** Has room for nobody. */
  static final FdSets NONE = new FdSets(0);

  private final int capacity;
  private final MemorySegment memory;

  private FdSets(int capacity) {
    this.capacity = capacity;
    this.memory = Arena.ofAuto().allocate(3L * size(), Long.BYTES);
  }

  private int size() {
    return ARRAY + capacity * Long.BYTES;
  }

  FdSets withRoomFor(int count) {
    return count <= capacity ? this : new FdSets(Math.max(count, capacity * 2));
  }

  long readable() {
    return memory.address();
  }

  long writable() {
    return readable() + size();
  }

  long failed() {
    return writable() + size();
  }

  /**
   * Puts each descriptor into the sets of what it waits for, and clears what was reported.
   *
   * @param connecting of which descriptors that wait for room a failure is to be told
   */
  void fill(long fds, int count, IntPredicate connecting) {
    Memory.setInt(readable(), 0);
    Memory.setInt(writable(), 0);
    Memory.setInt(failed(), 0);
    for (int i = 0; i < count; i++) {
      long pollfd = fds + (long) i * Pollfd.SIZE;
      Pollfd.report(pollfd, 0);
      int fd = Pollfd.fd(pollfd);
      if (fd >= 0 && (Pollfd.events(pollfd) & Constants.POLLIN) != 0) {
        add(readable(), fd);
      }
      if (fd >= 0 && (Pollfd.events(pollfd) & Constants.POLLOUT) != 0) {
        add(writable(), fd);
        if (connecting.test(fd)) {
          add(failed(), fd);
        }
      }
    }
  }

  private static void add(long set, int fd) {
    int count = Memory.getInt(set);
    Memory.setLong(set + ARRAY + (long) count * Long.BYTES, fd);
    Memory.setInt(set, count + 1);
  }

  /** Reports what select has left in the sets; returns of how many descriptors. */
  int report(long fds, int count) {
    return report(readable(), Constants.POLLIN, Constants.POLLIN, fds, count)
        + report(writable(), Constants.POLLOUT, Constants.POLLOUT, fds, count)
        + report(failed(), Constants.POLLOUT, Constants.POLLERR, fds, count);
  }

  /**
   * The order is usually that of the pollfds, so that the search goes through them once. One
   * descriptor may stand in two pollfds, each of which watches something else.
   */
  private static int report(long set, int watched, int event, long fds, int count) {
    int reported = 0;
    int left = Memory.getInt(set);
    int i = 0;
    for (long entry = set + ARRAY; left > 0; i = i + 1 == count ? 0 : i + 1) {
      long pollfd = fds + (long) i * Pollfd.SIZE;
      if (Pollfd.fd(pollfd) == Memory.getInt(entry) && (Pollfd.events(pollfd) & watched) != 0) {
        if (Pollfd.revents(pollfd) == 0) {
          reported++;
        }
        Pollfd.report(pollfd, Pollfd.revents(pollfd) | event);
        entry += Long.BYTES;
        left--;
      }
    }
    return reported;
  }
}
