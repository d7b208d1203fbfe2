package io.gatun.benchmarks;

import io.gatun.benchmarks.Comparison.Baseline;
import io.gatun.benchmarks.Results.Spread;
import java.util.List;
import java.util.Locale;

/**
 * Draws one metric as an SVG picture: for each load a group of bars, one a contender. A bar is the
 * median, the thin line on it the spread, and the dashed line is the baseline's.
 */
final class Chart {
  private static final int LABELS = 170;
  private static final int PLOT = 520;
  private static final int WIDTH = LABELS + PLOT + 90;
  private static final int BAR = 14;
  private static final int GAP = 12;
  private static final int HEAD = 40;
  private static final String GATUN = "#0b6e4f";
  private static final String LIMIT = "#555555";
  private static final List<String> OTHERS =
      List.of("#e08e45", "#7b6db0", "#c8553d", "#4f86c6", "#b5a642", "#8d99ae", "#d17ba8");

  private final StringBuilder svg = new StringBuilder();
  private final Results results;
  private final int index;
  private final Metric metric;
  private final boolean relative;

  private Chart(Results results, int index) {
    this.results = results;
    this.index = index;
    this.metric = results.comparison.metrics().get(index);
    this.relative = results.comparison.baseline() != Baseline.NONE;
  }

  static String draw(Results results, int index) {
    return new Chart(results, index).draw();
  }

  private Spread spread(String load, String contender) {
    return relative
        ? results.ratios(index, load, contender)
        : results.values(index, load, contender);
  }

  /** A ratio to nothing is none. */
  private boolean isDrawn(String load, String contender) {
    return results.has(load, contender) && Double.isFinite(spread(load, contender).median());
  }

  private String draw() {
    double most = relative ? 1.2 : 0;
    int height = HEAD;
    for (String load : results.loads) {
      height += BAR + GAP;
      for (String contender : results.contenders) {
        if (isDrawn(load, contender)) {
          most = Math.max(most, spread(load, contender).median() * 1.05);
          height += BAR;
        }
      }
    }
    double scale = PLOT / (most > 0 ? most : 1);
    svg.append(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"11\">\n"
            .formatted(WIDTH, height, WIDTH, height));
    svg.append("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n");
    String what =
        "%s, %s; %s is better"
            .formatted(
                metric.name(),
                relative ? "relative to the dashed line" : metric.unit(),
                metric.moreIsBetter() ? "more" : "less");
    text(8, 18, "font-weight=\"bold\" font-size=\"13\"", what);
    int y = HEAD;
    for (String load : results.loads) {
      text(8, y + BAR - 3, "font-weight=\"bold\"", load);
      y += BAR;
      int from = y;
      for (String contender : results.contenders) {
        if (isDrawn(load, contender)) {
          bar(y, contender, spread(load, contender), scale);
          y += BAR;
        }
      }
      if (relative) {
        line(LABELS + scale, from, LABELS + scale, y, "stroke=\"black\" stroke-dasharray=\"3 2\"");
      }
      y += GAP;
    }
    return svg.append("</svg>\n").toString();
  }

  private void bar(int y, String contender, Spread spread, double scale) {
    double end = LABELS + spread.median() * scale;
    svg.append(
        String.format(
            Locale.ROOT,
            "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>%n",
            LABELS,
            y + 1,
            Math.max(0, end - LABELS),
            BAR - 2,
            colour(contender)));
    text(LABELS - 6, y + BAR - 3, "text-anchor=\"end\"", contender);
    double least = LABELS + spread.least() * scale;
    double most = Math.min(LABELS + PLOT + 10, LABELS + spread.most() * scale);
    line(least, y + BAR / 2, most, y + BAR / 2, "stroke=\"black\"");
    String value =
        relative
            ? String.format(Locale.ROOT, "%.2f", spread.median())
            : metric.value(spread.median());
    text((int) Math.max(end, most) + 6, y + BAR - 3, "", value);
  }

  private String colour(String contender) {
    if (Table.isGatun(contender)) {
      return GATUN;
    }
    int place = results.contenders.indexOf(contender);
    return contender.equals(EchoServers.LIMIT) ? LIMIT : OTHERS.get(place % OTHERS.size());
  }

  private void text(int x, int y, String attributes, String text) {
    String escaped = text.replace("&", "&amp;").replace("<", "&lt;");
    svg.append("<text x=\"%d\" y=\"%d\" %s>%s</text>\n".formatted(x, y, attributes, escaped));
  }

  private void line(double x1, int y1, double x2, int y2, String attributes) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" %s/>%n",
            x1,
            y1,
            x2,
            y2,
            attributes));
  }
}
