package io.gatun.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gatun.ChildJvm;
import io.gatun.address.Ipv4Address;
import io.gatun.address.SocketType;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.internal.PlatformDependent;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Where a program lets Netty's buffers use sun.misc.Unsafe, they are other classes. */
final class UnsafeBuffersTest {
  /** Sends bytes to itself, over a stream and as a datagram, and says what came. */
  static final class Echo {
    private Echo() {}

    public static void main(String[] args) throws Exception {
      System.out.println(PlatformDependent.hasUnsafe());
      try (EventLoopGroup group = EventLoopGroup.builder().loops(1).build()) {
        CompletableFuture<String> stream = new CompletableFuture<>();
        Channel listener =
            new ServerBootstrap(group)
                .childHandler(channel -> channel.pipeline().addLast(new Received(stream)))
                .bind(Ipv4Address.loopback(0))
                .get();
        say(
            new Bootstrap(group).connect(Objects.requireNonNull(listener.localAddress())).get(),
            "a stream");
        System.out.println(stream.get());
        CompletableFuture<String> datagram = new CompletableFuture<>();
        Channel receiver =
            new Bootstrap(group)
                .type(SocketType.DGRAM)
                .handler(channel -> channel.pipeline().addLast(new Received(datagram)))
                .bind(Ipv4Address.loopback(0))
                .get();
        say(
            new Bootstrap(group)
                .type(SocketType.DGRAM)
                .connect(Objects.requireNonNull(receiver.localAddress()))
                .get(),
            "a datagram");
        System.out.println(datagram.get());
      }
    }

    private static void say(Channel channel, String text) {
      channel.writeAndFlush(ByteBufUtil.writeAscii(channel.alloc(), text));
    }
  }

  private record Received(CompletableFuture<String> text) implements ChannelHandler {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf bytes = message instanceof Message m ? m.content() : (ByteBuf) message;
      text.complete(bytes.toString(StandardCharsets.US_ASCII));
      ReferenceCountUtil.release(message);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      text.complete(cause.toString());
    }
  }

  @Test
  @Timeout(60)
  void channelsReadWithThemAsWell() throws Exception {
    Process process =
        new ProcessBuilder(ChildJvm.command(Echo.class, "--sun-misc-unsafe-memory-access=allow"))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertEquals(List.of("true", "a stream", "a datagram"), process.inputReader().lines().toList());
    assertEquals(0, process.waitFor());
  }
}
