package io.gatun.codec.can.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * python-can in a virtual environment in the user's cache, where it is put at the first use. A test
 * that cannot have it ends itself with the reason.
 */
final class PythonCan {
  static final String VERSION = "4.6.1";

  private PythonCan() {}

  static Path python() throws IOException, InterruptedException {
    Path home = cache().resolve("python-can-" + VERSION);
    Path python = home.resolve("bin/python");
    Path ready = home.resolve("ready");
    if (Files.exists(ready)) {
      return python;
    }
    Files.createDirectories(home.getParent());
    run("a virtual environment", List.of("python3", "-m", "venv", home.toString()));
    run(
        "python-can " + VERSION,
        List.of(python.toString(), "-m", "pip", "-q", "install", "python-can==" + VERSION));
    Files.createFile(ready);
    return python;
  }

  private static Path cache() {
    String own = System.getenv("GATUN_CACHE");
    if (own != null) {
      return Path.of(own);
    }
    String base = System.getenv("XDG_CACHE_HOME");
    return base != null
        ? Path.of(base, "gatun")
        : Path.of(System.getProperty("user.home"), ".cache", "gatun");
  }

  private static void run(String what, List<String> command)
      throws IOException, InterruptedException {
    Path log = Files.createTempFile("python-can", ".log");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      if (!process.waitFor(5, TimeUnit.MINUTES) || process.exitValue() != 0) {
        process.destroyForcibly();
        abort("needs " + what + ": " + String.join(" ", command) + ": " + Files.readString(log));
      }
    } catch (IOException e) {
      abort("needs " + what + ": " + e.getMessage());
    } finally {
      Files.delete(log);
    }
  }

  /** {@return what a script prints} */
  static String script(String script, Path... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(python().toString(), "-c", script));
    for (Path argument : arguments) {
      command.add(argument.toString());
    }
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("TZ", "UTC");
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    return output;
  }
}
