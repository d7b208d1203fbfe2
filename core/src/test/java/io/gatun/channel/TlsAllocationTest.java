package io.gatun.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import io.gatun.address.Address;
import io.gatun.address.Ipv4Address;
import io.gatun.handler.Tls;
import io.gatun.socket.Allocations;
import io.gatun.socket.Socket;
import io.gatun.transport.Transport;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetector.Level;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Objects;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A record of TLS costs its loop no garbage beside what the JDK's engine makes of it. */
@DisabledIfSystemProperty(
    named = "gatun.test.wine",
    matches = ".*",
    disabledReason = "Wine takes minutes for so many calls")
final class TlsAllocationTest {
  private static final int SIZE = 64;

  /** Records of one round. */
  private static final int CALLS = 1_000;

  /** After these the code is compiled, as a rule. */
  private static final int WARM_UP = 10;

  private static final int ROUNDS = 60;

  /** Bytes: less than one object in 160 records. */
  private static final double LIMIT = 0.1;

  private static final int ROOM = 64 * 1024;
  private static final ByteBuffer NOTHING = ByteBuffer.allocateDirect(0);
  private static final char[] PASSWORD = "password".toCharArray();

  private final Level level = ResourceLeakDetector.getLevel();

  @TempDir Path folder;

  /** Whoever looks for leaks notes down each buffer. */
  @BeforeEach
  void lookForNoLeaks() {
    ResourceLeakDetector.setLevel(Level.DISABLED);
  }

  @AfterEach
  void lookForLeaks() {
    ResourceLeakDetector.setLevel(level);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void ofAnEcho(String version) throws Throwable {
    SSLContext context = context();
    Tls tls = Tls.server(context);
    try (EventLoopGroup group =
        EventLoopGroup.builder().loops(1).transport(Transport.named("poll")).build()) {
      Channel listener =
          new ServerBootstrap(group)
              .childHandler(channel -> channel.pipeline().addLast(tls.handler(), new Echo()))
              .bind(Ipv4Address.loopback(0))
              .sync()
              .getNow();
      long thread = group.next().submit(() -> Thread.currentThread().threadId()).get();
      Address address = Objects.requireNonNull(listener.localAddress());
      try (Socket socket = Socket.openFor(address)) {
        socket.connect(address);
        Client client = new Client(End.client(context, version), socket);
        client.echo();
        assertEquals(version, client.end.engine.getSession().getProtocol());
        Engines engines = new Engines(context, version);
        double ofTheEngine = Double.MAX_VALUE;
        double ofTheLoop = Double.MAX_VALUE;
        // Both are compiled in the background, and the engine's code is the same.
        for (int round = 0; round < ROUNDS; round++) {
          ofTheEngine = Math.min(ofTheEngine, engines.allocated());
          long before = Allocations.allocated(thread);
          for (int i = 0; i < CALLS; i++) {
            client.echo();
          }
          double allocated = (double) (Allocations.allocated(thread) - before) / CALLS;
          ofTheLoop = Math.min(ofTheLoop, allocated);
          if (round >= WARM_UP && ofTheLoop <= ofTheEngine + LIMIT) {
            return;
          }
        }
        fail(ofTheLoop + " bytes a record, of which the engine takes " + ofTheEngine);
      }
    }
  }

  /** Two engines that speak with each other. */
  private static final class Engines {
    private final End client;
    private final End server;

    Engines(SSLContext context, String version) throws SSLException {
      client = End.client(context, version);
      server = End.server(context);
      while (client.shakes() || server.shakes() || client.hasSent() || server.hasSent()) {
        client.step(server);
        server.step(client);
      }
    }

    /** The bytes that the server's allocates to take a record apart and to make one. */
    double allocated() throws Throwable {
      long thread = Thread.currentThread().threadId();
      long bytes = 0;
      for (int i = 0; i < CALLS; i++) {
        client.send();
        long before = Allocations.allocated(thread);
        server.receive(client);
        server.send();
        bytes += Allocations.allocated(thread) - before;
        client.receive(server);
      }
      return (double) bytes / CALLS;
    }
  }

  /** A context with a key of its own, which it believes. */
  private SSLContext context() throws Exception {
    Path store = folder.resolve("keys.p12");
    String options = "-genkeypair -alias key -keyalg EC -dname CN=localhost -ext san=dns:localhost";
    String command =
        Path.of(System.getProperty("java.home"), "bin", "keytool")
            + (" " + options + " -storepass " + new String(PASSWORD) + " -keystore " + store);
    Process keytool = new ProcessBuilder(command.split(" ", -1)).redirectErrorStream(true).start();
    String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, keytool.waitFor(), said);
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD);
    }
    KeyManagerFactory keyManagers = KeyManagerFactory.getInstance("PKIX");
    keyManagers.init(keys, PASSWORD);
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("key", keys.getCertificate("key"));
    TrustManagerFactory trustManagers = TrustManagerFactory.getInstance("PKIX");
    trustManagers.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keyManagers.getKeyManagers(), trustManagers.getTrustManagers(), null);
    return context;
  }

  /** One end of a connection, by the engine alone. */
  private static final class End {
    final SSLEngine engine;

    /** What it has sent and nobody has taken yet; to be written to. */
    final ByteBuffer records = ByteBuffer.allocateDirect(ROOM);

    /** Kept, so that the compiler cannot do without the object. */
    private SSLEngineResult result =
        new SSLEngineResult(Status.OK, HandshakeStatus.NOT_HANDSHAKING, 0, 0);

    private final ByteBuffer plain = ByteBuffer.allocateDirect(ROOM);
    private final ByteBuffer message = ByteBuffer.allocateDirect(SIZE);

    private End(SSLEngine engine) throws SSLException {
      this.engine = engine;
      engine.beginHandshake();
    }

    static End client(SSLContext context, String version) throws SSLException {
      SSLEngine engine = context.createSSLEngine("localhost", 1);
      engine.setUseClientMode(true);
      engine.setEnabledProtocols(new String[] {version});
      return new End(engine);
    }

    static End server(SSLContext context) throws SSLException {
      SSLEngine engine = context.createSSLEngine();
      engine.setUseClientMode(false);
      return new End(engine);
    }

    boolean hasSent() {
      return records.position() > 0;
    }

    /** Whether the handshake goes on. */
    boolean shakes() {
      return switch (engine.getHandshakeStatus()) {
        case NEED_TASK, NEED_WRAP, NEED_UNWRAP, NEED_UNWRAP_AGAIN -> true;
        default -> false;
      };
    }

    /** Does what the handshake asks for. */
    void step(End peer) throws SSLException {
      switch (engine.getHandshakeStatus()) {
        case NEED_TASK -> engine.getDelegatedTask().run();
        case NEED_WRAP -> engine.wrap(NOTHING, records);
        default -> receive(peer);
      }
    }

    /** Makes a record. */
    void send() throws SSLException {
      message.clear();
      result = engine.wrap(message, records);
    }

    /** Takes a record, and returns the bytes of the message that was in it. */
    int receive(End peer) throws SSLException {
      peer.records.flip();
      int received = receive(peer.records);
      peer.records.compact();
      return received;
    }

    int receive(ByteBuffer records) throws SSLException {
      plain.clear();
      result = engine.unwrap(records, plain);
      return result.bytesProduced();
    }
  }

  /** Speaks with a server on a socket that blocks. */
  private static final class Client {
    final End end;
    private final Socket socket;
    private final ByteBuffer in = ByteBuffer.allocateDirect(ROOM).limit(0);

    Client(End end, Socket socket) throws IOException {
      this.end = end;
      this.socket = socket;
      while (end.shakes()) {
        switch (end.engine.getHandshakeStatus()) {
          case NEED_TASK -> end.engine.getDelegatedTask().run();
          case NEED_WRAP -> {
            end.engine.wrap(NOTHING, end.records);
            send();
          }
          default -> receive();
        }
      }
    }

    private void send() throws IOException {
      end.records.flip();
      socket.sendAll(end.records);
      end.records.clear();
    }

    private int receive() throws IOException {
      int before = in.remaining();
      int received = end.receive(in);
      if (in.remaining() == before) { // no whole record
        in.compact();
        socket.recvInto(in);
        in.flip();
      }
      return received;
    }

    void echo() throws IOException {
      end.send();
      send();
      for (int have = 0; have < SIZE; ) {
        have += receive();
      }
    }
  }

  private static final class Echo implements ChannelHandler {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ctx.write(message, null);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      ctx.flush();
    }
  }
}
