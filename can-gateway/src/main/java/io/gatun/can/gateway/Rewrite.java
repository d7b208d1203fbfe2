package io.gatun.can.gateway;

import io.gatun.codec.can.CanData;
import io.gatun.codec.can.CanFrame;
import io.gatun.codec.can.CanId;
import io.gatun.codec.can.Crc8;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Changes a frame as cangw(1) does: and, or, xor, set, in this order, on identifier, length and
 * data; then checksums.
 */
record Rewrite(List<Step> steps, List<Checksum> checksums) {
  static final Rewrite NOTHING = new Rewrite(List.of(), List.of());

  enum Operation {
    AND,
    OR,
    XOR,
    SET
  }

  /**
   * What is done; null is left as it is.
   *
   * @param data as many bytes as are changed, from the first on; AND leaves those behind as they
   *     are
   */
  record Step(Operation operation, @Nullable Integer id, @Nullable Integer len, CanData data) {
    int apply(int old, int operand) {
      return switch (operation) {
        case AND -> old & operand;
        case OR -> old | operand;
        case XOR -> old ^ operand;
        case SET -> operand;
      };
    }
  }

  /**
   * A checksum over some bytes.
   *
   * @param crc null for XOR
   * @param from the first byte; negative counts from the end, −1 is the last
   * @param to the last byte
   * @param result where it is put
   * @param initial what XOR begins with
   */
  record Checksum(@Nullable Crc8 crc, int from, int to, int result, int initial) {
    /** cangw leaves a frame alone that is too short, and so do we. */
    void apply(byte[] data) {
      int first = from < 0 ? data.length + from : from;
      int last = to < 0 ? data.length + to : to;
      int at = result < 0 ? data.length + result : result;
      if (first < 0 || last >= data.length || first > last || at < 0 || at >= data.length) {
        return;
      }
      int sum = crc == null ? initial : crc.start();
      for (int i = first; i <= last; i++) {
        sum = crc == null ? sum ^ (data[i] & 0xff) : crc.add(sum, data[i]);
      }
      data[at] = (byte) (crc == null ? sum : crc.end(sum));
    }
  }

  /** Returns null where the frame cannot be: more bytes than it has room for. */
  @Nullable CanFrame apply(CanFrame frame) {
    if (steps.isEmpty() && checksums.isEmpty()) {
      return frame;
    }
    return switch (frame) {
      case CanFrame.Classic classic -> {
        byte[] data = bytes(classic.data(), 8);
        yield data == null ? null : new CanFrame.Classic(id(classic.id()), CanData.of(data));
      }
      case CanFrame.Fd fd -> {
        byte[] data = bytes(fd.data(), 64);
        yield data == null
            ? null
            : new CanFrame.Fd(
                id(fd.id()), fd.bitRateSwitch(), fd.errorStateIndicator(), CanData.of(data));
      }
      case CanFrame.Remote remote -> new CanFrame.Remote(id(remote.id()), remote.dlc());
      case CanFrame.Xl _, CanFrame.ErrorFrame _ -> frame;
    };
  }

  private CanId id(CanId id) {
    int value = id.value();
    for (Step step : steps) {
      if (step.id != null) {
        value = step.apply(value, step.id);
      }
    }
    boolean extended = id.isExtended() || value > CanId.MAX_STANDARD;
    return new CanId(value & (extended ? CanId.MAX_EXTENDED : CanId.MAX_STANDARD), extended);
  }

  private byte @Nullable [] bytes(CanData old, int room) {
    int length = old.length();
    for (Step step : steps) {
      if (step.len != null) {
        length = step.apply(length, step.len);
      }
    }
    if (length > room) {
      return null;
    }
    byte[] data = Arrays.copyOf(old.toArray(), length);
    for (Step step : steps) {
      for (int i = 0; i < Math.min(step.data.length(), length); i++) {
        data[i] = (byte) step.apply(data[i], step.data.get(i));
      }
    }
    for (Checksum checksum : checksums) {
      checksum.apply(data);
    }
    return data;
  }
}
