package io.gatun.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.address.Address;
import io.gatun.os.Abi;
import io.gatun.os.Errno;
import io.gatun.socket.Socket;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** What every test has at hand. After it, all descriptors must have been given back. */
abstract class Lab {
  static final Duration LONG = Duration.ofSeconds(Task.SECONDS);

  final Family family;
  private final Set<String> before;
  private final List<Socket> sockets = Collections.synchronizedList(new ArrayList<>());

  @TempDir Path folder;

  Lab(Family family) throws IOException {
    family.assume();
    this.family = family;
    before = Descriptors.open();
  }

  @BeforeAll
  static void watchForLeaks() throws InterruptedException {
    Leaks.check();
  }

  @AfterAll
  static void lookForLeaks() throws InterruptedException {
    Leaks.check();
  }

  /** Returns an address that nobody has bound yet. */
  final Address address() {
    return family.fresh(folder);
  }

  /** Closes a socket after the test, should it still be open. */
  final Socket own(Socket socket) {
    sockets.add(socket);
    return socket;
  }

  /** Opens a socket whose calls fail rather than wait without end. */
  final Socket open() throws IOException {
    Socket socket = own(Socket.openFor(address()));
    socket.setTimeout(LONG);
    return socket;
  }

  final Socket listener() throws IOException {
    return listener(128);
  }

  final Socket listener(int backlog) throws IOException {
    Socket listener = open();
    listener.bind(address());
    listener.listen(backlog);
    return listener;
  }

  final Socket accept(Socket listener) throws IOException {
    Socket accepted = own(listener.accept());
    accepted.setTimeout(LONG);
    return accepted;
  }

  final Socket connect(Address address) throws IOException {
    Socket socket = open();
    socket.connect(address);
    return socket;
  }

  /** Two ends of a connection. */
  record Ends(Socket one, Socket other) {}

  final Ends ends() throws IOException {
    try (Socket listener = listener()) {
      Socket one = connect(listener.getSockName());
      return new Ends(one, accept(listener));
    }
  }

  /** Connects to a listener that accepts nobody until it lets no more in, and closes again. */
  final void fillBacklog(Socket listener) throws IOException {
    Address address = listener.getSockName();
    boolean full = false;
    while (!full) {
      try (Socket socket = open()) {
        socket.setTimeout(Duration.ofMillis(50));
        socket.connect(address);
      } catch (SocketTimeoutException e) {
        full = true;
      }
    }
  }

  /** Receives exactly so many bytes. */
  static byte[] receive(Socket socket, int count) throws IOException {
    byte[] bytes = new byte[count];
    for (int have = 0; have < count; ) {
      int more = socket.recvInto(bytes, have, count - have);
      if (more == 0) {
        return Arrays.copyOf(bytes, have);
      }
      have += more;
    }
    return bytes;
  }

  /** Receives until nothing more can come. */
  static byte[] receiveAll(Socket socket) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] part;
    do {
      part = socket.recv(64 * 1024);
      all.writeBytes(part);
    } while (part.length > 0);
    return all.toByteArray();
  }

  /** How a message tells an error: the system's number, and the same name and text everywhere. */
  static String errno(String name) {
    int number = Abi.HOST.errno(name);
    return name + " (" + number + ") " + Errno.message(number);
  }

  static void assertMessage(String beginning, Throwable thrown) {
    String message = String.valueOf(thrown.getMessage());
    assertTrue(message.startsWith(beginning), message);
    assertEquals(1, message.lines().count(), message);
  }

  @AfterEach
  final void checkDescriptors() throws IOException {
    sockets.forEach(Socket::close);
    // The shared loop may be the last to hold a socket that a virtual thread waited on.
    long patience = System.nanoTime() + LONG.toNanos();
    while (!before.equals(Descriptors.open()) && System.nanoTime() < patience) {
      Thread.onSpinWait();
    }
    assertEquals(before, Descriptors.open(), "descriptors were not given back");
  }
}
