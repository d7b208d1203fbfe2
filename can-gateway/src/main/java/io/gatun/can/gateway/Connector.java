package io.gatun.can.gateway;

import io.gatun.address.Address;
import io.gatun.channel.Bootstrap;
import io.gatun.channel.Channel;
import io.gatun.channel.ChannelHandler;
import io.gatun.channel.EventLoop;
import io.gatun.handler.Tls;
import io.netty.util.concurrent.Future;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Connects, and connects again when the connection has ended: after 1 s, later 30. */
final class Connector {
  private static final long FIRST_MILLIS = 1000;
  private static final long LONGEST_MILLIS = 30_000;

  private final EventLoop loop;
  private final Address remote;
  private final @Nullable Supplier<Tls> tls;
  private final Supplier<List<ChannelHandler>> handlers;
  private long pause = FIRST_MILLIS;
  private boolean closed;
  private @Nullable Channel channel;

  Connector(
      EventLoop loop,
      Address remote,
      @Nullable Supplier<Tls> tls,
      Supplier<List<ChannelHandler>> handlers) {
    this.loop = loop;
    this.remote = remote;
    this.tls = tls;
    this.handlers = handlers;
  }

  void connect() {
    if (closed) {
      return;
    }
    new Bootstrap(loop)
        .handler(connecting -> {
          if (tls != null) {
            connecting.pipeline().addLast(tls.get().handler());
          }
          connecting.pipeline().addLast(handlers.get().toArray(ChannelHandler[]::new));
        })
        .connect(remote)
        .addListener((Future<Channel> connected) -> {
          if (!connected.isSuccess()) {
            later();
          } else if (closed) {
            connected.getNow().close();
          } else {
            channel = connected.getNow();
            long since = loop.ticker().nanoTime();
            channel
                .closeFuture()
                .addListener(ended -> {
                  // A peer that ends each connection at once is not asked each second.
                  if (loop.ticker().nanoTime() - since > TimeUnit.SECONDS.toNanos(10)) {
                    pause = FIRST_MILLIS;
                  }
                  later();
                });
          }
        });
  }

  private void later() {
    if (!closed) {
      loop.schedule(this::connect, pause, TimeUnit.MILLISECONDS);
      pause = Math.min(2 * pause, LONGEST_MILLIS);
    }
  }

  void close() {
    closed = true;
    if (channel != null) {
      channel.close();
    }
  }
}
