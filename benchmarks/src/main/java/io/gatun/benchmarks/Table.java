package io.gatun.benchmarks;

import io.gatun.benchmarks.Comparison.Baseline;
import io.gatun.benchmarks.Results.Spread;
import io.gatun.benchmarks.Target.Miss;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The results of one metric: a row a load, a column a contender. */
final class Table {
  private final List<List<String>> rows = new ArrayList<>();

  Table(Results results, int index) {
    Metric metric = results.comparison.metrics().get(index);
    List<String> head = new ArrayList<>(List.of(results.comparison.loads()));
    head.addAll(results.contenders);
    rows.add(head);
    List<Miss> misses = results.misses(index);
    for (String load : results.loads) {
      List<String> row = new ArrayList<>(List.of(load));
      for (String contender : results.contenders) {
        List<Miss> its =
            misses.stream()
                .filter(miss -> miss.load().equals(load) && miss.contender().equals(contender))
                .toList();
        row.add(cell(results, metric, index, load, contender) + Miss.mark(its));
      }
      rows.add(row);
    }
  }

  /** A baseline's values, and the ratios of the others, with their spread. */
  private static String cell(
      Results results, Metric metric, int index, String load, String contender) {
    if (!results.has(load, contender)) {
      return "—";
    }
    Spread values = results.values(index, load, contender);
    if (results.isBaseline(load, contender)) {
      String spread =
          values.values().size() == 1
              ? ""
              : " (%s–%s)".formatted(metric.value(values.least()), metric.value(values.most()));
      return metric.value(values.median()) + " " + metric.unit() + spread;
    }
    Spread ratios = results.ratios(index, load, contender);
    if (!Double.isFinite(ratios.median())) { // of nothing
      return metric.value(values.median()) + " " + metric.unit();
    }
    String ratio = ratios.shown();
    return results.comparison.baseline() == Baseline.FIRST_LOAD
        ? metric.value(values.median()) + ": " + ratio
        : ratio;
  }

  static boolean isGatun(String contender) {
    return contender.startsWith("gatun");
  }

  /** For a terminal. */
  String plain() {
    List<Integer> widths = new ArrayList<>(Collections.nCopies(rows.getFirst().size(), 0));
    for (List<String> row : rows) {
      for (int i = 0; i < row.size(); i++) {
        widths.set(i, Math.max(widths.get(i), row.get(i).length()));
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < row.size(); i++) {
        line.append("  ").append(row.get(i)).repeat(" ", widths.get(i) - row.get(i).length());
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }

  /** For the page. */
  String markdown() {
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      text.append("| ").append(String.join(" | ", row)).append(" |\n");
      if (row.equals(rows.getFirst())) {
        text.append("|---".repeat(row.size())).append("|\n");
      }
    }
    return text.toString();
  }
}
