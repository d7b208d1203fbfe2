package io.gatun.message;

import io.gatun.os.Abi;
import io.gatun.os.Constants;
import io.gatun.os.Memory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A piece of what goes beside the bytes of a message; see cmsg(3).
 *
 * @param level the level, SOL_SOCKET say
 * @param type what it is, SCM_RIGHTS say
 * @param data its bytes, in the host's order and layout
 */
@SuppressWarnings("ArrayRecordComponent") // it is copied on the way in and out
public record AncillaryData(int level, int type, byte[] data) {
  static final int[] NO_INTS = {};

  static final int SCM_RIGHTS = Abi.HOST.valueOr("SCM_RIGHTS", -1);

  /** Makes a piece of a copy of the bytes. */
  public AncillaryData {
    data = data.clone();
  }

  /** {@return a piece whose data are one int} */
  public static AncillaryData of(int level, int type, int value) {
    return new AncillaryData(level, type, ints(value));
  }

  /**
   * {@return descriptors to pass over a Unix socket: SCM_RIGHTS}
   *
   * @param descriptors the numbers in this process; they stay open here
   */
  public static AncillaryData rights(int... descriptors) {
    return new AncillaryData(Constants.SOL_SOCKET, SCM_RIGHTS, ints(descriptors));
  }

  private static byte[] ints(int... values) {
    return MemorySegment.ofArray(values).toArray(ValueLayout.JAVA_BYTE);
  }

  /** {@return whether these are descriptors} */
  public boolean isRights() {
    return level == Constants.SOL_SOCKET && type == SCM_RIGHTS;
  }

  /** {@return the data as ints, of which a last one that is not whole is left out} */
  public int[] toInts() {
    return MemorySegment.ofArray(data)
        .asSlice(0, data.length & -Integer.BYTES)
        .toArray(ValueLayout.JAVA_INT_UNALIGNED);
  }

  /** {@return a copy of the data} */
  @Override
  public byte[] data() {
    return data.clone();
  }

  static int[] concat(int[] some, int[] more) {
    int[] all = Arrays.copyOf(some, some.length + more.length);
    System.arraycopy(more, 0, all, some.length, more.length);
    return all;
  }

  int length() {
    return data.length;
  }

  void copyTo(long memory) {
    Memory.set(memory, data, 0, data.length);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof AncillaryData that
        && level == that.level
        && type == that.type
        && Arrays.equals(data, that.data);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * level + type) + Arrays.hashCode(data);
  }

  @Override
  public String toString() {
    return "AncillaryData " + level + " " + type + " " + HexFormat.of().formatHex(data);
  }
}
