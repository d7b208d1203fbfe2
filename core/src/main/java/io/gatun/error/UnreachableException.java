package io.gatun.error;

import java.net.NoRouteToHostException;
import org.jspecify.annotations.Nullable;

/** There is no way to the host or its network (EHOSTUNREACH, ENETUNREACH, EHOSTDOWN). */
public final class UnreachableException extends NoRouteToHostException implements SocketError {
  private static final long serialVersionUID = 1;

  private final String call;
  private final int errno;

  UnreachableException(String call, @Nullable Object address, int errno) {
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
