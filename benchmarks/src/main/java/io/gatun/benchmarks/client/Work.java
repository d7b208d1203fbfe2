package io.gatun.benchmarks.client;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;

/** What a contender that answers line by line owes whoever started it. */
interface Work {
  /** Does what a line says, in words, and returns the numbers of the answer. */
  double[] doIt(String[] words) throws Exception;

  /** Says that it is there, with a port or 0, and answers until standard input ends. */
  static void serve(int port, Work work) {
    System.out.println(port);
    try {
      answer(work);
    } catch (Exception e) {
      e.printStackTrace();
      System.exit(1); // whoever started it would wait, and other threads live on
    }
  }

  private static void answer(Work work) throws Exception {
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line; (line = lines.readLine()) != null; ) {
      double[] answer = work.doIt(line.split(" ", -1));
      System.out.println(
          Arrays.stream(answer).mapToObj(Double::toString).collect(Collectors.joining(" ")));
    }
  }

  /** Something done many times. */
  interface Step {
    void run() throws IOException;
  }

  /** Returns the nanoseconds of one step, done over and over for a while. */
  static double timed(long millis, int batch, Step step) throws IOException {
    long start = System.nanoTime();
    long end = start + millis * 1_000_000;
    long now = start;
    long done = 0;
    while (now < end) {
      for (int i = 0; i < batch; i++) {
        step.run();
      }
      done += batch;
      now = System.nanoTime();
    }
    return (double) (now - start) / done;
  }
}
