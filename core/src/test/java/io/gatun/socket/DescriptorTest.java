package io.gatun.socket;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.address.Address;
import io.gatun.address.AddressFamily;
import io.gatun.address.Ipv4Address;
import io.gatun.address.SocketType;
import io.gatun.error.ClosedException;
import io.gatun.error.TimedOutException;
import io.gatun.transport.Poller;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Who owns a descriptor, and who waits for it. */
@Timeout(20)
final class DescriptorTest {
  private static Socket tcp() throws Exception {
    return Socket.open(AddressFamily.INET, SocketType.STREAM);
  }

  /** The parts of a socket that are not a socket's to show. */
  private static Operations operations() throws Exception {
    int fd = tcp().detach();
    return new Operations(fd, AddressFamily.INET, SocketType.STREAM, false);
  }

  /** A call on a closed socket gives its number back to nobody a second time. */
  @Test
  void aCallAfterTheCloseLeavesTheNumbersNextOwnerAlone() throws Exception {
    Socket closed = tcp();
    int number = closed.fileno();
    closed.close();
    List<Socket> others = new ArrayList<>();
    do { // one of them, unless another thread was quicker
      others.add(tcp());
    } while (others.getLast().fileno() != number && others.size() < 10);
    assertThrows(ClosedException.class, closed::getSockName);
    for (Socket other : others) {
      other.getSockOpt(SocketConstants.SOL_SOCKET, SocketConstants.SO_TYPE);
      other.close();
    }
  }

  @Test
  void aThreadThatIsInterruptedWaitsForCallsToEndBeforeItDetachesAndStaysInterrupted()
      throws Exception {
    Descriptor descriptor = operations().descriptor;
    descriptor.acquire("a call that takes its time");
    FutureTask<Boolean> detaching =
        new FutureTask<>(() -> {
          Thread.currentThread().interrupt();
          Sockets.close(descriptor.detach());
          return Thread.interrupted();
        });
    Thread thread = Thread.startVirtualThread(detaching); // whose state does not flicker
    awaitState(Thread.State.TIMED_WAITING, thread); // and does not spin
    descriptor.release();
    assertTrue(detaching.get(), "the interrupt is not lost");
  }

  private static Thread connect(Operations operations, Address address) {
    return Thread.startVirtualThread(
        new FutureTask<@Nullable Void>(() -> {
          operations.connect(address, address);
          return null;
        }));
  }

  private static void awaitState(Thread.State state, Thread thread) throws InterruptedException {
    while (thread.getState() != state) {
      if (Thread.interrupted()) { // it never came to that
        throw new InterruptedException(thread + " is " + thread.getState());
      }
      Thread.onSpinWait();
    }
  }

  /** An event of the time before the connect may come late. */
  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "elsewhere a full backlog refuses, or has room")
  void aThreadThatIsWokenBeforeItIsConnectedParksAgain() throws Exception {
    List<Socket> sockets = new ArrayList<>();
    Socket listener = tcp();
    sockets.add(listener);
    listener.bind(Ipv4Address.loopback(0));
    listener.listen(0);
    Address address = listener.getSockName();
    boolean full = false;
    while (!full) {
      Socket socket = tcp();
      sockets.add(socket);
      socket.setTimeout(Duration.ofMillis(50));
      try {
        socket.connect(address);
      } catch (TimedOutException e) {
        full = true;
      }
    }
    Operations operations = operations();
    Thread thread = connect(operations, address);
    awaitState(Thread.State.WAITING, thread);
    for (int i = 0; i < 3; i++) {
      operations.descriptor.parking().watch.ready(Poller.WRITE);
      awaitState(Thread.State.WAITING, thread);
    }
    operations.descriptor.close();
    thread.join();
    sockets.forEach(Socket::close);
  }
}
