package io.gatun.address;

import java.net.SocketAddress;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * An address of a family that Gatun has no class for: the family's number and the bytes that follow
 * it in the {@code struct sockaddr}, in the host's layout.
 */
public final class RawAddress implements Address {
  /**
   * No address: AF_UNSPEC and no bytes. It is what a call returns that has none to tell; and to
   * connect a datagram socket to it undoes the connection, see connect(2).
   */
  public static final RawAddress NONE = new RawAddress(AddressFamily.UNSPEC.number(), new byte[0]);

  private final int family;
  private final byte[] data;

  private RawAddress(int family, byte[] data) {
    this.family = family;
    this.data = data;
  }

  /**
   * {@return an address of any family}
   *
   * @param family the host's AF constant: 0 to 65535, to 255 on systems that keep it in a byte
   * @param data what follows the family: 126 bytes at most
   * @throws IllegalArgumentException if either is out of range
   */
  public static RawAddress of(int family, byte[] data) {
    int familyMax = Sockaddr.HOST.familyMax();
    if (family < 0 || family > familyMax) {
      throw new IllegalArgumentException("family " + family + " is not in 0.." + familyMax);
    }
    int dataMax = Sockaddr.SIZE - Sockaddr.HOST.data();
    if (data.length > dataMax) {
      throw new IllegalArgumentException(
          data.length + " bytes are too long for an address: " + dataMax + " fit");
    }
    return new RawAddress(family, data.clone());
  }

  @Override
  public AddressFamily family() {
    return new AddressFamily(family);
  }

  /** {@return a copy of the bytes that follow the family} */
  public byte[] data() {
    return data.clone();
  }

  /** The bytes themselves. */
  byte[] bytes() {
    return data;
  }

  /**
   * Throws: the JDK has no such family.
   *
   * @throws UnsupportedOperationException always
   */
  @Override
  public SocketAddress toSocketAddress() {
    throw new UnsupportedOperationException("the JDK has no address like " + this);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof RawAddress that
        && family == that.family
        && Arrays.equals(data, that.data);
  }

  @Override
  public int hashCode() {
    return 31 * family + Arrays.hashCode(data);
  }

  @Override
  public String toString() {
    return "raw:" + family + ":" + HexFormat.of().formatHex(data);
  }
}
