package io.gatun.examples.echo;

import static java.util.Objects.requireNonNull;

import io.gatun.address.Address;
import io.gatun.address.Ipv6Address;
import io.gatun.channel.ChannelOption;
import io.gatun.channel.EventLoopGroup;
import io.gatun.channel.ServerBootstrap;
import io.gatun.transport.Transport;

/** Serves with channels on event loops. */
final class ChannelServer implements Server {
  private final EventLoopGroup group;

  ChannelServer(Transport transport) {
    group = EventLoopGroup.builder().transport(transport).build();
  }

  @Override
  public Address listen(Address address) throws InterruptedException {
    ServerBootstrap bootstrap =
        new ServerBootstrap(group)
            .childHandler(channel -> channel.pipeline().addLast(new EchoHandler()));
    if (address instanceof Ipv6Address) {
      bootstrap.option(ChannelOption.IPV6_V6ONLY, true); // IPv4 has a listener of its own
    }
    return requireNonNull(bootstrap.bind(address).sync().getNow().localAddress());
  }

  @Override
  public void close() {
    group.close();
  }
}
