package io.gatun.examples.can;

import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.codec.can.log.CanLogEntry;
import io.gatun.codec.can.log.CanLogFormat;
import io.gatun.codec.can.log.CanLogReader;
import io.netty.util.concurrent.Promise;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ./gatun can-replay}: sends a log's frames. */
@Command(
    name = "can-replay",
    header = "Send the frames of a log, at their times.",
    mixinStandardHelpOptions = true)
public final class CanReplay extends CanCommand {
  @Parameters(index = "1", paramLabel = "FILE", description = "The log.")
  Path file = Path.of("");

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "${COMPLETION-CANDIDATES}. Default: CANDUMP.")
  CanLogFormat format = CanLogFormat.CANDUMP;

  @Option(
      names = "--speed",
      paramLabel = "X",
      description = "2 is twice as fast, 0 as fast as the bus takes it. Default: 1.")
  double speed = 1;

  /** Called by picocli. */
  public CanReplay() {}

  @Override
  ChannelHandler work(Promise<Void> done, PrintWriter out) throws IOException {
    CanLogReader log = format.reader(new BufferedInputStream(Files.newInputStream(file)));
    return new ChannelHandler() {
      private @Nullable Instant first;
      private long start;

      @Override
      public void channelActive(ChannelHandlerContext ctx) throws IOException {
        start = System.nanoTime();
        next(ctx);
      }

      private void next(ChannelHandlerContext ctx) throws IOException {
        CanLogEntry entry = log.read();
        if (entry == null) {
          log.close();
          done.trySuccess(null);
          return;
        }
        if (first == null) {
          first = entry.time();
        }
        long due =
            speed == 0
                ? 0
                : (long)
                    (TimeUnit.NANOSECONDS.convert(Duration.between(first, entry.time())) / speed);
        long wait = Math.max(0, start + due - System.nanoTime());
        ctx.eventLoop()
            .schedule(
                () -> {
                  Promise<Void> promise = ctx.newPromise();
                  promise.addListener(sent -> {
                    if (!sent.isSuccess()) {
                      done.tryFailure(sent.cause());
                      return;
                    }
                    try {
                      next(ctx);
                    } catch (IOException e) {
                      done.tryFailure(e);
                    }
                  });
                  ctx.writeAndFlush(entry.frame(), promise);
                },
                wait,
                TimeUnit.NANOSECONDS);
      }
    };
  }
}
