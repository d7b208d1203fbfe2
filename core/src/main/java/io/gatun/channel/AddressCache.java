package io.gatun.channel;

import io.gatun.address.Address;
import io.gatun.address.Protocol;
import io.gatun.address.Sockaddr;
import io.gatun.os.Memory;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * The addresses that messages came from of late, by their bytes in {@code struct sockaddr}: one
 * that is known is not decoded again. Each has one place, so a stranger takes another's.
 */
final class AddressCache {
  private static final int PLACES = 16; // a power of two

  /** Four bytes of a key at once, as {@link Memory#getInt} reads them. */
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.nativeOrder());

  private final Protocol protocol;
  private final byte[] @Nullable [] keys = new byte[PLACES][];
  private final @Nullable Address[] addresses = new Address[PLACES];

  AddressCache(Protocol protocol) {
    this.protocol = protocol;
  }

  Address get(long memory, int length) {
    int bytes = Math.min(length, Sockaddr.SIZE);
    int place = hash(memory, bytes) & (PLACES - 1);
    byte[] key = keys[place];
    Address address = addresses[place];
    if (key == null || address == null || !matches(key, memory, bytes)) {
      address = Sockaddr.decode(memory, length, protocol);
      key = new byte[bytes];
      Memory.get(memory, key, 0, bytes);
      keys[place] = key;
      addresses[place] = address;
    }
    return address;
  }

  private static int hash(long memory, int length) {
    int hash = length;
    int i = 0;
    for (; i <= length - Integer.BYTES; i += Integer.BYTES) {
      hash = 31 * hash + Memory.getInt(memory + i);
    }
    hash *= 0x9E3779B9; // ports and last bytes of addresses, wherever they are, reach the top bits
    return hash >>> 28;
  }

  private static boolean matches(byte[] key, long memory, int length) {
    if (key.length != length) {
      return false;
    }
    int i = 0;
    for (; i <= length - Integer.BYTES; i += Integer.BYTES) {
      if ((int) INT.get(key, i) != Memory.getInt(memory + i)) {
        return false;
      }
    }
    for (; i < length; i++) {
      if (key[i] != Memory.getByte(memory + i)) {
        return false;
      }
    }
    return true;
  }
}
