package io.gatun.examples.can;

import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.codec.can.CanBitTiming;
import io.gatun.codec.can.CanFrameCodec;
import io.gatun.codec.can.CanFrameView;
import io.gatun.codec.can.channel.CanReceived;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.Promise;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./gatun can-load}: how busy a bus is. */
@Command(
    name = "can-load",
    header = "Print each second how busy a CAN bus is, stuff bits included.",
    mixinStandardHelpOptions = true)
public final class CanLoad extends CanCommand {
  @Option(
      names = "--bitrate",
      paramLabel = "BITS",
      required = true,
      description = "Bits a second of the bus.")
  int bitRate;

  @Option(
      names = "--data-bitrate",
      paramLabel = "BITS",
      description = "Of CAN FD's payload. Default: the same.")
  int dataBitRate;

  @Option(names = "--count", paramLabel = "N", description = "End after so many lines.")
  long count = Long.MAX_VALUE;

  /** Called by picocli. */
  public CanLoad() {}

  @Override
  ChannelHandler work(Promise<Void> done, PrintWriter out) {
    CanBitTiming timing = new CanBitTiming(bitRate, dataBitRate == 0 ? bitRate : dataBitRate);
    return new ChannelHandler() {
      private final CanFrameView view = new CanFrameView();
      private long frames;
      private long nanos;
      private long lines;

      @Override
      public void channelActive(ChannelHandlerContext ctx) {
        ctx.eventLoop().scheduleAtFixedRate(this::print, 1, 1, TimeUnit.SECONDS);
      }

      @Override
      public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = ctx.alloc().buffer(CanFrameCodec.FD_SIZE);
        CanFrameCodec.encode(((CanReceived) message).frame(), bytes);
        nanos += timing.nanos(view.wrap(bytes, 0, bytes.readableBytes()));
        frames++;
        bytes.release();
      }

      private void print() {
        out.println(line(bus, frames, nanos));
        out.flush();
        frames = 0;
        nanos = 0;
        if (++lines == count) {
          done.trySuccess(null);
        }
      }
    };
  }

  /** Of a second. */
  static String line(String bus, long frames, long nanos) {
    return String.format(Locale.ROOT, "%s %,d frames/s, %.1f %%", bus, frames, nanos / 1e7);
  }
}
