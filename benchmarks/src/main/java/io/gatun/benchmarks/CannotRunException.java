package io.gatun.benchmarks;

import java.io.IOException;

/** A contender that this machine lacks something for; the message says what. */
final class CannotRunException extends IOException {
  private static final long serialVersionUID = 1L;

  CannotRunException(String message) {
    super(message);
  }
}
