package io.gatun.conformance;

import static org.junit.jupiter.api.Assumptions.abort;

import io.gatun.socket.GatunSocketFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A PostgreSQL server of the test's own, on a Unix path and on TCP. It never runs as root. */
@SuppressWarnings("try") // an interrupt while it closes is the test's end
final class PostgresServer implements AutoCloseable {
  private final Path folder = Files.createTempDirectory("gatun-pg");
  private final int port = freePort();
  private final Peer peer;

  PostgresServer(int connections) throws Exception {
    Path programs = programs();
    List<String> user = new ArrayList<>();
    if ("root".equals(System.getProperty("user.name"))) {
      Peer.run("chown", "postgres", folder.toString());
      user.addAll(List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"));
      user.add("--");
    }
    String data = folder.resolve("data").toString();
    List<String> init = new ArrayList<>(user);
    init.add(programs.resolve("initdb").toString());
    init.addAll(List.of("-D", data, "-U", "gatun", "-A", "trust", "-N", "-E", "UTF8"));
    init.add("--locale=C");
    Peer.run(init.toArray(String[]::new));
    List<String> serve = new ArrayList<>(user);
    serve.add(programs.resolve("postgres").toString());
    serve.addAll(List.of("-D", data, "-p", Integer.toString(port), "-k", folder.toString()));
    serve.addAll(List.of("-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"));
    serve.addAll(List.of("-c", "max_connections=" + connections, "-c", "max_wal_senders=0"));
    peer = new Peer(serve);
    peer.awaitLine("ready to accept connections");
    peer.drain();
  }

  /** Where Debian has those of the newest version, or the PATH. */
  private static Path programs() throws IOException {
    Path versions = Path.of("/usr/lib/postgresql");
    if (Files.isDirectory(versions)) {
      try (Stream<Path> all = Files.list(versions)) {
        var newest =
            all.filter(version -> Files.isExecutable(version.resolve("bin/initdb")))
                .max(Comparator.comparingInt(PostgresServer::version));
        if (newest.isPresent()) {
          return newest.get().resolve("bin");
        }
      }
    }
    return Stream.of(System.getenv("PATH").split(":", -1))
        .map(Path::of)
        .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
        .findFirst()
        .orElseGet(() -> abort("PostgreSQL is not installed"));
  }

  private static int version(Path folder) {
    String name = folder.toString().replaceAll(".*/", "");
    return name.matches("\\d+") ? Integer.parseInt(name) : 0;
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  /** Returns the URL over TCP. */
  String tcp() {
    return "jdbc:postgresql://127.0.0.1:%d/postgres?user=gatun&socketFactory=%s"
        .formatted(port, GatunSocketFactory.class.getName());
  }

  /** Returns the URL over the Unix path: the host and the port are of no matter there. */
  String unix() {
    return "jdbc:postgresql://localhost:1/postgres?user=gatun&socketFactory=%s&socketFactoryArg=%s"
        .formatted(GatunSocketFactory.class.getName(), folder.resolve(".s.PGSQL." + port));
  }

  @Override
  public void close() throws Exception {
    try (peer) {
      peer.end("INT"); // which ends the connections
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
