package io.gatun.examples.readme;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.gatun.address.Address;
import io.gatun.address.AddressFamily;
import io.gatun.address.IpAddress;
import io.gatun.address.Ipv4Address;
import io.gatun.address.Netdb;
import io.gatun.address.Protocol;
import io.gatun.address.SocketType;
import io.gatun.channel.ChannelOption;
import io.gatun.channel.MessageOptions;
import io.gatun.channel.MulticastGroup;
import io.gatun.error.ClosedException;
import io.gatun.error.ConnectionAbortedException;
import io.gatun.error.ConnectionRefusedException;
import io.gatun.error.SocketError;
import io.gatun.error.TimedOutException;
import io.gatun.os.Errno;
import io.gatun.socket.ReceivedMessage;
import io.gatun.socket.Socket;
import io.gatun.socket.SocketConstants;
import io.gatun.socket.SocketFile;
import io.gatun.socket.Sockets;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** What docs/socket-module.md shows. */
final class SocketModule {
  private SocketModule() {}

  // README: begin
  static void openSome() throws IOException {
    try (Socket tcp = Sockets.socket(AddressFamily.INET, SocketType.STREAM);
        Socket udp = Sockets.socket(AddressFamily.INET, SocketType.DGRAM, Protocol.UDP);
        // What has no constant of its own comes by its name in C, or by its number:
        Socket unix = Sockets.socket(AddressFamily.of("AF_UNIX"), SocketType.of("SOCK_STREAM"));
        Socket byNumber = Sockets.socket(new AddressFamily(2), new SocketType(1))) {
      System.out.println(List.of(tcp, udp, unix, byNumber));
    }
  }

  // README: end

  // README: begin
  /** Tells why a server cannot be reached. */
  static String reach(Address server) throws IOException {
    try (Socket socket = Socket.openFor(server)) {
      socket.setTimeout(Duration.ofSeconds(5));
      socket.connect(server);
      return "it answers";
    } catch (ConnectionRefusedException e) { // one kind of failure
      return "nobody listens there";
    } catch (TimedOutException e) {
      return "no answer in time";
    } catch (IOException e) { // any other
      if (e instanceof SocketError error && error.errno() == Errno.ENOENT) {
        return "there is no such path";
      }
      throw e; // "connect 192.0.2.1:80: ENETUNREACH (101) Network is unreachable"
    }
  }

  // README: end

  // README: begin
  /** Serves until another thread closes the listener. */
  static void serve(Socket listener, Consumer<Socket> handler) throws IOException {
    while (true) {
      try {
        Socket connection = listener.accept();
        Thread.startVirtualThread(() -> handler.accept(connection));
      } catch (ConnectionAbortedException e) {
        // It went before it was accepted: the next one.
      } catch (ClosedException e) {
        return;
      }
    }
  }

  // README: end

  // README: begin
  /** The names and addresses of a host, and a socket for each. */
  static void list(String host, int port) throws IOException {
    for (Netdb.AddressInfo info : Sockets.getAddrInfo(host, port)) {
      try (Socket socket = Sockets.socket(info.family(), info.type(), info.protocol())) {
        System.out.println(info.address() + " by " + socket);
      }
    }
  }

  // README: end

  // README: begin
  /** Sends a request and returns the first line of the answer. */
  static String ask(Socket socket, String request) throws IOException {
    try (SocketFile file = socket.makeFile().mode("rw").encoding(US_ASCII).newline("\r\n").open()) {
      file.writer().write(request + "\n\n"); // \n is sent as \r\n
      file.flush();
      String line = file.readLine(); // with its end; null at the end of the stream
      if (line == null) {
        throw new EOFException("no answer");
      }
      return line.strip();
    }
  }

  // README: end

  // README: begin
  /** Opens a socket that hears a group; 239.1.2.3:5000 say, by the interface eth0. */
  static Socket listen(Ipv4Address group, String interfaceName) throws IOException {
    Socket socket = Sockets.socket(AddressFamily.INET, SocketType.DGRAM);
    try {
      socket.setOption(ChannelOption.SO_REUSEADDR, true); // others here may hear it too
      socket.bind(Ipv4Address.any(group.port()));
      int index = Sockets.ifNameToIndex(interfaceName); // 0 leaves the choice to the routes
      socket.setOption(MessageOptions.JOIN_GROUP, MulticastGroup.of(group, index));
      return socket;
    } catch (Throwable t) {
      socket.close();
      throw t;
    }
  }

  /** Sends to a group of IPv4 by the interface that has an address. */
  static void tell(IpAddress group, String interfaceAddress, byte[] message) throws IOException {
    try (Socket socket = Sockets.socket(group.family(), SocketType.DGRAM)) {
      socket.setOption(MessageOptions.IP_MULTICAST_TTL, 1); // as far as the next router
      socket.setSockOpt(
          SocketConstants.IPPROTO_IP,
          SocketConstants.IP_MULTICAST_IF,
          Sockets.inetAton(interfaceAddress));
      socket.sendTo(message, group);
    }
  }

  // README: end

  // README: begin
  /** Reads the file whose descriptor comes over a Unix socket. */
  static byte[] readPassedFile(Socket socket) throws IOException {
    try (ReceivedMessage message = Sockets.recvFds(socket, 100, 1)) {
      int[] taken = message.takeDescriptors(); // this program's from now on
      if (taken.length == 0) {
        throw new EOFException("no descriptor came");
      }
      try (InputStream file = Files.newInputStream(Path.of("/dev/fd/" + taken[0]))) {
        return file.readAllBytes();
      } finally {
        Sockets.close(taken[0]);
      }
    }
  }
  // README: end
}
