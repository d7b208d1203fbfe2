package io.gatun.fuzz;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each target for a moment, without Jazzer: its seeds, what was found before, and bytes by chance.
 */
final class TargetsTest {
  private static final int INPUTS = 20_000;

  @ParameterizedTest
  @EnumSource(Target.class)
  void nothingIsReadButTheBytesAndNothingIsThrownButWhatIsDocumented(Target target) {
    List<byte[]> seeds = target.seeds();
    seeds.forEach(seed -> decode(target, seed));
    Random random = new Random(8);
    for (int i = 0; i < INPUTS; i++) {
      decode(target, changed(seeds.get(random.nextInt(seeds.size())), random));
    }
  }

  private static void decode(Target target, byte[] data) {
    try {
      target.decode(data);
    } catch (Throwable t) {
      throw new AssertionError(target + " of " + HexFormat.of().formatHex(data), t);
    }
  }

  /** A few bytes changed, taken out or put in; or cut; or none left as it was. */
  private static byte[] changed(byte[] seed, Random random) {
    byte[] bytes = seed.clone();
    for (int changes = random.nextInt(5); changes > 0; changes--) {
      int at = random.nextInt(bytes.length + 1);
      int piece = 1 + random.nextInt(8);
      bytes =
          switch (random.nextInt(4)) {
            case 0 -> Arrays.copyOf(bytes, at);
            case 1 -> spliced(bytes, at, 0, random(piece, random));
            case 2 -> spliced(bytes, at, piece, new byte[0]);
            default -> spliced(bytes, at, piece, random(piece, random));
          };
    }
    return bytes;
  }

  /** Bytes that matter are likely: small ones, the largest, and whatever. */
  private static byte[] random(int length, Random random) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] =
          (byte)
              switch (random.nextInt(4)) {
                case 0 -> 0;
                case 1 -> random.nextInt(70);
                case 2 -> 0xff - random.nextInt(2);
                default -> random.nextInt(0x100);
              };
    }
    return bytes;
  }

  private static byte[] spliced(byte[] bytes, int at, int removed, byte[] piece) {
    int rest = Math.min(at + removed, bytes.length);
    byte[] result = Arrays.copyOf(bytes, at + piece.length + bytes.length - rest);
    System.arraycopy(piece, 0, result, at, piece.length);
    System.arraycopy(bytes, rest, result, at + piece.length, bytes.length - rest);
    return result;
  }
}
