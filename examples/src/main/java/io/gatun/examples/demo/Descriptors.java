package io.gatun.examples.demo;

import io.gatun.address.Ipv4Address;
import io.gatun.error.ClosedException;
import io.gatun.os.Abi;
import io.gatun.os.Os;
import io.gatun.socket.Socket;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;

/** The descriptors of this process, where the system shows them: in /proc. */
final class Descriptors {
  private static final Path OPEN = Path.of("/proc/self/fd");
  private static final Path LIMITS = Path.of("/proc/self/limits");

  private Descriptors() {}

  static boolean canBeSeen() {
    // Under Wine the folder can be seen, too: what it shows are not the handles of Windows.
    return Abi.HOST.os() == Os.LINUX && Files.isDirectory(OPEN);
  }

  /**
   * Returns the open sockets, epolls and eventfds by number. The files that the runtime opens and
   * closes as it likes (its jars) are not among them.
   */
  static SortedMap<Integer, String> open() throws IOException {
    SortedMap<Integer, String> open = new TreeMap<>();
    if (!canBeSeen()) {
      return open;
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(OPEN)) {
      for (Path entry : entries) {
        String target;
        try {
          target = Files.readSymbolicLink(entry).toString();
        } catch (IOException closedMeanwhile) {
          continue;
        }
        if (target.startsWith("socket:") || target.startsWith("anon_inode:")) {
          open.put(Integer.parseInt(entry.getFileName().toString()), target);
        }
      }
    }
    return open;
  }

  /** Returns how many more this process may open; a large number where nothing tells. */
  static long left() throws IOException {
    if (!canBeSeen() || !Files.isReadable(LIMITS)) {
      return Integer.MAX_VALUE;
    }
    long used;
    try (var entries = Files.list(OPEN)) {
      used = entries.count();
    }
    // Max open files            20000                20000                files
    String soft =
        Files.readString(LIMITS)
            .lines()
            .filter(line -> line.startsWith("Max open files"))
            .findFirst()
            .orElse("")
            .replaceFirst("Max open files *(\\S+).*", "$1");
    return soft.chars().allMatch(Character::isDigit) && !soft.isEmpty()
        ? Long.parseLong(soft) - used
        : Integer.MAX_VALUE;
  }

  /**
   * Makes the engine open what it keeps for as long as the program runs, so that it is not taken
   * for something left over: the loop that all virtual threads wait on, and the dead socket that
   * takes the place of one closed during a call.
   */
  static void openLasting() throws IOException, InterruptedException {
    Ipv4Address address = Ipv4Address.loopback(0);
    Thread waiting;
    try (Socket socket = Socket.openFor(address)) {
      socket.bind(address);
      socket.listen();
      waiting = Thread.ofVirtual().start(() -> acceptUntilClosed(socket));
      while (waiting.getState() != Thread.State.WAITING && waiting.isAlive()) {
        Thread.onSpinWait();
      }
    }
    waiting.join();
  }

  private static void acceptUntilClosed(Socket socket) {
    try {
      socket.accept().close();
    } catch (ClosedException expected) {
      // Nobody knows of the port.
    } catch (IOException e) {
      throw new IllegalStateException("no socket could be opened", e);
    }
  }
}
