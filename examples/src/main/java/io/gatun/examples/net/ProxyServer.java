package io.gatun.examples.net;

import io.gatun.address.Address;
import io.gatun.channel.Bootstrap;
import io.gatun.channel.Channel;
import io.gatun.channel.ChannelOption;
import io.gatun.channel.ServerBootstrap;
import io.gatun.handler.Relay;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code ./gatun proxy}: passes connections on. */
@Command(
    name = "proxy",
    header = "Pass each connection on to another address, TCP or Unix.",
    description = {
      "",
      "What one side takes slowly the other may send slowly only: the memory of a connection stays"
          + " small. Each half of a connection ends for itself.",
      "",
      "It prints \"listening on ADDRESS\" once clients can connect, and ends with SIGINT (Ctrl-C)"
          + " or SIGTERM.",
      ""
    },
    mixinStandardHelpOptions = true)
public final class ProxyServer extends ServerCommand {
  @Parameters(
      index = "0",
      paramLabel = "ADDRESS",
      converter = Place.class,
      description = "HOST:PORT, PORT or unix:PATH to listen at.")
  Address address;

  @Parameters(
      index = "1",
      paramLabel = "TARGET",
      converter = Place.class,
      description = "HOST:PORT, PORT or unix:PATH to connect to.")
  Address target;

  /** Called by picocli. */
  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  public ProxyServer() {}

  @Override
  Address address() {
    return address;
  }

  @Override
  void configure(ServerBootstrap server) {
    server.childOption(ChannelOption.AUTO_READ, false); // until there is somebody to give it to
  }

  @Override
  void initialize(Channel client) {
    // On the client's loop, so that nothing changes threads on its way.
    new Bootstrap(client.eventLoop())
        .option(ChannelOption.AUTO_READ, false)
        .connect(target)
        .addListener((Future<Channel> connected) -> relay(client, connected));
  }

  private void relay(Channel client, Future<Channel> connected) {
    try {
      if (!connected.isSuccess()) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("gatun: " + connected.cause().getMessage());
        err.flush();
        client.close();
      } else if (client.isOpen()) {
        Relay.between(client, connected.getNow());
      } else {
        connected.getNow().close();
      }
    } catch (IOException e) { // one of them has been closed in between
      client.close();
      connected.getNow().close();
    }
  }
}
