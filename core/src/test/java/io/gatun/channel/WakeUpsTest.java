package io.gatun.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.os.Kernel;
import io.gatun.transport.Driver;
import io.gatun.transport.Endpoint;
import io.gatun.transport.Registration;
import io.gatun.transport.Transport;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What it costs to give a loop work from another thread: counted, not timed. */
final class WakeUpsTest {
  private static final int TASKS = 1000;

  private final AtomicInteger wakeUps = new AtomicInteger();
  private final EventLoopGroup group =
      EventLoopGroup.builder().loops(1).transport(new Counting()).build();
  private final EventLoop loop = group.next();

  @AfterEach
  void close() {
    group.close();
  }

  @Test
  void aLoopThatIsAtWorkIsNotWoken() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    loop.execute(() -> {
      begun.countDown();
      try {
        end.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    begun.await();
    int before = wakeUps.get();
    CountDownLatch done = new CountDownLatch(TASKS);
    for (int i = 0; i < TASKS; i++) {
      loop.execute(done::countDown);
    }
    assertEquals(before, wakeUps.get());
    end.countDown();
    done.await();
    assertEquals(before, wakeUps.get());
  }

  @Test
  void aTaskWakesTheLoopOnceAtMost() throws Exception {
    loop.submit(() -> {}).get();
    int before = wakeUps.get();
    for (int i = 0; i < TASKS; i++) {
      loop.submit(() -> {}).get();
    }
    int count = wakeUps.get() - before;
    assertTrue(count <= TASKS, count + " wake-ups for " + TASKS + " tasks, one at a time");
  }

  @Test
  void aLoopDoesNotWakeItself() throws Exception {
    loop.submit(() -> {}).get();
    int count =
        loop.submit(
                () -> {
                  int before = wakeUps.get();
                  for (int i = 0; i < TASKS; i++) {
                    loop.execute(() -> {});
                  }
                  return wakeUps.get() - before;
                })
            .get();
    assertEquals(0, count);
  }

  /** The poll transport, counted. */
  private final class Counting implements Transport {
    private final Transport poll = Transport.named("poll");

    @Override
    public String name() {
      return poll.name();
    }

    @Override
    public int preference() {
      return poll.preference();
    }

    @Override
    public @Nullable String unavailability() {
      return null;
    }

    @Override
    public Driver open() throws IOException {
      Driver driver = poll.open();
      return new Driver() {
        @Override
        public Kernel kernel() {
          return driver.kernel();
        }

        @Override
        public Registration register(int fd, Kind kind, Endpoint endpoint) {
          return driver.register(fd, kind, endpoint);
        }

        @Override
        public int run(long timeoutNanos) {
          return driver.run(timeoutNanos);
        }

        @Override
        public void wakeup() {
          wakeUps.incrementAndGet();
          driver.wakeup();
        }

        @Override
        public void close() {
          driver.close();
        }
      };
    }
  }
}
