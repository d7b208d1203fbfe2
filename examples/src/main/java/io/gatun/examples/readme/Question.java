package io.gatun.examples.readme;

import io.gatun.address.UnixAddress;
import io.gatun.socket.Socket;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** The README's blocking code with a timeout. */
final class Question {
  private Question() {}

  // README: begin
  /** Asks a local service, on a platform or a virtual thread, and waits a second at most. */
  static byte[] ask(Path service, byte[] question) throws IOException {
    UnixAddress address = UnixAddress.path(service);
    try (Socket socket = Socket.openFor(address)) {
      socket.setTimeout(Duration.ofSeconds(1)); // each call's; null blocks, zero never waits
      socket.connect(address);
      socket.sendAll(question);
      return socket.recv(4096); // or "recv unix:/run/service: timed out after 1 s"
    }
  }
  // README: end
}
