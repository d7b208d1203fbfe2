package io.gatun.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.channel.Bootstrap;
import io.gatun.channel.Channel;
import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelOption;
import io.gatun.channel.ServerBootstrap;
import io.gatun.handler.Tls;
import io.gatun.handler.TlsHandshake;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;

/** Two channels of Gatun that speak TLS with each other. */
abstract class TlsLab extends ChannelLab {
  final Certificates host = Certificates.of("localhost");
  final Recorder server = new Recorder();
  final Recorder client = new Recorder();
  final BlockingQueue<Channel> accepted = new LinkedBlockingQueue<>();
  private @Nullable SSLContext context;
  @Nullable Channel listener;

  TlsLab(Lane lane) throws IOException {
    super(lane);
  }

  @BeforeEach
  final void makeContext() throws Exception {
    context = host.trusting(host);
  }

  final SSLContext context() {
    return Objects.requireNonNull(context);
  }

  final Tls serverTls() {
    return Tls.server(context());
  }

  final Tls clientTls() {
    return Tls.client(context(), "localhost", 443);
  }

  final void listen(Tls tls, boolean halfClosure) throws Exception {
    listen(
        server().childOption(ChannelOption.ALLOW_HALF_CLOSURE, halfClosure),
        () -> new ChannelHandler[] {tls.handler(), server});
  }

  /** Serves with handlers that are made for each connection. */
  final void listen(ServerBootstrap bootstrap, Supplier<ChannelHandler[]> handlers)
      throws Exception {
    listener =
        bind(
            bootstrap.childHandler(channel -> {
              channel.pipeline().addLast(handlers.get());
              accepted.add(channel);
            }));
  }

  final Channel connect(Tls tls, boolean halfClosure) throws Exception {
    return connect(
        client(tls.handler(), client).option(ChannelOption.ALLOW_HALF_CLOSURE, halfClosure));
  }

  final Channel connect(Bootstrap bootstrap) throws Exception {
    return await(bootstrap.connect(local(Objects.requireNonNull(listener))));
  }

  static TlsHandshake shaken(Recorder recorder) throws InterruptedException {
    recorder.expect(Recorder.Event.ACTIVE);
    return assertInstanceOf(TlsHandshake.class, recorder.next());
  }

  final Channel accepted() throws InterruptedException {
    return Objects.requireNonNull(accepted.poll(Task.SECONDS, TimeUnit.SECONDS));
  }

  static Consumer<SSLParameters> version(String version) {
    return parameters -> parameters.setProtocols(new String[] {version});
  }

  static SSLException expectOneLine(Recorder recorder, String part) throws InterruptedException {
    SSLException thrown = recorder.expectThrown(SSLException.class);
    String message = String.valueOf(thrown.getMessage());
    assertTrue(message.contains(part) && message.startsWith("TLS "), message);
    assertEquals(1, message.lines().count(), message);
    return thrown;
  }
}
