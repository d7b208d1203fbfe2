package io.gatun.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files that go with the program: the last named first. */
final class Scratch {
  private Scratch() {}

  /** Makes a folder. */
  static Path folder() throws IOException {
    return file(Files.createTempDirectory("gatun-bench"));
  }

  /** Names a file that is, or will be, in such a folder. */
  static Path file(Path path) {
    path.toFile().deleteOnExit();
    return path;
  }
}
