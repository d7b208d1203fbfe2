package io.gatun.socket;

import io.gatun.address.Address;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A message and its sender.
 *
 * @param data the bytes, which are not copied
 * @param address the sender's address; {@link io.gatun.address.RawAddress#NONE} if there is none
 */
@SuppressWarnings("ArrayRecordComponent") // it carries what recvfrom made, to be taken apart
public record Datagram(byte[] data, Address address) {
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Datagram that
        && Arrays.equals(data, that.data)
        && address.equals(that.address);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(data) + address.hashCode();
  }

  @Override
  public String toString() {
    return "Datagram of " + data.length + " bytes from " + address;
  }
}
