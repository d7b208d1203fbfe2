package io.gatun.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The system calls of a program, one file a thread, as strace(1) writes them. */
final class Trace {
  private static final Pattern CALL = Pattern.compile("^[a-z_][a-z0-9_]*(?=\\()");

  private final Path folder = Scratch.folder();

  Trace() throws IOException {}

  /** Returns why nothing can be traced here, or null when it can. */
  static @Nullable String unavailability() {
    try {
      Process process =
          new ProcessBuilder("strace", "-qq", "-o", "/dev/null", "true")
              .redirectErrorStream(true)
              .start();
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
      return process.waitFor() == 0 ? null : "strace does not work here: " + output;
    } catch (IOException e) {
      return "strace is not installed";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "interrupted";
    }
  }

  /** The command that runs another one, traced. */
  List<String> of(List<String> command) {
    String files = folder.resolve("thread").toString();
    return Stream.concat(Stream.of("strace", "-ff", "-qq", "-o", files), command.stream()).toList();
  }

  /** Returns the lines of the first thread that made a call. The program must have ended. */
  List<String> threadThat(Predicate<String> call) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(Scratch::file).map(Trace::read).toList().stream()
          .filter(lines -> lines.stream().anyMatch(call))
          .findFirst()
          .orElseThrow(() -> new IOException("no thread made the call that was looked for"));
    }
  }

  private static List<String> read(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Counts calls by their names. */
  static Map<String, Long> count(List<String> lines) {
    return lines.stream()
        .map(CALL::matcher)
        .filter(matcher -> matcher.find())
        .collect(Collectors.groupingBy(m -> m.group(), TreeMap::new, Collectors.counting()));
  }
}
