package io.gatun.socket;

import io.gatun.channel.EventLoop;
import io.gatun.channel.EventLoopGroup;
import io.gatun.error.SocketErrorException;
import io.gatun.transport.Poller;
import io.gatun.transport.ReadinessDriver;
import io.gatun.transport.Transport;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.ServiceConfigurationError;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Where virtual threads wait for a descriptor: it is watched by a loop that all sockets share, and
 * the thread parks.
 *
 * <p>A thread notes the count of a half <em>before</em> it tries the call that may not block. The
 * loop raises the count with each change it is told of. So a change between the failed try and the
 * parking is seen: the count is another. An edge-triggered loop is asked once for each half and
 * then tells every change, which makes waiting cost no system call and no hand-over.
 */
final class Parking {
  private static final long RETRY_NANOS = 10_000_000;

  private final Descriptor descriptor;
  final Half reading = new Half(Poller.READ);
  final Half writing = new Half(Poller.WRITE);

  final Watch watch = new Watch(this);

  Parking(Descriptor descriptor) {
    this.descriptor = descriptor;
  }

  /** One half of the socket. */
  final class Half implements Runnable {
    private final int events;
    private final List<Thread> parked = new ArrayList<>(1);
    private volatile int changes;

    /** The loop tells each change, or is about to be asked to. */
    private volatile boolean watched;

    /** A negative errno with which the loop last refused. */
    private volatile int failure;

    Half(int events) {
      this.events = events;
    }

    /** To be called before the try. */
    int changes() {
      return changes;
    }

    /**
     * Parks until there was a change since {@link #changes}.
     *
     * @param nanos the longest time; negative without end
     * @return 0, or a negative errno with which the loop refused to watch the descriptor
     */
    int park(int since, long nanos) {
      Thread me = Thread.currentThread();
      synchronized (parked) {
        parked.add(me);
      }
      try {
        if (changes == since && !descriptor.isClosed()) {
          if (!watch()) {
            // There are no descriptors for a loop: look again in a moment, as often as it takes.
            LockSupport.parkNanos(this, nanos < 0 ? RETRY_NANOS : Math.min(nanos, RETRY_NANOS));
          } else if (nanos < 0) {
            LockSupport.park(this);
          } else {
            LockSupport.parkNanos(this, nanos);
          }
        }
      } finally {
        synchronized (parked) {
          parked.remove(me);
        }
      }
      return failure;
    }

    /** Returns whether the loop watches this half, or will. */
    private boolean watch() {
      if (watched) {
        return true;
      }
      Shared shared;
      try {
        shared = Shared.open();
      } catch (SocketErrorException | ServiceConfigurationError e) {
        return false; // the latter where the jar of a transport cannot be opened
      }
      failure = 0;
      watched = shared.edgeTriggered();
      watch.asked = true;
      shared.loop().execute(this);
      return true;
    }

    /** On the loop: starts to watch this half. */
    @Override
    public void run() {
      if (!descriptor.tryAcquire()) {
        return; // closed: the number may be another's when the last call returns
      }
      try {
        failure = Math.min(watch.await(descriptor.fd, events), 0);
        if (failure < 0) {
          watched = false; // who waits next asks again
          changed();
        }
      } finally {
        descriptor.release();
      }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // raised by the loop alone
    private void changed() {
      changes++;
      unpark();
    }

    /** Outside of the lock, which who wakes up takes at once, on this processor perhaps. */
    private void unpark() {
      Thread first;
      List<Thread> others = List.of();
      synchronized (parked) {
        int count = parked.size();
        if (count == 0) {
          return;
        }
        first = parked.getFirst();
        if (count > 1) {
          others = List.copyOf(parked.subList(1, count));
        }
      }
      LockSupport.unpark(first);
      for (int i = 0; i < others.size(); i++) { // no iterator of an empty list
        LockSupport.unpark(others.get(i));
      }
    }
  }

  private void ready(int events) {
    // A loop that is not edge-triggered has stopped watching both halves: both ask again.
    if (!Shared.opened().edgeTriggered() || (events & (Poller.READ | Poller.HANGUP)) != 0) {
      reading.changed();
    }
    if (!Shared.opened().edgeTriggered() || (events & (Poller.WRITE | Poller.HANGUP)) != 0) {
      writing.changed();
    }
  }

  /** The descriptor is closed: whoever waits finds that out. */
  void unparkAll() {
    reading.unpark();
    writing.unpark();
  }

  /**
   * What the loop knows of a descriptor. It holds nothing of the socket, which the garbage
   * collector could else never find unused.
   */
  static final class Watch extends WeakReference<Parking> implements ReadinessDriver.Observer {
    /** The loop was asked to watch. */
    private volatile boolean asked;

    /** Loop's thread only. */
    private ReadinessDriver.@Nullable Observation observation;

    Watch(Parking parking) {
      super(parking);
    }

    private int await(int fd, int events) {
      ReadinessDriver.Observation watching = observation;
      if (watching == null) {
        watching = Shared.opened().driver().observe(fd, this);
        observation = watching;
      }
      return watching.await(events);
    }

    @Override
    public void ready(int events) {
      Parking parking = get();
      if (parking != null) {
        parking.ready(events);
      }
    }

    /** Another is about to take the descriptor's number, which is still this one's. */
    void closing(int fd) {
      if (asked) {
        Shared.opened().driver().closing(fd);
      }
    }

    /**
     * The descriptor is about to be given back. An edge-triggered loop does not watch it any more
     * then, and tells nobody of it as soon as it comes to this.
     */
    void forget(int fd) {
      if (!asked) {
        return; // the loop has never heard of it
      }
      closing(fd);
      try {
        if (Shared.opened().edgeTriggered()) {
          Shared.opened().loop().lazyExecute(this::forgotten);
        } else {
          // While poll waits, the system keeps what it watches: the peer would see no end until
          // then.
          Shared.opened().loop().execute(this::forgotten);
        }
      } catch (RejectedExecutionException ended) {
        // The program is ending, and the loop with it.
      }
    }

    private void forgotten() {
      ReadinessDriver.Observation watching = observation;
      if (watching != null) {
        observation = null;
        watching.forget();
      }
    }

    /** The descriptor goes on without this: returns when the loop does not watch it any more. */
    void detach() {
      if (!asked) {
        return; // the loop has never heard of it
      }
      CompletableFuture<Void> done;
      try {
        done =
            CompletableFuture.runAsync(
                () -> {
                  ReadinessDriver.Observation watching = observation;
                  if (watching != null) {
                    observation = null;
                    watching.detach();
                  }
                },
                Shared.opened().loop());
      } catch (RejectedExecutionException ended) {
        return; // the program is ending, and the loop with it
      }
      done.join();
    }
  }

  /** The loop of all sockets. Its thread starts with the first virtual thread that has to wait. */
  private record Shared(EventLoop loop, ReadinessDriver driver, boolean edgeTriggered) {
    private static volatile @Nullable Shared instance;

    /**
     * Opens it, unless it is.
     *
     * @throws SocketErrorException if the system has no descriptors for it; it may later
     */
    static Shared open() throws SocketErrorException {
      Shared existing = instance;
      if (existing != null) {
        return existing;
      }
      synchronized (Shared.class) {
        Shared made = instance;
        if (made == null) {
          made = make();
          instance = made;
        }
        return made;
      }
    }

    /** The loop that was opened. */
    static Shared opened() {
      return Objects.requireNonNull(instance);
    }

    private static Shared make() throws SocketErrorException {
      EventLoop loop;
      try {
        loop =
            EventLoopGroup.builder()
                .transport(Transport.bestObserver())
                .loops(1)
                .name("gatun-socket")
                .daemon(true)
                .build()
                .next();
      } catch (IllegalStateException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
          if (cause instanceof SocketErrorException refused) {
            throw refused;
          }
        }
        throw e;
      }
      if (loop.driver() instanceof ReadinessDriver driver) {
        return new Shared(loop, driver, driver.isEdgeTriggered());
      }
      throw new IllegalStateException("virtual threads need a transport that reports readiness");
    }
  }
}
