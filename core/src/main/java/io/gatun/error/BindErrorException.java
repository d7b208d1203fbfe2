package io.gatun.error;

import java.net.BindException;
import org.jspecify.annotations.Nullable;

/**
 * A local address could not be taken: any failure of bind(2) and listen(2), and EADDRINUSE or
 * EADDRNOTAVAIL of a connect(2) that found no free local port.
 */
public final class BindErrorException extends BindException implements SocketError {
  private static final long serialVersionUID = 1;

  private final String call;
  private final int errno;

  BindErrorException(String call, @Nullable Object address, int errno) {
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
