package io.gatun.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.address.IpAddress;
import io.gatun.address.Ipv4Address;
import io.gatun.channel.Channel;
import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.handler.Tls;
import io.gatun.handler.TlsHandshake;
import io.gatun.socket.Socket;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import org.junit.jupiter.api.Test;

/** TLS with OpenSSL and curl at the other end. */
@OnEachTransport
public final class TlsPeerTest extends ChannelLab {
  private final Certificates host = Certificates.of("localhost");
  private final Recorder recorder = new Recorder();

  TlsPeerTest(Lane lane) throws IOException {
    super(lane);
  }

  /** Answers what comes with the same. */
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

  private String listen(ChannelHandler last) throws Exception {
    SSLContext context = host.trusting(host);
    Tls tls =
        Tls.server(context)
            .parameters(
                parameters -> parameters.setApplicationProtocols(new String[] {"http/1.1"}));
    Channel listener =
        bind(
            server()
                .childHandler(
                    channel -> channel.pipeline().addLast(tls.handler()).addLast("last", last)));
    return "localhost:" + ((IpAddress) local(listener)).port();
  }

  private Tool openssl(String address, String... options) throws Exception {
    List<String> command =
        new java.util.ArrayList<>(
            List.of(
                "openssl",
                "s_client",
                "-connect",
                address.replace("localhost", "127.0.0.1"),
                "-servername",
                "localhost",
                "-CAfile",
                host.pem(folder).toString(),
                "-verify_return_error"));
    command.addAll(List.of(options));
    return Tool.start(command.toArray(String[]::new));
  }

  private void opensslEchoes(String version) throws Exception {
    String address = listen(new Echo());
    try (Tool openssl = openssl(address, version, "-alpn", "http/1.1", "-quiet")) {
      openssl.say("hello\n");
      assertEquals("hello", openssl.expect("hello"));
    }
  }

  @Test
  void opensslsClientIsAnsweredByTls13() throws Exception {
    opensslEchoes("-tls1_3");
  }

  @Test
  void opensslsClientIsAnsweredByTls12() throws Exception {
    opensslEchoes("-tls1_2");
  }

  @Test
  void opensslsClientVerifiesTheCertificateAndAgreesOnAlpn() throws Exception {
    String address = listen(new Echo());
    try (Tool openssl = openssl(address)) {
      openssl.expect("BEGIN CERTIFICATE");
    }
    try (Tool openssl = openssl(address, "-alpn", "http/1.1")) {
      openssl.expect("ALPN protocol: http/1.1");
      openssl.endInput();
      openssl.rest();
    }
  }

  @Test
  void opensslsClientResumesItsSession() throws Exception {
    String address = listen(new Echo());
    String session = folder.resolve("session").toString();
    try (Tool openssl = openssl(address, "-tls1_2", "-sess_out", session)) {
      openssl.expect("New, TLSv1.2");
      openssl.endInput();
      openssl.rest();
    }
    try (Tool openssl = openssl(address, "-tls1_2", "-sess_in", session)) {
      openssl.expect("Reused, TLSv1.2");
    }
  }

  @Test
  void opensslsCloseNotifyEndsTheStreamWithoutAnError() throws Exception {
    String address = listen(recorder);
    try (Tool openssl = openssl(address, "-quiet", "-no_ign_eof")) {
      openssl.say("bye\n");
      openssl.endInput();
      recorder.expect(Recorder.Event.ACTIVE);
      assertInstanceOf(TlsHandshake.class, recorder.next());
      assertArrayEquals("bye\n".getBytes(UTF_8), recorder.bytes(4));
      recorder.expectEnd();
    }
  }

  @Test
  void aClientThatWouldRenegotiateIsRefused() throws Exception {
    String address = listen(recorder);
    try (Tool openssl = openssl(address, "-tls1_2", "-legacy_renegotiation")) {
      recorder.expect(Recorder.Event.ACTIVE);
      assertInstanceOf(TlsHandshake.class, recorder.next());
      openssl.say("R\n");
      String message = String.valueOf(recorder.expectThrown(SSLException.class).getMessage());
      assertTrue(message.contains("renegotiation refused"), message);
      recorder.expectEnd();
    }
  }

  @Test
  void keysAreUpdatedInTls13() throws Exception {
    String address = listen(new Echo());
    try (Tool openssl = openssl(address, "-tls1_3")) {
      openssl.expect("Verify return code");
      openssl.say("K\n"); // new keys for both directions
      openssl.expect("KEYUPDATE");
      openssl.say("after\n");
      openssl.expect("after");
    }
  }

  @Test
  void curlIsAnsweredAndFindsTheEndOfTheStreamInOrder() throws Exception {
    String address =
        listen(
            new ChannelHandler() {
              @Override
              public void channelRead(ChannelHandlerContext ctx, Object message) {
                ((ByteBuf) message).release();
                byte[] answer = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello".getBytes(UTF_8);
                ctx.writeAndFlush(ctx.alloc().directBuffer(64).writeBytes(answer))
                    .addListener(done -> ctx.close());
              }
            });
    String port = address.substring(address.indexOf(':') + 1);
    try (Tool curl =
        Tool.start(
            "curl",
            "-sS",
            "--cacert",
            host.pem(folder).toString(),
            "--resolve",
            "localhost:" + port + ":127.0.0.1",
            "https://" + address + "/")) {
      assertEquals(List.of("hello"), curl.rest());
    }
  }

  @Test
  void opensslsServerIsSpokenTo() throws Exception {
    int port;
    try (Socket free = listener()) {
      port = ((IpAddress) free.getSockName()).port();
    }
    try (Tool openssl =
        Tool.start(
            "openssl",
            "s_server",
            "-accept",
            "127.0.0.1:" + port,
            "-cert",
            host.pem(folder).toString(),
            "-rev")) {
      openssl.expect("ACCEPT");
      Tls tls = Tls.client(host.trusting(host), "localhost", port);
      BlockingQueue<SSLSession> sessions = new LinkedBlockingQueue<>();
      Channel channel =
          await(
              client()
                  .handler(connecting -> {
                    io.gatun.handler.TlsHandler handler = tls.handler();
                    connecting.pipeline().addLast(handler, recorder);
                    handler
                        .handshake()
                        .addListener(done -> sessions.add((SSLSession) done.getNow()));
                  })
                  .connect(Ipv4Address.loopback(port)));
      channel.writeAndFlush(buffer("abc\n".getBytes(UTF_8)));
      recorder.expect(Recorder.Event.ACTIVE);
      assertInstanceOf(TlsHandshake.class, recorder.next());
      assertArrayEquals("cba\n".getBytes(UTF_8), recorder.bytes(4));
      SSLSession session = sessions.poll(Task.SECONDS, TimeUnit.SECONDS);
      assertEquals("TLSv1.3", session == null ? null : session.getProtocol());
      channel.close();
      recorder.expectEnd();
      openssl.expect("CONNECTION CLOSED");
    }
  }
}
