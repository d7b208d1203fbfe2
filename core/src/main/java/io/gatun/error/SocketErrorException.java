package io.gatun.error;

import java.net.SocketException;
import org.jspecify.annotations.Nullable;

/**
 * A call failed with an errno that has no class of its own: {@code setsockopt SOL_SOCKET
 * SO_REUSEADDR=1: EINVAL (22) Invalid argument}. What has one stands at {@link SocketError}; of
 * connect(2) it is a {@link ConnectErrorException}, of bind(2) and listen(2) a {@link
 * BindErrorException}.
 */
public final class SocketErrorException extends SocketException implements SocketError {
  private static final long serialVersionUID = 1;

  private final String call;
  private final int errno;

  SocketErrorException(String call, @Nullable Object address, int errno) {
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
