package io.gatun.error;

import io.gatun.os.Errno;

/** What every exception of this package can say about the call that failed. */
public interface SocketError {
  /** {@return the call that failed by its C name, such as {@code connect}} */
  String call();

  /**
   * {@return the host's error number, positive; see errno(3)} {@link ResolveException} alone has
   * another kind of number here.
   */
  int errno();

  /** {@return the name of {@link #errno}, such as {@code ECONNREFUSED}} */
  default String errnoName() {
    return Errno.name(errno());
  }
}
