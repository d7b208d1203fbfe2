package io.gatun.address;

import java.util.random.RandomGenerator;

/** Addresses by chance, of which every value that matters is likely. */
final class RandomAddresses {
  private final RandomGenerator random;

  RandomAddresses(RandomGenerator random) {
    this.random = random;
  }

  Address next() {
    return switch (random.nextInt(4)) {
      case 0 -> ipv4();
      case 1 -> ipv6();
      case 2 -> unix(random.nextInt(107));
      default -> RawAddress.of(100 + random.nextInt(60_000), bytes(random.nextInt(127)));
    };
  }

  Ipv4Address ipv4() {
    return new Ipv4Address(random.nextInt(), port());
  }

  Ipv6Address ipv6() {
    return new Ipv6Address(half(), half(), port(), number(), number());
  }

  /** A path, an abstract name, or none, of this many bytes. */
  UnixAddress unix(int length) {
    byte[] name = bytes(length);
    if (random.nextBoolean()) {
      return UnixAddress.abstractName(name);
    }
    for (int i = 0; i < name.length; i++) {
      name[i] = name[i] == 0 ? (byte) '@' : name[i];
    }
    return UnixAddress.of(name);
  }

  /** Half of the bytes are ASCII, so that escapes and text stand side by side. */
  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    for (int i = 0; i < length; i++) {
      bytes[i] = random.nextBoolean() ? (byte) (bytes[i] & 0x7f) : bytes[i];
    }
    return bytes;
  }

  /** Four groups, most of them zero. */
  private long half() {
    long half = 0;
    for (int i = 0; i < 4; i++) {
      int group = random.nextInt(5);
      half = half << 16 | (group == 0 ? random.nextInt(0x10000) : group == 1 ? 0xffff : 0);
    }
    return half;
  }

  private int port() {
    return random.nextInt(0x10000);
  }

  private int number() {
    return random.nextBoolean() ? 0 : random.nextInt();
  }
}
