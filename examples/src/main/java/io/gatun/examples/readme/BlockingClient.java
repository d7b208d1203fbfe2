package io.gatun.examples.readme;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gatun.address.Address;
import io.gatun.socket.Socket;

/** The README's client: says hello and prints the answer. */
// README: begin
public final class BlockingClient {
  public static void main(String... args) throws Exception {
    Address server = Address.parse(args[0]);
    try (Socket socket = Socket.openFor(server)) {
      socket.connect(server);
      socket.sendAll("Hello, world".getBytes(UTF_8));
      System.out.println(new String(socket.recv(1024), UTF_8));
    }
  }
}
// README: end
