package io.gatun.can.gateway;

import io.gatun.channel.ChannelHandlerContext;
import io.gatun.codec.can.CanFrame;
import io.gatun.handler.ByteDecoder;
import io.netty.buffer.ByteBuf;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** cannelloni over TCP: both sides say who they are, then send frames. */
final class CannelloniStream extends StreamMember {
  private static final String GREETING = "CANNELLONIv1";

  private boolean greeted;

  CannelloniStream(String name, Bus bus, @Nullable Runnable ended) {
    super(name, bus, ended);
  }

  /** Makes frames of bytes. */
  static final class Decoder extends ByteDecoder {
    private boolean greeted;

    @Override
    protected @Nullable Object decode(ChannelHandlerContext ctx, ByteBuf in)
        throws ProtocolException {
      if (greeted) {
        return Cannelloni.decode(in);
      }
      int there = Math.min(in.readableBytes(), GREETING.length());
      String said = in.toString(in.readerIndex(), there, StandardCharsets.US_ASCII);
      if (!GREETING.startsWith(said)) {
        throw new ProtocolException("no greeting of cannelloni");
      }
      if (there < GREETING.length()) {
        return null;
      }
      in.skipBytes(there);
      greeted = true;
      return GREETING;
    }
  }

  @Override
  void connected(ChannelHandlerContext ctx) {
    greeted = false;
    say(GREETING);
  }

  @Override
  boolean takesFrames() {
    return greeted && super.takesFrames();
  }

  @Override
  boolean encode(CanFrame frame, ByteBuf out) {
    return Cannelloni.encode(frame, out);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof CanFrame frame) {
      received(frame);
    } else {
      greeted = true;
    }
  }

  @Override
  void disconnected() {
    greeted = false;
  }
}
