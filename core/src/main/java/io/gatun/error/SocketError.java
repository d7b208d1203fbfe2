package io.gatun.error;

import io.gatun.os.Errno;

/**
 * What every exception of this package can say about the call that failed. Each is an {@link
 * java.io.IOException} too, of a class that the JDK has for it: so code catches the class, or all
 * of them as IOException, and asks this interface for the rest.
 *
 * <pre>{@code
 * try {
 *   socket.connect(server);
 * } catch (ConnectionRefusedException e) { // one kind of failure
 *   ...
 * } catch (IOException e) { // any other
 *   if (e instanceof SocketError error && error.errno() == Errno.EACCES) {
 *     ...
 *   }
 *   throw e;
 * }
 * }</pre>
 *
 * <table>
 * <caption>The classes</caption>
 * <tr><th>class</th><th>its parent</th><th>when</th></tr>
 * <tr><td>{@link ClosedException}</td><td>{@link java.nio.channels.ClosedChannelException}</td>
 *     <td>any call on a socket, a channel or a file that is closed, or is closed meanwhile:
 *     EBADF</td></tr>
 * <tr><td>{@link TimedOutException}</td><td>{@link java.net.SocketTimeoutException}</td><td>the
 *     timeout that the program set is over; its errno is ETIMEDOUT</td></tr>
 * <tr><td>{@link WouldBlockException}</td><td>{@link java.net.SocketException}</td><td>a call on a
 *     non-blocking socket cannot finish at once: EAGAIN, EWOULDBLOCK, EINPROGRESS,
 *     EALREADY</td></tr>
 * <tr><td>{@link BindErrorException}</td><td>{@link java.net.BindException}</td><td>bind and listen,
 *     whatever the errno; of connect EADDRINUSE and EADDRNOTAVAIL</td></tr>
 * <tr><td>{@link ConnectionRefusedException}</td><td>{@link java.net.ConnectException}</td>
 *     <td>ECONNREFUSED</td></tr>
 * <tr><td>{@link ConnectErrorException}</td><td>{@link java.net.ConnectException}</td><td>connect,
 *     with an errno that has no class of its own: ETIMEDOUT, ENOENT, EACCES …</td></tr>
 * <tr><td>{@link UnreachableException}</td><td>{@link java.net.NoRouteToHostException}</td>
 *     <td>EHOSTUNREACH, ENETUNREACH, EHOSTDOWN</td></tr>
 * <tr><td>{@link ConnectionResetException}</td><td>{@link java.net.SocketException}</td>
 *     <td>ECONNRESET</td></tr>
 * <tr><td>{@link ConnectionAbortedException}</td><td>{@link java.net.SocketException}</td>
 *     <td>ECONNABORTED</td></tr>
 * <tr><td>{@link BrokenPipeException}</td><td>{@link java.net.SocketException}</td><td>EPIPE,
 *     ESHUTDOWN</td></tr>
 * <tr><td>{@link ResolveException}</td><td>{@link java.net.UnknownHostException}</td>
 *     <td>getaddrinfo(3) and getnameinfo(3): one of their own codes</td></tr>
 * <tr><td>{@link HostException}</td><td>{@link java.net.UnknownHostException}</td>
 *     <td>gethostbyname(3) and gethostbyaddr(3): one of theirs</td></tr>
 * <tr><td>{@link SocketErrorException}</td><td>{@link java.net.SocketException}</td><td>any other
 *     call, with any other errno</td></tr>
 * </table>
 *
 * <p>Wrong use is no SocketError: an argument that no system takes is an {@link
 * IllegalArgumentException} (of which an {@link io.gatun.address.AddressFormatException} is one), a
 * call that cannot be in a state an {@link IllegalStateException}. An interrupt that ends the wait
 * of a virtual thread is an {@link java.io.InterruptedIOException}, which, beware, is the parent of
 * SocketTimeoutException: catch the timeout first.
 */
public sealed interface SocketError
    permits BindErrorException,
        BrokenPipeException,
        ClosedException,
        ConnectErrorException,
        ConnectionAbortedException,
        ConnectionRefusedException,
        ConnectionResetException,
        HostException,
        ResolveException,
        SocketErrorException,
        TimedOutException,
        UnreachableException,
        WouldBlockException {
  /** {@return the call that failed by its C name, such as {@code connect}} */
  String call();

  /**
   * {@return the host's error number, positive; see errno(3) and {@link Errno}} {@link
   * ResolveException} and {@link HostException} have numbers of another kind here.
   */
  int errno();

  /** {@return the name of {@link #errno}, such as {@code ECONNREFUSED}} */
  default String errnoName() {
    return Errno.name(errno());
  }
}
