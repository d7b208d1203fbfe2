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
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Compares how many requests echo servers answer in a second, as ratios to the first of them. The
 * servers may run elsewhere, on a Windows JDK under Wine for one, where no system tells what a
 * process costs; the load comes from a C program of this system.
 */
final class EchoThroughput extends EchoComparison {
  private final Map<String, Integer> ports = new LinkedHashMap<>();
  private @Nullable Process servers;

  EchoThroughput() {
    super(
        Settings.of(
            "wine", "",
            "zig", "",
            "contenders", "gatun-epoll,gatun-poll,netty-nio,nio,blocking",
            "loads", "1:64:1,64:64:1,64:16384:1",
            "rounds", "7",
            "millis", "700"));
  }

  @Override
  String title() {
    return "Echo servers elsewhere";
  }

  @Override
  String how() {
    return "Echo servers on all processors, such as on a Windows JDK under Wine.";
  }

  @Override
  List<Metric> metrics() {
    return List.of(Metric.more("Requests a second", "/s", 0));
  }

  @Override
  int warmUpMillis() {
    return 2000;
  }

  @Override
  void prepare() throws IOException, InterruptedException {
    super.prepare();
    String contenders = settings.get("contenders");
    servers =
        new ProcessBuilder(command(settings, contenders))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BufferedReader lines = servers.inputReader(StandardCharsets.US_ASCII);
    for (String name : settings.list("contenders")) {
      String port = lines.readLine();
      if (port == null) {
        throw new IOException("the servers ended before they served");
      }
      ports.put(name, Integer.parseInt(port.strip()));
    }
  }

  @Override
  void finish() throws IOException {
    if (servers != null) {
      servers.getOutputStream().close();
      servers.onExit().join();
    }
  }

  @Override
  Contender start(String contender) {
    int port = ports.getOrDefault(contender, 0);
    return (load, millis) ->
        new double[] {ask(port, ProcessHandle.current().pid(), load, millis)[1]};
  }

  /**
   * The command that serves: another JVM like this one, or the Windows JDK that a script runs. The
   * limit in C is a program for Windows then, compiled here, by Zig.
   */
  private static List<String> command(Settings settings, String contenders)
      throws IOException, InterruptedException {
    String wine = settings.get("wine");
    if (wine.isEmpty()) {
      return ServerProcess.java(Benchmarks.class, "serve", contenders);
    }
    List<String> command = new ArrayList<>(List.of(wine, "-t", "450"));
    List<String> names = new ArrayList<>(Arrays.asList(contenders.split(",", -1)));
    int limit = names.indexOf(EchoServers.LIMIT);
    if (limit >= 0) {
      Path program = CProgram.compileForWindows("echo_windows", settings.get("zig"));
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
}
