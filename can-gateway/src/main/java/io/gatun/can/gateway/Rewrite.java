package io.gatun.can.gateway;

import io.gatun.codec.can.CanData;
import io.gatun.codec.can.CanFrameView;
import io.gatun.codec.can.CanId;
import io.gatun.codec.can.Crc8;
import io.netty.buffer.ByteBuf;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Changes a frame as cangw(1) does: and, or, xor, set, in this order, on identifier, length and
 * data; then checksums.
 */
final class Rewrite {
  static final Rewrite NOTHING = new Rewrite(List.of(), List.of());

  // Arrays, since a loop over one has no iterator.

  private final Step[] steps;
  private final Checksum[] checksums;

  Rewrite(List<Step> steps, List<Checksum> checksums) {
    this.steps = steps.toArray(Step[]::new);
    this.checksums = checksums.toArray(Checksum[]::new);
  }

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
    void apply(CanFrameView frame) {
      int length = frame.length();
      int first = from < 0 ? length + from : from;
      int last = to < 0 ? length + to : to;
      int at = result < 0 ? length + result : result;
      if (first < 0 || last >= length || first > last || at < 0 || at >= length) {
        return;
      }
      int sum = crc == null ? initial : crc.start();
      for (int i = first; i <= last; i++) {
        int value = frame.getByte(i);
        sum = crc == null ? sum ^ value : crc.add(sum, value);
      }
      frame.setByte(at, crc == null ? sum : crc.end(sum));
    }
  }

  /** Whether a frame is to be rewritten: those of CAN XL and of errors never are. */
  boolean changes(CanFrameView frame) {
    return steps.length + checksums.length > 0
        && switch (frame.kind()) {
          case CLASSIC, FD, REMOTE -> true;
          case XL, ERROR -> false;
        };
  }

  /**
   * Writes a frame anew.
   *
   * @param frame one that this changes
   * @param to becomes a view of the new one
   * @param bytes where that is put, from the first byte on
   * @return false where the frame cannot be: more bytes than it has room for
   */
  boolean apply(CanFrameView frame, CanFrameView to, ByteBuf bytes) {
    int id = rawId(frame);
    if (frame.kind() == CanFrameView.Kind.REMOTE) {
      to.putRemote(bytes, 0, id, frame.dlc());
      return true;
    }
    boolean fd = frame.kind() == CanFrameView.Kind.FD;
    int length = frame.length();
    for (Step step : steps) {
      if (step.len != null) {
        length = step.apply(length, step.len);
      }
    }
    if (length > (fd ? 64 : 8)) {
      return false;
    }
    if (fd) {
      to.putFd(bytes, 0, id, length);
      to.setBitRateSwitch(frame.bitRateSwitch());
      to.setErrorStateIndicator(frame.errorStateIndicator());
    } else {
      to.putClassic(bytes, 0, id, length == frame.length() ? frame.dlc() : length);
    }
    for (int i = 0; i < length; i++) {
      int value = i < frame.length() ? frame.getByte(i) : 0;
      for (Step step : steps) {
        if (i < step.data.length()) {
          value = step.apply(value, step.data.get(i));
        }
      }
      to.setByte(i, value);
    }
    for (Checksum checksum : checksums) {
      checksum.apply(to);
    }
    return true;
  }

  private int rawId(CanFrameView frame) {
    int value = frame.id();
    for (Step step : steps) {
      if (step.id != null) {
        value = step.apply(value, step.id);
      }
    }
    return frame.isExtended() || value > CanId.MAX_STANDARD
        ? (value & CanId.MAX_EXTENDED) | Frames.EFF
        : value & CanId.MAX_STANDARD;
  }
}
