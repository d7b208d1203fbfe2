package io.gatun.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A C program that comes as a source beside the classes, and is compiled when it is needed. */
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
    for (String file : List.of("peer.h", name + ".c")) {
      try (InputStream source = CProgram.class.getResourceAsStream("/" + file)) {
        if (source == null) {
          throw new IOException("no source " + file);
        }
        Files.write(Scratch.file(folder.resolve(file)), source.readAllBytes());
      }
    }
    Path program = Scratch.file(folder.resolve(programName));
    List<String> command = new ArrayList<>(compilerCommand);
    command.addAll(List.of("-o", program.toString(), folder.resolve(name + ".c").toString()));
    command.addAll(libraries);
    Process compiler = new ProcessBuilder(command).inheritIO().start();
    if (compiler.waitFor() != 0) {
      throw new IOException("could not be compiled: " + name + ".c");
    }
    return program;
  }
}
