package io.gatun.error;

import java.net.ConnectException;
import org.jspecify.annotations.Nullable;

/**
 * Nobody listens at the address (ECONNREFUSED). A datagram socket with one peer learns it at its
 * next call; on Windows that is a {@link ConnectionResetException} there.
 */
public final class ConnectionRefusedException extends ConnectException implements SocketError {
  private static final long serialVersionUID = 1;

  private final String call;
  private final int errno;

  ConnectionRefusedException(String call, @Nullable Object address, int errno) {
    super(SocketErrors.message(call, address, errno));
    this.call = call;
    this.errno = errno;
  }

  @Override
  public String call() {
    return call;
  }

  @Override
  public int errno() {
    return errno;
  }
}
