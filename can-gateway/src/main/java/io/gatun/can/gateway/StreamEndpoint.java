package io.gatun.can.gateway;

import io.gatun.channel.ChannelHandler;
import io.gatun.channel.EventLoop;
import io.gatun.channel.EventLoopGroup;
import io.gatun.handler.Tls;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A protocol over connections that listens, or connects: each connection is a member of the bus,
 * and one that connects is so all the time.
 */
final class StreamEndpoint extends Endpoint {
  /** Makes the member of a connection. */
  interface Members {
    StreamMember member(String name, @Nullable Runnable ended);
  }

  private final @Nullable Listener listener;
  private final @Nullable Connector connector;
  private final @Nullable StreamMember client;
  private final EventLoop loop;

  /** All that have connected. */
  private int clients;

  /** Listens. */
  StreamEndpoint(
      String name,
      EventLoopGroup group,
      Bus bus,
      Listener.Settings settings,
      Members members,
      Function<StreamMember, List<ChannelHandler>> handlers) {
    super(name);
    this.loop = group.next();
    connector = null;
    client = null;
    listener =
        new Listener(
            group,
            settings,
            past,
            () -> {
              StreamMember[] made = new StreamMember[1];
              StreamMember member =
                  members.member(
                      "client " + ++clients,
                      () -> {
                        bus.leave(made[0]);
                        remove(made[0]);
                      });
              made[0] = member;
              join(member);
              return handlers.apply(member);
            });
  }

  /** Connects. */
  StreamEndpoint(
      String name,
      EventLoop loop,
      io.gatun.address.Address remote,
      @Nullable Supplier<Tls> tls,
      Members members,
      Function<StreamMember, List<ChannelHandler>> handlers) {
    super(name);
    this.loop = loop;
    listener = null;
    StreamMember member = members.member(name, null);
    client = member;
    connector = new Connector(loop, remote, tls, () -> handlers.apply(member));
  }

  @Override
  void start() throws Exception {
    if (listener != null) {
      listener.start();
    } else if (client != null && connector != null) {
      loop.submit(
              () -> {
                join(client);
                connector.connect();
              })
          .sync();
    }
  }

  @Override
  void close() {
    if (listener != null) {
      listener.close();
    }
    if (connector != null) {
      connector.close();
    }
    super.close();
  }

  @Override
  String listens() {
    return listener == null ? "" : String.valueOf(listener.address());
  }
}
