package io.gatun.codec.can;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * A frame where it lies in a buffer, as the kernel reads and writes it. One view serves any number
 * of frames, one after the other, and allocates nothing: for programs that handle every frame of a
 * busy bus.
 *
 * <pre>{@code
 * view.wrap(buf, buf.readerIndex(), buf.readableBytes());
 * if (view.kind() == CanFrameView.Kind.CLASSIC && view.id() == 0x123) {
 *   view.setId(0x124);
 * }
 *
 * int size = view.putClassic(buf, 0, 0x123, 2);
 * view.setByte(0, 0xca);
 * view.setByte(1, 0xfe);
 * }</pre>
 *
 * <p>The view does not own the buffer, and is valid for as long as the buffer is. What a kind of
 * frame does not have reads as 0 and false, and writing it throws {@link IllegalStateException}.
 * One thread at a time may use a view.
 */
public final class CanFrameView {
  /** The kinds of frames. */
  public enum Kind {
    /** CAN 2.0. */
    CLASSIC,
    /** CAN FD. */
    FD,
    /** CAN XL. */
    XL,
    /** A request for data. */
    REMOTE,
    /** The controller's report of an error. */
    ERROR
  }

  private ByteBuf buf = Unpooled.EMPTY_BUFFER;
  private int index;
  private int size;
  private Kind kind = Kind.CLASSIC;

  /** Makes a view of nothing: the first call is {@code wrap} or a {@code put}. */
  public CanFrameView() {}

  /**
   * Looks at a frame that is there, and checks that it is one.
   *
   * @param buf the buffer; its indexes stay
   * @param index of the frame
   * @param size of the frame: 16, 72, or 12 and the length of a CAN XL frame
   * @return this
   * @throws CanFormatException if it is none; the view is of what it was before
   */
  public CanFrameView wrap(ByteBuf buf, int index, int size) {
    if (size < Layout.XL_DATA) {
      throw new CanFormatException("a frame of " + size + " bytes is cut off");
    }
    int length = buf.getUnsignedByte(index + Layout.LEN);
    Kind found;
    if ((length & Layout.XLF) != 0) {
      // The byte is a length of at most 64 in the other structures.
      length = Layout.getShort(buf, index + Layout.XL_LEN);
      if (length == 0 || length > Layout.XL_MAX_DATA || size != Layout.XL_DATA + length) {
        throw new CanFormatException(
            "a CAN XL frame of " + size + " bytes with a length of " + length);
      }
      // The priority is the one field that a CanFrame could not hold.
      if ((Layout.getInt(buf, index) & 0xff00_f800) != 0) {
        throw new CanFormatException("a CAN XL frame whose priority has more than 11 bits");
      }
      found = Kind.XL;
    } else if (size == Layout.FD_SIZE) {
      if (length > Layout.FD_DATA) {
        throw new CanFormatException("a CAN FD frame with a length of " + length);
      }
      if ((Layout.getInt(buf, index) & (Layout.RTR | Layout.ERR)) != 0) {
        throw new CanFormatException("a CAN FD frame is neither a remote nor an error frame");
      }
      found = Kind.FD;
    } else if (size == Layout.CLASSIC_SIZE) {
      if (length > Layout.CLASSIC_DATA) {
        throw new CanFormatException("a classic frame with a length of " + length);
      }
      int id = Layout.getInt(buf, index);
      if ((id & Layout.ERR) != 0) {
        if (length != Layout.CLASSIC_DATA) {
          throw new CanFormatException("an error frame with a length of " + length);
        }
        found = Kind.ERROR;
      } else {
        found = (id & Layout.RTR) != 0 ? Kind.REMOTE : Kind.CLASSIC;
      }
    } else {
      throw new CanFormatException("no frame has " + size + " bytes");
    }
    return set(buf, index, size, found);
  }

  private CanFrameView set(ByteBuf buf, int index, int size, Kind kind) {
    this.buf = buf;
    this.index = index;
    this.size = size;
    this.kind = kind;
    return this;
  }

  /** Forgets the buffer. */
  public void unwrap() {
    set(Unpooled.EMPTY_BUFFER, 0, 0, Kind.CLASSIC);
  }

  // ---- Writing a new frame

  /**
   * Puts a classic frame of zeros into a buffer, and looks at it.
   *
   * @param buf the buffer; its indexes stay
   * @param index where the frame shall be
   * @param rawId the identifier with its flag, as {@link CanId#raw} has it
   * @param dlc the length code: 0 to 8 bytes, or 9 to 15 where there are 8
   * @return the frame's size in bytes
   * @throws IllegalArgumentException if a value is out of range
   */
  public int putClassic(ByteBuf buf, int index, int rawId, int dlc) {
    return putShort(buf, index, checkedId(rawId), dlc, Kind.CLASSIC);
  }

  /**
   * Puts a remote frame into a buffer, and looks at it.
   *
   * @param buf the buffer; its indexes stay
   * @param index where the frame shall be
   * @param rawId the identifier with its flag, as {@link CanId#raw} has it
   * @param dlc the length code, 0 to 15
   * @return the frame's size in bytes
   * @throws IllegalArgumentException if a value is out of range
   */
  public int putRemote(ByteBuf buf, int index, int rawId, int dlc) {
    return putShort(buf, index, checkedId(rawId) | Layout.RTR, dlc, Kind.REMOTE);
  }

  /**
   * Puts an error frame of zeros into a buffer, and looks at it.
   *
   * @param buf the buffer; its indexes stay
   * @param index where the frame shall be
   * @param classes the classes of errors
   * @return the frame's size in bytes
   */
  public int putError(ByteBuf buf, int index, int classes) {
    return putShort(buf, index, (classes & CanId.MAX_EXTENDED) | Layout.ERR, 8, Kind.ERROR);
  }

  private int putShort(ByteBuf buf, int index, int id, int dlc, Kind kind) {
    if (dlc < 0 || dlc > 15) {
      throw new IllegalArgumentException("length code " + dlc + " is not in 0..15");
    }
    Layout.setInt(buf, index, id);
    buf.setInt(index + Layout.LEN, 0);
    buf.setByte(index + Layout.LEN, Math.min(dlc, Layout.CLASSIC_DATA));
    buf.setByte(index + Layout.LEN8_DLC, dlc > Layout.CLASSIC_DATA ? dlc : 0);
    buf.setLong(index + Layout.DATA, 0);
    set(buf, index, Layout.CLASSIC_SIZE, kind);
    return Layout.CLASSIC_SIZE;
  }

  /**
   * Puts a CAN FD frame of zeros into a buffer, and looks at it.
   *
   * @param buf the buffer; its indexes stay
   * @param index where the frame shall be
   * @param rawId the identifier with its flag, as {@link CanId#raw} has it
   * @param length 0 to 64 bytes
   * @return the frame's size in bytes
   * @throws IllegalArgumentException if a value is out of range
   */
  public int putFd(ByteBuf buf, int index, int rawId, int length) {
    int id = checkedId(rawId);
    if (length < 0 || length > Layout.FD_DATA) {
      throw new IllegalArgumentException("a CAN FD frame has no " + length + " bytes");
    }
    buf.setZero(index, Layout.FD_SIZE);
    Layout.setInt(buf, index, id);
    buf.setByte(index + Layout.LEN, length);
    buf.setByte(index + Layout.FLAGS, Layout.FDF);
    set(buf, index, Layout.FD_SIZE, Kind.FD);
    return Layout.FD_SIZE;
  }

  /**
   * Puts a CAN XL frame of zeros into a buffer, and looks at it.
   *
   * @param buf the buffer; its indexes stay
   * @param index where the frame shall be
   * @param priority 0 to 0x7ff
   * @param vcid the virtual CAN network, 0 to 255
   * @param length 1 to 2048 bytes
   * @return the frame's size in bytes
   * @throws IllegalArgumentException if a value is out of range
   */
  public int putXl(ByteBuf buf, int index, int priority, int vcid, int length) {
    if (priority < 0 || priority > CanId.MAX_STANDARD || vcid < 0 || vcid > 0xff) {
      throw new IllegalArgumentException(
          "priority " + priority + " or virtual network " + vcid + " is out of range");
    }
    if (length < 1 || length > Layout.XL_MAX_DATA) {
      throw new IllegalArgumentException("a CAN XL frame has no " + length + " bytes");
    }
    buf.setZero(index, Layout.XL_DATA + length);
    Layout.setInt(buf, index + Layout.XL_PRIO, priority | vcid << Layout.VCID_SHIFT);
    buf.setByte(index + Layout.XL_FLAGS, Layout.XLF);
    Layout.setShort(buf, index + Layout.XL_LEN, length);
    set(buf, index, Layout.XL_DATA + length, Kind.XL);
    return size;
  }

  private static int checkedId(int rawId) {
    int allowed = (rawId & Layout.EFF) != 0 ? Layout.EFF | CanId.MAX_EXTENDED : CanId.MAX_STANDARD;
    if ((rawId & ~allowed) != 0) {
      throw new IllegalArgumentException("0x%08x is no identifier".formatted(rawId));
    }
    return rawId;
  }

  // ---- What every frame has

  /** {@return what the frame is} */
  public Kind kind() {
    return kind;
  }

  /** {@return the size of the structure in bytes: so many go to the socket} */
  public int size() {
    return size;
  }

  /** {@return the identifier; of a CAN XL frame the priority, of an error frame the classes} */
  public int id() {
    int raw = Layout.getInt(buf, index);
    if (kind == Kind.ERROR) {
      return raw & CanId.MAX_EXTENDED;
    }
    boolean extended = kind != Kind.XL && (raw & Layout.EFF) != 0;
    return raw & (extended ? CanId.MAX_EXTENDED : CanId.MAX_STANDARD);
  }

  /** {@return whether the identifier has 29 bits} */
  public boolean isExtended() {
    return kind != Kind.XL && kind != Kind.ERROR && (Layout.getInt(buf, index) & Layout.EFF) != 0;
  }

  /** {@return the {@code canid_t} with all of its flags, which filters look at} */
  public int rawId() {
    return Layout.getInt(buf, index);
  }

  /**
   * Changes the identifier; whether it is extended stays. Of a CAN XL frame it is the priority, of
   * an error frame the classes.
   *
   * @param id the value
   * @throws IllegalArgumentException if it has too many bits
   */
  public void setId(int id) {
    boolean wide = kind == Kind.ERROR || isExtended();
    int mask = wide ? CanId.MAX_EXTENDED : CanId.MAX_STANDARD;
    if ((id & ~mask) != 0) {
      throw new IllegalArgumentException("0x%x does not fit in 0x%x".formatted(id, mask));
    }
    Layout.setInt(buf, index, (Layout.getInt(buf, index) & ~mask) | id);
  }

  /** {@return the number of bytes of the payload; of a remote frame 0} */
  public int length() {
    return switch (kind) {
      case REMOTE -> 0;
      case XL -> Layout.getShort(buf, index + Layout.XL_LEN);
      default -> buf.getUnsignedByte(index + Layout.LEN);
    };
  }

  /** {@return the length code on the bus; of a CAN XL frame its length less 1} */
  public int dlc() {
    return switch (kind) {
      case XL -> length() - 1;
      case FD -> CanFrame.Fd.dlc(length());
      default -> {
        int length = buf.getUnsignedByte(index + Layout.LEN);
        int raw = buf.getUnsignedByte(index + Layout.LEN8_DLC);
        // The kernel passes over values that make no sense, and so do we.
        yield length == Layout.CLASSIC_DATA && raw > 8 && raw <= 15 ? raw : length;
      }
    };
  }

  /** The buffer that the frame lies in. */
  ByteBuf buf() {
    return buf;
  }

  /** {@return the buffer's index of the first byte of the payload} */
  public int dataIndex() {
    return index + (kind == Kind.XL ? Layout.XL_DATA : Layout.DATA);
  }

  /**
   * {@return a byte of the payload, 0 to 255}
   *
   * @param i from 0
   * @throws IndexOutOfBoundsException if the payload does not have it
   */
  public int getByte(int i) {
    return buf.getUnsignedByte(dataIndex() + checked(i, 1));
  }

  /**
   * Changes a byte of the payload.
   *
   * @param i from 0
   * @param value the lower 8 bits count
   * @throws IndexOutOfBoundsException if the payload does not have it
   */
  public void setByte(int i, int value) {
    buf.setByte(dataIndex() + checked(i, 1), value);
  }

  /**
   * Changes bytes of the payload, from its first one on.
   *
   * @param source where they are
   * @param from the first of them
   * @param length how many
   * @throws IndexOutOfBoundsException if the payload does not have so many
   */
  public void setData(byte[] source, int from, int length) {
    buf.setBytes(dataIndex() + checked(0, length), source, from, length);
  }

  /**
   * Changes bytes of the payload, from its first one on.
   *
   * @param source where they are; its indexes stay
   * @param from the first of them
   * @param length how many
   * @throws IndexOutOfBoundsException if the payload does not have so many
   */
  public void setData(ByteBuf source, int from, int length) {
    buf.setBytes(dataIndex() + checked(0, length), source, from, length);
  }

  private int checked(int i, int count) {
    if (i < 0 || count < 0 || i > length() - count) {
      throw new IndexOutOfBoundsException(i + ", " + count + " of " + length() + " bytes");
    }
    return i;
  }

  // ---- What one kind has

  /** {@return BRS of a CAN FD frame} */
  public boolean bitRateSwitch() {
    return flag(Kind.FD, Layout.FLAGS, Layout.BRS);
  }

  /**
   * Changes BRS of a CAN FD frame.
   *
   * @param on whether the payload goes at the second bit rate
   */
  public void setBitRateSwitch(boolean on) {
    setFlag(Kind.FD, Layout.FLAGS, Layout.BRS, on);
  }

  /** {@return ESI of a CAN FD frame} */
  public boolean errorStateIndicator() {
    return flag(Kind.FD, Layout.FLAGS, Layout.ESI);
  }

  /**
   * Changes ESI of a CAN FD frame.
   *
   * @param on whether the sender is error passive
   */
  public void setErrorStateIndicator(boolean on) {
    setFlag(Kind.FD, Layout.FLAGS, Layout.ESI, on);
  }

  /** {@return SEC of a CAN XL frame} */
  public boolean simpleExtendedContent() {
    return flag(Kind.XL, Layout.XL_FLAGS, Layout.SEC);
  }

  /**
   * Changes SEC of a CAN XL frame.
   *
   * @param on whether the payload begins with a header of its own
   */
  public void setSimpleExtendedContent(boolean on) {
    setFlag(Kind.XL, Layout.XL_FLAGS, Layout.SEC, on);
  }

  /** {@return RRS of a CAN XL frame} */
  public boolean remoteRequestSubstitution() {
    return flag(Kind.XL, Layout.XL_FLAGS, Layout.RRS);
  }

  /**
   * Changes RRS of a CAN XL frame.
   *
   * @param on the bit
   */
  public void setRemoteRequestSubstitution(boolean on) {
    setFlag(Kind.XL, Layout.XL_FLAGS, Layout.RRS, on);
  }

  /** {@return the virtual CAN network of a CAN XL frame, 0 to 255} */
  public int vcid() {
    return kind == Kind.XL ? Layout.getInt(buf, index) >>> Layout.VCID_SHIFT & 0xff : 0;
  }

  /**
   * Changes the virtual CAN network of a CAN XL frame.
   *
   * @param vcid 0 to 255
   */
  public void setVcid(int vcid) {
    need(Kind.XL);
    if (vcid < 0 || vcid > 0xff) {
      throw new IllegalArgumentException("virtual network " + vcid + " is not in 0..255");
    }
    Layout.setInt(buf, index, (Layout.getInt(buf, index) & 0xffff) | vcid << Layout.VCID_SHIFT);
  }

  /** {@return the SDU type of a CAN XL frame, 0 to 255} */
  public int sdt() {
    return kind == Kind.XL ? buf.getUnsignedByte(index + Layout.XL_SDT) : 0;
  }

  /**
   * Changes the SDU type of a CAN XL frame.
   *
   * @param sdt the lower 8 bits count
   */
  public void setSdt(int sdt) {
    need(Kind.XL);
    buf.setByte(index + Layout.XL_SDT, sdt);
  }

  /** {@return the acceptance field of a CAN XL frame} */
  public int acceptance() {
    return kind == Kind.XL ? Layout.getInt(buf, index + Layout.XL_AF) : 0;
  }

  /**
   * Changes the acceptance field of a CAN XL frame.
   *
   * @param acceptance all 32 bits
   */
  public void setAcceptance(int acceptance) {
    need(Kind.XL);
    Layout.setInt(buf, index + Layout.XL_AF, acceptance);
  }

  private boolean flag(Kind of, int at, int flag) {
    return kind == of && (buf.getByte(index + at) & flag) != 0;
  }

  private void setFlag(Kind of, int at, int flag, boolean on) {
    need(of);
    int flags = buf.getByte(index + at);
    buf.setByte(index + at, on ? flags | flag : flags & ~flag);
  }

  private void need(Kind needed) {
    if (kind != needed) {
      throw new IllegalStateException("a frame of kind " + kind + " is none of kind " + needed);
    }
  }

  /**
   * Writes the frame at a buffer's writer index.
   *
   * @param out another buffer, which grows if need be
   */
  public void writeTo(ByteBuf out) {
    if (size == Layout.CLASSIC_SIZE) { // most by far
      int at = out.writerIndex();
      out.ensureWritable(Layout.CLASSIC_SIZE);
      out.setLong(at, buf.getLong(index));
      out.setLong(at + Layout.DATA, buf.getLong(index + Layout.DATA));
      out.writerIndex(at + Layout.CLASSIC_SIZE);
    } else {
      out.writeBytes(buf, index, size);
    }
  }

  /** {@return a copy of the frame} */
  public CanFrame toFrame() {
    CanData data = CanData.of(buf, dataIndex(), length());
    return switch (kind) {
      case CLASSIC -> new CanFrame.Classic(CanId.ofRaw(rawId()), dlc(), data);
      case FD ->
          new CanFrame.Fd(CanId.ofRaw(rawId()), bitRateSwitch(), errorStateIndicator(), data);
      case XL ->
          new CanFrame.Xl(
              id(),
              vcid(),
              simpleExtendedContent(),
              remoteRequestSubstitution(),
              sdt(),
              acceptance(),
              data);
      case REMOTE -> new CanFrame.Remote(CanId.ofRaw(rawId()), dlc());
      case ERROR -> new CanFrame.ErrorFrame(id(), data);
    };
  }

  /** {@return the frame's text form} */
  @Override
  public String toString() {
    return size == 0 ? "no frame" : toFrame().toString();
  }
}
