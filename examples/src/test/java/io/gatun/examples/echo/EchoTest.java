package io.gatun.examples.echo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gatun.address.Address;
import io.gatun.address.IpAddress;
import io.gatun.address.UnixAddress;
import io.gatun.examples.Program;
import io.gatun.examples.Program.Result;
import io.gatun.os.Abi;
import io.gatun.os.Errno;
import io.gatun.socket.Shutdown;
import io.gatun.socket.Socket;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class EchoTest {
  private static final String CHANNELS = "--transport=poll";
  private static final String BLOCKING = "--blocking";

  @TempDir Path folder;

  private Path file() {
    return folder.resolve("echo");
  }

  private String unix() {
    return UnixAddress.path(file()).toString();
  }

  private static String echo(Address server, String message) throws IOException {
    try (Socket socket = Socket.openFor(server)) {
      socket.connect(server);
      socket.sendAll(message.getBytes(UTF_8));
      socket.shutdown(Shutdown.WR);
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      byte[] some;
      do {
        some = socket.recv(1024);
        all.writeBytes(some);
      } while (some.length > 0);
      return all.toString(UTF_8);
    }
  }

  private static void assertEndsInOrder(Program server) throws Exception {
    server.terminate();
    assertEquals(new Result(0, "", ""), server.end());
  }

  // The server

  @ParameterizedTest
  @ValueSource(strings = {CHANNELS, BLOCKING})
  void servesIpv4AndIpv6OnOnePort(String how) throws Exception {
    try (Program server = Program.gatun("echo-server", how, "0")) {
      Address first = server.listening();
      int port = ((IpAddress) first).port();
      assertTrue(port > 0);
      assertEquals("four", echo(Address.parse("127.0.0.1:" + port), "four"));
      // Linux tells whether it has IPv6; others have.
      if (!Files.isDirectory(Path.of("/proc/net")) || Files.exists(Path.of("/proc/net/if_inet6"))) {
        assertEquals(port, ((IpAddress) server.listening()).port());
        assertEquals("six", echo(Address.parse("[::1]:" + port), "six"));
      }
      assertEndsInOrder(server);
    }
  }

  @Test
  void servesOneFamilyWhenTold() throws Exception {
    try (Program server = Program.gatun("echo-server", "--ipv4", "0")) {
      assertTrue(server.listening().toString().startsWith("0.0.0.0:"));
      assertEndsInOrder(server);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {CHANNELS, BLOCKING})
  void removesTheUnixSocketItMade(String how) throws Exception {
    try (Program server = Program.gatun("echo-server", how, unix())) {
      assertEquals(UnixAddress.path(file()), server.listening());
      assertEquals("by path", echo(UnixAddress.path(file()), "by path"));
      assertEndsInOrder(server);
      assertFalse(Files.exists(file()));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {CHANNELS, BLOCKING})
  void leavesAnotherFileInItsPlace(String how) throws Exception {
    try (Program server = Program.gatun("echo-server", how, unix())) {
      server.listening();
      Files.delete(file());
      Files.writeString(file(), "another's");
      assertEndsInOrder(server);
      assertEquals("another's", Files.readString(file()));
    }
  }

  @Test
  void closesConnectionsAtItsEnd() throws Exception {
    try (Program server = Program.gatun("echo-server", "127.0.0.1", "0");
        Socket socket = Socket.openFor(Address.parse("127.0.0.1:1"))) {
      socket.connect(server.listening());
      socket.sendAll(new byte[1]);
      socket.recv(1);
      server.signal("INT");
      assertEquals(0, socket.recv(1).length);
      assertEquals(new Result(0, "", ""), server.end());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {CHANNELS, BLOCKING})
  void goesOnWhenItHadNoDescriptorsLeft(String how) throws Exception {
    List<String> command = new ArrayList<>(List.of("sh", "-c", "ulimit -n 90; exec \"$@\"", "sh"));
    command.addAll(Program.command("echo-server", how, "127.0.0.1", "0"));
    try (Program server = Program.start(Program.fromJars(command, folder))) {
      Address address = server.listening();
      List<Socket> clients = new ArrayList<>();
      for (int i = 0; i < 120; i++) {
        Socket client = Socket.openFor(address);
        clients.add(client);
        client.connect(address); // the backlog takes those that are not accepted
        if (i == 0) {
          assertEquals("first", talk(client, "first"));
        }
      }
      assertEquals("still", talk(clients.getFirst(), "still"));
      clients.getLast().setTimeout(Duration.ofMillis(200));
      clients.getLast().sendAll(new byte[1]);
      assertThrows(SocketTimeoutException.class, () -> clients.getLast().recv(1), "no limit");
      clients.getLast().setTimeout(null);
      clients.subList(0, 119).forEach(Socket::close);
      assertEquals(1, clients.getLast().recv(1).length);
      clients.getLast().close();
      assertEquals("again", echo(address, "again"));
      server.terminate();
      assertEquals(0, server.end().status());
    }
  }

  private static String talk(Socket socket, String message) throws IOException {
    socket.sendAll(message.getBytes(UTF_8));
    return new String(socket.recv(1024), UTF_8);
  }

  @Test
  void takesTheAddressAsTheServerPrintsIt() throws Exception {
    try (Program server = Program.gatun("echo-server", "127.0.0.1:0")) {
      Address address = server.listening();
      assertEquals("hello\n", Program.run("echo-client", address.toString(), "hello").out());
      assertEndsInOrder(server);
    }
  }

  @Test
  void outputThatCannotBeWrittenIsAnError() throws Exception {
    assumeTrue(Files.exists(Path.of("/dev/full")), "there is no /dev/full");
    try (Program server = Program.gatun("echo-server", "127.0.0.1", "0")) {
      List<String> command = new ArrayList<>(List.of("sh", "-c", "exec \"$@\" >/dev/full", "sh"));
      command.addAll(Program.command("echo-client", server.listening().toString(), "hello"));
      try (Program client = Program.start(command)) {
        assertEquals(new Result(1, "", "gatun: No space left on device\n"), client.end());
      }
      assertEndsInOrder(server);
    }
  }

  // Errors

  @Test
  void aNameCannotAddALineToTheError() throws Exception {
    assertFails(
        1,
        "getaddrinfo a\\x0ab:1: EAI_NONAME (-2) Name or service not known",
        "echo-client",
        "a\nb",
        "1");
  }

  private static void assertFails(int status, String error, String... args) throws Exception {
    assertEquals(new Result(status, "", "gatun: " + error + "\n"), Program.run(args));
  }

  @ParameterizedTest
  @ValueSource(strings = {CHANNELS, BLOCKING})
  void aPortInUse(String how) throws Exception {
    try (Socket other = Socket.openFor(Address.parse("127.0.0.1:0"))) {
      other.bind(Address.parse("127.0.0.1:0"));
      other.listen();
      IpAddress taken = (IpAddress) other.getSockName();
      assertFails(
          1,
          "bind " + taken + ": EADDRINUSE (" + Errno.EADDRINUSE + ") Address already in use",
          "echo-server",
          how,
          "127.0.0.1",
          Integer.toString(taken.port()));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {CHANNELS, BLOCKING})
  void aFileInTheWay(String how) throws Exception {
    Files.writeString(file(), "mine");
    assertFails(
        1,
        "bind " + unix() + ": EADDRINUSE (" + Errno.EADDRINUSE + ") Address already in use",
        "echo-server",
        how,
        unix());
    assertEquals("mine", Files.readString(file()));
  }

  @Test
  void aPathTooLong() throws Exception {
    String path = "unix:/tmp/" + "x".repeat(110);
    int fit =
        Abi.HOST.struct("sockaddr_un").size()
            - Abi.HOST.struct("sockaddr_un").offset("sun_path")
            - 1;
    String errno = "ENAMETOOLONG (" + Errno.ENAMETOOLONG + ")";
    assertFails(
        1,
        "bind "
            + path
            + ": "
            + errno
            + " File name too long: it has 115 bytes, and "
            + fit
            + " fit",
        "echo-server",
        path);
  }

  @Test
  void aPortThatNeedsPrivilege() throws Exception {
    // By lines: this file gives all it has to the first read only, however small.
    Path limit = Path.of("/proc/sys/net/ipv4/ip_unprivileged_port_start");
    assumeTrue(Files.exists(limit), "who may use which port is told on Linux alone");
    int firstFree = Integer.parseInt(Files.readAllLines(limit).getFirst());
    assumeTrue(firstFree > 1, "here ports from " + firstFree + " on are free to all");
    List<String> command = new ArrayList<>();
    if ("root".equals(System.getProperty("user.name"))) {
      assumeTrue(Program.isInstalled("setpriv"), "setpriv is not installed, to be less than root");
      // The user stays, whose files these are; the capability goes.
      command.addAll(List.of("setpriv", "--bounding-set=-net_bind_service"));
      command.addAll(List.of("--inh-caps=-net_bind_service", "--ambient-caps=-net_bind_service"));
    }
    command.addAll(Program.command("echo-server", "127.0.0.1", "1"));
    try (Program server = Program.start(command)) {
      assertEquals(
          new Result(1, "", "gatun: bind 127.0.0.1:1: EACCES (13) Permission denied\n"),
          server.end());
    }
  }

  @Test
  void aNameThatIsNotFound() throws Exception {
    Result result = Program.run("echo-client", "no.such.host.invalid", "80");
    assertEquals(1, result.status());
    assertTrue(
        result.err().startsWith("gatun: getaddrinfo no.such.host.invalid:80: EAI_"), result.err());
    assertEquals(1, result.err().lines().count());
  }

  @Test
  void aRefusedConnection() throws Exception {
    try (Socket bound = Socket.openFor(Address.parse("127.0.0.1:0"))) {
      bound.bind(Address.parse("127.0.0.1:0")); // and does not listen
      IpAddress address = (IpAddress) bound.getSockName();
      assertFails(
          1,
          "connect " + address + ": ECONNREFUSED (" + Errno.ECONNREFUSED + ") Connection refused",
          "echo-client",
          "127.0.0.1",
          Integer.toString(address.port()));
    }
  }

  @Test
  void aStackTraceOnRequest() throws Exception {
    Result result = Program.run("echo-client", "--stacktrace", unix());
    assertEquals(1, result.status());
    assertTrue(result.err().contains("ENOENT (2)"), result.err());
    assertTrue(result.err().contains("\tat io.gatun"), result.err());
  }

  @Test
  void wrongUsage() throws Exception {
    assertFails(
        2,
        "PORT \"http\" (expected: 0 to 65535) (see gatun echo-server --help)",
        "echo-server",
        "http");
  }

  // The client

  @Test
  void theClientSaysHello() throws Exception {
    try (Program server = Program.gatun("echo-server", unix())) {
      server.listening();
      assertEquals(
          new Result(0, "Hello, world\n", ""), Program.run("echo-client", unix(), "Hello, world"));
      assertEquals(new Result(0, "grüß\n", ""), Program.run("echo-client", unix(), "grüß"));
    }
  }

  @Test
  void theClientSendsItsInput() throws Exception {
    String text = "0123456789\n".repeat(100_000); // more than all buffers on the way hold
    try (Program server = Program.gatun("echo-server", unix())) {
      server.listening();
      for (String[] args : new String[][] {{"echo-client", unix()}, {"echo-client", unix(), "-"}}) {
        try (Program client = Program.gatun(args)) {
          Thread.ofVirtual()
              .start(() -> {
                try {
                  client.input(text);
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              });
          assertEquals(new Result(0, text, ""), client.end());
        }
      }
    }
  }

  @Test
  void theClientTriesAllAddresses() throws Exception {
    // Wherever "localhost" stands for [::1] too, that one refuses.
    try (Program server = Program.gatun("echo-server", "127.0.0.1", "0")) {
      String port = Integer.toString(((IpAddress) server.listening()).port());
      assertEquals(
          new Result(0, "again\n", ""), Program.run("echo-client", "localhost", port, "again"));
    }
  }

  // Other people's programs

  private static Result other(String input, String... command) throws Exception {
    assumeTrue(Program.isInstalled(command[0]), command[0] + " is not installed");
    try (Program program = Program.start(List.of(command))) {
      program.input(input);
      return program.end();
    }
  }

  /** The client of Python's documentation, on either family of sockets. */
  private static final String PYTHON_CLIENT =
      """
      import socket, sys
      if sys.argv[1] == 'unix':
          s = socket.socket(socket.AF_UNIX)
          s.connect(sys.argv[2])
      else:
          s = socket.create_connection((sys.argv[1], int(sys.argv[2])))
      with s:
          s.sendall(b'Hello, world')
          data = s.recv(1024)
      print('Received', repr(data))
      """;

  /** The server of Python's documentation; it prints the port first. */
  private static final String PYTHON_SERVER =
      """
      import socket
      with socket.create_server(('127.0.0.1', 0)) as s:
          print(s.getsockname()[1], flush=True)
          conn, addr = s.accept()
          with conn:
              while True:
                  data = conn.recv(1024)
                  if not data: break
                  conn.sendall(data)
      """;

  @ParameterizedTest
  @ValueSource(strings = {CHANNELS, BLOCKING})
  void serversServeOtherClients(String how) throws Exception {
    String received = "Received b'Hello, world'\n";
    try (Program tcp = Program.gatun("echo-server", how, "127.0.0.1", "0");
        Program local = Program.gatun("echo-server", how, unix())) {
      String port = Integer.toString(((IpAddress) tcp.listening()).port());
      local.listening();
      String path = file().toString();
      Result python = new Result(0, received, "");
      Result text = new Result(0, "a line\n", "");
      assertEquals(python, other("", "python3", "-c", PYTHON_CLIENT, "127.0.0.1", port));
      assertEquals(python, other("", "python3", "-c", PYTHON_CLIENT, "unix", path));
      assertEquals(text, other("a line\n", "socat", "-", "TCP4:127.0.0.1:" + port));
      assertEquals(text, other("a line\n", "socat", "-", "UNIX-CONNECT:" + path));
      assertEquals(text, other("a line\n", "nc", "-N", "127.0.0.1", port));
      assertEquals(text, other("a line\n", "nc", "-N", "-U", path));
    }
  }

  /** What comes back is curl's own request, which HTTP 0.9 takes for a page without end. */
  @ParameterizedTest
  @ValueSource(strings = {CHANNELS, BLOCKING})
  void serversServeCurl(String how) throws Exception {
    assumeTrue(Program.isInstalled("curl"), "curl is not installed");
    try (Program server = Program.gatun("echo-server", how, unix())) {
      server.listening();
      List<String> curl = List.of("curl", "-sN", "--http0.9", "--unix-socket", file().toString());
      List<String> command = new ArrayList<>(curl);
      command.add("http://gatun/page");
      try (Program client = Program.start(command)) {
        assertEquals("GET /page HTTP/1.1", client.line());
      }
    }
  }

  @Test
  void theClientTalksToPython() throws Exception {
    assumeTrue(Program.isInstalled("python3"), "python3 is not installed");
    try (Program server = Program.start(List.of("python3", "-c", PYTHON_SERVER))) {
      String port = server.line();
      assertEquals(
          new Result(0, "Hello, world\n", ""),
          Program.run("echo-client", "127.0.0.1", port == null ? "" : port, "Hello, world"));
      assertEquals(new Result(0, "", ""), server.end());
    }
  }

  @Test
  void theClientTalksToSocat() throws Exception {
    assumeTrue(Program.isInstalled("socat"), "socat is not installed");
    String listen = "exec socat -d -d 'UNIX-LISTEN:" + file() + "' EXEC:cat 2>&1";
    try (Program server = Program.start(List.of("sh", "-c", listen))) {
      String line = server.line();
      while (line != null && !line.contains("listening on")) {
        line = server.line();
      }
      assertEquals(new Result(0, "to socat\n", ""), Program.run("echo-client", unix(), "to socat"));
    }
  }
}
