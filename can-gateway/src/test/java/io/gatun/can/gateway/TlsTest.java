package io.gatun.can.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gatun.testkit.Certificates;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class TlsTest extends GatewayLab {
  /** A certificate that vouches for itself, and the files of it and its key. */
  private Certificates make(String name) throws Exception {
    Certificates made = Certificates.of(name);
    made.write(folder);
    return made;
  }

  private static SSLSocket connect(
      Gateway gateway, Certificates server, @Nullable Certificates client) throws Exception {
    SSLContext context = client == null ? server.believed() : client.trusting(server);
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
    Certificates server = make("server");
    Certificates friend = make("friend");
    Certificates stranger = make("stranger");
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
    for (Certificates other : new @Nullable Certificates[] {null, stranger}) {
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
    Certificates.of("server").write(folder);
    Certificates.of("friend").write(folder);
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
    Certificates.of("server").write(folder);
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
