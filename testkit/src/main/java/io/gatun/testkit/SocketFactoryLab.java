package io.gatun.testkit;

import io.gatun.address.UnixAddress;
import io.gatun.socket.GatunServerSocketFactory;
import io.gatun.socket.GatunSocketFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import javax.net.ServerSocketFactory;
import javax.net.SocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Sockets of java.net that are Gatun's, used by one kind of thread. */
abstract class SocketFactoryLab extends SocketLab {
  SocketFactory sockets = GatunSocketFactory.getDefault();
  ServerSocketFactory servers = GatunServerSocketFactory.getDefault();
  private final List<AutoCloseable> opened = new ArrayList<>();

  SocketFactoryLab(ThreadLane lane) throws IOException {
    super(lane);
  }

  @BeforeEach
  void useTheFamily() {
    if (address() instanceof UnixAddress unix) {
      sockets = GatunSocketFactory.unix(unix);
      servers = GatunServerSocketFactory.unix(unix);
    }
  }

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable one : opened) {
      one.close();
    }
  }

  final <T extends AutoCloseable> T closeLater(T one) {
    opened.add(one);
    return one;
  }

  final InetAddress loopback() throws IOException {
    return InetAddress.getByName(family == Family.IPV6 ? "::1" : "127.0.0.1");
  }

  final ServerSocket bound() throws IOException {
    return closeLater(servers.createServerSocket(0, 50, loopback()));
  }

  final Socket connected(ServerSocket server) throws IOException {
    return closeLater(sockets.createSocket(loopback(), server.getLocalPort()));
  }

  record Pair(Socket client, Socket served) {}

  final Pair pair() throws IOException {
    try (ServerSocket server = bound()) {
      Socket client = connected(server);
      return new Pair(client, closeLater(server.accept()));
    }
  }
}
