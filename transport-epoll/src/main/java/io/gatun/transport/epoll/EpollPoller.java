package io.gatun.transport.epoll;

import static io.gatun.os.Errno.EINTR;
import static io.gatun.os.Errno.ENOSYS;

import io.gatun.error.SocketErrors;
import io.gatun.os.Abi;
import io.gatun.os.Kernel;
import io.gatun.os.Memory;
import io.gatun.os.Struct;
import io.gatun.os.Timespec;
import io.gatun.transport.Poller;
import io.gatun.transport.Wakeup;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** epoll(7), edge-triggered. */
final class EpollPoller implements Poller {
  private static final int ADD = Abi.HOST.value("EPOLL_CTL_ADD");
  private static final int MODIFY = Abi.HOST.value("EPOLL_CTL_MOD");
  private static final int DELETE = Abi.HOST.value("EPOLL_CTL_DEL");
  private static final int IN = Abi.HOST.value("EPOLLIN");
  private static final int OUT = Abi.HOST.value("EPOLLOUT");
  private static final int PRI = Abi.HOST.value("EPOLLPRI");
  private static final int RDHUP = Abi.HOST.value("EPOLLRDHUP");
  private static final int BROKEN = Abi.HOST.value("EPOLLERR") | Abi.HOST.value("EPOLLHUP");
  private static final int EDGE = Abi.HOST.value("EPOLLET");

  private static final Struct EVENT = Abi.HOST.struct("epoll_event");
  private static final int SIZE = EVENT.size();
  private static final int EVENTS = EVENT.offset("events");
  private static final int DATA = EVENT.offset("data");

  private static final int SMALLEST = 64;

  /** What one call can report: above this, others' turn comes first. */
  private static final int LARGEST = 4096;

  private static final int EEXIST = Abi.HOST.errno("EEXIST");

  /** The driver's own tokens are not negative. */
  private static final long WAKEUP = -1;

  private final EpollCalls calls = new EpollCalls();
  private final Kernel kernel = Kernel.create();
  private final int epoll;
  private final Wakeup wakeup;

  /** One event to hand over to epoll_ctl. */
  private final MemorySegment one = Arena.ofAuto().allocate(SIZE, 8);

  private int capacity = SMALLEST;
  private MemorySegment events = Arena.ofAuto().allocate((long) capacity * SIZE, 8);

  /** The last call filled the buffer: there may have been more. */
  private boolean full;

  private boolean countsNanos = EpollCalls.countsNanos();

  EpollPoller() throws IOException {
    epoll = calls.create();
    if (epoll < 0) {
      throw SocketErrors.of("epoll_create1", null, epoll);
    }
    try {
      wakeup = Wakeup.open(kernel);
    } catch (IOException e) {
      kernel.close(epoll);
      throw e;
    }
    // Edge-triggered, it never has to be read: each write to it is a new edge.
    int result = control(ADD, wakeup.fd(), IN | EDGE, WAKEUP);
    if (result < 0) {
      close();
      throw SocketErrors.of("epoll_ctl", null, result);
    }
  }

  @Override
  public boolean edgeTriggered() {
    return true;
  }

  private int control(int operation, int fd, int events, long token) {
    Memory.setInt(one.address() + EVENTS, events);
    Memory.setLong(one.address() + DATA, token);
    return calls.ctl(epoll, operation, fd, one.address());
  }

  private static int mask(int interest) {
    int mask = EDGE;
    if ((interest & READ) != 0) {
      mask |= IN | PRI | RDHUP;
    }
    if ((interest & WRITE) != 0) {
      mask |= OUT;
    }
    return mask;
  }

  /**
   * epoll watches a file by the number it was given under, until the file's last descriptor is
   * closed, be it a duplicate or another process's. One that comes to have the same number again is
   * there already: it is its new owner's from now on.
   */
  @Override
  public int add(int fd, int interest, long token) {
    int result = control(ADD, fd, mask(interest), token);
    return result == -EEXIST ? modify(fd, interest, token) : result;
  }

  @Override
  public int modify(int fd, int interest, long token) {
    return control(MODIFY, fd, mask(interest), token);
  }

  @Override
  public int remove(int fd, long token) {
    return control(DELETE, fd, 0, token);
  }

  @Override
  public void closing(int fd) {
    EpollCalls.delete(epoll, fd);
  }

  @Override
  public int await(long timeoutNanos) {
    if (full && capacity < LARGEST) {
      capacity *= 2;
      events = Arena.ofAuto().allocate((long) capacity * SIZE, 8);
    }
    int count = ask(timeoutNanos);
    full = count == capacity;
    return count == -EINTR ? 0 : count;
  }

  private int ask(long timeoutNanos) {
    if (timeoutNanos > 0 && countsNanos) {
      int count = calls.awaitNanos(epoll, events.address(), capacity, timeoutNanos);
      if (count != -ENOSYS) {
        return count;
      }
      countsNanos = false;
    }
    return calls.await(epoll, events.address(), capacity, Timespec.millis(timeoutNanos));
  }

  @Override
  public long token(int index) {
    return Memory.getLong(events.address() + (long) index * SIZE + DATA);
  }

  @Override
  public int events(int index) {
    int told = Memory.getInt(events.address() + (long) index * SIZE + EVENTS);
    int events = 0;
    if ((told & IN) != 0) {
      events |= READ;
    }
    if ((told & OUT) != 0) {
      events |= WRITE;
    }
    if ((told & PRI) != 0) {
      events |= URGENT;
    }
    if ((told & (RDHUP | BROKEN)) != 0) {
      events |= HANGUP;
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
    kernel.close(epoll);
  }
}
