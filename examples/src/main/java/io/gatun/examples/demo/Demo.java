package io.gatun.examples.demo;

import io.gatun.address.Address;
import io.gatun.channel.Bootstrap;
import io.gatun.channel.Channel;
import io.gatun.channel.ChannelHandler;
import io.gatun.channel.EventLoopGroup;
import io.gatun.socket.Socket;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** One run: a server and its clients, from the first connection to the last one's end. */
final class Demo {
  /** How long whatever has to come to an end may take. */
  private static final long PATIENCE_SECONDS = 10;

  /** Told by the running thread as the demo goes on. */
  interface Progress {
    /** The server listens; the clients are about to connect. */
    void started(Address server, int loops);

    /** Some time has passed. */
    void tick();

    /** How many milliseconds that is. */
    long millis();
  }

  private final Load load;
  private final List<Conversation> conversations = new ArrayList<>();
  private final List<ChannelClient> channels = new ArrayList<>();
  private final List<Socket> sockets = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();

  Demo(Load load) {
    this.load = load;
  }

  /**
   * Runs until the time is over or {@link Load#end} is called; what went wrong is in the load.
   *
   * @param echo makes the handler that serves a connection
   * @throws IOException if there can be no server
   */
  void run(Supplier<ChannelHandler> echo, Progress progress)
      throws IOException, InterruptedException {
    Settings settings = load.settings();
    try (DemoServer server = new DemoServer(load);
        EventLoopGroup group =
            EventLoopGroup.builder().transport(settings.transport()).name("client").build()) {
      Address address = server.listen(echo);
      progress.started(address, server.loops());
      CompletableFuture<Void> start = new CompletableFuture<>();
      connect(address, group, start);
      while (!load.isEnding() && !load.arriving.await(progress.millis(), TimeUnit.MILLISECONDS)) {
        progress.tick();
      }
      load.started();
      start.complete(null);
      long deadline = System.nanoTime() + (long) (settings.seconds() * 1e9);
      for (long left; (left = deadline - System.nanoTime()) > 0 && load.running.getCount() > 0; ) {
        long tick = TimeUnit.MILLISECONDS.toNanos(progress.millis());
        if (load.ending.await(Math.min(left, tick), TimeUnit.NANOSECONDS)) {
          break;
        }
        if (left > tick) {
          progress.tick();
        }
      }
      load.end();
      finish(server);
    }
  }

  private void connect(Address server, EventLoopGroup group, CompletableFuture<Void> start)
      throws IOException {
    int connections = load.settings().connections();
    for (Kind kind : Kind.values()) {
      for (int i = 1; i <= kind.share(connections); i++) {
        Conversation conversation = new Conversation(load, kind, i, conversations.size());
        conversations.add(conversation);
        if (kind == Kind.CHANNEL) {
          ChannelClient client = new ChannelClient(conversation, start);
          channels.add(client);
          new Bootstrap(group)
              .handler(channel -> channel.pipeline().addLast(client))
              .connect(server)
              .addListener((Future<Channel> done) -> {
                if (!done.isSuccess()) {
                  conversation.failed(done.cause());
                }
              });
        } else {
          Socket socket = Socket.openFor(server);
          sockets.add(socket);
          Runnable client = new BlockingClient(conversation, socket, server, start);
          Thread.Builder builder =
              kind == Kind.VIRTUAL ? Thread.ofVirtual() : Thread.ofPlatform().daemon();
          threads.add(builder.name(conversation.name()).start(client));
        }
      }
    }
  }

  /** Waits for every connection's end. */
  private void finish(DemoServer server) throws InterruptedException {
    if (!load.running.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      for (Conversation conversation : conversations) {
        conversation.failed("not over " + PATIENCE_SECONDS + " s after its end was asked for");
      }
    }
    load.finished();
    // In order these have ended, and this ends nothing.
    sockets.forEach(Socket::close);
    channels.forEach(ChannelClient::abort);
    for (Thread thread : threads) {
      thread.join();
    }
    if (load.errors().isEmpty() && !load.serving.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      load.error("server: " + load.serving.getCount() + " connections were not closed");
    }
    long received = 0;
    for (Kind kind : Kind.values()) {
      received += load.tally(kind).received.sum();
    }
    if (load.errors().isEmpty() && server.bytesRead() != received) {
      load.error("server: read " + server.bytesRead() + " bytes, and sent " + received + " back");
    }
  }
}
