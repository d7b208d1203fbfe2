package io.gatun.address;

import io.gatun.error.ErrorDetail;
import io.gatun.os.Errno;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * An algorithm of the kernel's cryptography; Linux only. A type or a name that does not fit fails
 * where it is used, with ENAMETOOLONG.
 *
 * @param type {@code hash}, {@code skcipher}, {@code aead} or {@code rng}
 * @param name the algorithm, such as {@code hmac(sha256)}
 * @param features flags, 0 as a rule
 * @param mask flags, 0 as a rule
 */
public record AlgAddress(String type, String name, int features, int mask)
    implements OtherAddress, ErrorDetail {
  static final int TYPE_MAX = 13;
  static final int NAME_MAX = 63;

  /**
   * Makes an address.
   *
   * @throws IllegalArgumentException if the type or the name holds a NUL, or something that is not
   *     in ISO 8859-1: the kernel sees bytes
   */
  public AlgAddress {
    for (String text : new String[] {type, name}) {
      if (text.chars().anyMatch(c -> c == 0 || c > 0xff)) {
        throw new IllegalArgumentException("no name of an algorithm: " + text);
      }
    }
  }

  /** Makes an address without flags. */
  public AlgAddress(String type, String name) {
    this(type, name, 0, 0);
  }

  @Override
  public AddressFamily family() {
    return OtherAddress.familyOf("AF_ALG");
  }

  @Override
  public @Nullable String errorDetail(int errno) {
    return errno != Errno.ENAMETOOLONG
        ? null
        : "the type may have " + TYPE_MAX + " bytes and the name " + NAME_MAX;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("alg:");
    text.append(Integer.toUnsignedString(features)).append(',');
    text.append(Integer.toUnsignedString(mask)).append(',');
    append(text, type);
    append(text.append(','), name);
    return text.toString();
  }

  /** Writes bytes, those that are no printable character of ASCII as {@code \xNN}. */
  static void append(StringBuilder text, String name) {
    for (byte b : name.getBytes(StandardCharsets.ISO_8859_1)) {
      if (b > ' ' && b < 0x7f && b != ',' && b != '\\') {
        text.append((char) b);
      } else {
        text.append("\\x").append(HexFormat.of().toHexDigits(b));
      }
    }
  }
}
