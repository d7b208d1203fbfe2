package io.gatun.examples.demo;

import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A client as a handler on an event loop. */
final class ChannelClient implements ChannelHandler {
  private final Conversation conversation;
  private final CompletableFuture<Void> start;
  private volatile @Nullable ChannelHandlerContext context;
  private boolean over;

  /**
   * Makes a client.
   *
   * @param start done when all clients are to begin
   */
  ChannelClient(Conversation conversation, CompletableFuture<Void> start) {
    this.conversation = conversation;
    this.start = start;
  }

  /** Closes the channel, whatever is under way. Any thread may call it. */
  void abort() {
    ChannelHandlerContext ctx = context;
    if (ctx != null) {
      ctx.close(null);
    }
  }

  private void send(ChannelHandlerContext ctx) {
    if (!ctx.channel().isOpen()) {
      return;
    }
    ByteBuf buffer = ctx.alloc().directBuffer(Conversation.WINDOW, Conversation.WINDOW);
    conversation.fill(buffer);
    if (buffer.isReadable()) {
      ctx.writeAndFlush(buffer, null);
    } else {
      buffer.release();
    }
    if (conversation.isOver() && !over) {
      over = true;
      ctx.shutdownOutput(null);
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    context = ctx;
    conversation.connected();
    start.thenRunAsync(() -> send(ctx), ctx.eventLoop());
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf buffer = (ByteBuf) message;
    try {
      if (!conversation.check(buffer)) {
        ctx.close(null);
      }
    } finally {
      buffer.release();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    send(ctx);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (over) {
      conversation.closed();
    } else {
      conversation.failed("the server closed the connection too early");
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    conversation.failed(cause);
    ctx.close(null);
  }
}
