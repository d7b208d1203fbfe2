package io.gatun.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gatun.address.AddressFamily;
import io.gatun.address.SocketType;
import io.gatun.error.BrokenPipeException;
import io.gatun.error.ConnectionResetException;
import io.gatun.os.Abi;
import io.gatun.os.Os;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What CPython's tests of its socket module found. */
final class SendingTest {
  @Test
  void aSendOfNothingTellsThatNobodyIsThere() throws Exception {
    // Where there are no pipes, nothing is EPIPE.
    Class<? extends IOException> nobody =
        Abi.HOST.os() == Os.WINDOWS ? ConnectionResetException.class : BrokenPipeException.class;
    try (Socket socket = Socket.open(AddressFamily.INET, SocketType.STREAM)) {
      assertThrows(nobody, () -> socket.send(new byte[0]));
      assertThrows(nobody, () -> socket.sendAll(new byte[0]));
    }
    try (SocketPair pair = Sockets.socketpair()) {
      assertEquals(0, pair.first().send(new byte[0]));
    }
  }

  /** A call that has sent a part when a signal comes returns that, and tells nothing of it. */
  @Test
  void theHookMayEndASendAllThatHasSentAPart() throws Exception {
    IOException end = new IOException("the signal's handler threw");
    try (SocketPair pair = Sockets.socketpair()) {
      Socket.setInterruptHook(() -> {
        throw end;
      });
      // More than goes from the heap to the kernel at a time, and less than the pair holds.
      assertSame(
          end, assertThrows(IOException.class, () -> pair.first().sendAll(new byte[80_000])));
      pair.first().sendAll(new byte[100]);
    } finally {
      Socket.setInterruptHook(null);
    }
  }
}
