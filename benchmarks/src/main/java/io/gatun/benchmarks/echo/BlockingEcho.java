package io.gatun.benchmarks.echo;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.ThreadFactory;

/** A thread for each java.net.Socket; with the argument {@code virtual} a virtual one. */
public final class BlockingEcho {
  private BlockingEcho() {}

  /** Serves until standard input ends. */
  public static void main(String[] args) throws Exception {
    ThreadFactory threads =
        args.length > 0 ? Thread.ofVirtual().factory() : Thread.ofPlatform().daemon().factory();
    ServerSocket listener = new ServerSocket(0, 4096, InetAddress.getLoopbackAddress());
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          while (true) {
            try {
              Socket socket = listener.accept();
              threads.newThread(() -> serve(socket)).start();
            } catch (IOException e) {
              throw new IllegalStateException(e);
            }
          }
        });
    Serving.on(listener.getLocalPort());
  }

  private static void serve(Socket socket) {
    byte[] buffer = new byte[64 * 1024];
    try (socket) {
      socket.setTcpNoDelay(true);
      InputStream in = socket.getInputStream();
      OutputStream out = socket.getOutputStream();
      for (int count; (count = in.read(buffer)) > 0; ) {
        out.write(buffer, 0, count);
      }
    } catch (IOException e) {
      // The client has gone.
    }
  }
}
