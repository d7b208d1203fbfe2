package io.gatun.transport;

/**
 * Told by a {@link Driver}, on the loop's thread, that an operation of its {@link Registration} is
 * done. It may call any operation from within, {@link Registration#close} too.
 */
public interface Endpoint {
  /**
   * A connect that was under way has ended.
   *
   * @param result 0, or a negative errno
   */
  void connected(int result);

  /**
   * What {@link Registration#awaitReadable} asked for: data, a connection, the end of the stream or
   * an error waits to be read. It may turn out that there is nothing.
   */
  void readable();

  /**
   * A write that was under way has ended.
   *
   * @param result the number of bytes taken since, which may be 0, or a negative errno
   */
  void written(int result);

  /** The descriptor is closed, and no memory given to a write is in use any more. */
  void closed();
}
