package io.gatun.codec.can;

/**
 * The identifier of a frame: 11 bits (standard) or 29 (extended). Both kinds begin at 0, and {@code
 * 123} and {@code 00000123} are two identifiers.
 *
 * <p>The natural order is that of arbitration on the bus (ISO 11898-1): the lesser one wins. The
 * upper 11 bits decide; where they are the same, the standard frame wins.
 *
 * @param value its bits
 * @param isExtended whether there are 29
 */
public record CanId(int value, boolean isExtended) implements Comparable<CanId> {
  /** The largest standard identifier. */
  public static final int MAX_STANDARD = 0x7ff;

  /** The largest extended identifier. */
  public static final int MAX_EXTENDED = 0x1fff_ffff;

  /**
   * Makes an identifier.
   *
   * @throws IllegalArgumentException if the value has more bits
   */
  public CanId {
    if ((value & ~(isExtended ? MAX_EXTENDED : MAX_STANDARD)) != 0) {
      throw new IllegalArgumentException(
          "identifier 0x%x does not fit in %d bits".formatted(value, isExtended ? 29 : 11));
    }
  }

  /**
   * {@return a standard identifier}
   *
   * @param value 0 to {@link #MAX_STANDARD}
   */
  public static CanId standard(int value) {
    return new CanId(value, false);
  }

  /**
   * {@return an extended identifier}
   *
   * @param value 0 to {@link #MAX_EXTENDED}
   */
  public static CanId extended(int value) {
    return new CanId(value, true);
  }

  /**
   * {@return the identifier in a {@code canid_t}} The flags of remote and error frames are passed
   * over, and the bits that a standard identifier does not have.
   *
   * @param raw the bits and flags, as in {@code struct can_frame}
   */
  public static CanId ofRaw(int raw) {
    return (raw & Layout.EFF) != 0 ? extended(raw & MAX_EXTENDED) : standard(raw & MAX_STANDARD);
  }

  /** {@return the {@code canid_t}: the value, and CAN_EFF_FLAG if it is extended} */
  public int raw() {
    return isExtended ? value | Layout.EFF : value;
  }

  /**
   * {@return the identifier of a text} Three hexadecimal digits are a standard one, eight an
   * extended one.
   *
   * @throws CanFormatException if it is none
   */
  public static CanId parse(String text) {
    FrameText.checkIdDigits(text, text.length());
    int value = FrameText.hex(text, 0, text.length());
    if (Integer.compareUnsigned(value, text.length() == 8 ? MAX_EXTENDED : MAX_STANDARD) > 0) {
      throw new CanFormatException(text, 0, "the identifier is too large");
    }
    return new CanId(value, text.length() == 8);
  }

  /**
   * {@return a number that orders frames as arbitration does: of two the lesser one wins} Between
   * frames of one identifier a data frame wins over a remote one.
   *
   * @param rawId a {@code canid_t} with its flags; of CAN XL the priority
   */
  public static long arbitrationOrder(int rawId) {
    int remote = rawId >>> 30 & 1;
    if ((rawId & Layout.EFF) == 0) {
      return (long) (rawId & MAX_STANDARD) << 21 | (long) remote << 20;
    }
    // SRR and IDE are both recessive, behind the 11 bits that both kinds begin with.
    return (long) (rawId >>> 18 & MAX_STANDARD) << 21
        | 3 << 19
        | (long) (rawId & 0x3ffff) << 1
        | remote;
  }

  @Override
  public int compareTo(CanId other) {
    int order = Integer.compare(base(), other.base());
    if (order == 0) {
      order = Boolean.compare(isExtended, other.isExtended);
    }
    return order != 0 ? order : Integer.compare(value, other.value);
  }

  /** The bits that both kinds send first. */
  private int base() {
    return isExtended ? value >>> 18 : value;
  }

  /** {@return three hexadecimal digits, or eight if it is extended} */
  @Override
  public String toString() {
    return FrameText.appendHex(new StringBuilder(8), value, isExtended ? 8 : 3).toString();
  }
}
