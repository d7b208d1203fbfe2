package io.gatun.benchmarks.client;

import io.gatun.address.Address;
import io.gatun.address.Ipv4Address;
import io.gatun.address.UnixAddress;
import io.gatun.benchmarks.BufferKind;
import io.gatun.channel.ChannelOption;
import io.gatun.socket.Socket;
import java.io.EOFException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import org.newsclub.net.unix.AFUNIXSocket;
import org.newsclub.net.unix.AFUNIXSocketAddress;

/** A connection of some library, with a buffer: it sends or receives all of it. */
interface Conversation extends AutoCloseable {
  /** A minute, which never ends. */
  int TIMEOUT_MILLIS = 60_000;

  /** Sends the buffer. */
  void send() throws IOException;

  /** Receives until the buffer is full. */
  void receive() throws IOException;

  @Override
  void close() throws IOException;

  /**
   * Connects.
   *
   * @param name of the contender
   * @param address a port on the loopback, or the path of a Unix socket
   * @param bytes of the buffer
   * @param timeout whether calls have one
   */
  static Conversation open(String name, String address, int bytes, boolean timeout)
      throws IOException {
    boolean unix = address.startsWith("/");
    return switch (name) {
      case "gatun-array" -> gatun(BufferKind.ARRAY, address, bytes, timeout);
      case "gatun-buffer" -> gatun(BufferKind.DIRECT_BUFFER, address, bytes, timeout);
      case "gatun-segment" -> gatun(BufferKind.NATIVE_SEGMENT, address, bytes, timeout);
      case "gatun-bytebuf" -> gatun(BufferKind.DIRECT_BYTEBUF, address, bytes, timeout);
      case "net" -> {
        java.net.Socket socket =
            new java.net.Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(address));
        socket.setTcpNoDelay(true);
        yield new Streams(socket, bytes, timeout);
      }
      case "junixsocket" ->
          new Streams(
              AFUNIXSocket.connectTo(AFUNIXSocketAddress.of(new File(address))), bytes, timeout);
      case "channel" ->
          new Nio(
              unix
                  ? UnixDomainSocketAddress.of(address)
                  : new InetSocketAddress(
                      InetAddress.getLoopbackAddress(), Integer.parseInt(address)),
              bytes);
      default -> throw new IllegalArgumentException("there is no " + name);
    };
  }

  private static Conversation gatun(BufferKind kind, String address, int bytes, boolean timeout)
      throws IOException {
    Address remote =
        address.startsWith("/")
            ? UnixAddress.path(Path.of(address))
            : Ipv4Address.loopback(Integer.parseInt(address));
    Socket socket = Socket.openFor(remote);
    if (remote instanceof Ipv4Address) {
      socket.setOption(ChannelOption.TCP_NODELAY, true);
    }
    socket.connect(remote);
    socket.setTimeout(timeout ? Duration.ofMillis(TIMEOUT_MILLIS) : null);
    BufferKind.Mover mover = kind.mover(bytes);
    return new Conversation() {
      @Override
      public void send() throws IOException {
        mover.send(socket);
      }

      @Override
      public void receive() throws IOException {
        mover.receive(socket);
      }

      @Override
      public void close() throws IOException {
        socket.close();
        mover.close();
      }
    };
  }

  /** java.net.Socket, or a subclass. */
  final class Streams implements Conversation {
    private final java.net.Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final byte[] buffer;

    Streams(java.net.Socket socket, int bytes, boolean timeout) throws IOException {
      this.socket = socket;
      this.in = socket.getInputStream();
      this.out = socket.getOutputStream();
      this.buffer = new byte[bytes];
      if (timeout) {
        socket.setSoTimeout(TIMEOUT_MILLIS);
      }
    }

    @Override
    public void send() throws IOException {
      out.write(buffer);
    }

    @Override
    public void receive() throws IOException {
      for (int at = 0; at < buffer.length; ) {
        int count = in.read(buffer, at, buffer.length - at);
        if (count < 0) {
          throw new EOFException();
        }
        at += count;
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  /** A SocketChannel that blocks. */
  final class Nio implements Conversation {
    private final SocketChannel channel;
    private final ByteBuffer buffer;

    Nio(SocketAddress address, int bytes) throws IOException {
      channel = SocketChannel.open(address);
      if (address instanceof InetSocketAddress) {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      }
      buffer = ByteBuffer.allocateDirect(bytes);
    }

    @Override
    public void send() throws IOException {
      buffer.clear();
      while (buffer.hasRemaining()) {
        int ignored = channel.write(buffer);
      }
    }

    @Override
    public void receive() throws IOException {
      buffer.clear();
      while (buffer.hasRemaining()) {
        if (channel.read(buffer) < 0) {
          throw new EOFException();
        }
      }
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
