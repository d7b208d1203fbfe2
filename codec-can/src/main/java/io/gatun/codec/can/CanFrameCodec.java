package io.gatun.codec.can;

import io.netty.buffer.ByteBuf;

/**
 * Frames as the kernel reads and writes them on a raw socket: {@code struct can_frame}, {@code
 * canfd_frame} and {@code canxl_frame}, in the host's byte order (can(4), linux/can.h). One message
 * of the socket is one frame, so its size tells the structure. Any thread may call.
 */
public final class CanFrameCodec {
  /** The size of a classic, remote or error frame: CAN_MTU. */
  public static final int CLASSIC_SIZE = Layout.CLASSIC_SIZE;

  /** The size of a CAN FD frame: CANFD_MTU. */
  public static final int FD_SIZE = Layout.FD_SIZE;

  /** The size of the largest frame, one of CAN XL: CANXL_MAX_MTU. */
  public static final int MAX_SIZE = Layout.XL_DATA + Layout.XL_MAX_DATA;

  private CanFrameCodec() {}

  /**
   * {@return the size of a frame in bytes}
   *
   * @param frame any
   */
  public static int size(CanFrame frame) {
    return switch (frame) {
      case CanFrame.Fd _ -> Layout.FD_SIZE;
      case CanFrame.Xl xl -> Layout.XL_DATA + xl.data().length();
      default -> Layout.CLASSIC_SIZE;
    };
  }

  /**
   * {@return the {@code canid_t} of a frame with all of its flags, which filters look at; of a CAN
   * XL frame priority and virtual network}
   *
   * @param buf the buffer
   * @param index of the frame
   */
  public static int rawId(ByteBuf buf, int index) {
    return Layout.getInt(buf, index);
  }

  /**
   * Writes a frame at a buffer's writer index. All bytes of the structure are written: what has no
   * meaning is 0.
   *
   * @param frame any
   * @param buf the buffer, which grows if need be
   * @throws IndexOutOfBoundsException if it cannot
   */
  public static void encode(CanFrame frame, ByteBuf buf) {
    int size = size(frame);
    buf.ensureWritable(size);
    int index = buf.writerIndex();
    put(frame, buf, index);
    buf.writerIndex(index + size);
  }

  private static void put(CanFrame frame, ByteBuf buf, int index) {
    CanFrameView view = new CanFrameView();
    CanData data = frame.data();
    switch (frame) {
      case CanFrame.Classic classic ->
          view.putClassic(buf, index, classic.id().raw(), classic.dlc());
      case CanFrame.Remote remote -> view.putRemote(buf, index, remote.id().raw(), remote.dlc());
      case CanFrame.ErrorFrame error -> view.putError(buf, index, error.classes());
      case CanFrame.Fd fd -> {
        view.putFd(buf, index, fd.id().raw(), data.length());
        view.setBitRateSwitch(fd.bitRateSwitch());
        view.setErrorStateIndicator(fd.errorStateIndicator());
      }
      case CanFrame.Xl xl -> {
        view.putXl(buf, index, xl.priority(), xl.vcid(), data.length());
        view.setSimpleExtendedContent(xl.simpleExtendedContent());
        view.setRemoteRequestSubstitution(xl.remoteRequestSubstitution());
        view.setSdt(xl.sdt());
        view.setAcceptance(xl.acceptance());
      }
    }
    data.copyTo(buf, view.dataIndex());
  }

  /**
   * Reads all that is readable in a buffer as one frame.
   *
   * @param buf the buffer; its reader index moves if this succeeds
   * @return the frame
   * @throws CanFormatException if it is none
   */
  public static CanFrame decode(ByteBuf buf) {
    CanFrame frame = decode(buf, buf.readerIndex(), buf.readableBytes());
    buf.readerIndex(buf.writerIndex());
    return frame;
  }

  /**
   * Reads a frame. The buffer's indexes stay.
   *
   * @param buf the buffer
   * @param index of the frame
   * @param size of the frame: 16, 72, or 12 and the length of a CAN XL frame
   * @return the frame
   * @throws CanFormatException if it is none
   */
  public static CanFrame decode(ByteBuf buf, int index, int size) {
    return new CanFrameView().wrap(buf, index, size).toFrame();
  }
}
