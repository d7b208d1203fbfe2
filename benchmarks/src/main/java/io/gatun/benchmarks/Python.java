package io.gatun.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** CPython's socket. */
final class Python {
  private Python() {}

  /** The command that runs the client. */
  static List<String> command(String... arguments) throws IOException, InterruptedException {
    // The interpreter itself: a launcher in its place would take time to find it.
    String find = "import sys; print(sys.executable)";
    Process process;
    try {
      process = new ProcessBuilder("python3", "-c", find).start();
    } catch (IOException e) {
      throw new CannotRunException("there is no python3");
    }
    String python =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    if (process.waitFor() != 0) {
      throw new CannotRunException("python3 does not run");
    }
    List<String> command = new ArrayList<>(List.of(python));
    command.add(CProgram.copy(Scratch.folder(), "client.py").toString());
    command.addAll(Arrays.asList(arguments));
    return command;
  }
}
