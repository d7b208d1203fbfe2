package io.gatun.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gatun.address.AddressFamily;
import io.gatun.address.SocketType;
import io.gatun.os.Abi;
import io.gatun.socket.Socket;
import io.gatun.socket.SocketPair;
import io.gatun.socket.Sockets;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** That system calls fail and fall short as a plan says. */
@Tag(Faults.TAG)
class FaultsTest {
  @BeforeEach
  void assume() {
    Faults.assume();
  }

  @Test
  void aCallFailsAsThePlanSaysAndIsNotMade() throws Exception {
    Set<String> before = Descriptors.open();
    try (Faults.Following _ =
        Faults.follow(
            (function, fd) -> function.equals("socket") ? -Abi.HOST.errno("ENOMEM") : 0)) {
      IOException e =
          assertThrows(IOException.class, () -> Socket.open(AddressFamily.INET, SocketType.STREAM));
      Lab.assertMessage("socket ", e);
      assertEquals(before, Descriptors.open());
    }
    Socket.open(AddressFamily.INET, SocketType.STREAM).close();
  }

  @Test
  void aCallMovesNoMoreThanThePlanSays() throws Exception {
    try (SocketPair pair = Sockets.socketpair();
        Faults.Following _ = Faults.follow((function, fd) -> fd == pair.first().fileno() ? 3 : 0)) {
      assertEquals(3, pair.first().send(new byte[] {1, 2, 3, 4, 5}));
      assertArrayEquals(new byte[] {1, 2, 3}, pair.second().recv(10));
      ByteBuffer rest = ByteBuffer.wrap(new byte[] {4, 5, 6, 7});
      assertEquals(3, pair.first().sendMsg(List.of(rest, ByteBuffer.allocate(9))));
      assertEquals(1, rest.remaining());
      assertArrayEquals(new byte[] {4, 5, 6}, pair.second().recv(10));
      pair.second().sendAll(new byte[] {1, 2, 3, 4});
      assertArrayEquals(new byte[] {1, 2, 3}, pair.first().recv(10));
    }
  }
}
