package io.gatun.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gatun.os.Abi;
import io.gatun.os.Os;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A java.net.Socket that is Gatun's beside the JDK's own: whatever is asked in whatever state, both
 * answer alike. And what lives longer, or waits, than its owner thought.
 */
@OnEachThreadKind
@Timeout(60)
class SocketParityTest extends SocketFactoryLab {
  /** Before descriptors are counted: the JDK keeps some for itself, from the first wait on. */
  @BeforeAll
  static void letTheJdkWait() throws Exception {
    for (ThreadKind each : ThreadKind.values()) {
      Task<ServerSocket> waited =
          Task.start(
              each,
              () -> {
                try (ServerSocket jdks = new ServerSocket(0)) {
                  jdks.setSoTimeout(1);
                  assertThrows(SocketTimeoutException.class, jdks::accept);
                  return jdks;
                }
              });
      assertTrue(waited.result().isClosed());
    }
  }

  SocketParityTest(ThreadLane lane) throws IOException {
    super(lane);
  }

  // Beside the JDK's

  /** Asks something, or does it. */
  private interface Question<T> {
    @Nullable Object ask(T of) throws Exception;
  }

  private interface Deed<T> {
    void on(T of) throws Exception;
  }

  private static <T> Question<T> doing(Deed<T> deed) {
    return of -> {
      deed.on(of);
      return "done";
    };
  }

  private static Map<String, Question<Socket>> questions() {
    Map<String, Question<Socket>> of = new LinkedHashMap<>();
    of.put("isBound", Socket::isBound);
    of.put("isConnected", Socket::isConnected);
    of.put("isClosed", Socket::isClosed);
    of.put("isInputShutdown", Socket::isInputShutdown);
    of.put("isOutputShutdown", Socket::isOutputShutdown);
    of.put("getChannel", Socket::getChannel);
    of.put("getInetAddress", Socket::getInetAddress);
    of.put("getLocalAddress", Socket::getLocalAddress);
    of.put("getPort", Socket::getPort);
    of.put("getLocalPort", Socket::getLocalPort);
    of.put("getRemoteSocketAddress", Socket::getRemoteSocketAddress);
    of.put("getLocalSocketAddress", Socket::getLocalSocketAddress);
    of.put("getSoTimeout", Socket::getSoTimeout);
    of.put("getSoLinger", Socket::getSoLinger);
    of.put("getTcpNoDelay", Socket::getTcpNoDelay);
    of.put("getKeepAlive", Socket::getKeepAlive);
    of.put("getReuseAddress", Socket::getReuseAddress);
    of.put("getOOBInline", Socket::getOOBInline);
    of.put("getTrafficClass", Socket::getTrafficClass);
    of.put("setSoTimeout", doing(s -> s.setSoTimeout(Integer.MAX_VALUE)));
    of.put("getSoTimeout after", Socket::getSoTimeout);
    of.put("setSoTimeout of less", doing(s -> s.setSoTimeout(-1)));
    of.put("setSoLinger", doing(s -> s.setSoLinger(true, 7)));
    of.put("getSoLinger after", Socket::getSoLinger);
    of.put("setSoLinger of more", doing(s -> s.setSoLinger(true, 70_000)));
    of.put("getSoLinger of more", Socket::getSoLinger);
    of.put("setSoLinger of less", doing(s -> s.setSoLinger(true, -1)));
    of.put("setSoLinger off", doing(s -> s.setSoLinger(false, 0)));
    of.put("getSoLinger off", Socket::getSoLinger);
    of.put("setTrafficClass", doing(s -> s.setTrafficClass(256)));
    of.put("setSendBufferSize", doing(s -> s.setSendBufferSize(0)));
    of.put("setReceiveBufferSize", doing(s -> s.setReceiveBufferSize(-1)));
    of.put("getInputStream", s -> s.getInputStream() != null);
    of.put("getOutputStream", s -> s.getOutputStream() != null);
    of.put("connect nowhere", doing(s -> s.connect(null)));
    of.put("connect in no time", doing(s -> s.connect(new InetSocketAddress(1), -1)));
    of.put("bind again", doing(s -> s.bind(new InetSocketAddress(0))));
    of.put("isBound after", Socket::isBound);
    of.put("shutdownOutput", doing(Socket::shutdownOutput));
    of.put("shutdownOutput again", doing(Socket::shutdownOutput));
    of.put("shutdownInput", doing(Socket::shutdownInput));
    of.put("shutdownInput again", doing(Socket::shutdownInput));
    of.put("getInputStream after", s -> s.getInputStream() != null);
    of.put("getOutputStream after", s -> s.getOutputStream() != null);
    of.put("isInputShutdown after", Socket::isInputShutdown);
    of.put("isOutputShutdown after", Socket::isOutputShutdown);
    of.put("close", doing(Socket::close));
    of.put("close again", doing(Socket::close));
    of.put("isBound at the end", Socket::isBound);
    of.put("isConnected at the end", Socket::isConnected);
    of.put("getInetAddress at the end", Socket::getInetAddress);
    of.put("getPort at the end", Socket::getPort);
    of.put("getLocalPort at the end", Socket::getLocalPort);
    of.put("getLocalAddress at the end", Socket::getLocalAddress);
    of.put("getLocalSocketAddress at the end", Socket::getLocalSocketAddress);
    of.put("getRemoteSocketAddress at the end", Socket::getRemoteSocketAddress);
    of.put("isInputShutdown at the end", Socket::isInputShutdown);
    of.put("toString at the end", Socket::toString);
    return of;
  }

  private static Map<String, Question<ServerSocket>> questionsOfListeners() {
    Map<String, Question<ServerSocket>> of = new LinkedHashMap<>();
    of.put("isBound", ServerSocket::isBound);
    of.put("isClosed", ServerSocket::isClosed);
    of.put("getChannel", ServerSocket::getChannel);
    of.put("getInetAddress", ServerSocket::getInetAddress);
    of.put("getLocalPort", ServerSocket::getLocalPort);
    of.put("getLocalSocketAddress", ServerSocket::getLocalSocketAddress);
    of.put("getSoTimeout", ServerSocket::getSoTimeout);
    of.put("getReuseAddress", ServerSocket::getReuseAddress);
    of.put("setSoTimeout", doing(s -> s.setSoTimeout(1)));
    of.put("setSoTimeout of less", doing(s -> s.setSoTimeout(-1)));
    of.put("accept", doing(ServerSocket::accept));
    of.put("setReceiveBufferSize", doing(s -> s.setReceiveBufferSize(0)));
    of.put("bind nowhere", doing(s -> s.bind(null)));
    of.put("bind again", doing(s -> s.bind(new InetSocketAddress(0))));
    of.put("isBound after", ServerSocket::isBound);
    of.put("close", doing(ServerSocket::close));
    of.put("close again", doing(ServerSocket::close));
    of.put("accept at the end", doing(ServerSocket::accept));
    of.put("isBound at the end", ServerSocket::isBound);
    of.put("getLocalPort at the end", ServerSocket::getLocalPort);
    of.put("getInetAddress at the end", ServerSocket::getInetAddress);
    of.put("getLocalSocketAddress at the end", ServerSocket::getLocalSocketAddress);
    return of;
  }

  /** What a question is answered: a port that the system chose is no number that matters. */
  private static <T> String answer(Question<T> question, T of) {
    try {
      return String.valueOf(question.ask(of)).replaceAll("(?<=:|port=|^)[1-9][0-9]{3,4}\\b", "#");
    } catch (Exception e) {
      return "throws " + jdks(e);
    }
  }

  /** The JDK's class of an exception: what code catches. */
  private static String jdks(Exception e) {
    Class<?> is = e.getClass();
    while (!is.getName().startsWith("java.")) {
      is = is.getSuperclass();
    }
    return is.getName();
  }

  private static <T> void assertAlike(
      String state, Map<String, Question<T>> questions, T gatuns, T jdks) {
    questions.forEach((name, question) ->
        assertEquals(answer(question, jdks), answer(question, gatuns), state + ": " + name));
  }

  private interface State {
    void reach(Socket socket) throws Exception;
  }

  @Test
  void answersInEachStateAsTheJdks() throws Exception {
    assumeFalse(family.isUnix(), "the JDK's has TCP alone");
    try (ServerSocket server = bound()) {
      InetSocketAddress to = new InetSocketAddress(loopback(), server.getLocalPort());
      Map<String, State> states = new LinkedHashMap<>();
      states.put("new", s -> {});
      states.put("bound", s -> s.bind(new InetSocketAddress(loopback(), 0)));
      states.put("connected", s -> s.connect(to));
      states.put(
          "shut to read",
          s -> {
            s.connect(to);
            s.shutdownInput();
          });
      states.put(
          "shut to write",
          s -> {
            s.connect(to);
            s.shutdownOutput();
          });
      states.put(
          "connected and closed",
          s -> {
            s.connect(to);
            s.close();
          });
      states.put("closed", Socket::close);
      for (Map.Entry<String, State> state : states.entrySet()) {
        try (Socket gatuns = sockets.createSocket();
            Socket jdks = new Socket()) {
          run(() -> {
            state.getValue().reach(gatuns);
            state.getValue().reach(jdks);
            assertAlike(state.getKey(), questions(), gatuns, jdks);
          });
        }
      }
    }
  }

  @Test
  void aListenerAnswersInEachStateAsTheJdks() throws Exception {
    assumeFalse(family.isUnix(), "the JDK's has TCP alone");
    for (String state : List.of("new", "bound", "closed")) {
      try (ServerSocket gatuns = servers.createServerSocket();
          ServerSocket jdks = new ServerSocket()) {
        for (ServerSocket each : List.of(gatuns, jdks)) {
          switch (state) {
            case "bound" -> each.bind(new InetSocketAddress(loopback(), 0));
            case "closed" -> each.close();
            default -> {}
          }
        }
        run(() -> assertAlike(state, questionsOfListeners(), gatuns, jdks));
      }
    }
  }

  @Test
  void takesAndRefusesTheValuesOfOptionsAsTheJdks() throws Exception {
    assumeFalse(family.isUnix(), "the JDK's has TCP alone");
    @Nullable Object[] values = {
      null, "text", true, -1, 0, 1, 255, 256, 999, 70_000, Integer.MIN_VALUE
    };
    try (Socket gatuns = sockets.createSocket();
        Socket jdks = new Socket()) {
      for (SocketOption<?> option :
          List.of(
              StandardSocketOptions.SO_RCVBUF,
              StandardSocketOptions.SO_SNDBUF,
              StandardSocketOptions.SO_KEEPALIVE,
              StandardSocketOptions.SO_REUSEADDR,
              StandardSocketOptions.SO_LINGER,
              StandardSocketOptions.IP_TOS,
              StandardSocketOptions.TCP_NODELAY)) {
        for (Object value : values) {
          Question<Socket> set = doing(s -> set(s, option, value));
          assertEquals(answer(set, jdks), answer(set, gatuns), option + "=" + value);
        }
      }
      for (Question<Socket> no :
          List.<Question<Socket>>of(
              doing(s -> s.setOption(null, 1)),
              s -> s.getOption(null),
              doing(s -> s.setOption(StandardSocketOptions.IP_MULTICAST_TTL, 1)),
              s -> s.getOption(StandardSocketOptions.IP_MULTICAST_TTL),
              doing(s -> s.bind(InetSocketAddress.createUnresolved("no.such.host.invalid", 1))),
              doing(
                  s -> s.connect(InetSocketAddress.createUnresolved("no.such.host.invalid", 1))))) {
        assertEquals(answer(no, jdks), answer(no, gatuns));
      }
    }
  }

  /** Past the compiler, as code without type arguments gets. */
  @SuppressWarnings("unchecked")
  private static void set(Socket socket, SocketOption<?> option, @Nullable Object value)
      throws IOException {
    socket.setOption((SocketOption<Object>) option, value);
  }

  @Test
  void errorsShowTheAddressAsItWasGiven() throws Exception {
    assumeTrue(family == Family.IPV4, "IPv4's is within IPv6 here");
    int port;
    try (ServerSocket server = bound()) {
      port = server.getLocalPort();
      InetSocketAddress taken = new InetSocketAddress(loopback(), port);
      ServerSocket second = closeLater(servers.createServerSocket());
      String inUse = assertThrows(IOException.class, () -> second.bind(taken)).toString();
      assertTrue(inUse.contains(" 127.0.0.1:" + port), inUse);
      Socket client = closeLater(sockets.createSocket(loopback(), port));
      try (Socket served = server.accept()) {
        client.setSoLinger(true, 0);
        client.close();
        String reset =
            assertThrows(IOException.class, () -> call(() -> served.getInputStream().read()))
                .toString();
        assertTrue(reset.contains(" 127.0.0.1:"), reset);
      }
    }
    String refused =
        assertThrows(IOException.class, () -> call(() -> sockets.createSocket(loopback(), port)))
            .toString();
    assertTrue(refused.contains(" 127.0.0.1:" + port), refused);
  }

  // Scopes

  @Test
  void aLinkLocalAddressKeepsItsScope() throws Exception {
    assumeTrue(family == Family.IPV6, "scopes are IPv6's");
    Inet6Address local =
        NetworkInterface.networkInterfaces()
            .flatMap(NetworkInterface::inetAddresses)
            .filter(address -> address instanceof Inet6Address && address.isLinkLocalAddress())
            .map(Inet6Address.class::cast)
            .findFirst()
            .orElse(null);
    assumeTrue(local != null, "no interface here has a link-local address");
    try (ServerSocket server = closeLater(servers.createServerSocket(0, 5, local));
        Socket client = call(() -> sockets.createSocket(local, server.getLocalPort()));
        Socket served = call(server::accept)) {
      for (InetAddress address :
          List.of(
              server.getInetAddress(),
              client.getInetAddress(),
              client.getLocalAddress(),
              served.getInetAddress(),
              served.getLocalAddress())) {
        assertEquals(local, address);
        assertEquals(local.getScopeId(), ((Inet6Address) address).getScopeId());
      }
      served.getOutputStream().write(6);
      assertEquals(6, call(() -> client.getInputStream().read()));
    }
  }

  // What waits, and what is forgotten

  @Test
  void shuttingTheInputEndsAReadThatWaits() throws Exception {
    assumeTrue(Abi.HOST.os() != Os.WINDOWS, "on Windows the next read alone sees it");
    try (ServerSocket server = bound()) {
      for (int timeout : new int[] {0, (int) LONG.toMillis()}) {
        Socket client = connected(server);
        Socket served = closeLater(server.accept());
        client.setSoTimeout(timeout);
        InputStream in = client.getInputStream();
        Task<Integer> read = start(() -> in.read()).awaitWaiting();
        client.shutdownInput();
        assertEquals(-1, read.result());
        client.getOutputStream().write(3); // the other half goes on
        assertEquals(3, call(() -> served.getInputStream().read()));
      }
    }
  }

  @Test
  void theLongestSoTimeoutIsOneThatWaits() throws Exception {
    Pair pair = pair();
    pair.client().setSoTimeout(Integer.MAX_VALUE);
    assertEquals(Integer.MAX_VALUE, pair.client().getSoTimeout());
    Task<Integer> read = start(() -> pair.client().getInputStream().read()).awaitWaiting();
    pair.served().getOutputStream().write(5);
    assertEquals(5, read.result());
  }

  @Test
  void whatWasWrittenBeforeACloseThatLingersArrives() throws Exception {
    Pair pair = pair();
    pair.client().setSoLinger(true, (int) LONG.toSeconds());
    byte[] data = Data.of(100_000);
    Task<byte[]> served = start(() -> pair.served().getInputStream().readAllBytes());
    run(() -> {
      pair.client().getOutputStream().write(data);
      pair.client().close();
    });
    assertArrayEquals(data, served.result());
  }

  @Test
  void anInterruptBeforeAReadClosesAVirtualThreadsSocketWhenItWaits() throws Exception {
    assumeTrue(kind == ThreadKind.VIRTUAL, "a platform thread goes on");
    Pair pair = pair();
    pair.served().getOutputStream().write(1);
    Task<Integer> task =
        start(() -> {
          InputStream in = pair.client().getInputStream();
          assertEquals(1, in.read());
          Thread.currentThread().interrupt();
          return in.read();
        });
    task.failure(SocketException.class);
    assertTrue(pair.client().isClosed());
  }

  @Test
  void aSocketThatNobodyHasAnyMoreIsClosed() throws Exception {
    ServerSocket server = bound();
    Set<String> before = Descriptors.open();
    try (Log log = new Log("io.gatun.socket")) {
      forget(server);
      long end = System.nanoTime() + LONG.toNanos();
      while ((log.all().isEmpty() || !before.containsAll(Descriptors.open()))
          && System.nanoTime() < end) {
        System.gc();
        Thread.onSpinWait();
      }
      assertTrue(before.containsAll(Descriptors.open()), "two descriptors are left");
      assertFalse(log.all().isEmpty(), "nobody was told");
    }
  }

  private void forget(ServerSocket server) throws Exception {
    Closeable[] two = new Closeable[2];
    two[0] = sockets.createSocket(loopback(), server.getLocalPort());
    two[1] = server.accept();
    assertFalse(((Socket) two[1]).isClosed());
  }
}
