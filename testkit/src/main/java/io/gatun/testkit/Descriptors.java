package io.gatun.testkit;

import io.gatun.address.AddressFamily;
import io.gatun.address.Ipv4Address;
import io.gatun.address.SocketType;
import io.gatun.error.ClosedException;
import io.gatun.os.Abi;
import io.gatun.os.Os;
import io.gatun.socket.Socket;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/** The descriptors of this process that a socket or a loop may own. */
final class Descriptors {
  private static final Path FOLDER = Path.of("/proc/self/fd");

  static {
    warmUp();
  }

  private Descriptors() {}

  /** What the engine opens once for the whole process has to be open before anybody counts. */
  private static void warmUp() {
    try {
      Socket socket = Socket.open(AddressFamily.INET, SocketType.STREAM);
      socket.bind(Ipv4Address.loopback(0));
      socket.listen();
      Task<Socket> task = Task.start(ThreadKind.VIRTUAL, socket::accept).awaitWaiting();
      socket.close();
      ClosedException ignored = task.failure(ClosedException.class);
    } catch (Exception e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Returns whether this system can tell. */
  static boolean areKnown() {
    // Under Wine the folder can be seen, too: what it shows are not the handles of Windows.
    return Abi.HOST.os() == Os.LINUX && Files.isDirectory(FOLDER);
  }

  /** Returns the numbers and what they are; nothing where the system cannot tell. */
  static Set<String> open() throws IOException {
    Set<String> open = new TreeSet<>();
    if (!areKnown()) {
      return open;
    }
    try (DirectoryStream<Path> links = Files.newDirectoryStream(FOLDER)) {
      for (Path link : links) {
        String target;
        try {
          target = Files.readSymbolicLink(link).toString();
        } catch (IOException gone) {
          continue; // the listing's own
        }
        if (target.startsWith("socket:") || target.startsWith("anon_inode:")) {
          open.add(link.getFileName() + " " + target);
        }
      }
    }
    return open;
  }
}
