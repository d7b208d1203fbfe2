package io.gatun.examples.can;

import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.codec.can.channel.CanReceived;
import io.gatun.codec.can.log.CanLogEntry;
import io.gatun.codec.can.log.CanLogFormat;
import io.gatun.codec.can.log.CanLogWriter;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./gatun can-dump}: prints what goes over a bus. */
@Command(
    name = "can-dump",
    header = "Print the frames of a CAN bus, as a log that can-replay and canplayer read.",
    mixinStandardHelpOptions = true)
public final class CanDump extends CanCommand {
  @Option(
      names = "--count",
      paramLabel = "N",
      description = "End after so many frames. Default: never.")
  long count = Long.MAX_VALUE;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "${COMPLETION-CANDIDATES}. Default: CANDUMP.")
  CanLogFormat format = CanLogFormat.CANDUMP;

  /** Called by picocli. */
  public CanDump() {}

  @Override
  ChannelHandler work(Promise<Void> done, PrintWriter out) {
    CanLogWriter log =
        format.writer(
            new OutputStream() {
              @Override
              public void write(int b) {
                out.write(b);
              }

              @Override
              public void write(byte[] bytes, int from, int length) {
                out.write(new String(bytes, from, length, StandardCharsets.ISO_8859_1));
              }
            });
    return new ChannelHandler() {
      private long frames;

      @Override
      public void channelRead(ChannelHandlerContext ctx, Object message) throws IOException {
        CanReceived received = (CanReceived) message;
        if (frames++ < count) {
          Instant time =
              received.timestamp() == 0
                  ? Instant.now()
                  : Instant.ofEpochSecond(0, received.timestamp());
          log.write(new CanLogEntry(time, bus, CanLogEntry.Direction.UNKNOWN, received.frame()));
        }
      }

      @Override
      public void channelReadComplete(ChannelHandlerContext ctx) throws IOException {
        log.flush();
        if (frames >= count) {
          done.trySuccess(null);
        }
      }
    };
  }
}
