package io.gatun.handler;

import java.io.IOException;

/**
 * A stream of bytes does not hold the frames that it should: too long, or a length that cannot be.
 */
public final class FrameException extends IOException {
  private static final long serialVersionUID = 1;

  /** Says what is wrong, in one line. */
  public FrameException(String message) {
    super(message);
  }
}
