package io.gatun.benchmarks;

import io.gatun.benchmarks.Comparison.Baseline;
import io.gatun.benchmarks.Target.Miss;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The values of a comparison: for each load, contender and round one of each metric. */
final class Results {
  final Comparison comparison;
  final List<String> loads;
  final List<String> contenders;
  private final int rounds;
  private final Map<Key, double[]> values = new HashMap<>();

  private record Key(String load, String contender, int round) {}

  /** A median, and what it is the median of; of one round's values all are the same. */
  record Spread(
      double median,
      double least,
      double lowerQuartile,
      double upperQuartile,
      double most,
      List<Double> values) {
    static Spread of(List<Double> values) {
      List<Double> sorted = values.stream().sorted().toList();
      return new Spread(
          quantile(sorted, 0.5),
          sorted.getFirst(),
          quantile(sorted, 0.25),
          quantile(sorted, 0.75),
          sorted.getLast(),
          List.copyOf(values));
    }

    /** Between two values in proportion. */
    private static double quantile(List<Double> sorted, double part) {
      double place = part * (sorted.size() - 1);
      int below = (int) place;
      double rest = place - below;
      return rest == 0
          ? sorted.get(below)
          : sorted.get(below) * (1 - rest) + sorted.get(below + 1) * rest;
    }

    /** The median, and in brackets the least and the most of several. */
    String shown() {
      return values.size() == 1
          ? String.format(Locale.ROOT, "%.2f", median)
          : String.format(Locale.ROOT, "%.2f (%.2f–%.2f)", median, least, most);
    }
  }

  Results(Comparison comparison, List<String> loads, List<String> contenders, int rounds) {
    this.comparison = comparison;
    this.loads = loads;
    this.contenders = contenders;
    this.rounds = rounds;
  }

  void add(String load, String contender, int round, double[] measured) {
    if (measured.length > 0) {
      values.put(new Key(load, contender, round), measured);
    }
  }

  boolean has(String load, String contender) {
    return values.containsKey(new Key(load, contender, rounds - 1));
  }

  /** Of a contender that {@link #has} such values. */
  Spread values(int metric, String load, String contender) {
    List<Double> all = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      all.add(value(metric, load, contender, round));
    }
    return Spread.of(all);
  }

  boolean isBaseline(String load, String contender) {
    return switch (comparison.baseline()) {
      case FIRST_CONTENDER -> contender.equals(contenders.getFirst());
      case FIRST_LOAD -> load.equals(loads.getFirst());
      case NONE -> true;
    };
  }

  /** The ratios to the baseline, round by round. */
  Spread ratios(int metric, String load, String contender) {
    return comparison.baseline() == Baseline.FIRST_LOAD
        ? figures(metric, load, contender, "", true)
        : figures(metric, load, contender, contenders.getFirst(), false);
  }

  /** What targets bound, round by round; the rival is empty for none. */
  private Spread figures(int metric, String load, String contender, String rival, boolean growth) {
    List<Double> all = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      double figure = figure(metric, load, contender, round, growth);
      all.add(rival.isEmpty() ? figure : figure / figure(metric, load, rival, round, growth));
    }
    return Spread.of(all);
  }

  private double figure(int metric, String load, String contender, int round, boolean growth) {
    double value = value(metric, load, contender, round);
    return growth ? value / value(metric, loads.getFirst(), contender, round) : value;
  }

  /** The targets that are missed; those against rivals who were not measured are not. */
  List<Miss> misses(int index) {
    Metric metric = comparison.metrics().get(index);
    List<Miss> misses = new ArrayList<>();
    for (String load : loads) {
      for (String contender : contenders) {
        for (Target target : metric.targets()) {
          if (has(load, contender) && target.concerns(contender, load)) {
            misses.addAll(misses(metric, index, load, contender, target));
          }
        }
      }
    }
    return misses;
  }

  private List<Miss> misses(
      Metric metric, int index, String load, String contender, Target target) {
    List<Miss> misses = new ArrayList<>();
    for (String rival : target.rivals().isEmpty() ? List.of("") : target.rivals()) {
      if (rival.isEmpty() || has(load, rival)) {
        Spread figures = figures(index, load, contender, rival, target.growth());
        if (metric.misses(target.bound(), figures)) {
          boolean undecided = metric.leavesUndecided(target.bound(), figures);
          misses.add(new Miss(contender, load, rival, target, figures, undecided));
        }
      }
    }
    return misses;
  }

  private double value(int metric, String load, String contender, int round) {
    double[] measured = values.get(new Key(load, contender, round));
    return measured == null ? Double.NaN : measured[metric];
  }
}
