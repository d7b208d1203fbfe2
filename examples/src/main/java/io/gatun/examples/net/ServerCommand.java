package io.gatun.examples.net;

import io.gatun.address.Address;
import io.gatun.channel.Channel;
import io.gatun.channel.ChannelOption;
import io.gatun.channel.EventLoopGroup;
import io.gatun.channel.ServerBootstrap;
import io.gatun.examples.Signals;
import io.gatun.examples.TransportOption;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.logging.LoggingMeterRegistry;
import io.micrometer.core.instrument.logging.LoggingRegistryConfig;
import java.io.Closeable;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
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

  @Option(
      names = "--metrics",
      paramLabel = "SECONDS",
      description = "Print what the loops have done, by Micrometer, every so many seconds.")
  int metricsSeconds;

  @Mixin TransportOption transport;

  @Spec CommandSpec spec;

  /** Where to listen. */
  abstract Address address();

  /** Adds the handlers of a new connection. */
  abstract void initialize(Channel channel) throws Exception;

  /** Sets what connections need beside their handlers. */
  void configure(ServerBootstrap server) {}

  @Override
  @SuppressWarnings("try") // the hook and the meters are only to be there
  public Integer call() throws IOException, InterruptedException {
    CountDownLatch end = new CountDownLatch(1);
    try (Signals signals = Signals.onEnd(end::countDown);
        EventLoopGroup group =
            EventLoopGroup.builder().transport(transport.transport()).loops(loops).build();
        Closeable metrics = metrics(group)) {
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

  /**
   * Prints the meters, if that was asked for. Another server has a registry of Prometheus's here.
   */
  private Closeable metrics(EventLoopGroup group) {
    if (metricsSeconds <= 0) {
      return () -> {};
    }
    PrintWriter out = spec.commandLine().getOut();
    LoggingRegistryConfig config =
        new LoggingRegistryConfig() {
          @Override
          public @Nullable String get(String key) {
            return null; // the defaults, but for the next
          }

          @Override
          public Duration step() {
            return Duration.ofSeconds(metricsSeconds);
          }
        };
    MeterRegistry registry =
        LoggingMeterRegistry.builder(config)
            .loggingSink(line -> {
              out.println(line);
              out.flush();
            })
            .build();
    new LoopMetrics(group).bindTo(registry);
    return registry::close;
  }
}
