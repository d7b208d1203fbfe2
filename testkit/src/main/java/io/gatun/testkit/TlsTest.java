package io.gatun.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.channel.Bootstrap;
import io.gatun.channel.Channel;
import io.gatun.channel.ChannelEvent;
import io.gatun.channel.ChannelOption;
import io.gatun.handler.Tls;
import io.gatun.handler.TlsHandler;
import io.gatun.handler.TlsHandshake;
import io.gatun.socket.Socket;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

/** TLS between two channels of Gatun. */
@OnEachTransport
public final class TlsTest extends TlsLab {
  TlsTest(Lane lane) throws IOException {
    super(lane);
  }

  private static String name(TlsHandshake handshake) throws SSLException {
    X509Certificate certificate = (X509Certificate) handshake.session().getPeerCertificates()[0];
    return certificate.getSubjectX500Principal().getName();
  }

  private void bytesPass(Tls serverTls, Tls clientTls) throws Exception {
    listen(serverTls, false);
    Channel channel = connect(clientTls, false);
    byte[] data = Data.of(3_000_000);
    Future<Void> sent = channel.writeAndFlush(buffer(data)); // before the handshake is done
    shaken(server);
    assertArrayEquals(data, server.bytes(data.length));
    await(sent);
    assertEquals("CN=localhost", name(shaken(client)));
    Channel other = accepted();
    for (int i = 0; i < data.length; i += 1000) {
      other.write(buffer(java.util.Arrays.copyOfRange(data, i, i + 1000)), null);
    }
    other.flush();
    assertArrayEquals(data, client.bytes(data.length));
    assertEquals(0, channel.pendingBytes());
  }

  @Test
  void bytesPassBothWaysByTls13() throws Exception {
    bytesPass(serverTls(), clientTls().parameters(version("TLSv1.3")));
  }

  @Test
  void bytesPassBothWaysByTls12() throws Exception {
    bytesPass(serverTls(), clientTls().parameters(version("TLSv1.2")));
  }

  @Test
  void handshakesComputeOnAnExecutorIfOneIsGiven() throws Exception {
    BlockingQueue<Thread> threads = new LinkedBlockingQueue<>();
    try (ExecutorService executor = Executors.newFixedThreadPool(2)) {
      bytesPass(
          serverTls()
              .executor(task ->
                  executor.execute(() -> {
                    threads.add(Thread.currentThread());
                    task.run();
                  })),
          clientTls().executor(executor));
    }
    assertFalse(threads.isEmpty());
  }

  @Test
  void theProtocolIsChosenByAlpn() throws Exception {
    listen(
        serverTls()
            .parameters(
                parameters -> parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"})),
        false);
    connect(
        clientTls()
            .parameters(
                parameters -> parameters.setApplicationProtocols(new String[] {"http/1.1"})),
        false);
    assertEquals("http/1.1", shaken(server).protocol());
    assertEquals("http/1.1", shaken(client).protocol());
  }

  @Test
  void theCertificateIsChosenByTheNameThatTheClientAsksFor() throws Exception {
    Certificates other = Certificates.of("other.test");
    SSLContext otherContext = other.trusting(other);
    listen(
        Tls.server(name ->
            switch (name) {
              case "" -> context(); // the JDK sends no name that has no dot
              case "other.test" -> otherContext;
              default -> null;
            }),
        false);
    connect(clientTls(), false);
    assertEquals("CN=localhost", name(shaken(client)));
    shaken(server);
    connect(Tls.client(otherContext, "other.test", 443), false);
    assertEquals("CN=other.test", name(shaken(client)));
    shaken(server);
    connect(Tls.client(otherContext, "third.test", 443), false);
    server.expect(Recorder.Event.ACTIVE);
    expectOneLine(server, "third.test");
    client.expect(Recorder.Event.ACTIVE);
    expectOneLine(client, "unrecognized_name");
  }

  @Test
  void aNewCertificateIsInUseWithTheNextConnection() throws Exception {
    Certificates other = Certificates.of("other.test");
    AtomicReference<SSLContext> current = new AtomicReference<>(context());
    listen(Tls.server(name -> current.get()), false);
    connect(clientTls(), false);
    assertEquals("CN=localhost", name(shaken(client)));
    current.set(other.trusting(other));
    connect(Tls.client(other.trusting(other), "other.test", 443), false);
    assertEquals("CN=other.test", name(shaken(client)));
  }

  @Test
  void theServerSeesTheCertificateOfAClientThatItAsksForOne() throws Exception {
    listen(serverTls().parameters(parameters -> parameters.setNeedClientAuth(true)), false);
    connect(clientTls(), false);
    assertEquals("CN=localhost", name(shaken(server)));
  }

  @Test
  void aSecondConnectionResumesTheSession() throws Exception {
    listen(serverTls(), false);
    Tls tls = clientTls().parameters(version("TLSv1.2"));
    connect(tls, false);
    byte[] first = shaken(client).session().getId();
    connect(tls, false);
    assertArrayEquals(first, shaken(client).session().getId());
  }

  @Test
  void aCertificateThatNobodyVouchesForEndsTheHandshakeOnBothSidesWithOneLine() throws Exception {
    Certificates other = Certificates.of("other.test");
    listen(serverTls(), false);
    Channel channel = connect(Tls.client(other.trusting(other), "localhost", 443), false);
    client.expect(Recorder.Event.ACTIVE);
    SSLException thrown = expectOneLine(client, "PKIX");
    assertInstanceOf(SSLHandshakeException.class, thrown);
    client.expectEnd();
    server.expect(Recorder.Event.ACTIVE);
    expectOneLine(server, "certificate_unknown");
    server.expectEnd();
    awaitClosed(channel);
  }

  @Test
  void aCertificateForAnotherNameIsRefused() throws Exception {
    listen(serverTls(), false);
    connect(Tls.client(context(), "elsewhere.test", 443), false);
    client.expect(Recorder.Event.ACTIVE);
    expectOneLine(client, "elsewhere.test");
  }

  @Test
  void aPeerThatSaysNothingTimesOutAndOneThatSpeaksNoTlsIsRefused() throws Exception {
    listen(serverTls().handshakeTimeout(Duration.ofMillis(10)), false);
    Socket silent = super.connect(local(Objects.requireNonNull(listener)));
    server.expect(Recorder.Event.ACTIVE);
    expectOneLine(server, "no handshake within 10 ms");
    server.expectEnd();
    receiveAll(silent);
    listener.close();
    listen(serverTls(), false);
    Socket other = super.connect(local(Objects.requireNonNull(listener)));
    other.sendAll("GET / HTTP/1.1\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    server.expect(Recorder.Event.ACTIVE);
    expectOneLine(server, "not a TLS record");
    server.expectEnd();
  }

  private void closes(String version) throws Exception {
    listen(serverTls(), false);
    Channel channel = connect(clientTls().parameters(version(version)), false);
    shaken(client);
    shaken(server);
    // Behind the server's tickets: closed with data unread, Windows would reset the connection.
    accepted().writeAndFlush(buffer(Data.of(10)), null);
    assertArrayEquals(Data.of(10), client.bytes(10));
    await(channel.writeAndFlush(buffer(Data.of(10))));
    channel.close();
    assertArrayEquals(Data.of(10), server.bytes(10));
    server.expectEnd();
    client.expectEnd();
  }

  @Test
  void closingTellsThePeerByCloseNotifyInTls13() throws Exception {
    closes("TLSv1.3");
  }

  @Test
  void closingTellsThePeerByCloseNotifyInTls12() throws Exception {
    closes("TLSv1.2");
  }

  @Test
  void oneHalfIsShutDownAndTheOtherGoesOnInTls13() throws Exception {
    listen(serverTls(), true);
    Channel channel = connect(clientTls().parameters(version("TLSv1.3")), true);
    shaken(client);
    shaken(server);
    channel.writeAndFlush(buffer(Data.of(10)));
    await(channel.shutdownOutput());
    client.expect(ChannelEvent.OUTPUT_SHUTDOWN);
    assertArrayEquals(Data.of(10), server.bytes(10));
    server.expect(ChannelEvent.INPUT_SHUTDOWN);
    Channel other = accepted();
    byte[] answer = Data.of(200_000);
    other.writeAndFlush(buffer(answer));
    assertArrayEquals(answer, client.bytes(answer.length));
    other.shutdownOutput();
    client.expect(ChannelEvent.INPUT_SHUTDOWN);
    client.expectEnd();
    server.expect(ChannelEvent.OUTPUT_SHUTDOWN);
    server.expectEnd();
  }

  @Test
  void oneHalfsEndIsTheOthersTooInTls12() throws Exception {
    listen(serverTls(), true);
    Channel channel = connect(clientTls().parameters(version("TLSv1.2")), true);
    shaken(client);
    shaken(server);
    channel.writeAndFlush(buffer(Data.of(10)));
    await(channel.shutdownOutput());
    client.expect(ChannelEvent.OUTPUT_SHUTDOWN);
    assertArrayEquals(Data.of(10), server.bytes(10));
    server.expect(ChannelEvent.INPUT_SHUTDOWN);
    server.expectEnd();
    client.expect(ChannelEvent.INPUT_SHUTDOWN);
    client.expectEnd();
  }

  @Test
  void anEndWithoutCloseNotifyIsAnError() throws Exception {
    listen(serverTls(), false);
    Channel channel = connect(clientTls(), false);
    shaken(client);
    shaken(server);
    on(channel, () -> channel.pipeline().remove(TlsHandler.class));
    await(channel.shutdownOutput()); // a close might reset the connection
    expectOneLine(server, "close_notify");
    server.expectEnd();
  }

  @Test
  void aPeerThatTakesNothingHoldsTheWriterBack() throws Exception {
    assumeThatWritesWait();
    listen(serverTls(), false);
    Channel channel = connect(clientTls(), false);
    shaken(client);
    shaken(server);
    Channel other = accepted();
    other.setOption(ChannelOption.AUTO_READ, false);
    rounds(other.eventLoop());
    int count = 0;
    while (channel.isWritable()) {
      await(channel.eventLoop().submit(() -> channel.writeAndFlush(buffer(Data.of(20_000)), null)));
      count++;
    }
    assertTrue(channel.pendingBytes() < 200_000, () -> channel.pendingBytes() + " bytes");
    other.setOption(ChannelOption.AUTO_READ, true);
    server.bytes(count * 20_000);
  }

  @Test
  void withAutoReadOffAReadBringsAMessage() throws Exception {
    Tls tls = clientTls();
    listen(serverTls(), false);
    Bootstrap bootstrap =
        client()
            .option(ChannelOption.AUTO_READ, false)
            .handler(channel -> channel.pipeline().addLast(tls.handler(), client));
    Channel channel = await(bootstrap.connect(local(Objects.requireNonNull(listener))));
    shaken(client);
    shaken(server);
    accepted().writeAndFlush(buffer(Data.of(5000)));
    rounds(channel.eventLoop());
    channel.read();
    assertArrayEquals(Data.of(5000), client.bytes(5000));
  }

  @Test
  void whatIsNotSentWhenTheChannelClosesFails() throws Exception {
    listen(serverTls(), false);
    Channel channel = connect(clientTls(), false);
    Future<Void> written = channel.write(buffer(Data.of(100)));
    Future<Void> closed = channel.close();
    await(closed);
    assertTrue(written.await(Task.SECONDS, TimeUnit.SECONDS));
    assertFalse(written.isSuccess());
  }
}
