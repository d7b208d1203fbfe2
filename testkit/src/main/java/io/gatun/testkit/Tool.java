package io.gatun.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.util.List;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** A program that is not ours, to speak with. */
final class Tool implements AutoCloseable {
  private final Process process;
  private final BufferedReader out;

  private Tool(Process process) {
    this.process = process;
    this.out = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
  }

  /** Starts a program; a test that has none ends here and says so. */
  static Tool start(String... command) {
    try {
      return new Tool(new ProcessBuilder(command).redirectErrorStream(true).start());
    } catch (IOException e) {
      return Assumptions.abort("this machine has no " + command[0] + ": " + e.getMessage());
    }
  }

  /** Gives it input. */
  void say(String text) throws IOException {
    OutputStream in = process.getOutputStream();
    in.write(text.getBytes(UTF_8));
    in.flush();
  }

  void endInput() throws IOException {
    process.getOutputStream().close();
  }

  /** Reads on to a line that contains something. */
  String expect(String part) throws IOException {
    StringBuilder said = new StringBuilder();
    for (String line; (line = out.readLine()) != null; ) {
      said.append(line).append('\n');
      if (line.contains(part)) {
        return line;
      }
    }
    return Assertions.fail("no \"" + part + "\" in:\n" + said);
  }

  /** All that it still says. */
  List<String> rest() {
    return out.lines().toList();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
