package io.gatun.handler;

import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Tells by an {@link IdleEvent}, as a user event, that nothing came or nothing was written for a
 * while; once for each such while. One instance serves one channel.
 *
 * <p>A channel has one timer, which is set again only when it has run; a message costs a look at
 * the clock. Time is the loop's, {@link io.gatun.channel.EventLoop#ticker}.
 */
public final class IdleHandler implements ChannelHandler {
  private final long readNanos;
  private final long writeNanos;
  private final long bothNanos;
  private long lastRead;
  private long lastWrite;

  /** When each was last told. */
  private long toldRead;

  private long toldWrite;
  private long toldBoth;
  private @Nullable Future<?> timer;
  private boolean started;

  /**
   * Watches a channel; zero is for what is not to be watched.
   *
   * @param reader how long nothing may come
   * @param writer how long nothing may be written
   * @param both how long neither may happen
   */
  public IdleHandler(Duration reader, Duration writer, Duration both) {
    readNanos = nanos(reader);
    writeNanos = nanos(writer);
    bothNanos = nanos(both);
  }

  /** In nanoseconds, 292 years at most. */
  static long nanos(Duration duration) {
    if (duration.isNegative()) {
      throw new IllegalArgumentException(duration + " is negative");
    }
    return TimeUnit.NANOSECONDS.convert(duration);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    if (ctx.channel().isActive()) {
      start(ctx);
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    start(ctx);
    ctx.fireChannelActive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    stop();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    stop();
    ctx.fireChannelInactive();
  }

  private void stop() {
    started = true;
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }

  private void start(ChannelHandlerContext ctx) {
    if (!started) {
      started = true;
      long now = now(ctx);
      lastRead = now;
      lastWrite = now;
      toldRead = now;
      toldWrite = now;
      toldBoth = now;
      look(ctx);
    }
  }

  private static long now(ChannelHandlerContext ctx) {
    return ctx.eventLoop().ticker().nanoTime();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    lastRead = now(ctx);
    ctx.fireChannelRead(message);
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, @Nullable Promise<Void> promise) {
    lastWrite = now(ctx);
    ctx.write(message, promise);
  }

  /** Tells what there is to tell, and sets the timer for what comes next. */
  private void look(ChannelHandlerContext ctx) {
    timer = null;
    long now = now(ctx);
    long next = Long.MAX_VALUE;
    long lastBoth = lastRead - lastWrite > 0 ? lastRead : lastWrite;
    // Each while is counted from the last message, or from when it was told before.
    if (readNanos > 0 && due(now, lastRead, toldRead, readNanos) <= 0) {
      toldRead = now;
      ctx.fireUserEvent(IdleEvent.READER);
    }
    if (writeNanos > 0 && due(now, lastWrite, toldWrite, writeNanos) <= 0) {
      toldWrite = now;
      ctx.fireUserEvent(IdleEvent.WRITER);
    }
    if (bothNanos > 0 && due(now, lastBoth, toldBoth, bothNanos) <= 0) {
      toldBoth = now;
      ctx.fireUserEvent(IdleEvent.BOTH);
    }
    if (ctx.isRemoved() || !ctx.channel().isOpen()) {
      return;
    }
    if (readNanos > 0) {
      next = Math.min(next, due(now, lastRead, toldRead, readNanos));
    }
    if (writeNanos > 0) {
      next = Math.min(next, due(now, lastWrite, toldWrite, writeNanos));
    }
    if (bothNanos > 0) {
      next = Math.min(next, due(now, lastBoth, toldBoth, bothNanos));
    }
    if (next != Long.MAX_VALUE) {
      timer = ctx.eventLoop().schedule(() -> look(ctx), Math.max(1, next), TimeUnit.NANOSECONDS);
    }
  }

  private static long due(long now, long last, long told, long limit) {
    return limit - (now - (last - told > 0 ? last : told));
  }
}
