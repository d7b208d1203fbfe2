package io.gatun.can.gateway;

import io.gatun.address.Address;
import io.gatun.address.IpAddress;
import io.gatun.channel.Channel;
import io.gatun.channel.ChannelHandler;
import io.gatun.channel.EventLoopGroup;
import io.gatun.channel.ServerBootstrap;
import io.gatun.handler.Tls;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Listens for connections of those who may connect, each with a handler of its own. */
final class Listener {
  /** More at once are refused. */
  static final int MOST_CONNECTIONS = 100;

  /**
   * Where and how.
   *
   * @param allowed who may connect over IP; anybody where it is empty
   * @param tls null for none
   */
  record Settings(Address address, List<Network> allowed, @Nullable Tls tls) {}

  private final EventLoopGroup group;
  private final Settings settings;
  private final Supplier<List<ChannelHandler>> handlers;
  private final Counters refusals;
  private @Nullable Channel channel;
  private int connections;

  Listener(
      EventLoopGroup group,
      Settings settings,
      Counters refusals,
      Supplier<List<ChannelHandler>> handlers) {
    this.group = group;
    this.settings = settings;
    this.refusals = refusals;
    this.handlers = handlers;
  }

  void start() throws Exception {
    channel =
        new ServerBootstrap(group)
            .childHandler(this::initialize)
            .bind(settings.address)
            .sync()
            .getNow();
  }

  private void initialize(Channel child) {
    boolean allowed =
        settings.allowed.isEmpty()
            || !(child.remoteAddress() instanceof IpAddress ip)
            || settings.allowed.stream().anyMatch(network -> network.contains(ip));
    if (!allowed || connections >= MOST_CONNECTIONS) {
      refusals.lostOutside(allowed ? "too-many-connections" : "connection-refused", 1);
      child.close();
      return;
    }
    connections++;
    child.closeFuture().addListener(closed -> connections--);
    if (settings.tls != null) {
      child.pipeline().addLast(settings.tls.handler());
    }
    child.pipeline().addLast(handlers.get().toArray(ChannelHandler[]::new));
  }

  @Nullable Address address() {
    return channel == null ? null : channel.localAddress();
  }

  void close() {
    if (channel != null) {
      channel.close();
    }
  }
}
