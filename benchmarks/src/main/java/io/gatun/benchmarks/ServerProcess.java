package io.gatun.benchmarks;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A process that prints its port, or 0, as its first line, may answer further lines one by one, and
 * ends when its standard input does. One that cannot run here says {@code unavailable: why}.
 */
final class ServerProcess implements AutoCloseable {
  private static final String UNAVAILABLE = "unavailable: ";

  private final Process process;
  private final BufferedReader output;
  private final BufferedWriter input;
  private final int port;

  private ServerProcess(Process process, List<String> command) throws IOException {
    this.process = process;
    this.output = process.inputReader(StandardCharsets.UTF_8);
    this.input = process.outputWriter(StandardCharsets.UTF_8);
    String line = output.readLine();
    if (line == null) {
      throw new IOException("ended before it served: " + String.join(" ", command));
    }
    if (line.startsWith(UNAVAILABLE)) {
      process.destroy();
      throw new CannotRunException(line.substring(UNAVAILABLE.length()));
    }
    this.port = Integer.parseInt(line.strip());
  }

  /** The command that starts a main class of this program in another JVM like this one. */
  static List<String> java(Class<?> main, String... arguments) {
    return java(List.of(), main, arguments);
  }

  /** The same with more of the JVM's options. */
  static List<String> java(List<String> options, Class<?> main, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-XX:-PrintWarnings"); // such as Wine's lack of processor groups
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(Arrays.asList(arguments));
    return command;
  }

  /** Starts a command, and waits until it serves. */
  static ServerProcess start(List<String> command) throws IOException {
    return new ServerProcess(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start(),
        command);
  }

  int port() {
    return port;
  }

  long pid() {
    return process.pid();
  }

  /** Gives it a line and returns the numbers of its answer. */
  double[] ask(String line) throws IOException {
    input.write(line + "\n");
    input.flush();
    String answer = output.readLine();
    if (answer == null) {
      throw new IOException("ended without an answer to " + line);
    }
    return CProgram.numbers(answer);
  }

  /** Ends the server and waits for its end. */
  @Override
  public void close() throws IOException {
    process.getOutputStream().close();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
