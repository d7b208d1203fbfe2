package io.gatun.codec.can.log;

import io.gatun.codec.can.CanFormatException;
import io.gatun.codec.can.CanFrame;
import io.gatun.codec.can.CanFrameCodec;
import io.gatun.codec.can.CanFrameView;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The packets of LINKTYPE_CAN_SOCKETCAN (tcpdump.org/linktypes): the kernel's structures, with the
 * identifier or priority in big-endian order, the other numbers of CAN XL in little-endian order,
 * and what is behind the payload left out or not.
 */
final class PcapFrame {
  private static final int LEN = 4;
  private static final int FLAGS = 5;
  private static final int DATA = 8;
  private static final int FDF = 4;
  private static final int XLF = 0x80;
  private static final int XL_LEN = 6;
  private static final int XL_AF = 8;
  private static final int XL_DATA = 12;

  private static final boolean LITTLE = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

  private PcapFrame() {}

  static CanFrame decode(ByteBuffer packet) {
    int captured = packet.limit();
    if (captured < DATA) {
      throw new CanFormatException("a packet of " + captured + " bytes is cut off");
    }
    int length = packet.get(LEN) & 0xff;
    boolean xl = (length & XLF) != 0;
    int size;
    int used;
    if (xl) {
      length = (packet.get(XL_LEN) & 0xff) | (packet.get(XL_LEN + 1) & 0xff) << 8;
      used = XL_DATA + length;
      size = used;
    } else {
      // Software from before the flag is known by the packet's size, or by a payload too long.
      boolean fd =
          (packet.get(FLAGS) & FDF) != 0 || captured == CanFrameCodec.FD_SIZE || length > DATA;
      used = DATA + length;
      size = fd ? CanFrameCodec.FD_SIZE : CanFrameCodec.CLASSIC_SIZE;
      // Of a remote frame the length is that of the answer.
      boolean remote = !fd && (packet.get(0) & 0x40) != 0;
      used = remote ? DATA : used;
    }
    if (captured < used || used > size) {
      throw new CanFormatException(
          "a packet of " + captured + " bytes with a payload of " + length);
    }
    byte[] bytes = new byte[size];
    packet.get(0, bytes, 0, used);
    ByteBuf buf = Unpooled.wrappedBuffer(bytes);
    swapToHost(buf, xl);
    return CanFrameCodec.decode(buf);
  }

  /** From the packet's order to the host's; the way back is the same. */
  private static void swapToHost(ByteBuf buf, boolean xl) {
    if (LITTLE) {
      buf.setIntLE(0, buf.getInt(0));
    } else if (xl) {
      buf.setShortLE(XL_LEN, buf.getShort(XL_LEN));
      buf.setIntLE(XL_AF, buf.getInt(XL_AF));
    }
  }

  static byte[] encode(CanFrame frame) {
    ByteBuf buf = Unpooled.buffer(CanFrameCodec.size(frame));
    CanFrameCodec.encode(frame, buf);
    CanFrameView view = new CanFrameView().wrap(buf, 0, buf.readableBytes());
    swapToHost(buf, view.kind() == CanFrameView.Kind.XL);
    byte[] bytes = new byte[buf.readableBytes()];
    buf.readBytes(bytes);
    return bytes;
  }
}
