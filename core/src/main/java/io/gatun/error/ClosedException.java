package io.gatun.error;

import io.gatun.os.Errno;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/**
 * The socket is closed, or was closed by another thread during the call: {@code recv: the socket is
 * closed}. Its errno is EBADF.
 *
 * <p>This is so of every call: of accept(2) as of recv(2), of a {@link io.gatun.socket.Socket}, of
 * a {@link io.gatun.socket.SocketFile} and of a channel. The parent is the class of {@code
 * java.nio.channels}, which is no {@link java.net.SocketException}: a loop that accepts until the
 * listener is closed catches this one. The sockets of {@link io.gatun.socket.GatunSocketFactory}
 * alone throw what {@code java.net} does: {@code SocketException: Socket closed}.
 */
public final class ClosedException extends ClosedChannelException implements SocketError {
  private static final long serialVersionUID = 1;

  private final String call;

  /** The parent class takes no message. */
  private final String message;

  /**
   * Makes the exception for a call on a closed socket.
   *
   * @param call the call that cannot be made, by its C name
   */
  public ClosedException(String call) {
    this(call, "the socket is closed");
  }

  /**
   * Makes the exception for a call that the closing of the socket ended.
   *
   * @param call the call that ended, by its C name
   * @param how how that came, such as {@code closed by another thread}
   */
  public ClosedException(String call, String how) {
    this.call = call;
    this.message = call + ": " + how;
  }

  /**
   * Makes the exception for a call on an address that a closed socket cannot make.
   *
   * @param call the call, by its C name
   * @param address the address that was asked for
   */
  public ClosedException(String call, Object address) {
    this.call = call;
    this.message = SocketErrors.subject(call, address) + ": the socket is closed";
  }

  /** The kernel knows no such descriptor: nobody can say whether it was ever a socket's. */
  ClosedException(String call, @Nullable Object address, int errno) {
    this.call = call;
    this.message = SocketErrors.message(call, address, errno);
  }

  @Override
  public String getMessage() {
    return message;
  }

  @Override
  public String call() {
    return call;
  }

  @Override
  public int errno() {
    return Errno.EBADF;
  }
}
