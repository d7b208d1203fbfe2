package io.gatun.examples.demo;

import static java.util.Objects.requireNonNull;

import io.gatun.address.Address;
import io.gatun.address.Ipv4Address;
import io.gatun.address.UnixAddress;
import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.channel.EventLoopGroup;
import io.gatun.channel.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The server under load: it counts what it reads, for itself. */
final class DemoServer implements AutoCloseable {
  private final Load load;
  private final EventLoopGroup group;
  private final LongAdder read = new LongAdder();
  private @Nullable Path file;

  DemoServer(Load load) {
    this.load = load;
    this.group =
        EventLoopGroup.builder().transport(load.settings().transport()).name("server").build();
  }

  /**
   * Starts to serve, on a free port of this machine or in a new directory.
   *
   * @param echo makes the handler that serves a connection
   */
  Address listen(Supplier<ChannelHandler> echo) throws IOException, InterruptedException {
    Address address = Ipv4Address.loopback(0);
    if (load.settings().unix()) {
      Path made = Files.createTempDirectory("gatun-demo-").resolve("echo");
      file = made;
      address = UnixAddress.path(made);
    }
    return requireNonNull(
        new ServerBootstrap(group)
            .childHandler(child -> child.pipeline().addLast(new Counter(), echo.get()))
            .bind(address)
            .sync()
            .getNow()
            .localAddress());
  }

  /** The number of event loops. */
  int loops() {
    return group.executorCount();
  }

  long bytesRead() {
    return read.sum();
  }

  @Override
  public void close() throws IOException {
    group.close();
    Path file = this.file;
    if (file != null) {
      if (Files.deleteIfExists(file)) {
        load.error("server: the socket " + file + " was left behind");
      }
      Files.delete(requireNonNull(file.getParent()));
    }
  }

  private final class Counter implements ChannelHandler {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      read.add(((ByteBuf) message).readableBytes());
      ctx.fireChannelRead(message);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      load.serving.countDown();
      ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      load.error("server: " + (cause.getMessage() == null ? cause : cause.getMessage()));
      ctx.close(null);
    }
  }
}
