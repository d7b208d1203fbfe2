package io.gatun.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Compares how many requests echo servers answer in a second, as ratios to the first of them. The
 * servers may run elsewhere, on a Windows JDK under Wine for one, where no system tells what a
 * process costs; the load comes from a C program of this system.
 *
 * <p>Each contender is a process that lives through the whole comparison, and all take turns: a
 * round asks each once. What is told is the median of the rounds' ratios and their spread.
 */
final class EchoThroughput {
  private static final int WARM_UP_MILLIS = 2000;

  private final Path generator;
  private final Map<String, Integer> ports = new LinkedHashMap<>();

  private EchoThroughput(Path generator) {
    this.generator = generator;
  }

  /** What may be given on the command line, as {@code name=value}, with its default. */
  static Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("wine", "");
    settings.put("zig", "");
    settings.put("contenders", "gatun-epoll,gatun-poll,netty-nio,nio,blocking");
    settings.put("loads", "1:64,64:64,64:16384");
    settings.put("rounds", "7");
    settings.put("millis", "700");
    return settings;
  }

  static void run(Map<String, String> settings) throws IOException, InterruptedException {
    String contenders = settings.getOrDefault("contenders", "");
    EchoThroughput comparison = new EchoThroughput(CProgram.compile("load"));
    Process servers =
        new ProcessBuilder(command(settings, contenders))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader lines = servers.inputReader(StandardCharsets.US_ASCII)) {
      for (String name : contenders.split(",", -1)) {
        String port = lines.readLine();
        if (port == null) {
          throw new IOException("the servers ended before they served");
        }
        comparison.ports.put(name, Integer.parseInt(port.strip()));
      }
      comparison.compare(
          settings.getOrDefault("loads", "").split(",", -1),
          Integer.parseInt(settings.getOrDefault("rounds", "")),
          Integer.parseInt(settings.getOrDefault("millis", "")));
    } finally {
      servers.getOutputStream().close();
      servers.waitFor();
    }
  }

  /**
   * The command that serves: another JVM like this one, or the Windows JDK that a script runs. The
   * limit in C is a program for Windows then, compiled here, by Zig.
   */
  private static List<String> command(Map<String, String> settings, String contenders)
      throws IOException, InterruptedException {
    String wine = settings.getOrDefault("wine", "");
    if (wine.isEmpty()) {
      return ServerProcess.java(Benchmarks.class, "serve", contenders);
    }
    List<String> command = new ArrayList<>(List.of(wine, "-t", "1200"));
    List<String> names = new ArrayList<>(Arrays.asList(contenders.split(",", -1)));
    int limit = names.indexOf(EchoServers.LIMIT);
    if (limit >= 0) {
      Path program = CProgram.compileForWindows("echo_windows", settings.getOrDefault("zig", ""));
      command.addAll(List.of("-b", String.valueOf(program.getParent())));
      names.set(limit, "Z:" + program);
    }
    command.addAll(List.of("--", "--enable-native-access=ALL-UNNAMED", "-cp"));
    command.add("Z:" + Path.of(System.getProperty("java.class.path")).toAbsolutePath());
    command.addAll(List.of(Benchmarks.class.getName(), "serve", String.join(",", names)));
    return command;
  }

  /** Starts servers, each in a process of its own, prints their ports, and ends with its input. */
  static void serve(String contenders) throws IOException, InterruptedException {
    List<ServerProcess> servers = new ArrayList<>();
    try {
      for (String name : contenders.split(",", -1)) {
        ServerProcess server = ServerProcess.start(EchoServers.command(name));
        servers.add(server);
        System.out.println(server.port());
      }
      long ignored = System.in.transferTo(OutputStream.nullOutputStream());
    } finally {
      for (ServerProcess server : servers) {
        server.close();
      }
    }
  }

  private void compare(String[] loads, int rounds, int millis)
      throws IOException, InterruptedException {
    for (int port : ports.values()) {
      for (String load : loads) {
        double ignored = measure(port, load, WARM_UP_MILLIS);
      }
    }
    System.out.printf("%-12s", "conns:bytes");
    ports.keySet().forEach(name -> System.out.printf("  %-28s", name));
    System.out.println();
    for (String load : loads) {
      List<List<Double>> columns = new ArrayList<>();
      ports.forEach((name, port) -> columns.add(new ArrayList<>()));
      for (int round = 0; round < rounds; round++) {
        double first = 0;
        int column = 0;
        for (int port : ports.values()) {
          double rate = measure(port, load, millis);
          if (column == 0) {
            first = rate;
          }
          columns.get(column).add(column == 0 ? rate : rate / first);
          column++;
        }
      }
      System.out.printf("%-12s", load);
      for (int column = 0; column < columns.size(); column++) {
        print(columns.get(column), column == 0 ? "%.0f/s (%.0f–%.0f)" : "%.2f (%.2f–%.2f)");
      }
      System.out.println();
    }
  }

  private static void print(List<Double> values, String format) {
    List<Double> sorted = values.stream().sorted().toList();
    System.out.printf(
        "  %-28s",
        String.format(
            Locale.ROOT,
            format,
            sorted.get(sorted.size() / 2),
            sorted.getFirst(),
            sorted.getLast()));
  }

  private double measure(int port, String load, int millis)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(generator.toString(), "" + port));
    command.addAll(Arrays.asList(load.split(":", 2)));
    command.addAll(List.of("" + millis, "" + ProcessHandle.current().pid()));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    if (process.waitFor() != 0) {
      throw new IOException("the load generator failed: " + String.join(" ", command));
    }
    return Double.parseDouble(output.trim().split(" ", 2)[0]) * 1000 / millis;
  }
}
