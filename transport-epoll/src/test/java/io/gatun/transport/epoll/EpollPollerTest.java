package io.gatun.transport.epoll;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gatun.os.Constants;
import io.gatun.os.Kernel;
import io.gatun.transport.Poller;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** epoll watches files, by the numbers they were given under. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "epoll is Linux's")
final class EpollPollerTest {
  private static final long NO_TIME = 0;
  private static final long LONG = TimeUnit.SECONDS.toNanos(10);

  private final Kernel kernel = Kernel.create();
  private int watched;
  private int peer;
  private int duplicate;
  private EpollPoller poller;

  @BeforeEach
  void open() throws Exception {
    long pair = kernel.socketpair(Constants.AF_UNIX, Constants.SOCK_STREAM, 0, true);
    watched = (int) pair;
    peer = (int) (pair >>> 32);
    duplicate = kernel.duplicate(watched);
    poller = new EpollPoller();
  }

  @AfterEach
  void close() {
    poller.close();
    for (int fd : new int[] {watched, peer, duplicate}) {
      int ignored = kernel.close(fd);
    }
  }

  private void sendToWatched() {
    assertEquals(1, kernel.send(peer, kernel.address(), 1, 0));
  }

  @Test
  void aDuplicateThatTakesAClosedDescriptorsNumberIsWatchedForItsOwnSake() {
    assertEquals(0, poller.add(watched, Poller.READ, 1));
    assertEquals(watched, kernel.dup(duplicate, watched)); // which closes it, and the file lives on
    assertEquals(0, poller.add(watched, Poller.READ, 2));
    sendToWatched();
    assertEquals(1, poller.await(LONG));
    assertEquals(2, poller.token(0));
  }

  @Test
  void whatIsClosingIsNotToldOfThoughADuplicateLives() {
    assertEquals(0, poller.add(watched, Poller.READ, 1));
    poller.closing(watched);
    sendToWatched();
    assertEquals(0, poller.await(NO_TIME));
  }
}
