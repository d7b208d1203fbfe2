package io.gatun.address;

import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The address of a network device, such as the six bytes of Ethernet and Bluetooth: {@code
 * 02:00:5e:10:00:01}. It may have no bytes at all.
 */
public final class HardwareAddress {
  /** No bytes. */
  public static final HardwareAddress NONE = new HardwareAddress(new byte[0]);

  static final String PROBLEM = "no bytes in hexadecimal with colons between, as 02:00:5e:10:00:01";

  private static final HexFormat TEXT = HexFormat.ofDelimiter(":");

  private final byte[] bytes;

  private HardwareAddress(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * {@return the address of these bytes, in the order of the text}
   *
   * @param bytes the bytes, which are copied
   */
  public static HardwareAddress of(byte... bytes) {
    return bytes.length == 0 ? NONE : new HardwareAddress(bytes.clone());
  }

  /**
   * Reads an address from its text, pairs of hexadecimal digits between colons.
   *
   * @param text the text; empty for no bytes
   * @return the address
   * @throws AddressFormatException if the text is not that
   */
  public static HardwareAddress parse(String text) {
    try {
      return of(TEXT.parseHex(text));
    } catch (IllegalArgumentException e) {
      AddressFormatException wrong = new AddressFormatException(text, 0, PROBLEM);
      wrong.initCause(e);
      throw wrong;
    }
  }

  /** {@return a copy of the bytes, in the order of the text} */
  public byte[] toByteArray() {
    return bytes.clone();
  }

  /** {@return how many bytes it has} */
  public int length() {
    return bytes.length;
  }

  /** The bytes themselves. */
  byte[] bytes() {
    return bytes;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof HardwareAddress that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return TEXT.formatHex(bytes);
  }
}
