package io.gatun.can.gateway;

import io.gatun.channel.ChannelHandlerContext;
import io.gatun.codec.can.CanFrame;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A member at the other end of a connection. Who reads too slowly loses frames, which are counted;
 * what waits for him is bounded by the channel's high water mark.
 */
abstract class StreamMember extends ChannelMember {
  /** Told when the connection has ended; null where nobody waits. */
  private final @Nullable Runnable ended;

  private boolean flushes;

  StreamMember(String name, Bus bus, @Nullable Runnable ended) {
    super(name, bus);
    this.ended = ended;
  }

  /** Writes a frame in the form of the protocol. Returns false where it has none for it. */
  abstract boolean encode(CanFrame frame, ByteBuf out);

  /** Whether the other end is to be given frames yet. */
  boolean takesFrames() {
    return ctx != null;
  }

  @Override
  void deliver(BusFrame frame, long visited) {
    ChannelHandlerContext ctx = this.ctx;
    if (ctx == null || !takesFrames()) {
      drop("disconnected");
      return;
    }
    if (!ctx.channel().isWritable()) {
      sendWritten(ctx); // perhaps it has only been a long round
    }
    if (!ctx.channel().isWritable()) {
      drop("slow");
    } else {
      ByteBuf out = ctx.alloc().directBuffer(64);
      if (!encode(frame.record(), out)) {
        out.release();
        drop("not-carried");
        return;
      }
      ctx.write(out, written);
      flushLater(ctx);
    }
  }

  /** With all that the round under way brings. */
  private void flushLater(ChannelHandlerContext ctx) {
    if (!flushes) {
      flushes = true;
      ctx.eventLoop()
          .execute(() -> {
            flushes = false;
            sendWritten(ctx);
          });
    }
  }

  /** A round is over. */
  void sendWritten(ChannelHandlerContext ctx) {
    ctx.flush();
  }

  /** Says something of the protocol itself. */
  final void say(String text) {
    ChannelHandlerContext ctx = this.ctx;
    if (ctx != null) {
      ByteBuf out = ctx.alloc().directBuffer(text.length());
      out.writeCharSequence(text, StandardCharsets.US_ASCII);
      ctx.writeAndFlush(out, null);
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    if (this.ctx != null) {
      this.ctx = null;
      disconnected();
    }
    if (ended != null) {
      ended.run();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    counters.lostOutside("malformed", 1);
    ctx.close();
  }

  @Override
  String state() {
    ChannelHandlerContext ctx = this.ctx;
    return ctx == null ? "disconnected" : String.valueOf(ctx.channel().remoteAddress());
  }
}
