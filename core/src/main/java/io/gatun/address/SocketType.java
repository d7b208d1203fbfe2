package io.gatun.address;

import io.gatun.os.Abi;
import org.jspecify.annotations.Nullable;

/**
 * A socket type by its number on this host; see socket(2). A number that Gatun does not know goes
 * to the kernel as it is.
 *
 * @param number the host's SOCK constant, without the flags that Linux allows beside it
 */
public record SocketType(int number) {
  /** A connection that carries a stream of bytes. */
  public static final SocketType STREAM = of("SOCK_STREAM");

  /** Messages, each for itself. */
  public static final SocketType DGRAM = of("SOCK_DGRAM");

  /** What lies below the other types: needs a privilege in most families. */
  public static final SocketType RAW = of("SOCK_RAW");

  /** Messages that arrive, though not in order. */
  public static final SocketType RDM = of("SOCK_RDM");

  /** A connection that carries messages. */
  public static final SocketType SEQPACKET = of("SOCK_SEQPACKET");

  /**
   * {@return a type by its C name, such as {@code SOCK_STREAM}}
   *
   * @param name the name of the constant
   * @throws IllegalArgumentException if this system has no such type
   */
  public static SocketType of(String name) {
    return new SocketType(Abi.HOST.value(Names.check(name, "SOCK_")));
  }

  // Written out: a record's own are made when first called, of ten classes, at a program's start.

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SocketType(int its) && its == number;
  }

  @Override
  public int hashCode() {
    return number;
  }

  /** {@return the C name, {@code SOCK_STREAM}, or the number if it has none here} */
  @Override
  public String toString() {
    return Names.of(number, "SOCK_");
  }
}
