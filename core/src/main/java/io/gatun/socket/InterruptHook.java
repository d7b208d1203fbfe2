package io.gatun.socket;

import java.io.IOException;

/**
 * Called on the thread whose call a signal interrupted, before the call is made again with the time
 * that is left.
 */
@FunctionalInterface
public interface InterruptHook {
  /**
   * A signal came.
   *
   * @throws IOException to end the call instead
   */
  void interrupted() throws IOException;
}
