package io.gatun.benchmarks;

import io.gatun.benchmarks.Comparison.Baseline;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The values of a comparison: for each load, contender and round one of each metric. */
final class Results {
  final Comparison comparison;
  final List<String> loads;
  final List<String> contenders;
  private final int rounds;
  private final Map<Key, double[]> values = new HashMap<>();

  private record Key(String load, String contender, int round) {}

  /** A median, and what it is the median of. */
  record Spread(double median, double least, double most, List<Double> values) {
    static Spread of(List<Double> values) {
      List<Double> sorted = values.stream().sorted().toList();
      return new Spread(
          sorted.get(sorted.size() / 2), sorted.getFirst(), sorted.getLast(), List.copyOf(values));
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
    boolean byLoad = comparison.baseline() == Baseline.FIRST_LOAD;
    List<Double> all = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      double base =
          byLoad
              ? value(metric, loads.getFirst(), contender, round)
              : value(metric, load, contenders.getFirst(), round);
      all.add(value(metric, load, contender, round) / base);
    }
    return Spread.of(all);
  }

  private double value(int metric, String load, String contender, int round) {
    double[] measured = values.get(new Key(load, contender, round));
    return measured == null ? Double.NaN : measured[metric];
  }
}
