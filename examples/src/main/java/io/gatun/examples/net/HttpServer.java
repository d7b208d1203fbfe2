package io.gatun.examples.net;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.gatun.address.Address;
import io.gatun.channel.Channel;
import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.channel.ChannelOption;
import io.gatun.handler.Closing;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code ./gatun http-server}: says hello. */
@Command(
    name = "http-server",
    header = "Answer each HTTP request with \"Hello, world!\".",
    description = {
      "",
      "HTTP/1.1 with connections that stay open and requests that do not wait for answers, as"
          + " load generators send them. A head may have 8 KiB and 100 headers.",
      "",
      "It prints \"listening on ADDRESS\" once clients can connect, and ends with SIGINT (Ctrl-C)"
          + " or SIGTERM.",
      ""
    },
    mixinStandardHelpOptions = true)
public final class HttpServer extends ServerCommand {
  @Mixin RequestTimeout timeout;

  @Parameters(
      paramLabel = "ADDRESS",
      arity = "0..1",
      converter = Place.class,
      defaultValue = "localhost:8080",
      description = "HOST:PORT, PORT or unix:PATH to listen at. Default: ${DEFAULT-VALUE}.")
  Address address;

  /** Called by picocli. */
  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  public HttpServer() {}

  @Override
  Address address() {
    return address;
  }

  @Override
  void initialize(Channel channel) {
    timeout.addTo(channel.pipeline());
    channel.pipeline().addLast(new HttpDecoder(timeout.value()), new Hello());
  }

  /** Answers. */
  private static final class Hello implements ChannelHandler {
    private static final byte[] RESPONSE =
        "HTTP/1.1 200 OK\r\nContent-Length: 14\r\nContent-Type: text/plain\r\n\r\nHello, world!\n"
            .getBytes(US_ASCII);

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      if (!(message instanceof HttpRequest request)) {
        ctx.fireChannelRead(message);
        return;
      }
      int status =
          request.error() != 0
              ? request.error()
              : switch (request.method()) {
                case "GET", "HEAD" -> 200;
                default -> 405;
              };
      if (status == 200 && request.keepAlive() && request.method().equals("GET")) {
        ctx.write(ctx.alloc().directBuffer(RESPONSE.length).writeBytes(RESPONSE), null);
        return;
      }
      boolean body = status == 200;
      String type = body ? "Content-Type: text/plain\r\n" : "";
      ctx.write(
          HttpResponse.head(ctx.alloc(), status, body ? 14 : 0, request.keepAlive(), type), null);
      if (body && request.method().equals("GET")) {
        ctx.write(HttpResponse.bytes(ctx.alloc(), "Hello, world!\n"), null);
      }
      if (!request.keepAlive()) {
        Closing.whenSent(ctx.channel());
      }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      ctx.flush(); // all answers in one call
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) throws IOException {
      // Who asks and takes no answers is not listened to.
      ctx.channel().setOption(ChannelOption.AUTO_READ, ctx.channel().isWritable());
    }
  }
}
