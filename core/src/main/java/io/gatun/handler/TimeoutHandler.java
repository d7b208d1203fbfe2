package io.gatun.handler;

import io.gatun.channel.Channel;
import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.error.TimedOutException;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Closes a channel whose peer sends nothing, or takes nothing, for too long, after a {@link
 * TimedOutException} to the handlers behind. One instance serves one channel.
 *
 * <p>While something that was flushed is not sent in full, the system has to take some of it within
 * each write timeout: who takes a large file slowly is not left, who takes nothing is, after one to
 * two timeouts. A write that the system takes at once, as nearly all, costs a look at {@link
 * Channel#pendingBytes}; else that is looked at again after each timeout. What a handler nearer to
 * the channel holds back, such as a {@link TrafficShaper}, is not the peer's fault.
 */
public final class TimeoutHandler implements ChannelHandler {
  private final long readNanos;
  private final long writeNanos;
  private long lastRead;
  private boolean active;
  private @Nullable Future<?> readTimer;
  private @Nullable Future<?> writeTimer;

  /**
   * Watches a channel; zero is for what is not to be watched.
   *
   * @param read how long nothing may come
   * @param write how long the peer may take nothing of what was flushed
   */
  public TimeoutHandler(Duration read, Duration write) {
    readNanos = IdleHandler.nanos(read);
    writeNanos = IdleHandler.nanos(write);
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

  private void start(ChannelHandlerContext ctx) {
    if (!active) {
      active = true;
      lastRead = ctx.eventLoop().ticker().nanoTime();
      watchReading(ctx);
    }
  }

  private void stop() {
    active = false;
    if (readTimer != null) {
      readTimer.cancel(false);
      readTimer = null;
    }
    if (writeTimer != null) {
      writeTimer.cancel(false);
      writeTimer = null;
    }
  }

  private void watchReading(ChannelHandlerContext ctx) {
    if (readNanos == 0 || !active) {
      return;
    }
    long left = readNanos - (ctx.eventLoop().ticker().nanoTime() - lastRead);
    if (left <= 0) {
      timedOut(ctx, "read", readNanos);
    } else {
      readTimer = ctx.eventLoop().schedule(() -> watchReading(ctx), left, TimeUnit.NANOSECONDS);
    }
  }

  private void timedOut(ChannelHandlerContext ctx, String call, long nanos) {
    stop();
    ctx.fireExceptionCaught(new TimedOutException(call, ctx.channel().remoteAddress(), nanos));
    ctx.close(null);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    lastRead = ctx.eventLoop().ticker().nanoTime();
    ctx.fireChannelRead(message);
  }

  @Override
  public void flush(ChannelHandlerContext ctx) {
    ctx.flush();
    watchWriting(ctx);
  }

  private void watchWriting(ChannelHandlerContext ctx) {
    if (writeNanos == 0 || writeTimer != null || !active || ctx.channel().pendingBytes() == 0) {
      return;
    }
    startWriteTimer(ctx);
  }

  private void startWriteTimer(ChannelHandlerContext ctx) {
    Channel channel = ctx.channel();
    boolean writing = !channel.isFlushed();
    long before = channel.bytesWritten();
    writeTimer =
        ctx.eventLoop()
            .schedule(
                () -> {
                  writeTimer = null;
                  if (writing && !channel.isFlushed() && channel.bytesWritten() == before) {
                    timedOut(ctx, "write", writeNanos);
                  } else {
                    watchWriting(ctx);
                  }
                },
                writeNanos,
                TimeUnit.NANOSECONDS);
  }
}
