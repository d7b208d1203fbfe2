package io.gatun.testkit;

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
 * Packages of Python in a virtual environment in the user's cache, where they are put at the first
 * use. A test that cannot have them ends itself with the reason.
 *
 * @param requirements as pip takes them, with their versions
 */
public record Python(List<String> requirements) {
  /** Packages as pip takes them. */
  public Python(String... requirements) {
    this(List.of(requirements));
  }

  private Path python() throws IOException, InterruptedException {
    Path home = cache().resolve(String.join("+", requirements).replace("==", "-"));
    Path python = home.resolve("bin/python");
    Path ready = home.resolve("ready");
    if (Files.exists(ready)) {
      return python;
    }
    Files.createDirectories(home.getParent());
    run("a virtual environment", List.of("python3", "-m", "venv", home.toString()));
    List<String> install =
        new ArrayList<>(List.of(python.toString(), "-m", "pip", "-q", "install"));
    install.addAll(requirements);
    run(String.join(" ", requirements), install);
    Files.createFile(ready);
    return python;
  }

  /** {@return the folder that keeps what comes from registries} */
  public static Path cache() {
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
    Path log = Files.createTempFile("python", ".log");
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

  /** Starts a script whose errors go where its output goes. */
  public Process start(String script, Object... arguments)
      throws IOException, InterruptedException {
    return builder(script, arguments).redirectErrorStream(true).start();
  }

  /** {@return what starts a script} */
  public ProcessBuilder builder(String script, Object... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(python().toString(), "-c", script));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("TZ", "UTC");
    return builder;
  }

  /** {@return what a script prints} */
  public String script(String script, Object... arguments)
      throws IOException, InterruptedException {
    Process process = start(script, arguments);
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    return output;
  }
}
