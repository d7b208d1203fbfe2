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
    Path folder = Scratch.folder();
    for (String file : List.of("peer.h", name + ".c")) {
      try (InputStream source = CProgram.class.getResourceAsStream("/" + file)) {
        if (source == null) {
          throw new IOException("no source " + file);
        }
        Files.write(Scratch.file(folder.resolve(file)), source.readAllBytes());
      }
    }
    Path program = Scratch.file(folder.resolve(name));
    List<String> command = new ArrayList<>(List.of("cc", "-O2", "-pthread", "-o"));
    command.add(program.toString());
    command.add(folder.resolve(name + ".c").toString());
    Process compiler = new ProcessBuilder(command).inheritIO().start();
    if (compiler.waitFor() != 0) {
      throw new IOException("could not be compiled: " + name + ".c");
    }
    return program;
  }
}
