package io.gatun.transport;

/**
 * What a channel of messages is over that has no descriptor: something of this process that
 * receives and sends as a socket does, such as a virtual CAN bus. So everything above it (batches,
 * promises, water marks, handlers) is the same as over the kernel.
 *
 * <p>See {@link Registration} for what it must keep to; of its operations a channel over a medium
 * uses {@code awaitReadable}, {@code ignoreReadable}, {@code receive}, {@code send}, {@code
 * shutdown} and {@code close}.
 */
public interface Medium {
  /**
   * Adds a channel. Called on the channel's loop, where all of its operations and all calls of the
   * endpoint happen.
   *
   * @param endpoint is told what becomes of the operations
   */
  Registration attach(Endpoint endpoint);
}
