package io.gatun.benchmarks;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is asked of Gatun: a bound of its ratio to others, or of its value.
 *
 * @param bound what it is to be at most, or at least where more is better
 * @param rivals those whose values Gatun's are divided by, each of them; none for the value itself
 * @param growth whether values are divided by the same contender's with the first load before
 * @param loads the loads it is asked with; none for all
 * @param contenders of whom it is asked; none for all whose names say that they are Gatun's
 */
record Target(
    double bound,
    List<String> rivals,
    boolean growth,
    List<String> loads,
    List<String> contenders) {
  /** Stands behind what misses its target. */
  private static final String MISSED = " ✗";

  /** Stands behind what rounds disagree about. */
  private static final String UNDECIDED = " ~";

  static Target of(double bound, String... rivals) {
    return new Target(bound, List.of(rivals), false, List.of(), List.of());
  }

  /** The same of how the values grow from the first load on. */
  Target ofGrowth() {
    return new Target(bound, rivals, true, loads, contenders);
  }

  /** The same with these loads alone. */
  Target with(String... some) {
    return new Target(bound, rivals, growth, List.of(some), contenders);
  }

  /** The same of these contenders, whatever their names say. */
  Target by(String... some) {
    return new Target(bound, rivals, growth, loads, List.of(some));
  }

  boolean concerns(String contender, String load) {
    return (loads.isEmpty() || loads.contains(load))
        && (contenders.isEmpty() ? Table.isGatun(contender) : contenders.contains(contender));
  }

  /** For the page: {@code at most 1.05 of c}. */
  String words(Metric metric) {
    String words = bound(metric);
    if (rivals.isEmpty()) {
      words += growth ? " of the first row" : " " + metric.unit();
    } else {
      words += (growth ? " of the growth of " : " of ") + String.join(", ", rivals);
    }
    words += loads.isEmpty() ? "" : " with " + String.join(", ", loads);
    return words + (contenders.isEmpty() ? "" : " for " + String.join(", ", contenders));
  }

  private String bound(Metric metric) {
    boolean whole = bound == Math.rint(bound);
    String number = whole ? Long.toString((long) bound) : Double.toString(bound);
    return (metric.moreIsBetter() ? "at least " : "at most ") + number;
  }

  /**
   * A target that is missed.
   *
   * @param contender who misses it
   * @param load with which
   * @param rival against whom; empty for none
   * @param target which
   * @param figures what the target bounds, round by round
   * @param undecided whether the target lies within the middle half of the rounds' figures
   */
  record Miss(
      String contender,
      String load,
      String rival,
      Target target,
      Results.Spread figures,
      boolean undecided) {
    /** What stands behind the value of a table. */
    static String mark(List<Miss> misses) {
      if (misses.isEmpty()) {
        return "";
      }
      return misses.stream().allMatch(Miss::undecided) ? UNDECIDED : MISSED;
    }

    /** A list of them, in Markdown; nothing for none. */
    static String list(List<Miss> misses, Metric metric) {
      return list("Missed:", misses.stream().filter(miss -> !miss.undecided), metric)
          + list("Undecided:", misses.stream().filter(Miss::undecided), metric);
    }

    private static String list(String title, Stream<Miss> misses, Metric metric) {
      String lines =
          misses.map(miss -> "- " + miss.words(metric) + "\n").collect(Collectors.joining());
      return lines.isEmpty() ? "" : "\n" + title + "\n\n" + lines;
    }

    private String words(Metric metric) {
      String what = rival.isEmpty() ? " " + metric.unit() : " of " + rival;
      if (target.growth) {
        what = rival.isEmpty() ? " of its first row" : what + "'s growth";
      }
      return "%s with %s: %s%s, %s is the target"
          .formatted(contender, load, figures.shown(), what, target.bound(metric));
    }
  }
}
