package io.gatun.handler;

import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.netty.util.concurrent.Promise;
import org.jspecify.annotations.Nullable;

/**
 * Makes one flush of many: those asked for while messages are being read wait until all are, so
 * that the answers go out in one call. For handlers that flush each answer. One instance serves one
 * channel.
 */
public final class FlushConsolidator implements ChannelHandler {
  private boolean reading;
  private boolean waiting;

  /** Makes one for a channel. */
  public FlushConsolidator() {}

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    reading = true;
    ctx.fireChannelRead(message);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    ctx.fireChannelReadComplete();
    reading = false;
    flushWaiting(ctx);
  }

  @Override
  public void flush(ChannelHandlerContext ctx) {
    if (reading) {
      waiting = true;
    } else {
      ctx.flush();
    }
  }

  private void flushWaiting(ChannelHandlerContext ctx) {
    if (waiting) {
      waiting = false;
      ctx.flush();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    flushWaiting(ctx); // a writer that waits for room would wait for ever
    ctx.fireChannelWritabilityChanged();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    flushWaiting(ctx);
    ctx.fireExceptionCaught(cause);
  }

  @Override
  public void shutdownOutput(ChannelHandlerContext ctx, @Nullable Promise<Void> promise) {
    flushWaiting(ctx);
    ctx.shutdownOutput(promise);
  }

  @Override
  public void close(ChannelHandlerContext ctx, @Nullable Promise<Void> promise) {
    flushWaiting(ctx);
    ctx.close(promise);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    flushWaiting(ctx);
  }
}
