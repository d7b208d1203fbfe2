package io.gatun.error;

import java.net.ConnectException;
import org.jspecify.annotations.Nullable;

/**
 * connect(2) failed with an errno that has no class of its own. ETIMEDOUT is one of these: the
 * system gave up, which is not the end of a timeout that the program set ({@link
 * TimedOutException}).
 */
public final class ConnectErrorException extends ConnectException implements SocketError {
  private static final long serialVersionUID = 1;

  private final String call;
  private final int errno;

  ConnectErrorException(String call, @Nullable Object address, int errno) {
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
