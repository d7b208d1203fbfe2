package io.gatun.fuzz;

/**
 * Gives any bytes to what decodes them, and checks what comes out: nothing is thrown but what is
 * documented, nothing is read but the bytes, and what was decoded and encoded is decoded as the
 * same.
 */
@FunctionalInterface
public interface Decoder {
  /** Throws whatever should not have been thrown, or an {@link AssertionError}. */
  void decode(byte[] data) throws Exception;
}
