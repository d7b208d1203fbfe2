package io.gatun.fuzz;

import org.junit.jupiter.api.Assertions;

/** What holds of every message. */
public final class Texts {
  private Texts() {}

  /** Sees that a message is one line, whatever was in the bytes. */
  public static void checkLine(Exception e) {
    String message = String.valueOf(e.getMessage());
    Assertions.assertTrue(
        message
            .codePoints()
            .noneMatch(c -> Character.isISOControl(c) || c == 0x2028 || c == 0x2029),
        () -> "more than a line: " + message);
  }
}
