package io.gatun.socket;

import io.gatun.address.UnixAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Objects;
import javax.net.ServerSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Makes a {@link ServerSocket} that is Gatun's {@link Socket}, as are those that it accepts: see
 * {@link GatunSocketFactory}.
 *
 * <p>On a Unix path the address that it is told to bind is of no matter: it binds the path, whose
 * file must not be there and stays when the socket is closed.
 */
public final class GatunServerSocketFactory extends ServerSocketFactory {
  private static final GatunServerSocketFactory TCP = new GatunServerSocketFactory();

  /** The JDK's own for those who give none. */
  private static final int BACKLOG = 50;

  private final @Nullable UnixAddress path;

  /** Makes a factory of TCP listeners, over IPv4 and IPv6. */
  public GatunServerSocketFactory() {
    this((UnixAddress) null);
  }

  /**
   * Makes a factory of listeners on a Unix path.
   *
   * @param path the file that they bind, with or without {@code unix:} before it, as {@link
   *     GatunSocketFactory#GatunSocketFactory(String)} has it; null or empty for TCP
   * @throws IllegalArgumentException if it is no path
   */
  public GatunServerSocketFactory(@Nullable String path) {
    this(GatunSocketFactory.path(path));
  }

  private GatunServerSocketFactory(@Nullable UnixAddress path) {
    this.path = path;
  }

  /** Returns the factory of TCP listeners. */
  public static ServerSocketFactory getDefault() {
    return TCP;
  }

  /**
   * Returns a factory of listeners on a Unix address.
   *
   * @param address a path, or a name of Linux's abstract ones
   */
  public static GatunServerSocketFactory unix(UnixAddress address) {
    return new GatunServerSocketFactory(Objects.requireNonNull(address)); // null would be TCP
  }

  /** Returns a listener that is not bound. */
  @Override
  public ServerSocket createServerSocket() throws IOException {
    return new ServerSocketAdapter(path);
  }

  @Override
  public ServerSocket createServerSocket(int port) throws IOException {
    return bound(new InetSocketAddress(port), BACKLOG);
  }

  @Override
  public ServerSocket createServerSocket(int port, int backlog) throws IOException {
    return bound(new InetSocketAddress(port), backlog);
  }

  @Override
  public ServerSocket createServerSocket(int port, int backlog, @Nullable InetAddress address)
      throws IOException {
    return bound(new InetSocketAddress(address, port), backlog);
  }

  private ServerSocket bound(InetSocketAddress local, int backlog) throws IOException {
    ServerSocket listener = createServerSocket();
    try {
      listener.bind(local, backlog);
      return listener;
    } catch (Throwable t) {
      listener.close();
      throw t;
    }
  }
}
