package io.gatun.examples.net;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.address.Address;
import io.gatun.address.IpAddress;
import io.gatun.address.Ipv4Address;
import io.gatun.address.UnixAddress;
import io.gatun.error.TimedOutException;
import io.gatun.examples.Program;
import io.gatun.socket.Shutdown;
import io.gatun.socket.Socket;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class NetTest {
  private static final String ANY = "127.0.0.1:0";

  @TempDir Path folder;

  private static Socket connect(Address address) throws IOException {
    Socket socket = Socket.openFor(address);
    socket.setTimeout(Duration.ofSeconds(60));
    socket.connect(address);
    return socket;
  }

  private static byte[] all(Socket socket) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] some;
    do {
      some = socket.recv(64 * 1024);
      all.writeBytes(some);
    } while (some.length > 0);
    return all.toByteArray();
  }

  private static String exchange(Address server, String request) throws IOException {
    try (Socket socket = connect(server)) {
      socket.sendAll(request.getBytes(UTF_8));
      return new String(all(socket), UTF_8);
    }
  }

  private static byte[] data(int size) {
    byte[] data = new byte[size];
    new Random(size).nextBytes(data);
    return data;
  }

  private static URI uri(Address server, String path) {
    return URI.create("http://127.0.0.1:" + ((IpAddress) server).port() + path);
  }

  private static void end(Program program) throws Exception {
    program.terminate();
    Program.Result result = program.end();
    assertEquals("", result.err());
    assertEquals(0, result.status());
  }

  @Test
  void theHttpServerAnswersRequestsThatDoNotWaitInOrderAndKeepsItsLimits() throws Exception {
    try (Program program = Program.gatun("http-server", ANY)) {
      Address server = program.listening();
      String get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
      String answers =
          exchange(server, get.repeat(99) + get.replace("Host", "Connection: close\r\nHost"));
      assertEquals(100, answers.split("Hello, world!", -1).length - 1);
      assertTrue(answers.endsWith("Connection: close\r\n\r\nHello, world!\n"), answers);
      String post = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello";
      String two = exchange(server, post + "GET / HTTP/1.0\n\n");
      assertTrue(two.startsWith("HTTP/1.1 405 ") && two.contains("HTTP/1.1 200 "), two);
      assertTrue(exchange(server, "nonsense\r\n\r\n").startsWith("HTTP/1.1 400 "));
      for (String hosts : List.of("", "Host: x\r\nHost: x\r\n")) {
        String answer = exchange(server, "GET / HTTP/1.1\r\n" + hosts + "\r\n");
        assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
      }
      String line = "X: y\r\n";
      String many = "GET / HTTP/1.1\r\n" + line.repeat(101) + "\r\n";
      assertTrue(exchange(server, many).startsWith("HTTP/1.1 431 "));
      String twoLengths = post.replace("\r\n\r\n", "\r\nContent-Length: 50\r\n\r\n");
      assertTrue(exchange(server, twoLengths).startsWith("HTTP/1.1 400 "));
      String large = "GET /" + "x".repeat(9000) + " HTTP/1.1\r\n";
      assertTrue(exchange(server, large).startsWith("HTTP/1.1 431 "));
      end(program);
    }
  }

  @Test
  void aRequestHasToComeWholeInItsTimeHoweverItTrickles() throws Exception {
    try (Program program = Program.gatun("http-server", "--timeout", "1", ANY);
        Socket socket = connect(program.listening())) {
      socket.setTimeout(Duration.ofMillis(50));
      byte[] answer = null;
      for (String some = "GET / HTTP/1.1\r\n"; answer == null; some = "X: y\r\n") {
        socket.sendAll(some.getBytes(UTF_8));
        try {
          answer = socket.recv(1000);
        } catch (TimedOutException e) {
          // not yet
        }
      }
      String said = new String(answer, UTF_8);
      assertTrue(said.startsWith("HTTP/1.1 408 "), said);
      end(program);
    }
  }

  @Test
  void theJdksHttpClientIsServed() throws Exception {
    try (Program program = Program.gatun("http-server", ANY);
        HttpClient client = HttpClient.newHttpClient()) {
      Address server = program.listening();
      for (int i = 0; i < 3; i++) {
        var request = java.net.http.HttpRequest.newBuilder(uri(server, "/")).build();
        assertEquals("Hello, world!\n", client.send(request, BodyHandlers.ofString()).body());
      }
      var post =
          java.net.http.HttpRequest.newBuilder(uri(server, "/"))
              .POST(BodyPublishers.ofString("body"))
              .build();
      assertEquals(405, client.send(post, BodyHandlers.discarding()).statusCode());
      end(program);
    }
  }

  @Test
  void theFileServerSendsFilesAndPartsOfThemAndNothingElse() throws Exception {
    Path root = Files.createDirectory(folder.resolve("root"));
    byte[] large = data(5_000_000);
    Files.write(root.resolve("large file"), large);
    Files.writeString(root.resolve("index.html"), "the index");
    Files.writeString(folder.resolve("secret"), "secret");
    Files.createSymbolicLink(root.resolve("link"), folder.resolve("secret"));
    try (Program program = Program.gatun("file-server", root.toString(), ANY);
        HttpClient client = HttpClient.newHttpClient()) {
      Address server = program.listening();
      var whole = java.net.http.HttpRequest.newBuilder(uri(server, "/large%20file")).build();
      assertArrayEquals(large, client.send(whole, BodyHandlers.ofByteArray()).body());
      for (List<String> part :
          List.of(
              List.of("bytes=10-19", "10", "20"),
              List.of("bytes=4999990-", "4999990", "5000000"),
              List.of("bytes=-7", "4999993", "5000000"))) {
        var request =
            java.net.http.HttpRequest.newBuilder(uri(server, "/large%20file"))
                .header("Range", part.get(0))
                .build();
        var response = client.send(request, BodyHandlers.ofByteArray());
        assertEquals(206, response.statusCode());
        int from = Integer.parseInt(part.get(1));
        int to = Integer.parseInt(part.get(2));
        assertArrayEquals(java.util.Arrays.copyOfRange(large, from, to), response.body());
      }
      String tail = " HTTP/1.0\r\n\r\n";
      assertTrue(exchange(server, "GET /" + tail).endsWith("\r\n\r\nthe index"));
      assertTrue(exchange(server, "HEAD /" + tail).endsWith("\r\n\r\n"));
      for (String path :
          List.of("/../secret", "/%2e%2e/secret", "/link", "/none", "//etc/passwd", "/%00", "x")) {
        String answer = exchange(server, "GET " + path + tail);
        assertTrue(answer.startsWith("HTTP/1.1 404 "), path + ": " + answer);
      }
      String beyond = "GET /index.html HTTP/1.0\r\nRange: bytes=9-\r\n\r\n";
      assertTrue(exchange(server, beyond).startsWith("HTTP/1.1 416 "));
      end(program);
    }
  }

  /** The clock is another server's: it ends a connection that has been idle for its timeout. */
  @Test
  void aClientThatTakesALargeFileSlowlyGetsAllOfIt() throws Exception {
    byte[] large = data(30_000_000);
    Files.write(folder.resolve("large"), large);
    try (Program program = Program.gatun("file-server", "--timeout", "3", folder.toString(), ANY);
        Program clock = Program.gatun("file-server", "--timeout", "1", folder.toString(), ANY)) {
      Address server = program.listening();
      Address second = clock.listening();
      try (Socket slow = connect(server)) {
        slow.sendAll("GET /large HTTP/1.0\r\n\r\n".getBytes(UTF_8));
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        for (int i = 0; i < 4; i++) {
          try (Socket idle = connect(second)) {
            assertEquals(0, all(idle).length);
          }
          for (int end = received.size() + 5_000_000; received.size() < end; ) {
            byte[] some = slow.recv(64 * 1024);
            assertTrue(some.length > 0, "the server gave up");
            received.writeBytes(some);
          }
        }
        received.writeBytes(all(slow));
        byte[] answer = received.toByteArray();
        int head = answer.length - large.length;
        assertTrue(head > 0, answer.length + " bytes");
        assertArrayEquals(large, java.util.Arrays.copyOfRange(answer, head, answer.length));
      }
      end(clock);
      end(program);
    }
  }

  @Test
  void whatTheLoopsHaveDoneIsPrintedForThoseWhoAsk() throws Exception {
    try (Program program = Program.gatun("http-server", "--metrics", "1", "--loops", "1", ANY)) {
      exchange(program.listening(), "GET / HTTP/1.0\r\n\r\n");
      String line;
      do {
        line = program.line();
        assertTrue(line != null, "it has ended");
      } while (!line.startsWith("gatun.accepted{loop=0} "));
      program.terminate(); // Micrometer has said on the standard error that it begins
      assertEquals(0, program.end().status());
    }
  }

  @Test
  void whatOneClientOfTheChatWritesAllRead() throws Exception {
    try (Program program = Program.gatun("chat", ANY)) {
      Address server = program.listening();
      try (Socket ann = connect(server);
          Socket bob = connect(server)) {
        expect(ann, "Your name?\n");
        ann.sendAll("ann\r\n".getBytes(UTF_8));
        expect(ann, "ann is here\n");
        expect(bob, "Your name?\n");
        bob.sendAll("bob\nhi\n".getBytes(UTF_8));
        expect(ann, "bob is here\nbob: hi\n");
        expect(bob, "bob is here\nbob: hi\n");
        bob.sendAll("/quit\n".getBytes(UTF_8));
        assertEquals(0, all(bob).length);
        expect(ann, "bob has left\n");
        ann.sendAll("x".repeat(2000).getBytes(UTF_8));
        String last = new String(all(ann), UTF_8);
        assertTrue(last.startsWith("line too long"), last);
      }
      end(program);
    }
  }

  private static void expect(Socket socket, String text) throws IOException {
    byte[] bytes = new byte[text.length()];
    for (int have = 0; have < bytes.length; ) {
      int more = socket.recvInto(bytes, have, bytes.length - have);
      assertTrue(more > 0, "the end");
      have += more;
    }
    assertEquals(text, new String(bytes, UTF_8));
  }

  @Test
  void theProxyPassesBothHalvesOnFromTcpToUnixWithoutKeepingWhatNobodyReads() throws Exception {
    Address target = UnixAddress.path(folder.resolve("target"));
    try (Socket listener = Socket.openFor(target)) {
      listener.bind(target);
      listener.listen();
      // With less memory than what is sent, a proxy that kept it would fail.
      try (Program program =
          Program.start(limited(Program.command("proxy", ANY, target.toString())))) {
        Address proxy = program.listening();
        byte[] data = data(100_000_000);
        try (Socket client = connect(proxy);
            Socket server = listener.accept()) {
          CompletableFuture<Void> sent =
              CompletableFuture.runAsync(() -> {
                try {
                  client.sendAll(data);
                  client.shutdown(Shutdown.WR);
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
          server.setTimeout(Duration.ofSeconds(60));
          server.sendAll("before".getBytes(UTF_8));
          expect(client, "before");
          assertTrue(!sent.isDone());
          assertArrayEquals(data, all(server));
          sent.join();
          server.sendAll("after".getBytes(UTF_8));
          server.shutdown(Shutdown.WR);
          assertEquals("after", new String(all(client), UTF_8));
        }
        end(program);
      }
    }
  }

  private static List<String> limited(List<String> command) {
    List<String> changed = new java.util.ArrayList<>(command);
    changed.addAll(1, List.of("-Xmx32m", "-XX:MaxDirectMemorySize=32m"));
    return changed;
  }

  @Test
  void aTargetThatIsNotThereIsToldInOneLineAndTheClientsConnectionEnds() throws Exception {
    Address nobody;
    try (Socket socket = Socket.openFor(Ipv4Address.loopback(0))) {
      socket.bind(Ipv4Address.loopback(0));
      nobody = socket.getSockName();
    }
    try (Program program = Program.gatun("proxy", ANY, nobody.toString())) {
      try (Socket client = connect(program.listening())) {
        assertEquals(0, all(client).length);
      }
      program.terminate();
      String err = program.end().err();
      assertTrue(err.startsWith("gatun: connect ") && err.contains("ECONNREFUSED"), err);
      assertEquals(1, err.lines().count());
    }
  }

  @Test
  void helpIsThere() throws Exception {
    for (String name : List.of("http-server", "file-server", "chat", "proxy")) {
      try (Program program = Program.gatun(name, "--help")) {
        Program.Result result = program.end();
        assertEquals(0, result.status());
        assertTrue(result.out().contains("Usage: gatun " + name), result.out());
      }
    }
  }
}
