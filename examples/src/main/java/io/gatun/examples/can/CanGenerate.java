package io.gatun.examples.can;

import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.codec.can.CanData;
import io.gatun.codec.can.CanFrame;
import io.gatun.codec.can.CanId;
import io.netty.util.concurrent.Promise;
import java.io.PrintWriter;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./gatun can-generate}: sends frames made up. */
@Command(name = "can-generate", header = "Send random CAN frames.", mixinStandardHelpOptions = true)
public final class CanGenerate extends CanCommand {
  @Option(
      names = "--gap",
      paramLabel = "MS",
      description =
          "Milliseconds between two frames, 0 for none: as the bus takes them. Default: 200.")
  double gap = 200;

  @Option(names = "--count", paramLabel = "N", description = "How many frames. Default: no end.")
  long count = Long.MAX_VALUE;

  @Option(names = "--extended", description = "Identifiers of 29 bits.")
  boolean extended;

  @Option(names = "--seed", paramLabel = "N", description = "The same makes the same frames.")
  long seed = System.nanoTime();

  /** Called by picocli. */
  public CanGenerate() {}

  @Override
  ChannelHandler work(Promise<Void> done, PrintWriter out) {
    Random random = new Random(seed);
    return new ChannelHandler() {
      private long frames;

      @Override
      public void channelActive(ChannelHandlerContext ctx) {
        next(ctx);
      }

      // The next one when the kernel has taken this one: so nothing piles up.
      private void next(ChannelHandlerContext ctx) {
        if (frames++ == count) {
          done.trySuccess(null);
          return;
        }
        Promise<Void> promise = ctx.newPromise();
        promise.addListener(sent -> {
          if (!sent.isSuccess()) {
            done.tryFailure(sent.cause());
          } else {
            long nanos = (long) (gap * 1e6);
            ctx.eventLoop().schedule(() -> next(ctx), nanos, TimeUnit.NANOSECONDS);
          }
        });
        ctx.writeAndFlush(random(), promise);
      }

      private CanFrame random() {
        CanId id =
            extended
                ? CanId.extended(random.nextInt(CanId.MAX_EXTENDED + 1))
                : CanId.standard(random.nextInt(CanId.MAX_STANDARD + 1));
        byte[] data = new byte[random.nextInt(9)];
        random.nextBytes(data);
        return new CanFrame.Classic(id, CanData.of(data));
      }
    };
  }
}
