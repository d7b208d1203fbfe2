package io.gatun.examples.net;

import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.channel.ChannelPipeline;
import io.gatun.handler.IdleEvent;
import io.gatun.handler.IdleHandler;
import io.gatun.handler.TimeoutHandler;
import java.time.Duration;
import picocli.CommandLine.Option;

/** How long a client of HTTP may take. */
final class RequestTimeout {
  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "30",
      description =
          "How long a request may take to come, a client may take nothing of an answer, and a"
              + " connection may be idle. Default: ${DEFAULT-VALUE}.")
  int seconds;

  Duration value() {
    return Duration.ofSeconds(seconds);
  }

  void addTo(ChannelPipeline pipeline) {
    pipeline.addLast(
        new IdleHandler(Duration.ZERO, Duration.ZERO, value()),
        new TimeoutHandler(Duration.ZERO, value()),
        new Idle());
  }

  /** Ends a connection that nothing goes on with: a client that takes a large file is not idle. */
  private static final class Idle implements ChannelHandler {
    @Override
    public void userEvent(ChannelHandlerContext ctx, Object event) {
      if (event != IdleEvent.BOTH) {
        ctx.fireUserEvent(event);
      } else if (ctx.channel().pendingBytes() == 0) {
        ctx.close(null);
      }
    }
  }
}
