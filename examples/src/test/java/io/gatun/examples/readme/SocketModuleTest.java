package io.gatun.examples.readme;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.address.IpAddress;
import io.gatun.address.Ipv4Address;
import io.gatun.address.UnixAddress;
import io.gatun.error.SocketError;
import io.gatun.error.SocketErrorException;
import io.gatun.os.Kernel;
import io.gatun.socket.Datagram;
import io.gatun.socket.Shutdown;
import io.gatun.socket.Socket;
import io.gatun.socket.SocketPair;
import io.gatun.socket.Sockets;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What docs/socket-module.md shows does what is said of it, and its tables are whole. */
@Timeout(60)
class SocketModuleTest {
  private static final Path PAGE = Path.of("../docs/socket-module.md");

  @TempDir Path folder;

  private static void assumeUnixSockets() {
    String wine = System.getProperty("gatun.test.wine");
    Assumptions.assumeTrue(wine == null, wine + " has no Unix sockets");
  }

  @Test
  void opensSocketsOfEachKind() throws Exception {
    assumeUnixSockets();
    SocketModule.openSome();
  }

  @Test
  void tellsWhyAServerCannotBeReached() throws Exception {
    Socket server = Sockets.createServer(Ipv4Address.loopback(0));
    assertEquals("it answers", SocketModule.reach(server.getSockName()));
    server.close();
    assertEquals("nobody listens there", SocketModule.reach(Ipv4Address.loopback(1)));
  }

  @Test
  void tellsThatThereIsNoPath() throws Exception {
    assumeUnixSockets();
    assertEquals(
        "there is no such path", SocketModule.reach(UnixAddress.path(folder.resolve("none"))));
  }

  private static void echo(Socket connection) {
    try (connection) {
      connection.sendAll(connection.recv(100));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void servesUntilTheListenerIsClosed() throws Exception {
    Socket listener = Sockets.createServer(Ipv4Address.loopback(0));
    FutureTask<String> serving =
        new FutureTask<>(() -> {
          SocketModule.serve(listener, SocketModuleTest::echo);
          return "ended";
        });
    Thread.startVirtualThread(serving);
    int port = ((IpAddress) listener.getSockName()).port();
    for (int i = 0; i < 3; i++) {
      try (Socket client = Sockets.createConnection("127.0.0.1", port)) {
        client.sendAll(new byte[] {7});
        assertArrayEquals(new byte[] {7}, client.recv(10));
      }
    }
    listener.close();
    assertEquals("ended", serving.get());
  }

  @Test
  void listsTheAddressesOfAHost() throws Exception {
    SocketModule.list("127.0.0.1", 80);
  }

  @Test
  void asksByLines() throws Exception {
    try (SocketPair pair = Sockets.socketpair()) {
      pair.second().sendAll("HTTP/1.0 200 OK\r\nServer: none\r\n\r\n".getBytes(US_ASCII));
      assertEquals("HTTP/1.0 200 OK", SocketModule.ask(pair.first(), "HEAD / HTTP/1.0"));
      assertEquals("HEAD / HTTP/1.0\r\n\r\n", new String(pair.second().recv(100), US_ASCII));
      pair.second().shutdown(Shutdown.WR);
      assertThrows(EOFException.class, () -> SocketModule.ask(pair.first(), ""));
    }
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "the loopback has another name elsewhere")
  void hearsAGroup() throws Exception {
    Socket listening;
    try {
      listening = SocketModule.listen(Ipv4Address.of("239.1.2.3", 0), "lo");
    } catch (SocketErrorException e) {
      Assumptions.abort("no multicast on this machine's loopback: " + e.getMessage());
      return;
    }
    try (Socket socket = listening) {
      int port = ((IpAddress) socket.getSockName()).port();
      try {
        SocketModule.tell(Ipv4Address.of("239.1.2.3", port), "127.0.0.1", new byte[] {7});
      } catch (IOException e) {
        Assumptions.assumeFalse(e instanceof SocketError, "nothing is sent to groups: " + e);
      }
      socket.setTimeout(Duration.ofSeconds(30));
      Datagram heard = socket.recvFrom(10);
      assertArrayEquals(new byte[] {7}, heard.data());
    }
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "the file is opened by a call that is not public")
  void readsAFileThatWasPassed() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "passed");
    Kernel kernel = Kernel.acquire();
    int fd;
    try (Arena arena = Arena.ofConfined()) {
      fd = kernel.open(arena.allocateFrom(file.toString()).address());
    } finally {
      Kernel.release(kernel);
    }
    try (SocketPair pair = Sockets.socketpair()) {
      Sockets.sendFds(pair.first(), new byte[1], fd);
      Sockets.close(fd);
      Files.delete(file); // the descriptor has it all the same
      assertEquals("passed", new String(SocketModule.readPassedFile(pair.second()), US_ASCII));
      pair.first().send(new byte[1]);
      assertThrows(EOFException.class, () -> SocketModule.readPassedFile(pair.second()));
    }
  }

  @Test
  void thePageHasEachExceptionWithItsParent() throws Exception {
    String page = Files.readString(PAGE);
    for (Class<?> type : SocketError.class.getPermittedSubclasses()) {
      String row =
          "| `%s` | `%s` |".formatted(type.getSimpleName(), type.getSuperclass().getSimpleName());
      assertTrue(page.contains(row), "the page lacks " + row);
    }
  }
}
