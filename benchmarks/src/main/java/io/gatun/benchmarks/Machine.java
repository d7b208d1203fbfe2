package io.gatun.benchmarks;

import io.netty.buffer.ByteBuf;
import io.netty.channel.epoll.EpollIoHandler;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.newsclub.net.unix.AFUNIXSocket;

/** Where it is measured, and on which of its processors. */
final class Machine {
  private Machine() {}

  /** Processor, their number, system and JVM. */
  static String describe() {
    return "%d × %s, %s %s, JDK %s"
        .formatted(
            Runtime.getRuntime().availableProcessors(),
            processor(),
            System.getProperty("os.name"),
            System.getProperty("os.version")
                .replaceFirst("[^0-9.].*", ""), // its builder's own name
            Runtime.version());
  }

  private static String processor() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(System.getProperty("os.arch"));
    } catch (IOException e) {
      return System.getProperty("os.arch");
    }
  }

  /** The versions of those that Gatun is compared with. */
  static String peers() {
    return "%s, %s, %s and Python %s"
        .formatted(
            jar(EpollIoHandler.class), jar(AFUNIXSocket.class), jar(ByteBuf.class), python());
  }

  /** The name of the jar that a class comes from, which tells the version. */
  private static String jar(Class<?> type) {
    CodeSource source = type.getProtectionDomain().getCodeSource();
    String path = source == null ? "" : source.getLocation().getPath();
    return path.substring(path.lastIndexOf('/') + 1).replaceFirst("\\.jar$", "");
  }

  private static String python() {
    String version = "import platform; print(platform.python_version())";
    try {
      Process process = new ProcessBuilder("python3", "-c", version).start();
      return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      return "(none)";
    }
  }

  /** Whether a program is to be found where the system looks for such. */
  static boolean has(String program) {
    String path = System.getenv().getOrDefault("PATH", "/usr/local/bin:/usr/bin:/bin");
    return Stream.of(path.split(File.pathSeparator, -1))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  /** A command on the processor that contenders have to themselves. */
  static List<String> onFirst(List<String> command) {
    return pinned(0, command);
  }

  /** A command on the processor of those who load them. */
  static List<String> onLast(List<String> command) {
    return pinned(Runtime.getRuntime().availableProcessors() - 1, command);
  }

  private static List<String> pinned(int processor, List<String> command) {
    List<String> pinned = new ArrayList<>(List.of("taskset", "-c", "" + processor));
    pinned.addAll(command);
    return pinned;
  }

  /** The memory of a process that is in use, in bytes. */
  static long resident(long pid) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
      }
    }
    throw new IOException("no VmRSS of process " + pid);
  }
}
