package io.gatun.codec.can;

import java.util.EnumSet;
import java.util.Set;

/**
 * What one goes over a CAN bus: a data frame of one of three generations, a remote frame, or the
 * controller's report of an error.
 *
 * <p>The text form is that of can-utils, as in a candump log:
 *
 * <table>
 * <caption>text forms</caption>
 * <tr><td>{@code 123#1122}</td><td>a classic frame, standard identifier</td></tr>
 * <tr><td>{@code 12345678#}</td><td>extended identifier, no data</td></tr>
 * <tr><td>{@code 123#1122334455667788_E}</td><td>8 bytes, sent with a length code of 14</td></tr>
 * <tr><td>{@code 123#R}, {@code 123#R4}</td><td>a remote frame that asks for 0 or 4 bytes</td></tr>
 * <tr><td>{@code 123##3112233}</td><td>CAN FD; the flags are BRS 1 and ESI 2</td></tr>
 * <tr><td>{@code 45123#81:00:00112233#DD}</td><td>CAN XL: VCID, priority, flags, SDU type,
 * acceptance field</td></tr>
 * <tr><td>{@code 20000040#0000000000000000}</td><td>an error frame: its classes</td></tr>
 * </table>
 */
public sealed interface CanFrame {
  /** {@return the payload} */
  CanData data();

  /**
   * {@return the frame of a text}
   *
   * @throws CanFormatException if it is none
   */
  static CanFrame parse(CharSequence text) {
    return FrameText.parse(text, 0, text.length());
  }

  /**
   * A frame of CAN 2.0: up to 8 bytes.
   *
   * @param id its identifier
   * @param dlc the length code on the bus: the number of bytes, or 9 to 15 where there are 8
   * @param data up to 8 bytes
   */
  record Classic(CanId id, int dlc, CanData data) implements CanFrame {
    /**
     * Makes a frame.
     *
     * @throws IllegalArgumentException if there are too many bytes, or the code does not fit
     */
    public Classic {
      if (data.length() > Layout.CLASSIC_DATA) {
        throw new IllegalArgumentException("a classic frame has no " + data.length() + " bytes");
      }
      if (dlc != data.length() && (data.length() != 8 || dlc < 9 || dlc > 15)) {
        throw new IllegalArgumentException(
            "length code " + dlc + " does not fit " + data.length() + " bytes");
      }
    }

    /**
     * Makes a frame whose length code is its length.
     *
     * @param id its identifier
     * @param data up to 8 bytes
     */
    public Classic(CanId id, CanData data) {
      this(id, data.length(), data);
    }

    @Override
    public String toString() {
      return FrameText.format(this);
    }
  }

  /**
   * A frame of CAN FD: up to 64 bytes. The bus knows lengths of 0 to 8, 12, 16, 20, 24, 32, 48 and
   * 64; a virtual interface delivers what lies between as it is, and a real one pads it.
   *
   * @param id its identifier
   * @param bitRateSwitch BRS: the payload goes at the second bit rate
   * @param errorStateIndicator ESI: the sender is error passive
   * @param data up to 64 bytes
   */
  record Fd(CanId id, boolean bitRateSwitch, boolean errorStateIndicator, CanData data)
      implements CanFrame {
    private static final int[] LENGTHS = {0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 20, 24, 32, 48, 64};

    /**
     * Makes a frame.
     *
     * @throws IllegalArgumentException if there are too many bytes
     */
    public Fd {
      if (data.length() > Layout.FD_DATA) {
        throw new IllegalArgumentException("a CAN FD frame has no " + data.length() + " bytes");
      }
    }

    /** {@return the length code on the bus, 0 to 15} */
    public int dlc() {
      return dlc(data.length());
    }

    /**
     * {@return the least length code that holds so many bytes}
     *
     * @param length 0 to 64
     * @throws IllegalArgumentException if there are more
     */
    public static int dlc(int length) {
      for (int dlc = 0; dlc < LENGTHS.length && length >= 0; dlc++) {
        if (length <= LENGTHS[dlc]) {
          return dlc;
        }
      }
      throw new IllegalArgumentException("a CAN FD frame has no " + length + " bytes");
    }

    /**
     * {@return the number of bytes of a length code}
     *
     * @param dlc 0 to 15
     * @throws IllegalArgumentException if it is not
     */
    public static int length(int dlc) {
      if (dlc < 0 || dlc > 15) {
        throw new IllegalArgumentException("length code " + dlc + " is not in 0..15");
      }
      return LENGTHS[dlc];
    }

    @Override
    public String toString() {
      return FrameText.format(this);
    }
  }

  /**
   * A frame of CAN XL: 1 to 2048 bytes. Its priority arbitrates and names nothing; the acceptance
   * field says what it is about.
   *
   * @param priority 11 bits; the least goes first
   * @param vcid the virtual CAN network, 0 to 255; a socket is given 0 alone unless it asks
   * @param simpleExtendedContent SEC: the payload begins with a header of its own
   * @param remoteRequestSubstitution RRS
   * @param sdt the type of the service data unit, 0 to 255
   * @param acceptance the acceptance field, 32 bits
   * @param data 1 to 2048 bytes
   */
  record Xl(
      int priority,
      int vcid,
      boolean simpleExtendedContent,
      boolean remoteRequestSubstitution,
      int sdt,
      int acceptance,
      CanData data)
      implements CanFrame {
    /**
     * Makes a frame.
     *
     * @throws IllegalArgumentException if something is out of range
     */
    public Xl {
      check("priority", priority, CanId.MAX_STANDARD);
      check("virtual network", vcid, 0xff);
      check("SDU type", sdt, 0xff);
      if (data.length() == 0 || data.length() > Layout.XL_MAX_DATA) {
        throw new IllegalArgumentException("a CAN XL frame has no " + data.length() + " bytes");
      }
    }

    private static void check(String what, int value, int most) {
      if (value < 0 || value > most) {
        throw new IllegalArgumentException(what + " " + value + " is not in 0.." + most);
      }
    }

    @Override
    public String toString() {
      return FrameText.format(this);
    }
  }

  /**
   * A remote frame: it asks whoever has the data of an identifier to send them. CAN FD and XL have
   * none.
   *
   * @param id the identifier asked for
   * @param dlc the length code on the bus, 0 to 15; 8 bytes are asked for from 8 on
   */
  record Remote(CanId id, int dlc) implements CanFrame {
    /**
     * Makes a frame.
     *
     * @throws IllegalArgumentException if the code is out of range
     */
    public Remote {
      if (dlc < 0 || dlc > 15) {
        throw new IllegalArgumentException("length code " + dlc + " is not in 0..15");
      }
    }

    /** {@return no bytes} */
    @Override
    public CanData data() {
      return CanData.EMPTY;
    }

    @Override
    public String toString() {
      return FrameText.format(this);
    }
  }

  /**
   * What the controller tells of the bus and of itself (linux/can/error.h). It was never on the
   * bus.
   *
   * @param classes the classes of errors, bits of {@code CAN_ERR_MASK}
   * @param data 8 bytes, which say more
   */
  record ErrorFrame(int classes, CanData data) implements CanFrame {
    /**
     * Makes a frame.
     *
     * @throws IllegalArgumentException if there are not 8 bytes, or the classes have flags
     */
    public ErrorFrame {
      if ((classes & ~CanId.MAX_EXTENDED) != 0) {
        throw new IllegalArgumentException(
            "error classes 0x%x do not fit in 29 bits".formatted(classes));
      }
      if (data.length() != Layout.CLASSIC_DATA) {
        throw new IllegalArgumentException("an error frame has no " + data.length() + " bytes");
      }
    }

    /** {@return everything that the frame reports, in the order of its bytes} */
    public Set<CanCondition> conditions() {
      EnumSet<CanCondition> found = EnumSet.noneOf(CanCondition.class);
      for (CanCondition condition : CanCondition.VALUES) {
        if (condition.isIn(this)) {
          found.add(condition);
        }
      }
      return found;
    }

    /** {@return at which bit arbitration was lost; 0 if it was not, or nobody knows} */
    public int lostArbitrationBit() {
      return (classes & CanCondition.LOST_ARBITRATION.mask()) == 0 ? 0 : data.get(0);
    }

    /** {@return in which part of a frame the protocol was violated} */
    public CanErrorLocation location() {
      return (classes & CanCondition.PROTOCOL.mask()) == 0
          ? CanErrorLocation.UNSPECIFIED
          : CanErrorLocation.of(data.get(3));
    }

    /** {@return the controller's count of transmit errors, 0 to 255; -1 if the frame has none} */
    public int transmitErrors() {
      return (classes & CanCondition.COUNTERS.mask()) == 0 ? -1 : data.get(6);
    }

    /** {@return the controller's count of receive errors, 0 to 255; -1 if the frame has none} */
    public int receiveErrors() {
      return (classes & CanCondition.COUNTERS.mask()) == 0 ? -1 : data.get(7);
    }

    @Override
    public String toString() {
      return FrameText.format(this);
    }
  }
}
