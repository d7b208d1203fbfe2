package io.gatun.handler;

import io.gatun.channel.Channel;
import io.gatun.channel.ChannelEvent;
import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.channel.ChannelOption;
import io.gatun.error.ClosedException;
import io.gatun.error.SocketError;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;

/**
 * Writes what comes from one channel to another, without a copy, and reads no faster than the other
 * takes it: what both keep stays within the water marks. A half that ends is shut down at the other
 * side; when one is closed, so is the other, once it has sent what there is.
 *
 * <p>The last handler of its channel. The channels may belong to different loops, but on one they
 * cost less.
 */
public final class Relay implements ChannelHandler {
  private final Channel target;

  private Relay(Channel target) {
    this.target = target;
  }

  /**
   * Connects two channels by a relay in each. To be called on the loop of the first.
   *
   * @throws IOException if one of them is closed
   */
  public static void between(Channel one, Channel other) throws IOException {
    one.setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    other.setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    one.pipeline().addLast(new Relay(other));
    if (other.eventLoop().inEventLoop()) {
      other.pipeline().addLast(new Relay(one));
    } else {
      other.eventLoop().execute(() -> other.pipeline().addLast(new Relay(one)));
    }
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws IOException {
    if (!target.isOpen()) {
      ctx.close(null);
    } else if (ctx.channel().isOpen()) {
      ctx.channel().setOption(ChannelOption.AUTO_READ, target.isWritable());
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws IOException {
    target.write(message, null);
    if (!target.isWritable() && ctx.channel().isOpen()) {
      // It tells this channel when there is room. Without one, its close does.
      target.flush();
      if (!target.isWritable()) {
        ctx.channel().setOption(ChannelOption.AUTO_READ, false);
      }
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    target.flush();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) throws IOException {
    try {
      if (target.isOpen()) {
        target.setOption(ChannelOption.AUTO_READ, ctx.channel().isWritable());
      }
    } catch (ClosedException e) {
      // In between, by its own loop: it has nothing more to read.
    }
  }

  @Override
  public void userEvent(ChannelHandlerContext ctx, Object event) {
    if (event == ChannelEvent.INPUT_SHUTDOWN) {
      target.shutdownOutput();
    } else {
      ReferenceCountUtil.release(event);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    Closing.whenSent(target);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!(cause instanceof SocketError)) {
      ctx.fireExceptionCaught(cause);
    }
    ctx.close(null); // which closes the other
  }
}
