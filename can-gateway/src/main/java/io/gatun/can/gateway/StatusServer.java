package io.gatun.can.gateway;

import io.gatun.address.Address;
import io.gatun.channel.Channel;
import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.channel.EventLoopGroup;
import io.gatun.handler.DelimiterDecoder;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells the status to whoever sends a line: as an answer of HTTP to one that begins with GET, else
 * as a line of JSON. Then the connection ends.
 */
final class StatusServer {
  private static final int LONGEST_LINE = 4096;
  private static final int PATIENCE_SECONDS = 10;

  private final Supplier<String> status;
  private final Listener listener;

  StatusServer(EventLoopGroup group, Address address, Supplier<String> status) {
    this.status = status;
    listener =
        new Listener(
            group,
            new Listener.Settings(address, List.of(), null),
            new Counters(),
            () -> List.of(DelimiterDecoder.ofLines(LONGEST_LINE), new Asked()));
  }

  void start() throws Exception {
    listener.start();
  }

  String address() {
    return String.valueOf(listener.address());
  }

  void close() {
    listener.close();
  }

  private final class Asked implements ChannelHandler {
    private boolean answered;
    private @Nullable Future<?> timer;

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      timer = ctx.eventLoop().schedule(() -> ctx.close(), PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf line = (ByteBuf) message;
      boolean http = line.toString(StandardCharsets.US_ASCII).startsWith("GET ");
      line.release();
      if (answered) {
        return;
      }
      answered = true;
      String json = status.get() + "\n";
      Channel channel = ctx.channel();
      ByteBuf out = ctx.alloc().directBuffer(json.length() + 200);
      if (http) {
        int length = json.getBytes(StandardCharsets.UTF_8).length;
        out.writeCharSequence(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
                + "Content-Length: "
                + length
                + "\r\n\r\n",
            StandardCharsets.US_ASCII);
      }
      out.writeCharSequence(json, StandardCharsets.UTF_8);
      Promise<Void> promise = ctx.newPromise();
      promise.addListener(sent -> channel.shutdownOutput()); // the rest of a request is still read
      ctx.writeAndFlush(out, promise);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
      if (timer != null) {
        timer.cancel(false);
      }
    }
  }
}
