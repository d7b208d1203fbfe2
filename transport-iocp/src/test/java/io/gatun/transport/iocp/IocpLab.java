package io.gatun.transport.iocp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.address.Address;
import io.gatun.address.Ipv4Address;
import io.gatun.address.Sockaddr;
import io.gatun.os.Constants;
import io.gatun.os.Errno;
import io.gatun.os.Kernel;
import io.gatun.os.Memory;
import io.gatun.transport.Endpoint;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A driver without a loop, a pair of sockets, and who is told. */
abstract class IocpLab {
  /** More than two sockets of the loopback interface hold. */
  static final int LARGE = 64 << 20;

  final Kernel kernel = Kernel.create();
  private final Set<Integer> before = Handles.sockets(kernel);
  final Arena arena = Arena.ofConfined();
  final MemorySegment source = arena.allocate(LARGE, 8);
  final long memory = source.address();
  IocpDriver driver = open();

  static IocpDriver open() {
    try {
      return new IocpDriver();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Notes what it is told. */
  static class Told implements Endpoint {
    int connected = 1;
    int readable;
    int written;
    int failed;
    int closed;

    @Override
    public void connected(int result) {
      connected = result;
    }

    @Override
    public void readable() {
      readable++;
    }

    @Override
    public void written(int result) {
      if (result < 0) {
        failed = result;
      } else {
        written += result;
      }
    }

    @Override
    public void closed() {
      closed++;
    }
  }

  int left;
  int right;
  final Told told = new Told();

  @BeforeEach
  void openPair() {
    long pair = kernel.socketpair(Constants.AF_INET, Constants.SOCK_STREAM, 0, true);
    assertTrue(pair >= 0, () -> Errno.name((int) -pair));
    left = (int) pair;
    right = (int) (pair >>> 32);
  }

  @AfterEach
  void close() {
    kernel.close(left);
    kernel.close(right);
    driver.close();
    arena.close();
    assertEquals(before, Handles.sockets(kernel), "sockets were not given back");
  }

  void runUntil(BooleanSupplier done) {
    while (!done.getAsBoolean()) {
      run(driver);
    }
  }

  /** One round, in which something is to come. */
  static void run(IocpDriver driver) {
    assertTrue(driver.run(TimeUnit.SECONDS.toNanos(20)) >= 0);
    assertFalse(Thread.currentThread().isInterrupted(), "what was waited for did not come");
  }

  /** Whatever is under way has its say. */
  void settle() {
    for (int i = 0; i < 10; i++) {
      assertTrue(driver.run(TimeUnit.MILLISECONDS.toNanos(5)) >= 0);
    }
  }

  int listener() {
    return listener(Ipv4Address.loopback(0));
  }

  int listener(Address address) {
    int length = Sockaddr.encode(address, kernel.address());
    int family = Memory.getShort(kernel.address());
    int listener = kernel.socket(family, Constants.SOCK_STREAM, 0, true);
    assertEquals(0, kernel.bind(listener, kernel.address(), length));
    assertEquals(0, kernel.listen(listener, 16));
    return listener;
  }

  void bind(int socket) {
    int length = Sockaddr.encode(Ipv4Address.loopback(0), kernel.address());
    assertEquals(0, kernel.bind(socket, kernel.address(), length));
  }

  int connectTo(int socket) {
    assertEquals(0, kernel.getsockname(socket));
    int family = Memory.getShort(kernel.address());
    int client = kernel.socket(family, Constants.SOCK_STREAM, 0, false);
    assertEquals(0, kernel.connect(client, kernel.address(), kernel.addressLength()));
    return client;
  }
}
