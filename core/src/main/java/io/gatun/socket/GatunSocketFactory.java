package io.gatun.socket;

import io.gatun.address.Address;
import io.gatun.address.UnixAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Objects;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Makes a {@link java.net.Socket} that is Gatun's {@link Socket}, for code that cannot be changed
 * and takes a factory: JDBC drivers, HTTP clients, TLS.
 *
 * <p>A driver that makes its factory by the name of the class gives the constructor an argument:
 * PostgreSQL's {@code
 * socketFactory=io.gatun.socket.GatunSocketFactory&socketFactoryArg=/run/postgresql/.s.PGSQL.5432}.
 *
 * <p>The sockets do what java.net.Socket's documentation says. Their streams allocate nothing. A
 * virtual thread parks and holds no carrier. Closing by another thread, and interrupting a virtual
 * thread, end a call that waits with a {@link java.net.SocketException}. SO_TIMEOUT is each read's,
 * not that of writing. Buffer sizes are as the kernel tells them: Linux doubles what it is given. A
 * failure is a {@link io.gatun.error.SocketError} otherwise.
 *
 * <p><b>On TCP</b> names are resolved as by java.net.Socket: {@link InetSocketAddress} does it when
 * it is made, by the JDK's resolver, and connecting to one that found nothing is an {@link
 * java.net.UnknownHostException} with the name alone, which is no SocketError.
 *
 * <p><b>On a Unix path</b> the address that a socket is told to connect to is of no matter, be it
 * resolved or not: it connects to the path, and a host that nobody knows is no error. Its own
 * address and its peer's are this host's loopback address, named by the path, with port 0, since
 * most code expects an InetSocketAddress. Options of TCP and IP can be set and read and have no
 * effect; binding has none; there is no urgent data.
 *
 * <p>Any number of threads may use a factory.
 */
public final class GatunSocketFactory extends SocketFactory {
  private static final GatunSocketFactory TCP = new GatunSocketFactory();

  private final @Nullable UnixAddress path;

  /** Makes a factory of TCP sockets, over IPv4 and IPv6. */
  public GatunSocketFactory() {
    this((UnixAddress) null);
  }

  /**
   * Makes a factory of Unix sockets.
   *
   * @param path the file that they connect to, {@code /run/db.sock}; with {@code unix:} before it
   *     it is read as by {@link io.gatun.address.Address#parse}, so that {@code unix:@name} is an
   *     abstract name of Linux's (a relative path that begins so is {@code ./unix:x}); null or
   *     empty for TCP, as drivers say that there is no argument
   * @throws IllegalArgumentException if it is no path
   */
  public GatunSocketFactory(@Nullable String path) {
    this(path(path));
  }

  private GatunSocketFactory(@Nullable UnixAddress path) {
    this.path = path;
  }

  static @Nullable UnixAddress path(@Nullable String path) {
    if (path == null || path.isEmpty()) {
      return null;
    }
    if (!path.startsWith("unix:")) {
      return UnixAddress.path(path);
    }
    if (Address.parse(path) instanceof UnixAddress address && !address.isUnnamed()) {
      return address;
    }
    throw new IllegalArgumentException("\"" + path + "\" names no path");
  }

  /** Returns the factory of TCP sockets; it hides one of {@link SocketFactory} of that name. */
  public static SocketFactory getDefault() {
    return TCP;
  }

  /**
   * Returns a factory of Unix sockets, which connect to an address.
   *
   * @param address a path, or a name of Linux's abstract ones
   */
  public static GatunSocketFactory unix(UnixAddress address) {
    return new GatunSocketFactory(Objects.requireNonNull(address)); // null would be TCP
  }

  /** Returns a socket that is not connected. */
  @Override
  public java.net.Socket createSocket() throws IOException {
    return new SocketAdapter(path);
  }

  @Override
  public java.net.Socket createSocket(@Nullable String host, int port) throws IOException {
    return connected(remote(host, port), null);
  }

  @Override
  public java.net.Socket createSocket(
      @Nullable String host, int port, @Nullable InetAddress localHost, int localPort)
      throws IOException {
    return connected(remote(host, port), new InetSocketAddress(localHost, localPort));
  }

  @Override
  public java.net.Socket createSocket(InetAddress host, int port) throws IOException {
    return connected(remote(host, port), null);
  }

  @Override
  public java.net.Socket createSocket(
      InetAddress host, int port, @Nullable InetAddress localHost, int localPort)
      throws IOException {
    return connected(remote(host, port), new InetSocketAddress(localHost, localPort));
  }

  /** Null is refused as by the JDK: as an address it would be any, which is this host. */
  private static InetSocketAddress remote(InetAddress host, int port) {
    return new InetSocketAddress(Objects.requireNonNull(host), port);
  }

  /** A path needs nobody to resolve a name. Without a host it is the loopback, as in the JDK. */
  private InetSocketAddress remote(@Nullable String host, int port) {
    if (host == null) {
      return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }
    return path != null
        ? InetSocketAddress.createUnresolved(host, port)
        : new InetSocketAddress(host, port);
  }

  private java.net.Socket connected(SocketAddress remote, @Nullable SocketAddress local)
      throws IOException {
    java.net.Socket socket = createSocket();
    try {
      if (local != null) {
        socket.bind(local);
      }
      socket.connect(remote);
      return socket;
    } catch (Throwable t) {
      socket.close();
      throw t;
    }
  }
}
