package io.gatun.error;

import java.net.SocketException;
import org.jspecify.annotations.Nullable;

/**
 * A call on a non-blocking socket could not finish at once (EAGAIN, EWOULDBLOCK, EINPROGRESS,
 * EALREADY); Python calls it BlockingIOError. The socket is as usable as before.
 */
public final class WouldBlockException extends SocketException implements SocketError {
  private static final long serialVersionUID = 1;

  private final String call;
  private final int errno;

  WouldBlockException(String call, @Nullable Object address, int errno) {
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
