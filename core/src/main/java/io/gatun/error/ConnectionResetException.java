package io.gatun.error;

import java.net.SocketException;
import org.jspecify.annotations.Nullable;

/**
 * The peer reset the connection (ECONNRESET): what it had not read yet is lost. On Windows also: a
 * datagram that this socket has sent found nobody (recvfrom's documentation: an ICMP "port
 * unreachable" came back).
 */
public final class ConnectionResetException extends SocketException implements SocketError {
  private static final long serialVersionUID = 1;

  private final String call;
  private final int errno;

  ConnectionResetException(String call, @Nullable Object address, int errno) {
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
