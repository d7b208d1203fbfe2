package io.gatun.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.benchmarks.Target.Miss;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What counts as a missed target, and what the page says of it. */
final class TargetTest {
  private static final String CONTENDERS = "c,gatun-epoll,nio";

  /** A comparison that is never run; its results are given. */
  private static final class Given extends Comparison {
    private final List<Metric> metrics;

    Given(Metric metric) {
      super(Settings.of(CONTENDERS, "1,64", 5, 1));
      this.metrics = List.of(metric);
    }

    @Override
    String title() {
      return "Given";
    }

    @Override
    String how() {
      return "";
    }

    @Override
    String loads() {
      return "load";
    }

    @Override
    List<Metric> metrics() {
      return metrics;
    }

    @Override
    Contender start(String contender) {
      throw new UnsupportedOperationException();
    }
  }

  private static Metric time(Target... targets) {
    return Metric.less("Time", "ns", 0, targets);
  }

  private static Results results(Metric metric, int rounds) {
    return new Results(
        new Given(metric), List.of("1", "64"), List.of(CONTENDERS.split(",", -1)), rounds);
  }

  private static void add(Results results, String load, String contender, double... values) {
    for (int round = 0; round < values.length; round++) {
      results.add(load, contender, round, new double[] {values[round]});
    }
  }

  @Test
  void ratiosArePairedByRound() {
    Results results = results(time(Target.of(1.05, "c")), 3);
    add(results, "1", "c", 100, 200, 400);
    add(results, "1", "gatun-epoll", 110, 220, 440);
    Miss miss = results.misses(0).getFirst();
    assertEquals(1.1, miss.figures().least(), 1e-9);
    assertEquals(1.1, miss.figures().most(), 1e-9);
    assertEquals(" ✗", Miss.mark(List.of(miss)));
  }

  @Test
  void eachRivalIsHeldAgainstGatunAndThoseNotMeasuredAreLeftOut() {
    Results results = results(time(Target.of(1, "c", "nio", "virtual")), 1);
    add(results, "1", "c", 100);
    add(results, "1", "gatun-epoll", 90);
    add(results, "1", "nio", 80);
    List<Miss> misses = results.misses(0);
    assertEquals(List.of("nio"), misses.stream().map(Miss::rival).toList());
  }

  @Test
  void whatIsMissedByTheMedianAloneIsUndecided() {
    Results results = results(time(Target.of(1.05, "c")), 5);
    add(results, "1", "c", 100, 100, 100, 100, 100);
    add(results, "1", "gatun-epoll", 90, 104, 110, 112, 150);
    Miss miss = results.misses(0).getFirst();
    assertTrue(miss.undecided());
    assertEquals(" ~", Miss.mark(List.of(miss)));
    assertEquals(
        "\nUndecided:\n\n- gatun-epoll with 1: 1.10 (0.90–1.50) of c, at most 1.05 is the target\n",
        Miss.list(List.of(miss), time()));
  }

  @Test
  void quartilesLieBetweenRounds() {
    Results.Spread spread = Results.Spread.of(List.of(7.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0));
    assertEquals(2.5, spread.lowerQuartile());
    assertEquals(4, spread.median());
    assertEquals(5.5, spread.upperQuartile());
  }

  @Test
  void oneRoundFarOffLeavesNothingUndecided() {
    Results results = results(time(Target.of(1.05, "c")), 5);
    add(results, "1", "c", 100, 100, 100, 100, 100);
    add(results, "1", "gatun-epoll", 90, 109, 110, 112, 150);
    assertFalse(results.misses(0).getFirst().undecided());
  }

  @Test
  void whereMoreIsBetterLessMisses() {
    Metric metric = Metric.more("Throughput", "GB/s", 2, Target.of(0.97, "c"));
    Results results = results(metric, 1);
    add(results, "1", "c", 100);
    add(results, "1", "gatun-epoll", 97);
    add(results, "64", "c", 100);
    add(results, "64", "gatun-epoll", 96);
    assertEquals(List.of("64"), results.misses(0).stream().map(Miss::load).toList());
  }

  @Test
  void aTargetOfSomeLoadsIsNoneOfOthers() {
    Results results = results(time(Target.of(0.8, "nio").with("64")), 1);
    for (String load : List.of("1", "64")) {
      add(results, load, "gatun-epoll", 90);
      add(results, load, "nio", 100);
    }
    assertEquals(List.of("64"), results.misses(0).stream().map(Miss::load).toList());
  }

  @Test
  void growthIsHeldAgainstTheRivalsGrowth() {
    Results results = results(time(Target.of(1.2, "c").ofGrowth()), 1);
    add(results, "1", "c", 100);
    add(results, "64", "c", 200);
    add(results, "1", "gatun-epoll", 300);
    add(results, "64", "gatun-epoll", 690);
    assertEquals(List.of(), results.misses(0));
    add(results, "64", "gatun-epoll", 780);
    assertEquals(1.3, results.misses(0).getFirst().figures().median(), 1e-9);
  }

  @Test
  void aValueItselfMayHaveATarget() {
    Results results = results(time(Target.of(1).by("nio")), 1);
    add(results, "1", "nio", 3);
    add(results, "1", "gatun-epoll", 3);
    assertEquals(
        "\nMissed:\n\n- nio with 1: 3.00 ns, at most 1 is the target\n",
        Miss.list(results.misses(0), time()));
  }

  @Test
  void theTableMarksWhatMissesAnyTarget() {
    Results results = results(time(Target.of(1.05, "c"), Target.of(1, "nio")), 1);
    add(results, "1", "c", 100);
    add(results, "1", "gatun-epoll", 102);
    add(results, "1", "nio", 101);
    String table = new Table(results, 0).markdown();
    assertTrue(table.contains("| 1 | 100 ns | 1.02 ✗ | 1.01 |"), table);
  }

  @Test
  void nothingIsListedWhereNothingIsMissed() {
    assertEquals("", Miss.list(List.of(), time()));
  }
}
