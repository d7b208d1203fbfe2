package io.gatun.examples.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gatun.address.Ipv4Address;
import io.gatun.channel.Bootstrap;
import io.gatun.channel.Channel;
import io.gatun.channel.EventLoopGroup;
import io.gatun.channel.ServerBootstrap;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.EventExecutor;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class LoopMetricsTest {
  private static double sum(MeterRegistry registry, String name) {
    return registry.get(name).tag("group", "test").meters().stream()
        .map(Meter::measure)
        .mapToDouble(measured -> measured.iterator().next().getValue())
        .sum();
  }

  @Test
  void eachLoopHasItsMetersAndTheyFollowItsCounters() throws Exception {
    try (EventLoopGroup group = EventLoopGroup.builder().loops(2).build()) {
      MeterRegistry registry = new SimpleMeterRegistry();
      new LoopMetrics(group, "group", "test").bindTo(registry);
      for (String loop : List.of("0", "1")) {
        long meters =
            registry.getMeters().stream()
                .filter(meter -> loop.equals(meter.getId().getTag("loop")))
                .count();
        assertEquals(7, meters);
      }
      Channel listener =
          new ServerBootstrap(group)
              .childHandler(channel -> {
                ByteBuffer hello = ByteBuffer.allocate(5);
                channel.writeAndFlush(Unpooled.wrappedBuffer(hello), null);
              })
              .bind(Ipv4Address.loopback(0))
              .sync()
              .getNow();
      Channel client =
          new Bootstrap(group)
              .connect(Objects.requireNonNull(listener.localAddress()))
              .sync()
              .getNow();
      while (sum(registry, "gatun.read") < 5) {
        for (EventExecutor loop : group) {
          loop.submit(() -> {}).sync();
        }
      }
      assertEquals(5, sum(registry, "gatun.read"));
      assertEquals(1, sum(registry, "gatun.reads"));
      assertEquals(5, sum(registry, "gatun.written"));
      assertEquals(1, sum(registry, "gatun.writes"));
      assertEquals(1, sum(registry, "gatun.accepted"));
      assertEquals(1, sum(registry, "gatun.connected"));
      assertEquals(3, sum(registry, "gatun.channels"));
      client.close().sync();
      listener.close().sync();
    }
  }
}
