package io.gatun.codec.can.handler;

import io.gatun.channel.ChannelHandlerContext;
import io.gatun.codec.can.CanFrame;
import io.gatun.codec.can.channel.CanFrameHandler;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What drives a state machine on a channel: the loop's clock and timer, and frames that wait to be
 * sent. On the loop.
 */
abstract class ProtocolHandler implements CanFrameHandler.Interest {
  /** A machine that would send more waits until the channel has sent these. */
  private static final int MOST_FRAMES = 64;

  private @Nullable ChannelHandlerContext ctx;
  private @Nullable Future<?> timer;
  private int frames;
  private boolean written;
  private boolean driving;
  private boolean again;

  /** Does what is due. */
  abstract void run(long now);

  /** Begins to send messages that wait, as far as {@link #hasRoom}. */
  abstract void begin(long now);

  /** As the machine's. */
  abstract long timeLeft(long now);

  /** The channel is closed: nothing waits any more. */
  abstract void fail(ChannelHandlerContext ctx, ClosedChannelException closed);

  final ChannelHandlerContext context() {
    ChannelHandlerContext ctx = this.ctx;
    if (ctx == null) {
      throw new IllegalStateException("the handler is in no pipeline");
    }
    return ctx;
  }

  static long now(ChannelHandlerContext ctx) {
    return ctx.eventLoop().ticker().nanoTime();
  }

  final boolean hasRoom() {
    return frames < MOST_FRAMES;
  }

  final void transmit(CanFrame frame) {
    ChannelHandlerContext ctx = context();
    Promise<Void> promise = ctx.newPromise();
    frames++;
    written = true;
    ctx.write(frame, promise);
    // A frame that was not sent is lost to the protocol, whose own timeout tells.
    promise.addListener(_ -> {
      // There is room again, for want of which no timer was set.
      if (frames-- == MOST_FRAMES && !ctx.isRemoved()) {
        drive();
      }
    });
  }

  /** Does what is due, and sets the timer to when there is more. */
  final void drive() {
    again = true;
    if (driving) {
      return;
    }
    driving = true;
    ChannelHandlerContext ctx = context();
    try {
      // Who is told that a message is sent may write the next one.
      while (again && hasRoom()) {
        again = false;
        run(now(ctx));
        begin(now(ctx));
      }
    } finally {
      driving = false;
    }
    if (written) {
      written = false;
      ctx.flush();
    }
    setTimer(ctx);
  }

  private void setTimer(ChannelHandlerContext ctx) {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
    long left = timeLeft(now(ctx));
    // Without room the frames that are sent make it go on.
    if (left != Long.MAX_VALUE && !ctx.isRemoved() && hasRoom()) {
      timer = ctx.eventLoop().schedule(this::drive, left, TimeUnit.NANOSECONDS);
    }
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    this.ctx = ctx;
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
    fail(ctx, new ClosedChannelException());
  }

  @Override
  public void flush(ChannelHandlerContext ctx) {
    written = true;
    drive();
  }
}
