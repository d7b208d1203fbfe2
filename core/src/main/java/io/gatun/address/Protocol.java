package io.gatun.address;

import io.gatun.os.Abi;
import org.jspecify.annotations.Nullable;

/**
 * A protocol by its number, whose meaning the family decides: 1 is ICMP to IPv4 and CAN_RAW to CAN.
 * A number that Gatun does not know goes to the kernel as it is.
 *
 * @param number the host's constant, IPPROTO_TCP say
 */
public record Protocol(int number) {
  /** The one that belongs to the family and the type. */
  public static final Protocol DEFAULT = new Protocol(0);

  /** The control messages of IPv4; see icmp(7). */
  public static final Protocol ICMP = of("IPPROTO_ICMP");

  /** TCP; see tcp(7). */
  public static final Protocol TCP = of("IPPROTO_TCP");

  /** UDP; see udp(7). */
  public static final Protocol UDP = of("IPPROTO_UDP");

  /**
   * {@return a protocol by its C name, such as {@code IPPROTO_TCP}}
   *
   * @param name the name of the constant
   * @throws IllegalArgumentException if this system has no such constant
   */
  public static Protocol of(String name) {
    return new Protocol(Abi.HOST.value(name));
  }

  /**
   * {@return the C name if the family is one of the Internet's and has one, else the number}
   *
   * @param family the family that the protocol is of
   */
  public String name(AddressFamily family) {
    boolean internet = family.equals(AddressFamily.INET) || family.equals(AddressFamily.INET6);
    return internet && number != 0 ? Names.of(number, "IPPROTO_") : toString();
  }

  // Written out: a record's own are made when first called, of ten classes, at a program's start.

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Protocol(int its) && its == number;
  }

  @Override
  public int hashCode() {
    return number;
  }

  /** {@return the number: without a family it has no name} */
  @Override
  public String toString() {
    return Integer.toString(number);
  }
}
