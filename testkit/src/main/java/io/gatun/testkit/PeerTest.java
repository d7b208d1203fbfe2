package io.gatun.testkit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gatun.address.AddressFamily;
import io.gatun.address.IpAddress;
import io.gatun.address.Ipv4Address;
import io.gatun.address.SocketType;
import io.gatun.address.UnixAddress;
import io.gatun.socket.Datagram;
import io.gatun.socket.ReceivedMessage;
import io.gatun.socket.Socket;
import io.gatun.socket.SocketPair;
import io.gatun.socket.Sockets;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Datagrams and descriptors, with python3, socat and nc at the other end. */
@Timeout(120)
final class PeerTest {
  private static final byte[] PING = "ping\n".getBytes(US_ASCII);

  @TempDir Path folder;

  private static Socket datagrams() throws IOException {
    Socket socket = Socket.open(AddressFamily.INET, SocketType.DGRAM);
    socket.setTimeout(Lab.LONG.multipliedBy(3)); // the others begin slowly
    return socket;
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  private Socket unix(SocketType type, String name) throws IOException {
    Family.UNIX_PATH.assume();
    Socket socket = Socket.open(AddressFamily.UNIX, type);
    socket.setTimeout(Lab.LONG.multipliedBy(3));
    socket.bind(UnixAddress.path(path(name)));
    return socket;
  }

  private static void answer(Socket server) throws IOException {
    Datagram question = server.recvFrom(100);
    assertArrayEquals(PING, question.data());
    server.sendTo("pong\n".getBytes(US_ASCII), question.address());
  }

  /** Is given a port, answers the answer, and prints it. */
  private static void assertIsAnswered(String... command) throws Exception {
    try (Socket server = datagrams()) {
      server.bind(Ipv4Address.loopback(0));
      int port = ((IpAddress) server.getSockName()).port();
      String[] complete = command.clone();
      for (int i = 0; i < complete.length; i++) {
        complete[i] = complete[i].replace("PORT", Integer.toString(port));
      }
      try (Tool client = Tool.start(complete)) {
        client.say("ping\n");
        answer(server);
        client.expect("pong");
      }
    }
  }

  @Test
  void socatsDatagramIsAnswered() throws Exception {
    assertIsAnswered("socat", "-", "UDP4:127.0.0.1:PORT");
  }

  @Test
  void ncsDatagramIsAnswered() throws Exception {
    assertIsAnswered("nc", "-u", "127.0.0.1", "PORT");
  }

  @Test
  void pythonsDatagramIsAnswered() throws Exception {
    assertIsAnswered(
        "python3",
        "-c",
        """
        import socket
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.sendto(b'ping\\n', ('127.0.0.1', PORT))
            print(s.recvfrom(100)[0].decode())
        """);
  }

  @Test
  void pythonAnswersADatagram() throws Exception {
    try (Socket client = datagrams();
        Tool server =
            Tool.start(
                "python3",
                "-c",
                """
                import socket
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
                    s.bind(('127.0.0.1', 0))
                    print('port', s.getsockname()[1], flush=True)
                    data, peer = s.recvfrom(100)
                    s.sendto(data.upper(), peer)
                """)) {
      int port = Integer.parseInt(server.expect("port ").substring("port ".length()));
      client.sendTo(PING, Ipv4Address.loopback(port));
      Datagram answer = client.recvFrom(100);
      assertEquals("PING\n", new String(answer.data(), US_ASCII));
      assertEquals(Ipv4Address.loopback(port), answer.address());
    }
  }

  @Test
  void socatsDatagramOnAPathIsAnswered() throws Exception {
    try (Socket server = unix(SocketType.DGRAM, "server");
        Tool client =
            Tool.start("socat", "-", "UNIX-SENDTO:" + path("server") + ",bind=" + path("client"))) {
      client.say("ping\n");
      answer(server);
      client.expect("pong");
    }
  }

  @Test
  void pythonAnswersADatagramOnAPath() throws Exception {
    try (Socket client = unix(SocketType.DGRAM, "client");
        Tool server =
            Tool.start(
                "python3",
                "-c",
                """
                import socket, sys
                with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
                    s.bind(sys.argv[1])
                    print('bound', flush=True)
                    data, peer = s.recvfrom(100)
                    s.sendto(data.upper(), peer)
                """,
                path("server"))) {
      server.expect("bound");
      client.sendTo(PING, UnixAddress.path(path("server")));
      Datagram answer = client.recvFrom(100);
      assertEquals("PING\n", new String(answer.data(), US_ASCII));
      assertEquals(UnixAddress.path(path("server")), answer.address());
    }
  }

  private static String text(Socket socket) throws IOException {
    return new String(Lab.receiveAll(socket), US_ASCII);
  }

  @Test
  void descriptorsOfPythonsSendFdsAreReceived() throws Exception {
    try (Socket server = unix(SocketType.STREAM, "server")) {
      server.listen();
      try (Tool python =
              Tool.start(
                  "python3",
                  "-c",
                  """
                  import socket, sys
                  with socket.socket(socket.AF_UNIX) as s:
                      s.connect(sys.argv[1])
                      pairs = [socket.socketpair() for _ in range(2)]
                      socket.send_fds(s, [b'with two'], [one.fileno() for one, _ in pairs])
                      for i, (one, other) in enumerate(pairs):
                          other.sendall(b'through %d' % i)
                          one.close()
                          other.close()
                  """,
                  path("server"));
          Socket client = server.accept();
          ReceivedMessage message = Sockets.recvFds(client, 100, 2, 0)) {
        assertEquals("with two", new String(message.data(), US_ASCII));
        int[] descriptors = message.takeDescriptors();
        assertEquals(2, descriptors.length);
        try (Socket first = Socket.ofDescriptor(descriptors[0]);
            Socket second = Socket.ofDescriptor(descriptors[1])) {
          assertEquals("through 0", text(first));
          assertEquals("through 1", text(second));
        }
        assertEquals(List.of(), python.rest());
      }
    }
  }

  @Test
  void pythonsRecvFdsReceivesDescriptors() throws Exception {
    try (Socket server = unix(SocketType.STREAM, "server")) {
      server.listen();
      try (Tool python =
              Tool.start(
                  "python3",
                  "-c",
                  """
                  import socket, sys
                  with socket.socket(socket.AF_UNIX) as s:
                      s.connect(sys.argv[1])
                      data, fds, flags, _ = socket.recv_fds(s, 100, 2)
                      print(data, len(fds), flags)
                      for i, fd in enumerate(fds):
                          with socket.socket(fileno=fd) as sent:
                              sent.sendall(b'through %d' % i)
                  """,
                  path("server"));
          Socket client = server.accept()) {
        try (SocketPair first = Sockets.socketpair();
            SocketPair second = Sockets.socketpair()) {
          Sockets.sendFds(
              client,
              List.of(ByteBuffer.wrap("with two".getBytes(US_ASCII))),
              new int[] {first.first().fileno(), second.first().fileno()},
              0,
              null);
          first.first().close(); // python's are the only ones then
          second.first().close();
          python.expect("b'with two' 2 0");
          assertEquals("through 0", text(first.second()));
          assertEquals("through 1", text(second.second()));
        }
        assertEquals(List.of(), python.rest());
      }
    }
  }
}
