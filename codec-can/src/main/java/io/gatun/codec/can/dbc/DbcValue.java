package io.gatun.codec.can.dbc;

import org.jspecify.annotations.Nullable;

/**
 * What a frame says of a signal.
 *
 * @param signal the signal
 * @param raw its bits, as {@link DbcSignal#raw} has them
 */
public record DbcValue(DbcSignal signal, long raw) {
  /** {@return the physical value} */
  public double value() {
    return signal.toValue(raw);
  }

  /** {@return the text that stands for it; null if there is none} */
  public @Nullable String text() {
    return signal.text(raw);
  }

  /** {@return the name, and the text or the number with its unit} */
  @Override
  public String toString() {
    String text = text();
    if (text != null) {
      return signal.name() + ": " + text;
    }
    double value = value();
    boolean whole = value == Math.rint(value) && Math.abs(value) < 1L << 53;
    String number = whole ? Long.toString((long) value) : Double.toString(value);
    return signal.name() + ": " + number + (signal.unit().isEmpty() ? "" : " " + signal.unit());
  }
}
