package io.gatun.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.address.Address;
import io.gatun.address.AddressFamily;
import io.gatun.address.Netdb.AddressInfo;
import io.gatun.address.Protocol;
import io.gatun.address.SocketType;
import io.gatun.address.UnixAddress;
import io.gatun.error.TimedOutException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What an interrupt of the thread does to a call that waits, and the call to the interrupt. */
@Timeout(60)
final class SocketInterruptTest {
  private static Address full(Path directory, Socket listener, Socket first) throws Exception {
    Address address = UnixAddress.path(directory.resolve("socket").toString());
    listener.bind(address);
    listener.listen(0);
    first.connect(address);
    return address;
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "elsewhere a full backlog refuses, or has room")
  void aThreadThatIsInterruptedWaitsForRoomInABacklogAndStaysInterrupted(@TempDir Path directory)
      throws Exception {
    try (Socket listener = unix();
        Socket first = unix();
        Socket second = unix()) {
      Address address = full(directory, listener, first);
      second.setTimeout(Duration.ofMillis(20));
      FutureTask<Boolean> connecting =
          new FutureTask<>(() -> {
            Thread.currentThread().interrupt();
            assertThrows(TimedOutException.class, () -> second.connect(address));
            return Thread.interrupted();
          });
      Thread.ofPlatform().start(connecting);
      assertTrue(connecting.get(), "the interrupt is not lost");
    }
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "elsewhere a full backlog refuses, or has room")
  void anInterruptEndsTheMakingOfAConnectionAndNoFurtherAddressIsTried(@TempDir Path directory)
      throws Exception {
    try (Socket listener = unix();
        Socket first = unix()) {
      Address address = full(directory, listener, first);
      AddressInfo info =
          new AddressInfo(AddressFamily.UNIX, SocketType.STREAM, Protocol.DEFAULT, "", address);
      FutureTask<Socket> connecting =
          new FutureTask<>(() -> Sockets.connectToAny(List.of(info, info), null, null));
      Thread thread = Thread.startVirtualThread(connecting);
      while (thread.getState() != Thread.State.TIMED_WAITING) {
        Thread.onSpinWait();
      }
      thread.interrupt();
      ExecutionException e = assertThrows(ExecutionException.class, connecting::get);
      assertInstanceOf(InterruptedIOException.class, e.getCause());
      assertEquals(0, e.getCause().getSuppressed().length);
    }
  }

  private static Socket unix() throws Exception {
    return Socket.open(AddressFamily.UNIX, SocketType.STREAM);
  }

  @Test
  @DisabledOnOs(
      value = OS.WINDOWS,
      disabledReason = "it has MSG_WAITALL for calls that block alone")
  void whatMsgWaitallHasReceivedIsNotLostByAnInterrupt() throws Exception {
    try (SocketPair pair = Sockets.socketpair()) {
      byte[] array = new byte[10];
      pair.first().send(new byte[] {1, 2, 3});
      FutureTask<Integer> receiving =
          new FutureTask<>(() -> {
            int count = pair.second().recvInto(array, 0, 10, SocketConstants.MSG_WAITALL);
            return Thread.interrupted() ? count : -1;
          });
      Thread thread = Thread.startVirtualThread(receiving);
      while (thread.getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
      thread.interrupt();
      assertEquals(3, receiving.get());
      assertEquals(3, array[2]);
    }
  }
}
