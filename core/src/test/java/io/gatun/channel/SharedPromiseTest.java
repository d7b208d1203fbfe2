package io.gatun.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gatun.address.Ipv4Address;
import io.gatun.address.SocketType;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class SharedPromiseTest {
  /** On the loop. */
  private final List<String> outcomes = new ArrayList<>();

  private final SharedPromise promise =
      new SharedPromise() {
        @Override
        protected void succeeded() {
          outcomes.add("sent");
        }

        @Override
        protected void failed(Throwable cause) {
          outcomes.add(cause.getClass().getSimpleName());
        }
      };

  @Test
  void itIsToldOfEachWrite() throws Exception {
    try (EventLoopGroup group = EventLoopGroup.builder().loops(1).build()) {
      EventLoop loop = group.next();
      Channel sink = await(bootstrap(loop).bind(Ipv4Address.loopback(0)));
      Channel channel = await(bootstrap(loop).connect(Objects.requireNonNull(sink.localAddress())));
      await(
          loop.submit(() -> {
            for (int i = 0; i < 3; i++) {
              channel.write(Unpooled.directBuffer(8).writeLong(i), promise);
            }
            channel.write("no message", promise);
            channel.flush();
          }));
      await(channel.close());
      channel.write(Unpooled.directBuffer(8).writeLong(3), promise);
      List<String> found = await(loop.submit(() -> List.copyOf(outcomes)));
      assertEquals(
          List.of("UnsupportedOperationException", "sent", "sent", "sent", "ClosedException"),
          found);
    }
  }

  @Test
  void nobodyCanWaitForIt() {
    assertThrows(UnsupportedOperationException.class, promise::sync);
    assertThrows(UnsupportedOperationException.class, () -> promise.addListener(done -> {}));
  }

  private static Bootstrap bootstrap(EventLoop loop) {
    return new Bootstrap(loop).type(SocketType.DGRAM).handler(channel -> {});
  }

  private static <T extends @org.jspecify.annotations.Nullable Object> T await(Future<T> future)
      throws Exception {
    return future.get(30, TimeUnit.SECONDS);
  }
}
