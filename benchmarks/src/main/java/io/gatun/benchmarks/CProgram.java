package io.gatun.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A program that comes as a source beside the classes, and is compiled when it is needed. */
final class CProgram {
  private CProgram() {}

  /** Compiles {@code name.c} with the machine's own compiler. */
  static Path compile(String name) throws IOException, InterruptedException {
    return compile(name, name, List.of("cc", "-O2", "-pthread"), List.of());
  }

  /**
   * Compiles {@code name.c} for Windows.
   *
   * @param python one that has the module ziglang, whose C compiler carries the headers
   */
  static Path compileForWindows(String name, String python)
      throws IOException, InterruptedException {
    List<String> compiler =
        List.of(python, "-m", "ziglang", "cc", "-O2", "-s", "-target", "x86_64-windows-gnu");
    return compile(name, name + ".exe", compiler, List.of("-lws2_32"));
  }

  private static Path compile(
      String name, String programName, List<String> compilerCommand, List<String> libraries)
      throws IOException, InterruptedException {
    Path folder = Scratch.folder();
    Path source = copy(folder, name + ".c");
    Path ignored = copy(folder, "peer.h");
    Path program = Scratch.file(folder.resolve(programName));
    List<String> command = new ArrayList<>(compilerCommand);
    command.addAll(List.of("-o", program.toString(), source.toString()));
    command.addAll(libraries);
    Process compiler = new ProcessBuilder(command).inheritIO().start();
    if (compiler.waitFor() != 0) {
      throw new IOException("could not be compiled: " + name + ".c");
    }
    return program;
  }

  /** Makes a file of a source, such as one for another interpreter. */
  static Path copy(Path folder, String file) throws IOException {
    try (InputStream source = CProgram.class.getResourceAsStream("/" + file)) {
      if (source == null) {
        throw new IOException("no source " + file);
      }
      return Files.write(Scratch.file(folder.resolve(file)), source.readAllBytes());
    }
  }

  /** Runs a command to its end, and returns the numbers that it prints. */
  static double[] run(List<String> command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    if (process.waitFor() != 0) {
      throw new IOException("failed: " + String.join(" ", command));
    }
    return numbers(output);
  }

  static double[] numbers(String text) {
    return Stream.of(text.strip().split(" ", -1)).mapToDouble(Double::parseDouble).toArray();
  }
}
