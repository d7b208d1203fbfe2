package io.gatun.socket;

/**
 * Two sockets that are connected with each other.
 *
 * @param first one end
 * @param second the other
 */
public record SocketPair(Socket first, Socket second) implements AutoCloseable {
  /** Closes both. */
  @Override
  public void close() {
    first.close();
    second.close();
  }
}
