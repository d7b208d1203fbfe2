package io.gatun.can.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** A gateway of a file, and clients that are no part of Gatun. */
abstract class GatewayLab {
  static final int MILLIS = 60_000;

  @TempDir Path folder;
  private final List<Gateway> gateways = new ArrayList<>();
  private final List<Socket> sockets = new ArrayList<>();

  @AfterEach
  final void end() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
    gateways.forEach(Gateway::close);
  }

  final Gateway gateway(String config) throws Exception {
    Path file = Files.createTempFile(folder, "gateway", ".toml");
    Files.writeString(file, config);
    Gateway gateway = Gateway.start(file);
    gateways.add(gateway);
    return gateway;
  }

  static int port(Gateway gateway, String endpoint) {
    String address = String.valueOf(gateway.listening().get(endpoint));
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }

  final Socket connect(Gateway gateway, String endpoint) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port(gateway, endpoint));
    socket.setSoTimeout(MILLIS);
    socket.setTcpNoDelay(true);
    sockets.add(socket);
    return socket;
  }

  /** A client of socketcand that does what the protocol says, byte by byte. */
  final class Client {
    final Socket socket;

    Client(Gateway gateway, String bus, String... modes) throws IOException {
      socket = connect(gateway, "socketcand");
      assertEquals("< hi >", next());
      say("< open " + bus + " >");
      assertEquals("< ok >", next());
      for (String mode : modes) {
        say("< " + mode + " >");
        assertEquals("< ok >", next());
      }
    }

    void say(String text) throws IOException {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** The next element, with its brackets. */
    String next() throws IOException {
      return element(socket);
    }

    /** The next frame without its time. */
    String frame() throws IOException {
      String[] words = next().split(" ", -1);
      assertEquals("frame", words[1]);
      assertTrue(words[3].matches("[0-9]{10}\\.[0-9]{6}"), words[3]);
      return words[2] + "#" + String.join(" ", List.of(words).subList(4, words.length - 1));
    }
  }

  final Client raw(Gateway gateway, String bus) throws IOException {
    return new Client(gateway, bus, "rawmode");
  }

  static String element(Socket socket) throws IOException {
    StringBuilder text = new StringBuilder();
    InputStream in = socket.getInputStream();
    int c;
    while ((c = in.read()) >= 0) {
      text.append((char) c);
      if (c == '>') {
        return text.toString();
      }
    }
    return text + "<end>";
  }

  /** Waits until the status says so: what another thread does shows there. */
  static Status.Line await(Gateway gateway, String name, Predicate<Status.Line> condition)
      throws Exception {
    long deadline = System.nanoTime() + MILLIS * 1_000_000L;
    Status.@Nullable Line line = null;
    while (System.nanoTime() - deadline < 0) {
      line = line(gateway, name);
      if (line != null && condition.test(line)) {
        return line;
      }
      LockSupport.parkNanos(1_000_000); // asked in a loop, it would keep the gateway from its work
    }
    throw new AssertionError(name + " never came to be so: " + line);
  }

  static Status.@Nullable Line line(Gateway gateway, String name) {
    Status status = gateway.snapshot();
    List<Status.Line> all = new ArrayList<>(status.endpoints());
    all.addAll(status.routes());
    return all.stream().filter(line -> line.name().startsWith(name)).findFirst().orElse(null);
  }

  static long number(String json, String key) {
    Matcher matcher = Pattern.compile("\"" + key + "\":([0-9]+)").matcher(json);
    assertTrue(matcher.find(), json);
    return Long.parseLong(matcher.group(1));
  }
}
