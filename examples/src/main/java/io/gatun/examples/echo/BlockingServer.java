package io.gatun.examples.echo;

import io.gatun.address.Address;
import io.gatun.address.BoundPath;
import io.gatun.address.IpAddress;
import io.gatun.address.Ipv6Address;
import io.gatun.error.ClosedException;
import io.gatun.error.SocketError;
import io.gatun.os.Constants;
import io.gatun.socket.Socket;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Serves with blocking sockets: a virtual thread a connection, a platform thread a listener. */
final class BlockingServer implements Server {
  private static final int BUFFER_SIZE = 16 * 1024;

  /** How long no connection is accepted when there is no descriptor or memory for one. */
  private static final long REST_NANOS = 100_000_000;

  private final Consumer<IOException> onFailure;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private @Nullable BoundPath path;

  /**
   * Makes a server that listens nowhere yet.
   *
   * @param onFailure told when a listener cannot go on
   */
  BlockingServer(Consumer<IOException> onFailure) {
    this.onFailure = onFailure;
  }

  @Override
  public Address listen(Address address) throws IOException {
    Socket listener = Socket.openFor(address);
    sockets.add(listener);
    if (address instanceof IpAddress) {
      listener.setSockOpt(Constants.SOL_SOCKET, Constants.SO_REUSEADDR, 1);
    }
    if (address instanceof Ipv6Address) {
      listener.setSockOpt(Constants.IPPROTO_IPV6, Constants.IPV6_V6ONLY, 1);
    }
    listener.bind(address);
    path = BoundPath.of(address);
    listener.listen();
    Thread.ofPlatform().daemon().name("accept " + address).start(() -> accept(listener));
    return listener.getSockName();
  }

  private void accept(Socket listener) {
    while (true) {
      try {
        Socket connection = listener.accept();
        sockets.add(connection);
        Thread.ofVirtual().start(() -> serve(connection));
      } catch (ClosedException e) {
        return;
      } catch (IOException e) {
        if (!goesOnAfter(e)) {
          onFailure.accept(e);
          return;
        }
      }
    }
  }

  /** Whether a failed accept(2) is the client's or the moment's, and not the listener's. */
  private static boolean goesOnAfter(IOException failure) {
    return switch (failure instanceof SocketError error ? error.errnoName() : "") {
      // The client was gone before it was served, or a firewall forbade it.
      case "ECONNABORTED", "ECONNRESET", "EPROTO", "EPERM", "ETIMEDOUT" -> true;
      // Errors that waited for the connection, see accept(2).
      case "ENETDOWN", "ENETUNREACH", "EHOSTDOWN", "EHOSTUNREACH", "ENOPROTOOPT" -> true;
      case "EMFILE", "ENFILE", "ENOBUFS", "ENOMEM" -> {
        LockSupport.parkNanos(REST_NANOS); // others have to close theirs first
        yield true;
      }
      default -> false;
    };
  }

  private void serve(Socket connection) {
    try (connection) {
      byte[] buffer = new byte[BUFFER_SIZE];
      for (int count; (count = connection.recvInto(buffer)) > 0; ) {
        connection.sendAll(buffer, 0, count);
      }
    } catch (IOException e) {
      // The client has broken the connection off, or the server is closing.
    } finally {
      sockets.remove(connection);
    }
  }

  @Override
  public void close() {
    if (path != null) {
      path.delete(); // while the open socket keeps its inode from being another file's
    }
    sockets.forEach(Socket::close);
  }
}
