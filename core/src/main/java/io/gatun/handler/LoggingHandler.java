package io.gatun.handler;

import io.gatun.address.Address;
import io.gatun.channel.Channel;
import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.channel.Sharable;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.util.concurrent.Promise;
import io.netty.util.internal.logging.InternalLogLevel;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Logs all that passes, bytes as a table of hexadecimal and text. While its level is off it costs a
 * check an event.
 */
@Sharable
public final class LoggingHandler implements ChannelHandler {
  private final InternalLogger logger;
  private final InternalLogLevel level;
  private final int maxBytes;

  /**
   * Logs by a name of its own.
   *
   * @param name of the logger
   * @param level such as DEBUG
   * @param maxBytes of a message, in its table; 0 for its length alone
   */
  public LoggingHandler(String name, InternalLogLevel level, int maxBytes) {
    if (maxBytes < 0) {
      throw new IllegalArgumentException("maxBytes: " + maxBytes + " is negative");
    }
    this.logger = InternalLoggerFactory.getInstance(name);
    this.level = level;
    this.maxBytes = maxBytes;
  }

  private void log(ChannelHandlerContext ctx, String event) {
    if (logger.isEnabled(level)) {
      logger.log(level, ctx.channel() + ": " + event);
    }
  }

  private void log(ChannelHandlerContext ctx, String event, Object detail) {
    if (logger.isEnabled(level)) {
      logger.log(level, ctx.channel() + ": " + event + " " + describe(detail));
    }
  }

  private String describe(Object message) {
    if (!(message instanceof ByteBuf bytes)) {
      return String.valueOf(message);
    }
    int length = bytes.readableBytes();
    int shown = Math.min(length, maxBytes);
    String head = length + " bytes" + (shown < length ? ", the first " + shown : "");
    return shown == 0
        ? length + " bytes"
        : head + "\n" + ByteBufUtil.prettyHexDump(bytes, bytes.readerIndex(), shown);
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    log(ctx, "active");
    ctx.fireChannelActive();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    log(ctx, "inactive");
    ctx.fireChannelInactive();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    log(ctx, message instanceof Channel ? "accepted" : "read", message);
    ctx.fireChannelRead(message);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    log(ctx, "read complete");
    ctx.fireChannelReadComplete();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    log(ctx, ctx.channel().isWritable() ? "writable" : "not writable");
    ctx.fireChannelWritabilityChanged();
  }

  @Override
  public void userEvent(ChannelHandlerContext ctx, Object event) {
    log(ctx, "event", event);
    ctx.fireUserEvent(event);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    log(ctx, "exception", cause);
    ctx.fireExceptionCaught(cause);
  }

  @Override
  public void bind(ChannelHandlerContext ctx, Address local, Promise<Void> promise) {
    log(ctx, "bind", local);
    ctx.bind(local, promise);
  }

  @Override
  public void connect(
      ChannelHandlerContext ctx, Address remote, @Nullable Address local, Promise<Void> promise) {
    log(ctx, "connect", remote);
    ctx.connect(remote, local, promise);
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, @Nullable Promise<Void> promise) {
    log(ctx, "write", message);
    ctx.write(message, promise);
  }

  @Override
  public void flush(ChannelHandlerContext ctx) {
    log(ctx, "flush");
    ctx.flush();
  }

  @Override
  public void shutdownOutput(ChannelHandlerContext ctx, @Nullable Promise<Void> promise) {
    log(ctx, "shutdown output");
    ctx.shutdownOutput(promise);
  }

  @Override
  public void close(ChannelHandlerContext ctx, @Nullable Promise<Void> promise) {
    log(ctx, "close");
    ctx.close(promise);
  }
}
