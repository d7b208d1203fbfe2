package io.gatun.codec.can;

import java.util.random.RandomGenerator;

/** Frames of every kind at random. */
public final class Frames {
  private Frames() {}

  /** Some bytes. */
  public static CanData data(RandomGenerator random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return CanData.of(bytes);
  }

  /** Some identifier. */
  public static CanId id(RandomGenerator random) {
    return random.nextBoolean()
        ? CanId.standard(random.nextInt(CanId.MAX_STANDARD + 1))
        : CanId.extended(random.nextInt(CanId.MAX_EXTENDED + 1));
  }

  /** A classic frame, mostly without a length code of its own. */
  public static CanFrame.Classic classic(RandomGenerator random) {
    CanData data = data(random, random.nextInt(9));
    int dlc = data.length() == 8 && random.nextInt(3) == 0 ? random.nextInt(9, 16) : data.length();
    return new CanFrame.Classic(id(random), dlc, data);
  }

  /** A CAN FD frame of a length that the bus knows. */
  public static CanFrame.Fd fd(RandomGenerator random) {
    return new CanFrame.Fd(
        id(random),
        random.nextBoolean(),
        random.nextBoolean(),
        data(random, CanFrame.Fd.length(random.nextInt(16))));
  }

  /** A CAN XL frame. */
  public static CanFrame.Xl xl(RandomGenerator random) {
    return new CanFrame.Xl(
        random.nextInt(CanId.MAX_STANDARD + 1),
        random.nextInt(256),
        random.nextBoolean(),
        random.nextBoolean(),
        random.nextInt(256),
        random.nextInt(),
        data(random, random.nextInt(10) == 0 ? 2048 : random.nextInt(1, 100)));
  }

  /** A remote frame. */
  public static CanFrame.Remote remote(RandomGenerator random) {
    return new CanFrame.Remote(id(random), random.nextInt(16));
  }

  /** An error frame. */
  public static CanFrame.ErrorFrame error(RandomGenerator random) {
    return new CanFrame.ErrorFrame(random.nextInt(0x400), data(random, 8));
  }

  /** Any frame. */
  public static CanFrame any(RandomGenerator random) {
    return switch (random.nextInt(5)) {
      case 0 -> classic(random);
      case 1 -> fd(random);
      case 2 -> xl(random);
      case 3 -> remote(random);
      default -> error(random);
    };
  }
}
