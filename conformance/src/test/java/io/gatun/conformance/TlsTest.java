package io.gatun.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.socket.GatunServerSocketFactory;
import io.gatun.socket.GatunSocketFactory;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.function.Function;
import javax.net.ServerSocketFactory;
import javax.net.SocketFactory;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The JDK's TLS over Gatun's sockets, and openssl and python3 at the other end. */
@Timeout(60)
class TlsTest {
  @TempDir static Path keys;
  private static SSLContext context;

  @TempDir Path folder;

  @BeforeAll
  static void makeKeys() throws Exception {
    Peer.assumeInstalled("openssl");
    String key = keys.resolve("key.pem").toString();
    String certificate = keys.resolve("cert.pem").toString();
    String store = keys.resolve("store.p12").toString();
    Peer.run(
        ("openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost"
                + " -addext subjectAltName=DNS:localhost -keyout %s -out %s")
            .formatted(key, certificate)
            .split(" ", -1));
    Peer.run(
        "openssl pkcs12 -export -passout pass:secret -inkey %s -in %s -out %s"
            .formatted(key, certificate, store)
            .split(" ", -1));
    char[] password = "secret".toCharArray();
    KeyStore identity = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(Path.of(store))) {
      identity.load(in, password);
    }
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    String alias = identity.aliases().nextElement();
    trusted.setCertificateEntry("peer", identity.getCertificate(alias));
    KeyManagerFactory identities = KeyManagerFactory.getInstance("PKIX");
    identities.init(identity, password);
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted);
    context = SSLContext.getInstance("TLS");
    context.init(identities.getKeyManagers(), trust.getTrustManagers(), null);
  }

  private static String line(Socket socket) throws Exception {
    var lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
    return String.valueOf(lines.readLine());
  }

  /** openssl's server sends each line back, turned round. */
  private static void talkToOpenssl(SocketFactory sockets, String where, boolean unix)
      throws Exception {
    List<String> command =
        List.of(
            "openssl",
            "s_server",
            "-rev",
            unix ? "-unix" : "-accept",
            where,
            "-cert",
            keys.resolve("cert.pem").toString(),
            "-key",
            keys.resolve("key.pem").toString());
    try (Peer server = new Peer(command)) {
      String accepts = server.awaitLine("ACCEPT");
      server.drain();
      int port = unix ? 1 : Integer.parseInt(accepts.replaceAll(".*:", "").strip());
      try (Socket plain = sockets.createSocket("127.0.0.1", port);
          SSLSocket tls =
              (SSLSocket) context.getSocketFactory().createSocket(plain, "localhost", port, true)) {
        var parameters = tls.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        tls.setSSLParameters(parameters);
        tls.getOutputStream().write("Hello, world\n".getBytes(UTF_8));
        assertEquals("dlrow ,olleH", line(tls));
      }
    }
  }

  @Test
  void aClientTalksToOpensslOverTcp() throws Exception {
    talkToOpenssl(GatunSocketFactory.getDefault(), "127.0.0.1:0", false);
  }

  @Test
  void aClientTalksToOpensslOnAPath() throws Exception {
    // openssl asks getnameinfo for the path with room for 32 bytes, and ends where that is too few.
    Path brief = Files.createTempDirectory("g");
    String path = brief.resolve("s").toString();
    try {
      talkToOpenssl(new GatunSocketFactory(path), path, true);
    } finally {
      Files.deleteIfExists(Path.of(path));
      Files.delete(brief);
    }
  }

  /** A server sends a line back, to a client that is given an address. */
  private static void serve(
      ServerSocketFactory servers, String path, Function<String, List<String>> client)
      throws Exception {
    try (ServerSocket server = servers.createServerSocket(0, 1, InetAddress.getLoopbackAddress());
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var served =
          CompletableFuture.supplyAsync(
              () -> {
                try (Socket plain = server.accept();
                    Socket tls = context.getSocketFactory().createSocket(plain, null, true)) {
                  String line = line(tls);
                  tls.getOutputStream().write((line + " back\n").getBytes(UTF_8));
                  return line;
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
              },
              threads);
      String where = path.isEmpty() ? "127.0.0.1:" + server.getLocalPort() : path;
      try (Peer peer = new Peer(client.apply(where))) {
        peer.write("to the server\n");
        String answer = peer.awaitLine(" back");
        assertTrue(answer.endsWith("to the server back"), answer);
      }
      assertEquals("to the server", served.get());
    }
  }

  private static List<String> openssl(String option, String where) {
    return List.of(
        "openssl",
        "s_client",
        "-quiet",
        "-no_ign_eof",
        "-verify_return_error",
        option,
        where,
        "-servername",
        "localhost",
        "-CAfile",
        keys.resolve("cert.pem").toString());
  }

  private static final String PYTHON =
      """
      import socket, ssl, sys
      if sys.argv[1].startswith('/'):
          plain = socket.socket(socket.AF_UNIX)
          plain.connect(sys.argv[1])
      else:
          host, port = sys.argv[1].split(':')
          plain = socket.create_connection((host, int(port)))
      context = ssl.create_default_context(cafile=sys.argv[2])
      with context.wrap_socket(plain, server_hostname='localhost') as s:
          s.sendall(b'to the server\\n')
          print(s.makefile().readline(), end='')
      """;

  private static List<String> python(String where) {
    return List.of("python3", "-c", PYTHON, where, keys.resolve("cert.pem").toString());
  }

  @Test
  void aServerServesOpensslOverTcp() throws Exception {
    serve(GatunServerSocketFactory.getDefault(), "", where -> openssl("-connect", where));
  }

  @Test
  void aServerServesOpensslOnAPath() throws Exception {
    String path = folder.resolve("tls").toString();
    serve(new GatunServerSocketFactory(path), path, where -> openssl("-unix", where));
  }

  @Test
  void aServerServesPythonOverTcp() throws Exception {
    Peer.assumeInstalled("python3");
    serve(GatunServerSocketFactory.getDefault(), "", TlsTest::python);
  }

  @Test
  void aServerServesPythonOnAPath() throws Exception {
    Peer.assumeInstalled("python3");
    String path = folder.resolve("tls").toString();
    serve(new GatunServerSocketFactory(path), path, TlsTest::python);
  }
}
