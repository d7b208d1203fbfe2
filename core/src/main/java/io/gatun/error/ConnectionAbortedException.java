package io.gatun.error;

import java.net.SocketException;
import org.jspecify.annotations.Nullable;

/** The connection was aborted on this side (ECONNABORTED), often before accept(2) took it. */
public final class ConnectionAbortedException extends SocketException implements SocketError {
  private static final long serialVersionUID = 1;

  private final String call;
  private final int errno;

  ConnectionAbortedException(String call, @Nullable Object address, int errno) {
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
