package io.gatun.socket;

import java.io.IOException;

/**
 * Called on the thread whose call a signal interrupted, before the call is made again with the time
 * that is left; and by {@link Socket#sendAll(byte[])} between its calls, since one that has sent a
 * part does not tell of a signal.
 */
@FunctionalInterface
public interface InterruptHook {
  /**
   * A signal came, or may have come.
   *
   * @throws IOException to end the call instead
   */
  void interrupted() throws IOException;
}
