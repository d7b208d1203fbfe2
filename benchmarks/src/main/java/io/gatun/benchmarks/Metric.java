package io.gatun.benchmarks;

import java.util.Locale;

/**
 * What is measured.
 *
 * @param name what it is
 * @param unit of the values
 * @param decimals of the values, as they are shown
 * @param moreIsBetter whether a larger value is the better one
 * @param target what the ratio of Gatun's to the baseline should be at most, or at least where more
 *     is better; 0 for none
 */
record Metric(String name, String unit, int decimals, boolean moreIsBetter, double target) {
  static Metric less(String name, String unit, int decimals, double target) {
    return new Metric(name, unit, decimals, false, target);
  }

  static Metric more(String name, String unit, int decimals, double target) {
    return new Metric(name, unit, decimals, true, target);
  }

  boolean misses(double ratio) {
    return target != 0 && (moreIsBetter ? ratio < target - 0.005 : ratio >= target + 0.005);
  }

  String value(double value) {
    return String.format(Locale.ROOT, "%,." + decimals + "f", value);
  }
}
