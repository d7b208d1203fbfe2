package io.gatun.can.gateway;

import io.gatun.codec.can.CanData;
import io.gatun.codec.can.CanFrame;
import io.gatun.codec.can.CanId;
import io.netty.buffer.ByteBuf;
import java.net.ProtocolException;
import org.jspecify.annotations.Nullable;

/**
 * Frames in cannelloni's form, big-endian: the {@code canid_t}, a length with 0x80 for CAN FD and
 * then its flags, the bytes. A remote frame has none.
 */
final class Cannelloni {
  private static final int FD = 0x80;
  private static final int BRS = 1;
  private static final int ESI = 2;

  /** The most bytes that a frame takes. */
  static final int LONGEST = 4 + 1 + 1 + 64;

  private Cannelloni() {}

  /** Returns false for what there is no form for. */
  static boolean encode(CanFrame frame, ByteBuf out) {
    switch (frame) {
      case CanFrame.Classic classic -> {
        out.writeInt(classic.id().raw()).writeByte(classic.data().length());
        classic.data().writeTo(out);
      }
      case CanFrame.Remote remote ->
          out.writeInt(remote.id().raw() | Frames.RTR).writeByte(Math.min(8, remote.dlc()));
      case CanFrame.Fd fd -> {
        out.writeInt(fd.id().raw()).writeByte(fd.data().length() | FD);
        out.writeByte((fd.bitRateSwitch() ? BRS : 0) | (fd.errorStateIndicator() ? ESI : 0));
        fd.data().writeTo(out);
      }
      case CanFrame.ErrorFrame error -> {
        out.writeInt(error.classes() | Frames.ERR).writeByte(8);
        error.data().writeTo(out);
      }
      case CanFrame.Xl _ -> {
        return false;
      }
    }
    return true;
  }

  /** Takes a frame off; null if there is no whole one yet, and nothing is taken. */
  static @Nullable CanFrame decode(ByteBuf in) throws ProtocolException {
    if (in.readableBytes() < 5) {
      return null;
    }
    int at = in.readerIndex();
    int raw = in.getInt(at);
    int length = in.getUnsignedByte(at + 4);
    boolean fd = (length & FD) != 0;
    length &= ~FD;
    if (length > (fd ? 64 : 8)) {
      throw new ProtocolException("a frame of " + length + " bytes");
    }
    boolean remote = !fd && (raw & Frames.RTR) != 0;
    int head = fd ? 6 : 5;
    int size = head + (remote ? 0 : length);
    if (in.readableBytes() < size) {
      return null;
    }
    CanId id = CanId.ofRaw(raw);
    CanFrame frame;
    if (remote) {
      frame = new CanFrame.Remote(id, length);
    } else {
      CanData data = CanData.of(in, at + head, length);
      if (fd) {
        int flags = in.getByte(at + 5);
        frame = new CanFrame.Fd(id, (flags & BRS) != 0, (flags & ESI) != 0, data);
      } else if ((raw & Frames.ERR) != 0) {
        if (length != 8) {
          throw new ProtocolException("an error frame of " + length + " bytes");
        }
        frame = new CanFrame.ErrorFrame(raw & CanId.MAX_EXTENDED, data);
      } else {
        frame = new CanFrame.Classic(id, data);
      }
    }
    in.skipBytes(size);
    return frame;
  }
}
