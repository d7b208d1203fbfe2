package io.gatun.benchmarks;

import io.gatun.benchmarks.Results.Spread;
import io.gatun.benchmarks.Target.Miss;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Keeps what was measured: {@code benchmarks/NAME.json} and {@code .svg} in a folder, and its
 * section of the page {@code benchmarks.md}, which takes the place of an earlier one.
 */
final class Report {
  private static final String BEGIN = "<!-- begin ";
  private static final String END = "<!-- end ";

  private final Path folder;
  private final List<String> order;

  /**
   * Makes one.
   *
   * @param folder where the page is
   * @param order the names of all comparisons, as their sections follow each other
   */
  Report(Path folder, List<String> order) {
    this.folder = folder;
    this.order = order;
  }

  void add(String name, Results results, String settings, boolean hurried) throws IOException {
    Path data = Files.createDirectories(folder.resolve("benchmarks"));
    Files.writeString(data.resolve(name + ".json"), Json.of(json(name, results, settings)) + "\n");
    Comparison comparison = results.comparison;
    StringBuilder text = new StringBuilder();
    text.append("## ").append(comparison.title()).append("\n\n");
    text.append(comparison.how()).append("\n");
    List<Metric> metrics = comparison.metrics();
    for (int i = 0; i < metrics.size(); i++) {
      Metric metric = metrics.get(i);
      String picture = i == 0 ? name + ".svg" : name + "-" + (i + 1) + ".svg";
      Files.writeString(data.resolve(picture), Chart.draw(results, i));
      text.append("\n**").append(metric.name()).append("**").append(targets(metric)).append("\n\n");
      text.append(new Table(results, i).markdown());
      text.append(Miss.list(results.misses(i), metric));
      text.append("\n![").append(metric.name()).append("](benchmarks/").append(picture);
      text.append(")\n");
    }
    for (String note : comparison.notes) {
      text.append("\n").append(note).append("\n");
    }
    text.append("\n<sub>")
        .append(LocalDate.now(ZoneOffset.UTC))
        .append(", ")
        .append(Machine.describe())
        .append("; `./gatun bench ")
        .append(name)
        .append(hurried ? " quick=true" : "")
        .append("`: ")
        .append(settings)
        .append("</sub>\n");
    put(name, text.toString());
  }

  private static String targets(Metric metric) {
    String all =
        metric.targets().stream()
            .map(target -> target.words(metric))
            .collect(Collectors.joining("; "));
    return all.isEmpty() ? "" : ", of which Gatun's is to be " + all;
  }

  private static Map<String, Object> json(String name, Results results, String settings) {
    List<Map<String, Object>> rows = new ArrayList<>();
    List<Metric> metrics = results.comparison.metrics();
    for (int i = 0; i < metrics.size(); i++) {
      for (String load : results.loads) {
        for (String contender : results.contenders) {
          if (results.has(load, contender)) {
            rows.add(row(results, i, load, contender));
          }
        }
      }
    }
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("name", name);
    all.put("title", results.comparison.title());
    all.put("date", LocalDate.now(ZoneOffset.UTC));
    all.put("machine", Machine.describe());
    all.put("settings", settings);
    all.put("notes", results.comparison.notes);
    all.put("results", rows);
    return all;
  }

  private static Map<String, Object> row(
      Results results, int metric, String load, String contender) {
    Spread values = results.values(metric, load, contender);
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("metric", results.comparison.metrics().get(metric).name());
    row.put("unit", results.comparison.metrics().get(metric).unit());
    row.put("load", load);
    row.put("contender", contender);
    row.put("median", values.median());
    row.put("values", values.values());
    if (results.comparison.baseline() != Comparison.Baseline.NONE) {
      Spread ratios = results.ratios(metric, load, contender);
      row.put("ratio", ratios.median());
      row.put("ratios", ratios.values());
    }
    return row;
  }

  private void put(String name, String section) throws IOException {
    Path page = folder.resolve("benchmarks.md");
    Map<String, String> sections = new LinkedHashMap<>();
    String old = Files.exists(page) ? Files.readString(page) : "";
    for (String each : order) {
      int begin = old.indexOf(BEGIN + each + " -->\n");
      int end = old.indexOf(END + each + " -->");
      if (begin >= 0 && end > begin) {
        sections.put(each, old.substring(begin + BEGIN.length() + each.length() + 5, end));
      } else {
        sections.put(each, "");
      }
    }
    sections.put(name, section);
    StringBuilder text = new StringBuilder(head());
    sections.forEach((each, content) -> {
      if (!content.isEmpty()) {
        text.append("\n").append(BEGIN).append(each).append(" -->\n").append(content);
        text.append(END).append(each).append(" -->\n");
      }
    });
    Files.writeString(page, text);
  }

  private static String head() {
    return """
    # What Gatun costs

    Beside the bare system calls of programs in C, and beside what else one would take. This page is written by
    `./gatun bench all`; a section by `./gatun bench NAME out=docs`. The numbers behind it are in
    [benchmarks](benchmarks), as JSON.

    A first column of contenders, or a first row, gives values; the others give ratios to it: the median of all rounds'
    ratios, and in brackets the least and the most. Contenders take turns round by round, so that each ratio is one of
    the same minute, in an order that is another in each round. Figures of another machine are others: run it on yours.

    A ✗ stands where Gatun misses a target, and a ~ where it does by the median alone: the target lies within the middle
    half of the rounds' ratios, so they decide nothing. All that is missed is listed below its table.

    Gatun is compared with %s.
    """
        .formatted(Machine.peers());
  }
}
