package io.gatun.examples.net;

import io.gatun.address.Address;
import io.gatun.channel.Channel;
import io.gatun.channel.ChannelOption;
import io.gatun.channel.EventLoopGroup;
import io.gatun.channel.ServerBootstrap;
import io.gatun.examples.Signals;
import io.gatun.examples.TransportOption;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What the servers share: it listens at one address until a signal comes. */
abstract class ServerCommand implements Callable<Integer> {
  @Option(
      names = "--loops",
      paramLabel = "N",
      description = "How many event loops serve. Default: one a processor.")
  int loops = Runtime.getRuntime().availableProcessors();

  @Mixin TransportOption transport;

  @Spec CommandSpec spec;

  /** Where to listen. */
  abstract Address address();

  /** Adds the handlers of a new connection. */
  abstract void initialize(Channel channel) throws Exception;

  /** Sets what connections need beside their handlers. */
  void configure(ServerBootstrap server) {}

  @Override
  @SuppressWarnings("try") // the hook is only to be there
  public Integer call() throws IOException, InterruptedException {
    CountDownLatch end = new CountDownLatch(1);
    try (Signals signals = Signals.onEnd(end::countDown);
        EventLoopGroup group =
            EventLoopGroup.builder().transport(transport.transport()).loops(loops).build()) {
      ServerBootstrap server =
          new ServerBootstrap(group)
              .childOption(ChannelOption.AUTO_READ, true)
              .childHandler(this::initialize);
      configure(server);
      Channel listener = server.bind(address()).sync().getNow();
      PrintWriter out = spec.commandLine().getOut();
      out.println("listening on " + listener.localAddress());
      out.flush();
      end.await();
    }
    return CommandLine.ExitCode.OK;
  }
}
