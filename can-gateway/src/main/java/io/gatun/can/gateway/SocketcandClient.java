package io.gatun.can.gateway;

import io.gatun.channel.ChannelHandlerContext;
import io.gatun.codec.can.CanFrame;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** A bus that another socketcand serves, in its raw mode. */
final class SocketcandClient extends StreamMember {
  private enum Stage {
    GREETING,
    OPENING,
    CHANGING,
    RAW
  }

  private final String remoteBus;
  private Stage stage = Stage.GREETING;

  SocketcandClient(String name, Bus bus, String remoteBus, @Nullable Runnable ended) {
    super(name, bus, ended);
    this.remoteBus = remoteBus;
  }

  @Override
  void connected(ChannelHandlerContext ctx) {
    stage = Stage.GREETING;
  }

  @Override
  boolean takesFrames() {
    return stage == Stage.RAW && super.takesFrames();
  }

  @Override
  boolean encode(CanFrame frame, ByteBuf out) {
    return SocketcandText.encodeSend(frame, out);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    String element = (String) message;
    switch (stage) {
      case GREETING -> next(ctx, element, "hi", Stage.OPENING, "< open " + remoteBus + " >");
      case OPENING -> next(ctx, element, "ok", Stage.CHANGING, "< rawmode >");
      case CHANGING -> next(ctx, element, "ok", Stage.RAW, "");
      case RAW -> {
        CanFrame frame = SocketcandText.received(element);
        if (frame == null) {
          counters.lostOutside("malformed", 1);
        } else {
          received(frame);
        }
      }
    }
  }

  private void next(
      ChannelHandlerContext ctx, String element, String expected, Stage next, String answer) {
    if (!element.equals(expected)) {
      counters.lostOutside("handshake", 1);
      ctx.close();
      return;
    }
    stage = next;
    if (!answer.isEmpty()) {
      say(answer);
    }
  }

  @Override
  void disconnected() {
    stage = Stage.GREETING;
  }
}
