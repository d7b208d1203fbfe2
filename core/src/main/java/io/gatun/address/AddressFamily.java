package io.gatun.address;

import io.gatun.os.Abi;
import io.gatun.os.Constants;
import org.jspecify.annotations.Nullable;

/**
 * An address family by its number on this host; see address_families(7). A number that Gatun does
 * not know goes to the kernel as it is.
 *
 * @param number the host's AF constant
 */
public record AddressFamily(int number) {
  /** None, or any: where getaddrinfo(3) may choose. */
  public static final AddressFamily UNSPEC = new AddressFamily(Constants.AF_UNSPEC);

  /** Sockets of this host, by a path in the file system; see unix(7). */
  public static final AddressFamily UNIX = new AddressFamily(Constants.AF_UNIX);

  /** IPv4; see ip(7). */
  public static final AddressFamily INET = new AddressFamily(Constants.AF_INET);

  /** IPv6; see ipv6(7). */
  public static final AddressFamily INET6 = new AddressFamily(Constants.AF_INET6);

  /**
   * {@return a family by its C name, such as {@code AF_INET}}
   *
   * @param name the name of the constant
   * @throws IllegalArgumentException if this system has no such family
   */
  public static AddressFamily of(String name) {
    return new AddressFamily(Abi.HOST.value(Names.check(name, "AF_")));
  }

  // Written out: a record's own are made when first called, of ten classes, at a program's start.

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof AddressFamily(int its) && its == number;
  }

  @Override
  public int hashCode() {
    return number;
  }

  /** {@return the C name, {@code AF_INET}, or the number if it has none here} */
  @Override
  public String toString() {
    return Names.of(number, "AF_");
  }
}
