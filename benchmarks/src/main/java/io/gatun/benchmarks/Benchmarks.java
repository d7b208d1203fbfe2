package io.gatun.benchmarks;

import io.gatun.benchmarks.Target.Miss;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.Main;

/** Starts comparisons by their names, or those of JMH's benchmarks that the arguments choose. */
public final class Benchmarks {
  private static final String ALL = "all";
  private static final String FOLDER = "out=";
  private static final String QUICK = "quick=true";

  /** In the order of the page. The last ones are for other machines, and on no page. */
  private static final Map<String, Supplier<Comparison>> COMPARISONS = new LinkedHashMap<>();

  static {
    COMPARISONS.put("pingpong", PingPong::blocking);
    COMPARISONS.put("pingpong-timeout", PingPong::timeout);
    COMPARISONS.put("pingpong-virtual", PingPong::virtual);
    COMPARISONS.put("stream", Streaming::new);
    COMPARISONS.put("alloc", Allocation::new);
    COMPARISONS.put("echo", EchoComparison::new);
    COMPARISONS.put("calls", SystemCalls::new);
    COMPARISONS.put("idle", IdleMemory::new);
    COMPARISONS.put("startup", StartUp::new);
    COMPARISONS.put("accept", Accepting::new);
    COMPARISONS.put("udp", Udp::new);
    COMPARISONS.put("growth", Growth::new);
    COMPARISONS.put("timers", Timers::new);
    COMPARISONS.put("can", Can::new);
    COMPARISONS.put("throughput", EchoThroughput::new);
  }

  private static final Set<String> ELSEWHERE = Set.of("can", "throughput");

  private static final int WRONG_USAGE = 2;

  /** EX_UNAVAILABLE, as the launcher has it. */
  private static final int CANNOT_RUN = 69;

  /** What has the programs that are needed, on Debian and its kin. */
  private static final Map<String, String> PACKAGES = Map.of("cc", "gcc", "taskset", "util-linux");

  private Benchmarks() {}

  /** With no arguments lists all there is. */
  public static void main(String[] args) throws Exception {
    String name = args.length == 0 ? "" : args[0];
    List<String> more = args.length == 0 ? List.of() : Arrays.asList(args).subList(1, args.length);
    boolean hurried = more.contains(QUICK);
    if (name.isEmpty()) {
      list();
    } else if (name.equals("serve") && more.size() == 1) {
      EchoThroughput.serve(more.getFirst());
    } else if (name.equals(ALL)) {
      List<String> names =
          COMPARISONS.keySet().stream().filter(each -> !ELSEWHERE.contains(each)).toList();
      // Figures that were taken in a hurry belong on no page that is kept.
      compare(names, more, hurried, hurried ? "target/bench" : "docs");
    } else if (COMPARISONS.containsKey(name)) {
      compare(List.of(name), more, hurried, "target/bench");
    } else {
      Main.main(args);
    }
  }

  private static Path folder(List<String> arguments, String otherwise) {
    String folder =
        arguments.stream()
            .filter(each -> each.startsWith(FOLDER))
            .map(each -> each.substring(FOLDER.length()))
            .findFirst()
            .orElse(otherwise);
    return Path.of(System.getProperty("gatun.bench.root", "")).resolve(folder);
  }

  /**
   * Makes comparisons, with all their settings, which nothing is run before.
   *
   * @throws IllegalArgumentException if one of them has no such setting, or no use for its value
   */
  static Map<String, Comparison> configure(List<String> names, List<String> arguments) {
    Map<String, Comparison> comparisons = new LinkedHashMap<>();
    COMPARISONS.forEach((name, supplier) -> {
      if (names.contains(name)) {
        comparisons.put(name, supplier.get());
      }
    });
    comparisons.forEach((name, comparison) -> {
      if (arguments.contains(QUICK)) {
        comparison.settings.hurry();
      }
      try {
        for (String argument : arguments) {
          if (!argument.startsWith(FOLDER) && !argument.equals(QUICK)) {
            comparison.settings.set(argument);
          }
        }
        comparison.check();
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(name + ": " + e.getMessage(), e);
      }
    });
    return comparisons;
  }

  private static void compare(
      List<String> names, List<String> arguments, boolean hurried, String otherwise)
      throws IOException, InterruptedException {
    Map<String, Comparison> comparisons;
    try {
      comparisons = configure(names, arguments);
    } catch (IllegalArgumentException e) {
      end(WRONG_USAGE, e.getMessage());
      return;
    }
    for (Comparison comparison : comparisons.values()) {
      for (String program : comparison.programs()) {
        if (!Machine.has(program)) {
          end(CANNOT_RUN, "needs " + program + ": apt install " + PACKAGES.get(program));
        }
      }
    }
    Path folder = folder(arguments, otherwise);
    System.err.println("JSON, pictures and the page go to " + folder.resolve("benchmarks.md"));
    Report report = new Report(folder, List.copyOf(COMPARISONS.keySet()));
    Progress progress = new Progress();
    List<String> failed = new ArrayList<>();
    for (Map.Entry<String, Comparison> entry : comparisons.entrySet()) {
      String name = entry.getKey();
      Comparison comparison = entry.getValue();
      progress.begin(name);
      try {
        Results results = comparison.run(progress, hurried);
        progress.clear();
        print(comparison, results);
        report.add(name, results, comparison.settings.toString(), hurried);
      } catch (IOException e) {
        progress.clear();
        System.err.println(name + " failed: " + e);
        failed.add(name);
      }
    }
    System.err.println(
        progress.elapsed() + (failed.isEmpty() ? " done" : " done; failed: " + failed));
    if (!failed.isEmpty()) {
      System.exit(1);
    }
  }

  private static void end(int status, @Nullable String why) {
    System.err.println("bench: " + why);
    System.exit(status);
  }

  private static void print(Comparison comparison, Results results) {
    System.out.println();
    System.out.println(comparison.title());
    List<Metric> metrics = comparison.metrics();
    for (int i = 0; i < metrics.size(); i++) {
      System.out.println(metrics.get(i).name());
      System.out.print(new Table(results, i).plain());
      System.out.print(Miss.list(results.misses(i), metrics.get(i)));
    }
    comparison.notes.forEach(System.out::println);
    System.out.println();
  }

  private static void list() throws Exception {
    System.out.println(
        "all [quick=true] [out=FOLDER]   every comparison but the last two; writes"
            + " docs/benchmarks.md");
    System.out.println("NAME [quick=true] [out=FOLDER] [SETTING=VALUE ...]   one comparison:");
    COMPARISONS.forEach((name, supplier) -> {
      Comparison comparison = supplier.get();
      System.out.printf("  %-17s %s%n", name, comparison.title());
      System.out.printf("  %-17s   %s%n", "", comparison.settings);
    });
    System.out.println();
    System.out.println("JMH: REGEX [OPTION ...]; -prof gc shows what is allocated, -h all options");
    Main.main(new String[] {"-l"});
  }
}
