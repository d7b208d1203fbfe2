package io.gatun.benchmarks;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.openjdk.jmh.Main;

/** Starts a comparison by its name, or those of JMH's benchmarks that the arguments choose. */
public final class Benchmarks {
  private Benchmarks() {}

  /** With no arguments lists all there is. */
  public static void main(String[] args) throws Exception {
    switch (args.length == 0 ? "" : args[0]) {
      case "" -> list();
      case "echo" -> EchoCpu.run(settings(args, EchoCpu.settings()));
      case "throughput" -> EchoThroughput.run(settings(args, EchoThroughput.settings()));
      case "serve" -> EchoThroughput.serve(args[1]);
      case "calls" -> SystemCalls.run(settings(args, SystemCalls.settings()));
      default -> Main.main(args);
    }
  }

  private static void list() throws Exception {
    System.out.println("Comparisons: NAME [SETTING=VALUE ...]");
    describe("echo", "the CPU time of echo servers, as ratios to one in C", EchoCpu.settings());
    describe(
        "throughput",
        "the requests that echo servers answer in a second, as ratios; on Windows: bench windows",
        EchoThroughput.settings());
    describe("calls", "the system calls of servers and sockets, counted", SystemCalls.settings());
    System.out.println();
    System.out.println("JMH: REGEX [OPTION ...]; -prof gc shows what is allocated, -h all options");
    Main.main(new String[] {"-l"});
  }

  private static void describe(String name, String what, Map<String, String> settings) {
    System.out.printf("  %-6s %s%n", name, what);
    settings.forEach((setting, value) -> System.out.printf("           %s=%s%n", setting, value));
  }

  private static Map<String, String> settings(String[] args, Map<String, String> defaults) {
    Map<String, String> settings = new LinkedHashMap<>(defaults);
    for (String arg : Arrays.asList(args).subList(1, args.length)) {
      String[] parts = arg.split("=", 2);
      if (parts.length != 2 || settings.replace(parts[0], parts[1]) == null) {
        throw new IllegalArgumentException(
            arg + " is no setting=value of " + args[0] + "; its settings: " + defaults.keySet());
      }
    }
    return settings;
  }
}
