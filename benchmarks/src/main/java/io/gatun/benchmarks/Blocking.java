package io.gatun.benchmarks;

import io.gatun.benchmarks.client.SocketClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Compares sockets that block, against a peer in C. */
abstract class Blocking extends Comparison {
  /** By what it does and which family it is of, as {@code echo tcp}. */
  private final Map<String, ServerProcess> peers = new HashMap<>();

  private final Map<String, Path> paths = new HashMap<>();

  /** What else the clients are told: {@code timeout}, {@code virtual}. */
  private final String mode;

  Blocking(Settings settings, String mode) {
    super(settings);
    this.mode = mode;
  }

  /** Starts the peer that does something, once; it shares the clients' processor. */
  final void peer(String what, String family) throws IOException, InterruptedException {
    List<String> command =
        new java.util.ArrayList<>(List.of(CProgram.compile("peer").toString(), what));
    if (family.equals("unix")) {
      Path path = Scratch.file(Scratch.folder().resolve(what));
      Files.deleteIfExists(path);
      command.add(path.toString());
      paths.put(what + " " + family, path);
    }
    peers.put(what + " " + family, ServerProcess.start(Machine.onFirst(command)));
  }

  private String address(String what, String family) {
    String key = what + " " + family;
    Path path = paths.get(key);
    ServerProcess peer = peers.get(key);
    if (peer == null) {
      throw new IllegalStateException("no peer " + key);
    }
    return path == null ? "" + peer.port() : path.toString();
  }

  @Override
  final void finish() throws IOException {
    for (ServerProcess peer : peers.values()) {
      peer.close();
    }
  }

  /** A client in a process of its own. */
  final ServerProcess client(String contender) throws IOException, InterruptedException {
    List<String> command =
        switch (contender) {
          case "c" -> List.of(CProgram.compile("client").toString(), mode);
          case "python" -> Python.command(mode);
          default -> ServerProcess.java(SocketClient.class, contender, mode);
        };
    return ServerProcess.start(Machine.onFirst(command));
  }

  /** Returns the nanoseconds for a buffer. */
  final double ask(
      ServerProcess client, String what, String peer, String family, String bytes, int millis)
      throws IOException {
    String line = String.join(" ", what, address(peer, family), bytes, "" + millis);
    return client.ask(line)[0];
  }
}
