package io.gatun.codec.can.dbc;

import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One value among the bytes of a message.
 *
 * <p>The bits on the bus are its raw value; times {@code scale} and plus {@code offset} they are a
 * physical one. The methods that take a buffer allocate nothing; the buffer's indexes stay.
 *
 * @param name its long name, where the file has one
 * @param bits where it lies
 * @param type what the bits are
 * @param scale what a raw 1 is worth; not 0
 * @param offset what a raw 0 is worth
 * @param minimum the least physical value; null if the file names no range
 * @param maximum the greatest physical value; null if the file names no range
 * @param unit the physical unit; empty for none
 * @param receivers the names of nodes
 * @param isMultiplexer whether its raw value chooses which others are there
 * @param multiplexing when it is there; null for always
 * @param values texts of raw values
 * @param comment empty for none
 * @param attributes those that the file sets for this signal: a Long (INT, HEX, and ENUM, of which
 *     it is the index), a Double (FLOAT) or a String
 */
public record DbcSignal(
    String name,
    BitField bits,
    Type type,
    double scale,
    double offset,
    @Nullable Double minimum,
    @Nullable Double maximum,
    String unit,
    List<String> receivers,
    boolean isMultiplexer,
    @Nullable Multiplexing multiplexing,
    Map<Long, String> values,
    String comment,
    Map<String, Object> attributes) {
  /** What the bits of a signal are. */
  public enum Type {
    /** An unsigned number. */
    UNSIGNED,
    /** A number in two's complement. */
    SIGNED,
    /** A floating-point number of IEEE 754, of 16, 32 or 64 bits. */
    FLOAT
  }

  /**
   * When a signal is there.
   *
   * @param multiplexer the signal that chooses
   * @param ids for which raw values of it
   */
  public record Multiplexing(DbcSignal multiplexer, List<Range> ids) {
    /** Copies the list. */
    public Multiplexing {
      ids = List.copyOf(ids);
    }

    boolean has(long id) {
      // No iterator: this is asked for each frame.
      for (int i = 0; i < ids.size(); i++) {
        if (ids.get(i).has(id)) {
          return true;
        }
      }
      return false;
    }

    boolean intersects(Multiplexing other) {
      for (Range one : ids) {
        for (Range two : other.ids) {
          if (one.first <= two.last && two.first <= one.last) {
            return true;
          }
        }
      }
      return false;
    }
  }

  /**
   * Raw values that follow one another.
   *
   * @param first the least
   * @param last the greatest, which belongs to them
   */
  public record Range(long first, long last) {
    /**
     * Makes a range.
     *
     * @throws IllegalArgumentException if it ends before it begins
     */
    public Range {
      if (last < first) {
        throw new IllegalArgumentException(first + "-" + last + " ends before it begins");
      }
    }

    boolean has(long value) {
      return first <= value && value <= last;
    }
  }

  /**
   * Makes a signal, and copies the collections.
   *
   * @throws IllegalArgumentException if the scale is 0 or no number, the offset no number, or a
   *     floating-point number of a length that there is not
   */
  public DbcSignal {
    if (scale == 0 || !Double.isFinite(scale) || !Double.isFinite(offset)) {
      throw new IllegalArgumentException("signal " + name + " has the scale " + scale);
    }
    int length = bits.length();
    if (type == Type.FLOAT && length != 16 && length != 32 && length != 64) {
      throw new IllegalArgumentException(
          "signal " + name + " is a floating-point number of " + length + " bits");
    }
    receivers = List.copyOf(receivers);
    values = Copy.of(values);
    attributes = Copy.of(attributes);
  }

  /**
   * {@return the raw value} Of a signed signal the sign is extended; an unsigned one of 64 bits may
   * look negative; of a floating-point number they are its bits.
   *
   * @param buf the buffer
   * @param index of the first byte of the payload
   * @throws IndexOutOfBoundsException if the buffer ends before the signal does
   */
  public long raw(ByteBuf buf, int index) {
    long raw = bits.get(buf, index);
    if (type == Type.SIGNED) {
      int unused = Long.SIZE - bits.length();
      return raw << unused >> unused;
    }
    return raw;
  }

  /**
   * {@return the physical value} A number of more than 53 bits is rounded; its raw value is exact.
   *
   * @param buf the buffer
   * @param index of the first byte of the payload
   * @throws IndexOutOfBoundsException if the buffer ends before the signal does
   */
  public double value(ByteBuf buf, int index) {
    return toValue(raw(buf, index));
  }

  /**
   * {@return whether the signal is there} That is, whether the payload is long enough, and the
   * multiplexers above it choose it.
   *
   * @param buf the buffer
   * @param index of the first byte of the payload
   * @param length of the payload in bytes
   */
  public boolean isPresent(ByteBuf buf, int index, int length) {
    if (bits.end() > length) {
      return false;
    }
    return multiplexing == null
        || (multiplexing.multiplexer.isPresent(buf, index, length)
            && multiplexing.has(multiplexing.multiplexer.raw(buf, index)));
  }

  /**
   * {@return the physical value of a raw one}
   *
   * @param raw as {@link #raw(ByteBuf, int)} has it
   */
  public double toValue(long raw) {
    return number(raw) * scale + offset;
  }

  private double number(long raw) {
    return switch (type) {
      case SIGNED -> raw;
      case UNSIGNED -> raw >= 0 ? raw : unsigned(raw);
      case FLOAT ->
          switch (bits.length()) {
            case 16 -> Float.float16ToFloat((short) raw);
            case 32 -> Float.intBitsToFloat((int) raw);
            default -> Double.longBitsToDouble(raw);
          };
    };
  }

  /**
   * Half of it, of which the lowest bit also stands for the one that was lost: rounds as it shall.
   */
  private static double unsigned(long raw) {
    return (double) ((raw >>> 1) | (raw & 1)) * 2;
  }

  /**
   * {@return the raw value that is nearest to a physical one} Halfway it is the even one.
   *
   * @param value the physical value
   * @throws IllegalArgumentException if the signal has no bits for it
   */
  public long toRaw(double value) {
    double number = (value - offset) / scale;
    int length = bits.length();
    if (type == Type.FLOAT) {
      return switch (length) {
        case 16 -> Float.floatToFloat16((float) number) & 0xffffL;
        case 32 -> Integer.toUnsignedLong(Float.floatToRawIntBits((float) number));
        default -> Double.doubleToRawLongBits(number);
      };
    }
    double rounded = Math.rint(number);
    double limit = Math.scalb(1.0, type == Type.SIGNED ? length - 1 : length);
    if (!(rounded >= (type == Type.SIGNED ? -limit : 0) && rounded < limit)) {
      throw new IllegalArgumentException(
          "signal " + name + " has no room for " + value + " in " + length + " bits");
    }
    // An unsigned number of 64 bits may lie beyond a long.
    return rounded < 0x1p63 ? (long) rounded : (long) (rounded - 0x1p63) + Long.MIN_VALUE;
  }

  /**
   * Writes a raw value.
   *
   * @param buf the buffer
   * @param index of the first byte of the payload
   * @param raw the lower bits count
   * @throws IndexOutOfBoundsException if the buffer ends before the signal does
   */
  public void setRaw(ByteBuf buf, int index, long raw) {
    bits.set(buf, index, raw);
  }

  /**
   * Writes a physical value.
   *
   * @param buf the buffer
   * @param index of the first byte of the payload
   * @param value what {@link #toRaw} takes
   * @throws IllegalArgumentException if the signal has no bits for it
   * @throws IndexOutOfBoundsException if the buffer ends before the signal does
   */
  public void setValue(ByteBuf buf, int index, double value) {
    bits.set(buf, index, toRaw(value));
  }

  /**
   * {@return the text of a raw value; null if it has none} That of a floating-point number is that
   * of its whole part.
   *
   * @param raw as {@link #raw(ByteBuf, int)} has it
   */
  public @Nullable String text(long raw) {
    return values.isEmpty() ? null : values.get(type == Type.FLOAT ? (long) number(raw) : raw);
  }

  /**
   * {@return the raw value of a text}
   *
   * @param text one of {@link #values}
   * @throws IllegalArgumentException if it is none
   */
  public long rawOf(String text) {
    for (Map.Entry<Long, String> entry : values.entrySet()) {
      if (entry.getValue().equals(text)) {
        return entry.getKey();
      }
    }
    throw new IllegalArgumentException("signal " + name + " has no value \"" + text + "\"");
  }

  /** Whether a frame may have both, as far as multiplexers tell. */
  boolean meets(DbcSignal other) {
    for (Multiplexing one = multiplexing; one != null; one = one.multiplexer.multiplexing) {
      for (Multiplexing two = other.multiplexing; two != null; two = two.multiplexer.multiplexing) {
        if (one.multiplexer.name.equals(two.multiplexer.name) && !one.intersects(two)) {
          return false;
        }
      }
    }
    return true;
  }

  /** {@return the name and where it lies} */
  @Override
  public String toString() {
    return name + " " + bits;
  }
}
