package io.gatun.testkit;

import java.util.Random;

/** Bytes to send. */
final class Data {
  private Data() {}

  /** Returns bytes that are the same for the same size, and of no pattern. */
  static byte[] of(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }
}
