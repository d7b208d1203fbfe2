package io.gatun.benchmarks;

import io.gatun.benchmarks.Results.Spread;
import java.util.List;
import java.util.Locale;

/**
 * What is measured.
 *
 * @param name what it is
 * @param unit of the values
 * @param decimals of the values, as they are shown
 * @param moreIsBetter whether a larger value is the better one
 * @param targets what is asked of Gatun; none where the values are for information
 */
record Metric(String name, String unit, int decimals, boolean moreIsBetter, List<Target> targets) {
  static Metric less(String name, String unit, int decimals, Target... targets) {
    return new Metric(name, unit, decimals, false, List.of(targets));
  }

  static Metric more(String name, String unit, int decimals, Target... targets) {
    return new Metric(name, unit, decimals, true, List.of(targets));
  }

  /** Whether the median misses a target by more than its last digit shows. */
  boolean misses(double bound, Spread figures) {
    return moreIsBetter ? figures.median() < bound - 0.005 : figures.median() >= bound + 0.005;
  }

  /** Whether a target lies so far among the rounds' figures that a missed one says nothing. */
  boolean leavesUndecided(double bound, Spread figures) {
    return moreIsBetter ? figures.upperQuartile() >= bound : figures.lowerQuartile() <= bound;
  }

  String value(double value) {
    return String.format(Locale.ROOT, "%,." + decimals + "f", value);
  }
}
