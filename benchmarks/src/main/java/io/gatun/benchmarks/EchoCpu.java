package io.gatun.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Compares the CPU time that echo servers spend on a request, as ratios to a server in C.
 *
 * <p>Each contender is a process on the first processor, under load from a C program on the last.
 * All live through the whole comparison and take turns: a round asks each once. So what disturbs
 * the machine disturbs all of them, and each ratio is one of neighbours in time. What is told is
 * the median of the rounds' ratios and their spread.
 *
 * <p>JDK_JAVA_OPTIONS in the environment reaches all that run on a JVM.
 */
final class EchoCpu {
  /** How long each contender is warmed up with each load. */
  private static final int WARM_UP_MILLIS = 2500;

  private final List<String> loads;
  private final int rounds;
  private final int millis;
  private final Path generator;
  private final Map<String, ServerProcess> servers = new LinkedHashMap<>();

  private EchoCpu(List<String> loads, int rounds, int millis, Path generator) {
    this.loads = loads;
    this.rounds = rounds;
    this.millis = millis;
    this.generator = generator;
  }

  /** What may be given on the command line, as {@code name=value}, with its default. */
  static Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("contenders", "gatun-epoll,netty-epoll,netty-nio,nio");
    settings.put("loads", "1:64,64:64,512:256,64:16384");
    settings.put("rounds", "7");
    settings.put("millis", "500");
    return settings;
  }

  static void run(Map<String, String> settings) throws IOException, InterruptedException {
    EchoCpu comparison =
        new EchoCpu(
            list(settings, "loads"),
            number(settings, "rounds"),
            number(settings, "millis"),
            CProgram.compile("load"));
    try {
      comparison.start(list(settings, "contenders"));
      comparison.compare();
    } finally {
      for (ServerProcess server : comparison.servers.values()) {
        server.close();
      }
    }
  }

  private static List<String> list(Map<String, String> settings, String name) {
    return Arrays.asList(settings.getOrDefault(name, "").split(",", -1));
  }

  private static int number(Map<String, String> settings, String name) {
    return Integer.parseInt(settings.getOrDefault(name, ""));
  }

  private void start(List<String> names) throws IOException, InterruptedException {
    Stream<String> all = Stream.concat(Stream.of(EchoServers.LIMIT), names.stream());
    for (String name : all.distinct().toList()) {
      servers.put(name, ServerProcess.start(pinned(0, EchoServers.command(name))));
    }
  }

  private static List<String> pinned(int processor, List<String> command) {
    return Stream.concat(Stream.of("taskset", "-c", "" + processor), command.stream()).toList();
  }

  private void compare() throws IOException, InterruptedException {
    for (ServerProcess server : servers.values()) {
      for (String load : loads) {
        measure(server, load, WARM_UP_MILLIS);
      }
    }
    System.out.printf("%-12s", "conns:bytes");
    servers.keySet().forEach(name -> System.out.printf("  %-22s", name));
    System.out.println();
    for (String load : loads) {
      Map<String, List<Double>> ratios = new LinkedHashMap<>();
      List<Double> limits = new ArrayList<>();
      for (int round = 0; round < rounds; round++) {
        double limit = 0;
        for (Map.Entry<String, ServerProcess> contender : servers.entrySet()) {
          double nanos = measure(contender.getValue(), load, millis);
          if (contender.getKey().equals(EchoServers.LIMIT)) {
            limit = nanos;
            limits.add(nanos);
          } else {
            ratios.computeIfAbsent(contender.getKey(), _ -> new ArrayList<>()).add(nanos / limit);
          }
        }
      }
      System.out.printf("%-12s", load);
      print(limits, "%.0f ns (%.0f–%.0f)");
      ratios.values().forEach(values -> print(values, "%.2f (%.2f–%.2f)"));
      System.out.println();
    }
  }

  private static void print(List<Double> values, String format) {
    List<Double> sorted = values.stream().sorted().toList();
    int median = sorted.size() / 2;
    System.out.printf(
        "  %-22s",
        String.format(
            Locale.ROOT, format, sorted.get(median), sorted.getFirst(), sorted.getLast()));
  }

  /** Loads a server for a while. Returns the nanoseconds of CPU time for each request. */
  private double measure(ServerProcess server, String load, int duration)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.addAll(List.of(generator.toString(), "" + server.port()));
    command.addAll(Arrays.asList(load.split(":", 2)));
    command.addAll(List.of("" + duration, "" + server.pid()));
    int last = Runtime.getRuntime().availableProcessors() - 1;
    Process process =
        new ProcessBuilder(pinned(last, command))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    if (process.waitFor() != 0) {
      throw new IOException("the load generator failed: " + String.join(" ", command));
    }
    String[] words = output.trim().split(" ", 2);
    return Double.parseDouble(words[1]) / Double.parseDouble(words[0]);
  }
}
