package io.gatun.examples.demo;

import io.gatun.address.Address;
import io.gatun.address.IpAddress;
import io.gatun.os.Constants;
import io.gatun.socket.Shutdown;
import io.gatun.socket.Socket;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/** A client as a thread that sends, waits and reads. Closing its socket ends it. */
final class BlockingClient implements Runnable {
  private final Conversation conversation;
  private final Socket socket;
  private final Address server;
  private final CompletableFuture<Void> start;

  BlockingClient(
      Conversation conversation, Socket socket, Address server, CompletableFuture<Void> start) {
    this.conversation = conversation;
    this.socket = socket;
    this.server = server;
    this.start = start;
  }

  @Override
  public void run() {
    try (socket) {
      if (server instanceof IpAddress) {
        socket.setSockOpt(Constants.IPPROTO_TCP, Constants.TCP_NODELAY, 1);
      }
      socket.connect(server);
      conversation.connected();
      start.join();
      talk();
    } catch (IOException | RuntimeException e) {
      conversation.failed(e);
    }
  }

  private void talk() throws IOException {
    ByteBuf out = Unpooled.wrappedBuffer(new byte[Conversation.WINDOW]);
    ByteBuf in = Unpooled.wrappedBuffer(new byte[Conversation.WINDOW]);
    while (!conversation.isOver()) {
      conversation.fill(out.clear());
      socket.sendAll(out);
      if (conversation.isOver()) {
        break; // the end came before the first message
      }
      if (socket.recvInto(in.clear()) == 0) {
        conversation.failed("the server closed the connection too early");
        return;
      }
      if (!conversation.check(in)) {
        return;
      }
    }
    socket.shutdown(Shutdown.WR);
    if (socket.recvInto(in.clear()) == 0) {
      conversation.closed();
    } else {
      conversation.check(in);
    }
  }
}
