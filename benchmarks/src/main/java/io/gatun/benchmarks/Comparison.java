package io.gatun.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * One question that contenders answer by doing the same work.
 *
 * <p>All live through the whole comparison and take turns: a round asks each once. So what disturbs
 * the machine disturbs all of them, and each ratio is one of neighbours in time.
 */
abstract class Comparison {
  private static final double[] NOTHING = {};

  /** How long a program is warmed up that no compiler works at any more. */
  private static final int COMPILED_MILLIS = 200;

  /** What a value is compared with. */
  enum Baseline {
    /** The first contender's with the same load. */
    FIRST_CONTENDER,

    /** The same contender's with the first load. */
    FIRST_LOAD,

    /** Nothing: the value tells by itself. */
    NONE
  }

  final Settings settings;
  final List<String> notes = new ArrayList<>();
  private final Set<String> failed = new HashSet<>();
  private final Map<String, Contender> contenders = new LinkedHashMap<>();

  Comparison(Settings settings) {
    this.settings = settings;
  }

  /** The heading. */
  abstract String title();

  /** How it is measured, for the page. */
  abstract String how();

  /** What the loads are: the heading of their column. */
  abstract String loads();

  abstract List<Metric> metrics();

  abstract Contender start(String contender) throws IOException, InterruptedException;

  Baseline baseline() {
    return Baseline.FIRST_CONTENDER;
  }

  /** How long each contender is warmed up with each load; 0 for not at all. */
  int warmUpMillis() {
    return 2500;
  }

  /** The same, where contenders differ. */
  int warmUpMillis(String contender) {
    return warmUpMillis();
  }

  /** Whether a contender can do the work at all. */
  boolean does(String contender, String load) {
    return true;
  }

  /** The programs of the system that it is measured with. */
  List<String> programs() {
    return List.of("cc", "taskset");
  }

  /** Whether there is such a contender. */
  boolean knows(String contender) {
    return settings.standard("contenders").contains(contender);
  }

  /** Whether there is such a load. */
  boolean loadsWith(String load) {
    return settings.standard("loads").contains(load);
  }

  /** Refuses settings that nothing can be measured with. */
  final void check() {
    check("contenders", this::knows);
    check("loads", this::loadsWith);
  }

  private void check(String setting, Predicate<String> known) {
    Set<String> before = new HashSet<>();
    for (String each : settings.list(setting)) {
      if (!known.test(each) || !before.add(each)) {
        throw new IllegalArgumentException(
            "%s=%s: \"%s\" %s; such are %s"
                .formatted(
                    setting,
                    settings.get(setting),
                    each,
                    before.contains(each) ? "is there twice" : "is unknown",
                    String.join(",", settings.standard(setting))));
      }
    }
  }

  /** What the contenders share, before the first starts. */
  void prepare() throws IOException, InterruptedException {}

  /** Ends what {@link #prepare} began. */
  void finish() throws IOException {}

  /** Measures everything. */
  final Results run(Progress progress, boolean hurried) throws IOException, InterruptedException {
    List<String> loads = settings.list("loads");
    int rounds = settings.number("rounds");
    int millis = settings.number("millis");
    try {
      prepare();
      for (String name : settings.list("contenders")) {
        progress.tell(name + " starts");
        try {
          contenders.put(name, start(name));
        } catch (CannotRunException e) {
          notes.add(name + " was not measured: " + e.getMessage());
        }
      }
      Results results = new Results(this, loads, List.copyOf(contenders.keySet()), rounds);
      for (String name : contenders.keySet()) {
        int warmUp = hurried ? Math.min(200, warmUpMillis(name)) : warmUpMillis(name);
        for (String load : warmUp == 0 ? List.<String>of() : loads) {
          progress.tell(name + " warms up with " + load);
          double[] ignored =
              measure(name, load, name.equals(EchoServers.LIMIT) ? COMPILED_MILLIS : warmUp);
        }
      }
      for (int round = 0; round < rounds; round++) {
        for (String load : loads) {
          progress.tell("round " + (round + 1) + " of " + rounds + ", " + load);
          for (String name : turns(List.copyOf(contenders.keySet()), round)) {
            results.add(load, name, round, measure(name, load, millis));
          }
        }
      }
      return results;
    } finally {
      for (Contender contender : contenders.values()) {
        contender.close();
      }
      finish();
    }
  }

  /**
   * The order of a round's turns: a row of Williams's square, so that nobody keeps a place or a
   * neighbour through all rounds.
   */
  static <T> List<T> turns(List<T> all, int round) {
    List<T> turns = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      int place = i % 2 == 1 ? (i + 1) / 2 : all.size() - i / 2;
      turns.add(all.get((place + round) % all.size()));
    }
    return turns;
  }

  private double[] measure(String name, String load, int millis)
      throws IOException, InterruptedException {
    Contender contender = contenders.get(name);
    if (contender == null || failed.contains(name) || !does(name, load)) {
      return NOTHING;
    }
    try {
      return contender.measure(load, millis);
    } catch (IOException e) {
      if (name.equals(settings.list("contenders").getFirst())) {
        throw e; // there is nothing to compare with
      }
      System.err.println(name + " is left out: " + e);
      notes.add(name + " was left out: " + e.getMessage());
      failed.add(name);
      return NOTHING;
    }
  }
}
