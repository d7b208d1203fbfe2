package io.gatun.codec.can.channel;

import io.gatun.channel.Message;
import io.gatun.codec.can.CanFrameView;
import io.gatun.os.Abi;
import org.jspecify.annotations.Nullable;

/**
 * A {@link CanReceived} where it lies, from a {@link CanFrameHandler} with {@link
 * CanFrameHandler.Option#VIEWS}: the same object for every frame, so that none costs any garbage.
 * It is valid until {@code channelRead} returns, and on the loop only; who needs it later takes a
 * {@link #copy}. To write its frame on at once, to the same channel or to another of the loop, is
 * to write its {@link #frame}.
 */
public final class CanReceivedView {
  private static final int MSG_DONTROUTE = Abi.HOST.valueOr("MSG_DONTROUTE", 4);
  private static final int MSG_CONFIRM = Abi.HOST.valueOr("MSG_CONFIRM", 0x800);

  private final CanFrameView frame = new CanFrameView();
  private final boolean timed;
  private @Nullable Message message;

  CanReceivedView(boolean timed) {
    this.timed = timed;
  }

  void wrap(Message message) {
    frame.wrap(
        message.content(), message.content().readerIndex(), message.content().readableBytes());
    this.message = message;
  }

  void unwrap() {
    frame.unwrap();
    message = null;
  }

  private Message message() {
    Message message = this.message;
    if (message == null) {
      throw new IllegalStateException("the frame is no more: take a copy to keep one");
    }
    return message;
  }

  /** {@return the frame, which may be changed in place} */
  public CanFrameView frame() {
    return frame;
  }

  /** {@return who has sent it} */
  public CanReceived.Origin origin() {
    int flags = message().flags();
    if ((flags & MSG_CONFIRM) != 0) {
      return CanReceived.Origin.OWN;
    }
    return (flags & MSG_DONTROUTE) != 0 ? CanReceived.Origin.HOST : CanReceived.Origin.BUS;
  }

  /** {@return when it was received: see {@link CanReceived#timestamp}} */
  public long timestamp() {
    return timed ? message().timestamp() : 0;
  }

  /** {@return when the controller received it: see {@link CanReceived#hardwareTimestamp}} */
  public long hardwareTimestamp() {
    return timed ? message().hardwareTimestamp() : 0;
  }

  /** {@return all of it, to be kept} */
  public CanReceived copy() {
    CanReceived.Origin origin = origin(); // throws where there is no frame
    return new CanReceived(frame.toFrame(), origin, timestamp(), hardwareTimestamp());
  }
}
