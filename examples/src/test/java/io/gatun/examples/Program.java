package io.gatun.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.address.Address;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.StringJoiner;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;
import org.jspecify.annotations.Nullable;

/** A program in a process of its own: one of Gatun's, as the launcher starts it, or another. */
public final class Program implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 30;

  private final Process process;
  private final BufferedReader out;
  private final CompletableFuture<String> err;

  private Program(Process process) {
    this.process = process;
    this.out = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    this.err =
        CompletableFuture.supplyAsync(
            () -> text(process.getErrorStream()),
            reading -> Thread.ofPlatform().daemon().start(reading));
  }

  /** What a program has left behind. */
  public record Result(int status, String out, String err) {}

  /** Starts one of Gatun's programs. */
  public static Program gatun(String... args) throws IOException {
    return start(command(args));
  }

  /** Returns the command line that starts one of Gatun's programs. */
  public static List<String> command(String... args) {
    return command(Gatun.class, args);
  }

  /** Returns the command line that starts a class of the examples. */
  public static List<String> command(Class<?> main, String... args) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add(
        "--enable-native-access=io.gatun.core,io.gatun.transport.epoll,io.gatun.transport.iocp,io.gatun.transport.kqueue,io.netty.common");
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-p");
    command.add(System.getProperty("jdk.module.path"));
    command.add("-m");
    command.add("io.gatun.examples/" + main.getName());
    command.addAll(Arrays.asList(args));
    return command;
  }

  /**
   * Returns a command line with folders of classes put into jars: as users have them, and so that a
   * class can be loaded when there is no descriptor to open its file with.
   */
  public static List<String> fromJars(List<String> command, Path folder) {
    List<String> changed = new ArrayList<>(command);
    int path = command.indexOf("-p") + 1;
    StringJoiner jars = new StringJoiner(File.pathSeparator);
    for (String entry : command.get(path).split(File.pathSeparator, -1)) {
      if (Files.isDirectory(Path.of(entry))) {
        String jar = folder.resolve(entry.replace(File.separatorChar, '_') + ".jar").toString();
        ToolProvider tool = ToolProvider.findFirst("jar").orElseThrow();
        assertEquals(
            0, tool.run(System.out, System.err, "--create", "--file", jar, "-C", entry, "."));
        jars.add(jar);
      } else {
        jars.add(entry);
      }
    }
    changed.set(path, jars.toString());
    return changed;
  }

  /** Starts any program. */
  public static Program start(List<String> command) throws IOException {
    return new Program(new ProcessBuilder(command).start());
  }

  /** Runs one of Gatun's programs to its end, with nothing to read. */
  public static Result run(String... args) throws IOException, InterruptedException {
    try (Program program = gatun(args)) {
      program.input("");
      return program.end();
    }
  }

  /** Returns whether a program is on the PATH. */
  public static boolean isInstalled(String name) {
    return Arrays.stream(System.getenv("PATH").split(":"))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, name)));
  }

  private static String text(InputStream stream) {
    try (stream) {
      return new String(stream.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the next line of the standard output. */
  public @Nullable String line() throws IOException {
    return out.readLine();
  }

  /** Returns the address of the next line of an echo server. */
  public Address listening() throws IOException {
    String line = line();
    String prefix = "listening on ";
    assertTrue(line != null && line.startsWith(prefix), line == null ? err.join() : line);
    return Address.parse(line.substring(prefix.length()));
  }

  /** Gives the program its whole standard input. */
  public void input(String text) throws IOException {
    try (OutputStream in = process.getOutputStream()) {
      in.write(text.getBytes(UTF_8));
    }
  }

  /** Sends SIGTERM. */
  public void terminate() {
    process.toHandle().destroy(); // Process.destroy would close the streams too
  }

  /** Sends a signal by its name. */
  public void signal(String name) throws IOException, InterruptedException {
    Process kill =
        new ProcessBuilder("sh", "-c", "kill -" + name + " " + process.pid()).inheritIO().start();
    assertTrue(kill.waitFor() == 0, "kill failed");
  }

  /** Waits for the program's end. */
  public Result end() throws IOException, InterruptedException {
    StringBuilder rest = new StringBuilder();
    for (String line; (line = out.readLine()) != null; ) {
      rest.append(line).append('\n');
    }
    assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), "it goes on and on");
    return new Result(process.exitValue(), rest.toString(), err.join());
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
