package io.gatun.handler;

import io.gatun.channel.ChannelEvent;
import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.channel.ChannelOption;
import io.netty.buffer.ByteBuf;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Turns a stream of bytes into messages: keeps what is not a whole message yet. One instance serves
 * one channel.
 *
 * <p>A buffer that holds whole messages is not copied; what is left of it is, once, when its rest
 * comes. With {@link ChannelOption#AUTO_READ} off, a {@code read} reads on until there is a
 * message. After an exception nothing more is decoded. When the decoder is removed, the bytes it
 * has are passed on.
 */
public abstract class ByteDecoder implements ChannelHandler {
  private @Nullable ByteBuf bytes;
  private boolean decoding;
  private boolean failed;

  /** A message has been passed on since the last round ended. */
  private boolean fired;

  /** For subclasses. */
  protected ByteDecoder() {}

  /**
   * Takes one message off the bytes.
   *
   * @param in what has come, a byte at least; reading it takes it away
   * @return the message, which is passed on and whose owner is the next handler; null when there is
   *     no whole one, unless bytes were taken away: then this is called again. A message of no
   *     bytes would come for ever: that is an error
   * @throws Exception if no message can ever come of them
   */
  protected abstract @Nullable Object decode(ChannelHandlerContext ctx, ByteBuf in)
      throws Exception;

  /**
   * The stream has ended, and {@link #decode} makes nothing of what is left, if anything is. Called
   * once, and again as long as it takes bytes away; by default what is left is dropped.
   */
  protected @Nullable Object decodeLast(ChannelHandlerContext ctx, ByteBuf in) throws Exception {
    return null;
  }

  @Override
  public final void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
    if (!(message instanceof ByteBuf more)) {
      fired = true;
      ctx.fireChannelRead(message);
    } else if (failed) {
      more.release();
    } else {
      bytes = bytes == null ? more : append(ctx, bytes, more);
      if (!decoding) { // else the call under way goes on with them
        decodeAll(ctx, false);
      }
    }
  }

  /** Messages may share the memory of what they came in: it is added to, and never moved. */
  static ByteBuf append(ChannelHandlerContext ctx, ByteBuf bytes, ByteBuf more) {
    try {
      int length = more.readableBytes();
      if (!bytes.isReadOnly() && bytes.writableBytes() >= length) {
        return bytes.writeBytes(more);
      }
      int needed = Math.addExact(bytes.readableBytes(), length);
      ByteBuf larger = ctx.alloc().directBuffer(Math.max(needed, Math.min(needed, 1 << 29) * 2));
      larger.writeBytes(bytes).writeBytes(more);
      bytes.release();
      return larger;
    } finally {
      more.release();
    }
  }

  private void decodeAll(ChannelHandlerContext ctx, boolean last) throws Exception {
    decoding = true;
    try {
      while (bytes != null && !ctx.isRemoved()) {
        ByteBuf in = bytes;
        int before = in.readableBytes();
        Object message = before == 0 ? null : decode(ctx, in);
        boolean stays = in.readableBytes() == before;
        if (message != null && stays && !ctx.isRemoved()) {
          ReferenceCountUtil.release(message);
          throw new IllegalStateException(
              getClass().getName() + " made a message of no bytes: it would make them for ever");
        }
        if (stays && last) {
          message = decodeLast(ctx, in);
          stays = in.readableBytes() == before;
        }
        if (message != null) {
          fired = true;
          ctx.fireChannelRead(message);
        }
        if (stays) {
          break;
        }
      }
    } catch (Throwable t) {
      failed = true;
      throw t;
    } finally {
      decoding = false;
      settle(ctx, last);
    }
  }

  /** Gives back, or on, what is not needed. */
  private void settle(ChannelHandlerContext ctx, boolean last) {
    ByteBuf rest = bytes;
    if (rest == null) {
      return;
    }
    if (failed || last || !rest.isReadable()) {
      bytes = null;
      rest.release();
    } else if (ctx.isRemoved()) {
      bytes = null;
      ctx.fireChannelRead(rest);
    }
  }

  @Override
  public final void channelReadComplete(ChannelHandlerContext ctx) throws IOException {
    boolean goOn = !fired && bytes != null;
    fired = false;
    ctx.fireChannelReadComplete();
    if (goOn && ctx.channel().isOpen() && !ctx.channel().getOption(ChannelOption.AUTO_READ)) {
      ctx.read(); // a message was asked for, and this was but a part of one
    }
  }

  @Override
  public final void userEvent(ChannelHandlerContext ctx, Object event) throws Exception {
    if (event == ChannelEvent.INPUT_SHUTDOWN) {
      end(ctx);
    }
    ctx.fireUserEvent(event);
  }

  @Override
  public final void channelInactive(ChannelHandlerContext ctx) throws Exception {
    try {
      end(ctx);
    } finally {
      ctx.fireChannelInactive();
    }
  }

  private void end(ChannelHandlerContext ctx) throws Exception {
    if (!failed && !decoding) {
      if (bytes == null) {
        bytes = ctx.alloc().directBuffer(1); // decodeLast may have an end to tell of
      }
      decodeAll(ctx, true);
      ctx.fireChannelReadComplete();
    }
  }

  @Override
  public final void handlerRemoved(ChannelHandlerContext ctx) {
    failed |= !ctx.channel().isOpen();
    if (!decoding) { // else the call under way sees to it
      settle(ctx, false);
    }
    removed(ctx);
  }

  /** The decoder was removed; for subclasses. */
  protected void removed(ChannelHandlerContext ctx) {}
}
