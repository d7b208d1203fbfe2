package io.gatun.can.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class TlsTest extends GatewayLab {
  private static final char[] PASSWORD = "password".toCharArray();

  /** A key and a certificate that vouches for itself, as files and for the JDK's client. */
  private KeyStore make(String name) throws Exception {
    Path store = folder.resolve(name + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keystore",
                store.toString(),
                "-storepass",
                new String(PASSWORD),
                "-alias",
                "key",
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + name,
                "-ext",
                "san=ip:127.0.0.1",
                "-validity",
                "2")
            .redirectErrorStream(true)
            .start();
    String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    assertEquals(0, keytool.waitFor(), said);
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD);
    }
    pem(name + ".pem", "CERTIFICATE", keys.getCertificate("key").getEncoded());
    pem(name + ".key", "PRIVATE KEY", keys.getKey("key", PASSWORD).getEncoded());
    return keys;
  }

  private void pem(String file, String what, byte[] bytes) throws IOException {
    Files.writeString(
        folder.resolve(file),
        "-----BEGIN %1$s-----%n%2$s%n-----END %1$s-----%n"
            .formatted(what, Base64.getMimeEncoder().encodeToString(bytes)));
  }

  private SSLSocket connect(Gateway gateway, KeyStore server, @Nullable KeyStore client)
      throws Exception {
    KeyManager @Nullable [] keys = null;
    if (client != null) {
      KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
      factory.init(client, PASSWORD);
      keys = factory.getKeyManagers();
    }
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("server", server.getCertificate("key"));
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys, trust.getTrustManagers(), null);
    SSLSocket socket =
        (SSLSocket)
            context
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), port(gateway, "socketcand"));
    socket.setSoTimeout(MILLIS);
    return socket;
  }

  @Test
  void onlyClientsWithACertificateAreServed() throws Exception {
    KeyStore server = make("server");
    KeyStore friend = make("friend");
    KeyStore stranger = make("stranger");
    Gateway gateway =
        gateway(
            """
            [bus.a]
            [[endpoint]]
            type = "socketcand"
            listen = "127.0.0.1:0"
            tls = { certificate = "server.pem", key = "server.key", clients = "friend.pem" }
            """);
    try (SSLSocket socket = connect(gateway, server, friend)) {
      assertEquals("< hi >", element(socket));
      socket.getOutputStream().write("< open a >".getBytes(StandardCharsets.US_ASCII));
      assertEquals("< ok >", element(socket));
    }
    for (KeyStore other : new @Nullable KeyStore[] {null, stranger}) {
      try (SSLSocket socket = connect(gateway, server, other)) {
        assertThrows(
            IOException.class,
            () -> {
              if (element(socket).equals("<end>")) {
                throw new IOException("the connection has ended");
              }
            });
      }
    }
  }

  @Test
  void aGatewayIsAClientOfAnotherByTls() throws Exception {
    make("server");
    make("friend");
    Gateway server =
        gateway(
            """
            [bus.a]
            [[endpoint]]
            type = "cannelloni-tcp"
            bus = "a"
            listen = "127.0.0.1:0"
            tls = { certificate = "server.pem", key = "server.key", clients = "friend.pem" }
            [[endpoint]]
            type = "socketcand"
            listen = "127.0.0.1:0"
            """);
    Gateway client =
        gateway(
            """
            [bus.b]
            [[endpoint]]
            type = "cannelloni-tcp"
            bus = "b"
            connect = "127.0.0.1:%d"
            tls = { certificate = "friend.pem", key = "friend.key", servers = "server.pem" }
            [[endpoint]]
            type = "socketcand"
            listen = "127.0.0.1:0"
            """
                .formatted(port(server, "cannelloni-tcp")));
    Client near = raw(client, "b");
    Client far = raw(server, "a");
    // Frames before the connection stands are dropped, and counted so.
    for (int i = 0; ; i++) {
      near.say("< send 123 1 %x >".formatted(i & 0xff));
      Status.Line line = await(client, "cannelloni-tcp", l -> l.offered() > 0 && l.queued() == 0);
      if (line.sent() > 0) {
        break;
      }
    }
    assertEquals("123", far.frame().substring(0, 3));
  }

  @Test
  void aKeyThatIsNoneIsNamed() throws Exception {
    make("server");
    Files.writeString(folder.resolve("no.key"), "nothing\n");
    Path file =
        Files.writeString(
            folder.resolve("g.toml"),
            """
            [bus.a]
            [[endpoint]]
            type = "socketcand"
            listen = "127.0.0.1:0"
            tls = { certificate = "server.pem", key = "no.key" }
            """);
    String message =
        String.valueOf(assertThrows(ConfigException.class, () -> Gateway.check(file)).getMessage());
    assertEquals("g.toml:5: endpoint.tls: ", message.substring(0, 24), message);
  }
}
