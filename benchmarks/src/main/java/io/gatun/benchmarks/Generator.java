package io.gatun.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A program that loads a server from the last processor. */
record Generator(Path program) {
  static Generator compile(String name) throws IOException, InterruptedException {
    return new Generator(CProgram.compile(name));
  }

  /** Runs it to its end. Returns the numbers it prints. */
  double[] run(Object... arguments) throws IOException, InterruptedException {
    return CProgram.run(command(arguments));
  }

  /** Starts it; it has done its work when this returns, and ends by {@code close}. */
  ServerProcess start(Object... arguments) throws IOException {
    return ServerProcess.start(command(arguments));
  }

  private List<String> command(Object... arguments) {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    Arrays.stream(arguments).map(Object::toString).forEach(command::add);
    return Machine.onLast(command);
  }
}
