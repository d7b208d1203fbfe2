package io.gatun.transport;

import io.gatun.os.Constants;
import io.gatun.os.Errno;
import io.gatun.os.Kernel;
import io.gatun.os.Pollfd;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * poll(2): works on every system and for every descriptor, at a cost that grows with the number of
 * descriptors. The array of pollfds is indexed by slot, so that nothing has to be searched.
 */
final class PollPoller implements Poller {
  /** A negative descriptor is one that poll passes over. */
  private static final int NOBODY = -1;

  private final Kernel kernel = Kernel.create();
  private final Wakeup wakeup;

  /** Element 0 is the wake-up; slot n is element n + 1. */
  private MemorySegment pollfds = Arena.ofAuto().allocate(16L * Pollfd.SIZE, 8);

  private long base = pollfds.address();
  private long[] tokens = new long[16];
  private int[] interests = new int[16];

  /** One more than the highest element in use. */
  private int used = 1;

  private int[] ready = new int[16];

  PollPoller() throws IOException {
    wakeup = Wakeup.open(kernel);
    Pollfd.set(base, wakeup.fd(), Constants.POLLIN);
  }

  @Override
  public boolean edgeTriggered() {
    return false;
  }

  @Override
  public int add(int fd, int interest, long token) {
    int element = (int) token + 1;
    if (element >= tokens.length) {
      grow(element);
    }
    while (used <= element) {
      Pollfd.set(base + (long) used++ * Pollfd.SIZE, NOBODY, 0);
    }
    tokens[element] = token;
    return modify(fd, interest, token);
  }

  private void grow(int element) {
    int capacity = Math.max(element + 1, tokens.length * 2);
    MemorySegment larger = Arena.ofAuto().allocate((long) capacity * Pollfd.SIZE, 8);
    larger.copyFrom(pollfds);
    pollfds = larger;
    base = larger.address();
    tokens = Arrays.copyOf(tokens, capacity);
    interests = Arrays.copyOf(interests, capacity);
    ready = Arrays.copyOf(ready, capacity);
  }

  @Override
  public int modify(int fd, int interest, long token) {
    int events = 0;
    if ((interest & READ) != 0) {
      events |= Constants.POLLIN | Constants.POLLRDHUP;
    }
    if ((interest & WRITE) != 0) {
      events |= Constants.POLLOUT;
    }
    int element = (int) token + 1;
    interests[element] = interest;
    Pollfd.set(base + (long) element * Pollfd.SIZE, fd, events);
    return 0;
  }

  @Override
  public int remove(int fd, long token) {
    int element = (int) token + 1;
    Pollfd.set(base + (long) element * Pollfd.SIZE, NOBODY, 0);
    interests[element] = 0;
    return 0;
  }

  @Override
  public int await(long timeoutNanos) {
    int left = kernel.poll(base, used, timeoutNanos);
    if (left < 0) {
      return left == -Errno.EINTR ? 0 : left;
    }
    if (left > 0 && Pollfd.revents(base) != 0) {
      wakeup.drain(kernel);
      left--;
    }
    int count = 0;
    for (int element = 1; count < left && element < used; element++) {
      // WSAPoll does not just pass over a negative descriptor: it reports POLLNVAL.
      if (interests[element] != 0 && Pollfd.revents(base + (long) element * Pollfd.SIZE) != 0) {
        ready[count++] = element;
      }
    }
    return count;
  }

  @Override
  public long token(int index) {
    return tokens[ready[index]];
  }

  @Override
  public int events(int index) {
    int element = ready[index];
    int revents = Pollfd.revents(base + (long) element * Pollfd.SIZE);
    int events = 0;
    if ((revents & Constants.POLLIN) != 0) {
      events |= READ;
    }
    if ((revents & Constants.POLLOUT) != 0) {
      events |= WRITE;
    }
    if ((revents
            & (Constants.POLLHUP | Constants.POLLERR | Constants.POLLNVAL | Constants.POLLRDHUP))
        != 0) {
      // poll tells these whether asked or not, so whoever waits for anything has to be told.
      events |= HANGUP | interests[element];
    }
    return events;
  }

  @Override
  public void wakeup() {
    wakeup.signal(kernel);
  }

  @Override
  public void close() {
    wakeup.close(kernel);
  }
}
