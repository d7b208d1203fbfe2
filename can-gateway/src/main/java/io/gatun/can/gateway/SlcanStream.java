package io.gatun.can.gateway;

import io.gatun.channel.ChannelHandlerContext;
import io.gatun.codec.can.CanFrame;
import io.gatun.codec.can.slcan.SlcanDecoder;
import io.gatun.codec.can.slcan.SlcanMessage;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * SLCAN over TCP. As a server it is the adapter: it answers commands, and sends frames once it was
 * opened. As a client it opens the adapter at the other end.
 */
final class SlcanStream extends StreamMember {
  private final boolean adapter;
  private SlcanDecoder decoder = new SlcanDecoder();
  private boolean open;
  private boolean listens;

  SlcanStream(String name, Bus bus, boolean adapter, @Nullable Runnable ended) {
    super(name, bus, ended);
    this.adapter = adapter;
  }

  @Override
  void connected(ChannelHandlerContext ctx) {
    decoder = new SlcanDecoder();
    open = !adapter;
    listens = false;
    if (!adapter) {
      write(ctx, SlcanMessage.Command.CLOSE); // whatever it was in
      write(ctx, SlcanMessage.Command.OPEN);
      ctx.flush();
    }
  }

  private static void write(ChannelHandlerContext ctx, SlcanMessage message) {
    ByteBuf out = ctx.alloc().directBuffer(32);
    message.encode(out);
    ctx.write(out, null);
  }

  @Override
  boolean takesFrames() {
    return open && super.takesFrames();
  }

  @Override
  boolean encode(CanFrame frame, ByteBuf out) {
    if (frame instanceof CanFrame.Xl || frame instanceof CanFrame.ErrorFrame) {
      return false;
    }
    SlcanMessage.frame(frame).encode(out);
    return true;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    try {
      for (SlcanMessage said; (said = decoder.decode(in)) != null; ) {
        heard(ctx, said);
      }
    } finally {
      in.release();
    }
    ctx.flush();
  }

  private void heard(ChannelHandlerContext ctx, SlcanMessage said) {
    SlcanMessage answer = SlcanMessage.OK;
    switch (said) {
      case SlcanMessage.Frame frame -> {
        if (adapter && (!open || listens)) {
          answer = SlcanMessage.ERROR;
        } else {
          received(frame.frame());
        }
      }
      case SlcanMessage.Command.OPEN -> open = true;
      case SlcanMessage.Command.LISTEN -> {
        open = true;
        listens = true;
      }
      case SlcanMessage.Command.CLOSE -> {
        open = !adapter;
        listens = false;
      }
      case SlcanMessage.Command.VERSION -> answer = new SlcanMessage.Version(0x10, 0x10);
      case SlcanMessage.Command.SERIAL_NUMBER -> answer = new SlcanMessage.SerialNumber("0001");
      case SlcanMessage.Command.STATUS -> answer = new SlcanMessage.Status(0);
      // The bus has its bit rate, and no filters of one client.
      case SlcanMessage.BitRate _, SlcanMessage.DataBitRate _, SlcanMessage.BitTiming _ -> {}
      case SlcanMessage.AcceptanceCode _, SlcanMessage.AcceptanceMask _ -> {}
      case SlcanMessage.Malformed _ -> {
        counters.lostOutside("malformed", 1);
        answer = SlcanMessage.ERROR;
      }
      default -> answer = SlcanMessage.ERROR;
    }
    if (adapter && ctx.channel().isWritable()) {
      write(ctx, answer);
    }
  }

  @Override
  void disconnected() {
    open = false;
  }
}
