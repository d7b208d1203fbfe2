package io.gatun.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gatun.address.UnixAddress;
import io.gatun.error.SocketError;
import io.gatun.os.Abi;
import io.gatun.os.Os;
import io.gatun.socket.GatunServerSocketFactory;
import io.gatun.socket.GatunSocketFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A java.net.Socket that is Gatun's does what the documentation of the JDK's says. */
@OnEachThreadKind
@Timeout(60)
class SocketFactoryTest extends SocketFactoryLab {
  private static final int SHORT_MILLIS = (int) SHORT.toMillis();

  /** Asked for before descriptors are counted: the JDK keeps one for itself. */
  private static final Set<SocketOption<?>> JDKS_OPTIONS;

  private static final Set<SocketOption<?>> JDKS_LISTENER_OPTIONS;

  static {
    try (Socket socket = new Socket();
        ServerSocket server = new ServerSocket()) {
      JDKS_OPTIONS = socket.supportedOptions();
      JDKS_LISTENER_OPTIONS = server.supportedOptions();
    } catch (IOException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  SocketFactoryTest(ThreadLane lane) throws IOException {
    super(lane);
  }

  // What both ends do

  @Test
  void carriesBytesBothWaysAndClosesByHalves() throws Exception {
    Pair pair = pair();
    byte[] much = Data.of(1 << 20);
    Task<byte[]> served = start(() -> pair.served().getInputStream().readAllBytes());
    run(() -> {
      pair.client().getOutputStream().write(much);
      pair.client().shutdownOutput();
    });
    assertArrayEquals(much, served.result());
    assertTrue(pair.client().isOutputShutdown());
    assertThrows(SocketException.class, () -> pair.client().getOutputStream());
    run(() -> {
      pair.served().getOutputStream().write(200);
      InputStream in = pair.client().getInputStream();
      assertEquals(200, in.read());
      assertEquals(0, in.available());
    });
    pair.served().close();
    assertEquals(-1, call(() -> pair.client().getInputStream().read()));
  }

  @Test
  void readsNothingOnceItsInputIsShutDown() throws Exception {
    Pair pair = pair();
    InputStream in = pair.client().getInputStream();
    pair.served().getOutputStream().write(1);
    pair.client().shutdownInput();
    assertEquals(-1, call(() -> in.read()));
    assertEquals(0, in.available());
    assertThrows(SocketException.class, () -> pair.client().getInputStream());
    pair.client().close();
    assertThrows(SocketException.class, () -> call(() -> in.read()));
  }

  /** The kernel tells of a reset once: whoever reads on must not take it for the end. */
  @Test
  void aResetStaysOneAndNothingIsLeftToShutDown() throws Exception {
    assumeFalse(family.isUnix(), "only TCP has a reset");
    Pair pair = pair();
    InputStream in = pair.client().getInputStream();
    OutputStream out = pair.client().getOutputStream();
    pair.served().setSoLinger(true, 0);
    pair.served().close();
    for (int i = 0; i < 3; i++) {
      assertThrows(SocketException.class, () -> call(() -> in.read()));
    }
    assertThrows(SocketException.class, () -> run(() -> out.write(1)));
    pair.client().shutdownOutput();
    pair.client().shutdownInput();
    assertEquals(-1, call(() -> in.read()));
  }

  @Test
  void aStreamThatIsClosedClosesTheSocket() throws Exception {
    Pair pair = pair();
    pair.client().getInputStream().close();
    assertTrue(pair.client().isClosed());
    pair.served().getOutputStream().close();
    assertTrue(pair.served().isClosed());
  }

  @Test
  void nothingComesBetweenTheBytesOfAWrite() throws Exception {
    Pair pair = pair();
    byte[] ones = new byte[1 << 20];
    byte[] twos = new byte[1 << 20];
    Arrays.fill(ones, (byte) 1);
    Arrays.fill(twos, (byte) 2);
    Task<String> first = startRun(() -> pair.client().getOutputStream().write(ones));
    Task<String> second = startRun(() -> pair.client().getOutputStream().write(twos));
    byte[] all = call(() -> pair.served().getInputStream().readNBytes(2 << 20));
    int changes = 0;
    for (int i = 1; i < all.length; i++) {
      changes += all[i] == all[i - 1] ? 0 : 1;
    }
    assertEquals(1, changes);
    first.result();
    second.result();
  }

  // Addresses

  @Test
  void tellsAddressesAsMostCodeExpectsThem() throws Exception {
    try (ServerSocket server = bound();
        Socket client = sockets.createSocket()) {
      assertFalse(client.isBound() || client.isConnected());
      assertNull(client.getRemoteSocketAddress());
      client.connect(new InetSocketAddress(loopback(), server.getLocalPort()));
      assertTrue(client.isBound() && client.isConnected());
      assertNull(client.getChannel());
      Socket served = closeLater(server.accept());
      assertEquals(loopback(), client.getInetAddress());
      assertEquals(server.getLocalPort(), client.getPort());
      assertEquals(server.getLocalSocketAddress(), client.getRemoteSocketAddress());
      assertEquals(server.getLocalPort(), served.getLocalPort());
      assertEquals(loopback(), served.getLocalAddress());
      assertEquals(loopback(), served.getInetAddress());
      if (family.isUnix()) {
        assertEquals(0, client.getPort());
        assertTrue(client.getInetAddress().getHostName().startsWith("unix:"));
      } else {
        assertEquals(client.getLocalPort(), served.getPort());
        assertEquals(client.getLocalSocketAddress(), served.getRemoteSocketAddress());
      }
    }
  }

  @Test
  void takesANameThatNobodyResolvedOnAPathAlone() throws Exception {
    InetSocketAddress unresolved = InetSocketAddress.createUnresolved("no.such.invalid", 1);
    try (ServerSocket server = bound();
        Socket client = sockets.createSocket()) {
      if (family.isUnix()) {
        client.connect(unresolved);
        server.accept().close();
      } else {
        assertThrows(UnknownHostException.class, () -> client.connect(unresolved));
        assertTrue(client.isClosed());
      }
    }
  }

  @Test
  void takesAPathByItsNameOrByTheTextOfItsAddress() throws Exception {
    assumeTrue(family.isUnix(), "of paths only");
    UnixAddress address = (UnixAddress) address();
    String text = address.toString();
    try (ServerSocket server = new GatunServerSocketFactory(text).createServerSocket(0)) {
      new GatunSocketFactory(text).createSocket("any", 0).close();
      server.accept().close();
      if (address.isPath()) {
        new GatunSocketFactory(address.toPath().toString()).createSocket("any", 0).close();
        server.accept().close();
      }
    }
    assertThrows(IllegalArgumentException.class, () -> new GatunSocketFactory("unix:"));
  }

  @Test
  void bindsAClientToAPort() throws Exception {
    assumeFalse(family.isUnix(), "there are no ports");
    try (ServerSocket server = bound();
        Socket client = sockets.createSocket(loopback(), server.getLocalPort(), loopback(), 0)) {
      Socket served = closeLater(server.accept());
      assertEquals(client.getLocalSocketAddress(), served.getRemoteSocketAddress());
    }
  }

  @Test
  void takesBothFamiliesOnOnePort() throws Exception {
    assumeTrue(family == Family.IPV6, "that is for IPv6 to show");
    try (ServerSocket server = closeLater(servers.createServerSocket(0))) {
      for (String host : List.of("127.0.0.1", "::1")) {
        try (Socket client = sockets.createSocket(host, server.getLocalPort());
            Socket served = server.accept()) {
          assertEquals(InetAddress.getByName(host), served.getInetAddress());
          assertEquals(client.getLocalPort(), served.getPort());
        }
      }
    }
  }

  /** TLS and HTTP ask the socket for the name that they connected to. */
  @Test
  void theNameThatItIsToldStays() throws Exception {
    assumeFalse(family.isUnix(), "the name is the path's");
    InetAddress named = InetAddress.getByAddress("no.such.invalid", loopback().getAddress());
    try (ServerSocket server = bound();
        Socket client = sockets.createSocket(named, server.getLocalPort())) {
      assertEquals("no.such.invalid", client.getInetAddress().getHostName());
      assertTrue(client.toString().startsWith("Socket[addr=no.such.invalid/"), client::toString);
    }
  }

  @Test
  void anyAddressIsToldAsTheJdkDoes() throws Exception {
    assumeFalse(family.isUnix(), "there is a path");
    try (ServerSocket server = servers.createServerSocket(0);
        ServerSocket jdks = new ServerSocket(0)) {
      assertEquals(jdks.getInetAddress(), server.getInetAddress());
    }
  }

  @Test
  void noHostIsTheLoopback() throws Exception {
    try (ServerSocket server = closeLater(servers.createServerSocket(0));
        Socket client = sockets.createSocket((String) null, server.getLocalPort())) {
      assertTrue(client.getInetAddress().isLoopbackAddress());
    }
  }

  // Time

  @Test
  void aChangeOfSoTimeoutLeavesAReadThatWaits() throws Exception {
    assumeTrue(
        Abi.HOST.os() != Os.WINDOWS, "Windows does not tell whether a thread waits in a call");
    Pair pair = pair();
    Task<Integer> read = start(() -> pair.client().getInputStream().read()).awaitWaiting();
    pair.client().setSoTimeout(1);
    pair.served().setSoTimeout(SHORT_MILLIS); // which takes longer, and ends
    assertThrows(
        SocketTimeoutException.class, () -> call(() -> pair.served().getInputStream().read()));
    assertFalse(read.isDone());
    pair.served().getOutputStream().write(4);
    assertEquals(4, read.result());
  }

  @Test
  void soTimeoutEndsAReadAndLosesNothing() throws Exception {
    Pair pair = pair();
    pair.client().setSoTimeout(SHORT_MILLIS);
    assertEquals(SHORT_MILLIS, pair.client().getSoTimeout());
    InputStream in = pair.client().getInputStream();
    assertThrows(SocketTimeoutException.class, () -> call(() -> in.read()));
    pair.served().getOutputStream().write(7);
    assertEquals(7, call(() -> in.read()));
    pair.client().setSoTimeout(0);
    Task<Integer> read = start(() -> in.read()).awaitWaiting();
    pair.served().getOutputStream().write(8);
    assertEquals(8, read.result());
  }

  /** The reads wait for longer than the timeout, and the write goes on. */
  @Test
  void soTimeoutIsNotThatOfAWrite() throws Exception {
    Pair pair = pair();
    pair.client().setSoTimeout(SHORT_MILLIS);
    Task<String> write =
        startRun(() -> {
          pair.client().getOutputStream().write(LARGE);
          pair.client().shutdownOutput();
        });
    write.awaitWaiting();
    for (int i = 0; i < 2; i++) {
      assertThrows(
          SocketTimeoutException.class, () -> call(() -> pair.client().getInputStream().read()));
    }
    assertFalse(write.isDone());
    assertEquals(LARGE.length, call(() -> pair.served().getInputStream().readAllBytes()).length);
    write.result();
  }

  @Test
  void soTimeoutEndsAnAccept() throws Exception {
    try (ServerSocket server = bound()) {
      server.setSoTimeout(SHORT_MILLIS);
      assertThrows(SocketTimeoutException.class, () -> call(server::accept));
      Socket client = connected(server);
      Socket served = closeLater(call(server::accept));
      assertEquals(0, served.getSoTimeout());
      client.getOutputStream().write(3);
      assertEquals(3, call(() -> served.getInputStream().read()));
    }
  }

  @Test
  void connectingEndsWithItsTimeoutAndClosesTheSocket() throws Exception {
    try (ServerSocket server = closeLater(servers.createServerSocket(0, 1, loopback()))) {
      assertTrue(lastOfTheFull(server).isClosed());
    }
  }

  /** Connects until the server's backlog is full. Returns the socket that found it so. */
  private Socket lastOfTheFull(ServerSocket server) throws Exception {
    InetSocketAddress address = new InetSocketAddress(loopback(), server.getLocalPort());
    while (true) {
      Socket client = closeLater(sockets.createSocket());
      try {
        run(() -> client.connect(address, SHORT_MILLIS));
      } catch (SocketTimeoutException e) {
        return client;
      }
    }
  }

  @Test
  void aConnectionMadeInTimeReadsWithoutTimeout() throws Exception {
    try (ServerSocket server = bound();
        Socket client = sockets.createSocket()) {
      run(() ->
          client.connect(
              new InetSocketAddress(loopback(), server.getLocalPort()), (int) LONG.toMillis()));
      Socket served = closeLater(server.accept());
      Task<Integer> read = start(() -> client.getInputStream().read()).awaitWaiting();
      served.getOutputStream().write(9);
      assertEquals(9, read.result());
    }
  }

  // Errors

  @Test
  void aRefusedConnectionIsAConnectException() throws Exception {
    ServerSocket server = bound();
    InetSocketAddress address = new InetSocketAddress(loopback(), server.getLocalPort());
    server.close();
    Socket client = closeLater(sockets.createSocket());
    IOException e = assertThrows(ConnectException.class, () -> run(() -> client.connect(address)));
    assertInstanceOf(SocketError.class, e);
    assertTrue(client.isClosed());
  }

  private void assertEndsByClosing(Task<?> task, AutoCloseable what) throws Exception {
    task.awaitWaiting();
    what.close();
    // Where nobody can tell that it waits already, it may find the socket closed.
    assertTrue(
        String.valueOf(task.failure(SocketException.class).getMessage())
            .matches("Socket (is )?closed"));
  }

  @Test
  void closingEndsAReadThatWaits() throws Exception {
    Pair pair = pair();
    assertEndsByClosing(start(() -> pair.client().getInputStream().read()), pair.client());
  }

  @Test
  void closingEndsAReadWithTimeoutThatWaits() throws Exception {
    Pair pair = pair();
    pair.client().setSoTimeout((int) LONG.toMillis());
    assertEndsByClosing(start(() -> pair.client().getInputStream().read()), pair.client());
  }

  @Test
  void closingEndsAWriteThatWaits() throws Exception {
    Pair pair = pair();
    assertEndsByClosing(
        startRun(() -> pair.client().getOutputStream().write(LARGE)), pair.client());
  }

  @Test
  void closingEndsAnAcceptThatWaits() throws Exception {
    ServerSocket server = bound();
    assertEndsByClosing(start(server::accept), server);
  }

  @Test
  void closingEndsAConnectThatWaits() throws Exception {
    try (ServerSocket server = closeLater(servers.createServerSocket(0, 1, loopback()))) {
      lastOfTheFull(server);
      Socket client = closeLater(sockets.createSocket());
      InetSocketAddress address = new InetSocketAddress(loopback(), server.getLocalPort());
      assertEndsByClosing(startRun(() -> client.connect(address)), client);
    }
  }

  @Test
  void aClosedSocketSaysSo() throws Exception {
    Pair pair = pair();
    InputStream in = pair.client().getInputStream();
    pair.client().close();
    pair.client().close();
    assertThrows(SocketException.class, () -> call(() -> in.read()));
    assertThrows(SocketException.class, in::available);
    assertThrows(SocketException.class, pair.client()::getInputStream);
    assertThrows(SocketException.class, () -> pair.client().setSoTimeout(1));
    assertThrows(SocketException.class, () -> pair.client().sendUrgentData(1));
    assertThrows(SocketException.class, pair.client()::shutdownOutput);
  }

  private void assertAnInterruptCloses(Task<?> task) throws Exception {
    assumeTrue(kind == ThreadKind.VIRTUAL, "a platform thread goes on");
    task.awaitWaiting().thread().interrupt();
    assertEquals("Closed by interrupt", task.failure(SocketException.class).getMessage());
  }

  @Test
  void anInterruptOfAVirtualThreadThatReadsClosesTheSocket() throws Exception {
    Pair pair = pair();
    assertAnInterruptCloses(start(() -> pair.client().getInputStream().read()));
    assertEquals(-1, call(() -> pair.served().getInputStream().read()));
  }

  @Test
  void anInterruptOfAVirtualThreadThatWritesClosesTheSocket() throws Exception {
    Pair pair = pair();
    assertAnInterruptCloses(startRun(() -> pair.client().getOutputStream().write(LARGE)));
    call(() -> pair.served().getInputStream().readAllBytes()); // there is an end
  }

  @Test
  void anInterruptOfAVirtualThreadThatAcceptsClosesTheSocket() throws Exception {
    ServerSocket server = bound();
    assertAnInterruptCloses(start(server::accept));
    assertTrue(server.isClosed());
  }

  @Test
  void anInterruptOfAVirtualThreadThatConnectsClosesTheSocket() throws Exception {
    try (ServerSocket server = closeLater(servers.createServerSocket(0, 1, loopback()))) {
      lastOfTheFull(server);
      Socket client = closeLater(sockets.createSocket());
      InetSocketAddress address = new InetSocketAddress(loopback(), server.getLocalPort());
      assertAnInterruptCloses(startRun(() -> client.connect(address)));
      assertTrue(client.isClosed());
    }
  }

  // Options

  @Test
  void optionsAreSetAndRead() throws Exception {
    Socket socket = closeLater(sockets.createSocket());
    socket.setTcpNoDelay(true);
    socket.setKeepAlive(true);
    socket.setReuseAddress(true);
    socket.setSoLinger(true, 5);
    socket.setTrafficClass(0x10);
    socket.setReceiveBufferSize(20_000);
    socket.setSendBufferSize(20_000);
    socket.setPerformancePreferences(1, 2, 3);
    assertTrue(socket.getTcpNoDelay() && socket.getKeepAlive() && socket.getReuseAddress());
    assertEquals(5, socket.getSoLinger());
    assertEquals(0x10, socket.getTrafficClass());
    assertTrue(socket.getReceiveBufferSize() >= 20_000, "the receive buffer is too small");
    assertTrue(socket.getSendBufferSize() >= 20_000, "the send buffer is too small");
    socket.setSoLinger(false, 0);
    assertEquals(-1, socket.getSoLinger());
    assertThrows(UnsupportedOperationException.class, () -> socket.setOption(NONE, true));
  }

  private static final SocketOption<Boolean> NONE =
      new SocketOption<>() {
        @Override
        public String name() {
          return "NONE";
        }

        @Override
        public Class<Boolean> type() {
          return Boolean.class;
        }
      };

  @Test
  void supportedOptionsCanBeSet() throws Exception {
    Socket socket = closeLater(sockets.createSocket());
    for (SocketOption<?> option : socket.supportedOptions()) {
      if (option.equals(ExtendedSocketOptions.SO_INCOMING_NAPI_ID)) {
        assertEquals(0, socket.getOption(option)); // the loopback has no queues
        assertThrows(SocketException.class, () -> setAgain(socket, option));
      } else {
        setAgain(socket, option);
      }
    }
  }

  @Test
  void theJdksOptionsAreSupported() throws Exception {
    assertEquals(JDKS_OPTIONS, closeLater(sockets.createSocket()).supportedOptions());
    try (ServerSocket server = bound()) {
      assertEquals(JDKS_LISTENER_OPTIONS, server.supportedOptions());
    }
  }

  @Test
  void theExtendedOptionsAreTheSystems() throws Exception {
    assumeFalse(family.isUnix(), "they are TCP's");
    Socket socket = closeLater(sockets.createSocket());
    List<SocketOption<Integer>> options =
        List.of(
            ExtendedSocketOptions.TCP_KEEPIDLE,
            ExtendedSocketOptions.TCP_KEEPINTERVAL,
            ExtendedSocketOptions.TCP_KEEPCOUNT);
    for (SocketOption<Integer> option : options) {
      assumeTrue(socket.supportedOptions().contains(option), "this system has no " + option);
      assertNotEquals(17, socket.getOption(option));
      socket.setOption(option, 17);
      assertEquals(17, socket.getOption(option));
      assertThrows(SocketException.class, () -> socket.setOption(option, -1));
    }
  }

  private static <T> void setAgain(Socket socket, SocketOption<T> option) throws IOException {
    T value = socket.getOption(option);
    socket.setOption(option, value);
    assertEquals(option.type(), value.getClass());
  }

  @Test
  void urgentDataComesInLine() throws Exception {
    Pair pair = pair();
    if (family.isUnix()) {
      assertThrows(SocketException.class, () -> pair.client().sendUrgentData(5));
      return;
    }
    pair.served().setOOBInline(true);
    assertTrue(pair.served().getOOBInline());
    pair.client().sendUrgentData(5);
    assertEquals(5, call(() -> pair.served().getInputStream().read()));
  }
}
