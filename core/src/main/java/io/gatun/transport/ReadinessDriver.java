package io.gatun.transport;

import static io.gatun.os.Errno.EAGAIN;
import static io.gatun.os.Errno.EINPROGRESS;
import static io.gatun.os.Errno.EINTR;
import static io.gatun.os.Errno.EISCONN;

import io.gatun.os.Abi;
import io.gatun.os.Constants;
import io.gatun.os.Kernel;
import io.gatun.os.Memory;
import io.gatun.os.Mmsghdr;
import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Fills a {@link Driver} over any {@link Poller}: the call is tried first, and only one that would
 * have blocked waits for the poller.
 *
 * <p>What the poller told is remembered until a call shows that it is used up (EAGAIN, or fewer
 * bytes than there was room for), so an edge-triggered poller needs each descriptor added once, and
 * a busy connection is read without asking again. A descriptor is added when it first has to wait:
 * a socket that is neither connected nor listening would report a hang-up.
 */
public final class ReadinessDriver implements Driver {
  private static final int EIO = Abi.HOST.errno("EIO");

  private final Poller poller;
  private final boolean edgeTriggered;
  private final Kernel kernel = Kernel.create();

  /** By slot; a slot that is free is null, and {@link #generations} tells its owners apart. */
  private @Nullable Observer[] slots = new Observer[16];

  private int[] generations = new int[16];
  private int[] freeSlots = new int[16];
  private int freeCount;
  private int used;

  /** Those who wait for what is known to be there: told in the next round, without the poller. */
  private ArrayDeque<Readiness> due = new ArrayDeque<>();

  private ArrayDeque<Readiness> telling = new ArrayDeque<>();

  /** How many were told something in this round. */
  private int told;

  public ReadinessDriver(Poller poller) {
    this.poller = poller;
    this.edgeTriggered = poller.edgeTriggered();
  }

  @Override
  public Kernel kernel() {
    return kernel;
  }

  @Override
  public Registration register(int fd, Kind kind, Endpoint endpoint) {
    Readiness registration = new Readiness(fd, kind, endpoint);
    registration.slot = take(registration);
    return registration;
  }

  /** Returns whether the poller tells changes, and goes on to do so without being asked again. */
  public boolean isEdgeTriggered() {
    return edgeTriggered;
  }

  /**
   * Watches a descriptor that stays another's: nothing is read, written or closed here.
   *
   * @param observer is told, on the loop's thread, what the poller reports
   */
  public Observation observe(int fd, Observer observer) {
    Observation observation = new Observation(fd, observer);
    observation.slot = take(observation::ready);
    return observation;
  }

  /**
   * A descriptor that was {@linkplain #observe observed} is about to be closed by the calling
   * thread, whichever that is. {@link Observation#forget} follows.
   */
  public void closing(int fd) {
    poller.closing(fd);
  }

  @Override
  public int run(long timeoutNanos) {
    int count = poller.await(due.isEmpty() ? timeoutNanos : 0);
    if (count < 0) {
      return count;
    }
    told = 0;
    tell(0, count);
    if (!due.isEmpty()) {
      tellDue();
    }
    return told;
  }

  /**
   * Tells the owners of the events from one on. Should an owner throw, the rest are told all the
   * same: an edge is told only once.
   */
  private void tell(int i, int count) {
    try {
      while (i < count) {
        Observer owner = owner(poller.token(i));
        int events = poller.events(i++);
        if (owner != null) { // neither a wake-up nor one of an earlier owner
          told++;
          owner.ready(events);
        }
      }
    } finally {
      if (i < count) {
        tell(i, count);
      }
    }
  }

  /** Tells those who were due when the round began; who becomes so meanwhile waits for the next. */
  private void tellDue() {
    ArrayDeque<Readiness> now = due;
    due = telling;
    telling = now;
    try {
      for (Readiness registration; (registration = now.poll()) != null; ) {
        registration.queued = false;
        told++;
        registration.tellReadable();
      }
    } finally {
      if (!now.isEmpty()) { // an owner threw
        due.addAll(now);
        now.clear();
      }
    }
  }

  @Override
  public void wakeup() {
    poller.wakeup();
  }

  @Override
  public void close() {
    poller.close();
  }

  private int take(Observer owner) {
    int slot = freeCount > 0 ? freeSlots[--freeCount] : used++;
    if (slot == slots.length) {
      slots = Arrays.copyOf(slots, slot * 2);
      generations = Arrays.copyOf(generations, slot * 2);
    }
    slots[slot] = owner;
    return slot;
  }

  /** What the poller gives back with an event of a slot's present owner. */
  private long token(int slot) {
    return (long) generations[slot] << 32 | slot;
  }

  /** Frees a slot; an event of its owner that the poller has yet to report finds nobody. */
  private void free(int slot) {
    slots[slot] = null;
    // The generation stays positive, which leaves negative tokens to the poller itself.
    generations[slot] = (generations[slot] + 1) & Integer.MAX_VALUE;
    if (freeCount == freeSlots.length) {
      freeSlots = Arrays.copyOf(freeSlots, freeCount * 2);
    }
    freeSlots[freeCount++] = slot;
  }

  private @Nullable Observer owner(long token) {
    int index = (int) token;
    return token >= 0 && generations[index] == (int) (token >>> 32) ? slots[index] : null;
  }

  /** Told on the loop's thread what the poller reports of a descriptor. */
  public interface Observer {
    /**
     * The descriptor became ready.
     *
     * @param events {@link Poller#READ}, {@link Poller#WRITE}, {@link Poller#HANGUP}
     */
    void ready(int events);
  }

  /** A watch on a descriptor that stays another's. Confined to the loop's thread. */
  public final class Observation {
    private final int fd;
    private final Observer observer;
    private int slot;
    private int interest;

    private Observation(int fd, Observer observer) {
      this.fd = fd;
      this.observer = observer;
    }

    /**
     * Asks for the next event. An edge-triggered poller needs this once: it goes on to tell each
     * change. Any other tells one event and has to be asked again.
     *
     * @return 0, or a negative errno
     */
    public int await(int events) {
      int wanted = interest | events;
      if (wanted == interest) {
        return 0;
      }
      int result =
          interest == 0
              ? poller.add(fd, wanted, token(slot))
              : poller.modify(fd, wanted, token(slot));
      if (result >= 0) {
        interest = wanted;
      }
      return result;
    }

    private void ready(int events) {
      if (!edgeTriggered) {
        poller.remove(fd, token(slot));
        interest = 0;
      }
      observer.ready(events);
    }

    /** Ends the watch of a descriptor that goes on living. */
    public void detach() {
      if (interest != 0) {
        poller.remove(fd, token(slot));
        interest = 0;
      }
      free(slot);
    }

    /**
     * Ends the watch of a descriptor that is closed for good. An edge-triggered system has
     * forgotten it, by itself or as {@link ReadinessDriver#closing} told it, and must not be told
     * now: the number may be another's.
     */
    public void forget() {
      if (interest != 0 && !edgeTriggered) {
        poller.remove(fd, token(slot));
      }
      free(slot);
    }
  }

  /**
   * A received descriptor does not outlive execve(2); 0 where that has to be set on each. For Unix
   * sockets alone: packet(7) refuses a flag that it has no use for.
   */
  private static final int CLOEXEC = Abi.HOST.valueOr("MSG_CMSG_CLOEXEC", 0);

  private final class Readiness implements Registration, Observer {
    private final int fd;
    private final Kind kind;
    private final Endpoint endpoint;

    /** Negative once closed. */
    private int slot;

    /**
     * What the poller watches; 0 before the descriptor was added. A byte, as idle ones are many.
     */
    private byte interest;

    /** A negative errno with which the poller refused the descriptor: the next call returns it. */
    private int refusal;

    private boolean readable;

    /** A read that brings less than there was room for may still have left something behind. */
    private boolean doubtful;

    private boolean awaitsReadable;
    private boolean connecting;
    private boolean writing;

    /** Was told of room since it last found none. */
    private boolean roomTold;

    /** A negative errno that a receive has met behind a message: the next one returns it. */
    private int failure;

    /** Stands in the queue {@link #due}. */
    private boolean queued;

    Readiness(int fd, Kind kind, Endpoint endpoint) {
      this.fd = fd;
      this.kind = kind;
      this.endpoint = endpoint;
    }

    @Override
    public int fd() {
      return fd;
    }

    private boolean isClosed() {
      return slot < 0;
    }

    /** Makes the poller watch what is waited for, with a system call only when that changed. */
    private boolean watch() {
      int wanted = 0;
      if (edgeTriggered || (awaitsReadable && !readable)) {
        wanted |= Poller.READ;
      }
      // Not watched before it is needed: a Unix socket tells of room at each message it sent.
      if (connecting || writing) {
        wanted |= Poller.WRITE;
      }
      if (edgeTriggered) {
        wanted |= interest;
      }
      if (wanted == interest) {
        return true;
      }
      int result =
          interest == 0
              ? poller.add(fd, wanted, token(slot))
              : wanted == 0
                  ? poller.remove(fd, token(slot))
                  : poller.modify(fd, wanted, token(slot));
      if (result >= 0) {
        interest = (byte) wanted;
        return true;
      }
      refusal = result;
      return false;
    }

    @Override
    public void ready(int events) {
      if ((events & (Poller.READ | Poller.HANGUP)) != 0) {
        readable = true;
      }
      if ((events & (Poller.HANGUP | Poller.URGENT)) != 0) {
        doubtful = true;
      }
      if ((events & (Poller.WRITE | Poller.HANGUP)) != 0) {
        if (connecting) {
          finishConnect();
        } else if (writing) {
          writing = false;
          roomTold = kind.isMessages(); // a stream's peer is never full beside the socket itself
          endpoint.written(0);
        }
      }
      tellReadable();
      if (!edgeTriggered && !isClosed()) {
        watch();
      }
    }

    private void tellReadable() {
      if (awaitsReadable && readable && !isClosed()) {
        awaitsReadable = false;
        endpoint.readable();
      }
    }

    private void queue() {
      if (!queued) {
        queued = true;
        due.add(this);
      }
    }

    @Override
    public void awaitReadable() {
      awaitsReadable = true;
      if (!readable && !watch()) {
        readable = true;
      }
      if (readable) {
        queue();
      }
    }

    @Override
    public void ignoreReadable() {
      awaitsReadable = false;
      if (!edgeTriggered) {
        watch();
      }
    }

    @Override
    public int read(long address, int length) {
      if (refusal != 0) {
        return refusal;
      }
      boolean local = kind == Kind.LOCAL_STREAM;
      int result;
      do {
        result =
            local ? kernel.recvmsg(fd, address, length, 0) : kernel.recv(fd, address, length, 0);
      } while (result == -EINTR);
      if (result == -EAGAIN) {
        readable = false;
        doubtful = false;
      } else if (result > 0 && result < length && emptied(local)) {
        readable = false;
      }
      return result;
    }

    /**
     * Fewer bytes than asked for mean that a stream was emptied, and what comes now is a new edge:
     * it saves the call that would tell so. But a read also stops at urgent data, and where a
     * descriptor was sent along (which nobody takes here, so it is closed); and after a hang-up,
     * whose edge has been and gone, the end is still to be read.
     */
    private boolean emptied(boolean local) {
      return (kind == Kind.STREAM || local)
          && !doubtful
          && !(local && (kernel.messageFlags() & Constants.MSG_CTRUNC) != 0);
    }

    @Override
    public int receive(long messages, int count) {
      if (refusal != 0) {
        return refusal;
      }
      if (failure != 0) {
        int result = failure;
        failure = 0;
        return result;
      }
      int result;
      do {
        result = kernel.recvmmsg(fd, messages, count, kind.isLocal() ? CLOEXEC : 0);
      } while (result == -EINTR);
      if (result == -EAGAIN) {
        readable = false;
        doubtful = false;
      } else if (result > 0 && result < count) {
        failure = Mmsghdr.failureBehind(messages, result);
        // Linux keeps an error that it met behind a message, without a new edge.
        readable = doubtful || failure != 0;
      }
      return result;
    }

    @Override
    public int accept() {
      if (refusal != 0) {
        int refused = refusal;
        refusal = 0; // a listener rests, and is to be added anew
        return refused;
      }
      int result;
      do {
        result = kernel.accept(fd, true);
      } while (result == -EINTR);
      if (result == -EAGAIN) {
        readable = false;
      }
      return result;
    }

    @Override
    public int connect(long address, int length) {
      int result = kernel.connect(fd, address, length);
      // An interrupted connect goes on in the background, as one that would have blocked.
      if (result == -EINPROGRESS || result == -EINTR) {
        connecting = true;
        return watch() ? -EINPROGRESS : refusal;
      }
      return result == -EISCONN ? 0 : result;
    }

    private void finishConnect() {
      connecting = false;
      int error = kernel.getsockopt(fd, Constants.SOL_SOCKET, Constants.SO_ERROR);
      endpoint.connected(error > 0 ? -error : error);
    }

    @Override
    public int write(long address, int length) {
      int result;
      do {
        result = kernel.send(fd, address, length, 0);
      } while (result == -EINTR);
      return written(result, length);
    }

    @Override
    public int write(byte[] array, int offset, int length) {
      int result;
      do {
        result = kernel.send(fd, array, offset, length, Constants.MSG_DONTWAIT);
      } while (result == -EINTR);
      return written(result, length);
    }

    @Override
    public int write(long iovecs, int count, int total) {
      int result;
      do {
        result = kernel.send(fd, iovecs, count);
      } while (result == -EINTR);
      return written(result, total);
    }

    /**
     * Fewer bytes taken than given means a full buffer, as EAGAIN does: no second call to see it.
     */
    private int written(int result, int length) {
      if (result == length || (result < 0 && result != -EAGAIN)) {
        return result;
      }
      writing = true;
      return watch() ? Math.max(result, 0) : refusal;
    }

    /** Unlike send(2), sendfile(2) may take less though there is room: EAGAIN alone tells. */
    @Override
    public int writeFile(int file, long offset, int count) {
      long place = kernel.iovecs();
      int sent = 0;
      while (sent < count) {
        Memory.setLong(place, offset + sent);
        int result = kernel.sendfile(fd, file, place, count - sent);
        if (result == -EAGAIN) {
          break;
        } else if (result == 0) {
          return -EIO;
        } else if (result > 0) {
          sent += result;
        } else if (result != -EINTR) {
          return result;
        }
      }
      return written(sent, count);
    }

    @Override
    public int send(long messages, int count) {
      int result;
      do {
        result = kernel.sendmmsg(fd, messages, count, 0);
      } while (result == -EINTR);
      if (result != -EAGAIN) {
        roomTold = false;
        return result;
      }
      if (roomTold) {
        // The poller takes it for writable and the kernel does not: it is the receiver that is
        // full.
        roomTold = false;
        return -EAGAIN;
      }
      writing = true;
      return watch() ? -EINPROGRESS : refusal;
    }

    @Override
    public int shutdown(int how) {
      return kernel.shutdown(fd, how);
    }

    @Override
    public void close() {
      if (isClosed()) {
        return;
      }
      // The last close of a descriptor takes it out of epoll and kqueue: no call for that. One that
      // has a second name in another process may be told of again; its slot has no owner then.
      if (interest != 0 && !edgeTriggered) {
        poller.remove(fd, token(slot));
      }
      free(slot);
      slot = -1;
      kernel.close(fd);
      endpoint.closed();
    }
  }
}
