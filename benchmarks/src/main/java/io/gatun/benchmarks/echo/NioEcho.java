package io.gatun.benchmarks.echo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** A selector written out by hand, with no framework: what the JDK itself can do. */
public final class NioEcho {
  /** The JDK's own of 50 makes peers wait a second when more than those come at once. */
  private static final int BACKLOG = 4096;

  private final ByteBuffer buffer = ByteBuffer.allocateDirect(64 * 1024);
  private final Selector selector;

  private NioEcho(Selector selector) {
    this.selector = selector;
  }

  /** Serves until standard input ends. */
  public static void main(String[] args) throws Exception {
    Selector selector = Selector.open();
    ServerSocketChannel listener = ServerSocketChannel.open();
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
    listener.configureBlocking(false);
    listener.register(selector, SelectionKey.OP_ACCEPT);
    NioEcho server = new NioEcho(selector);
    Thread.ofPlatform().daemon().start(server::run);
    Serving.on(((InetSocketAddress) listener.getLocalAddress()).getPort());
  }

  private void run() {
    try {
      while (true) {
        selector.select(this::ready);
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private void ready(SelectionKey key) {
    try {
      if (key.isAcceptable()) {
        SocketChannel accepted = ((ServerSocketChannel) key.channel()).accept();
        accepted.configureBlocking(false);
        accepted.setOption(StandardSocketOptions.TCP_NODELAY, true);
        accepted.register(selector, SelectionKey.OP_READ);
      } else if (key.isWritable()) {
        write(key, (ByteBuffer) key.attachment());
      } else {
        read(key);
      }
    } catch (IOException e) {
      close(key);
    }
  }

  private void read(SelectionKey key) throws IOException {
    buffer.clear();
    if (((SocketChannel) key.channel()).read(buffer) < 0) {
      close(key);
    } else {
      write(key, buffer.flip());
    }
  }

  /** Writes; what the kernel does not take waits in a buffer of its own. */
  private static void write(SelectionKey key, ByteBuffer bytes) throws IOException {
    ((SocketChannel) key.channel()).write(bytes);
    if (!bytes.hasRemaining()) {
      if (key.attach(null) != null) {
        key.interestOps(SelectionKey.OP_READ);
      }
    } else if (key.attachment() == null) {
      key.attach(ByteBuffer.allocateDirect(bytes.remaining()).put(bytes).flip());
      key.interestOps(SelectionKey.OP_WRITE);
    }
  }

  private static void close(SelectionKey key) {
    try {
      key.channel().close();
    } catch (IOException e) {
      // It is gone all the same.
    }
  }
}
