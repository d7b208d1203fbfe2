package io.gatun.benchmarks;

import java.io.IOException;

/** One of those that are compared, started. */
interface Contender extends AutoCloseable {
  /**
   * Does the work once.
   *
   * @param load which work
   * @param millis how long, where it can be chosen
   * @return a value for each of the comparison's metrics, in order
   */
  double[] measure(String load, int millis) throws IOException, InterruptedException;

  @Override
  default void close() throws IOException {}
}
