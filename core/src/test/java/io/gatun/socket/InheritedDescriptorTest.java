package io.gatun.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gatun.ChildJvm;
import io.gatun.address.Address;
import io.gatun.address.UnixAddress;
import io.gatun.channel.Channel;
import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.channel.EventLoopGroup;
import io.gatun.channel.ServerBootstrap;
import io.gatun.os.Kernel;
import io.netty.buffer.ByteBufUtil;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

final class InheritedDescriptorTest {
  private static final String ACTIVATE = "/usr/bin/systemd-socket-activate";

  private static Map<String, String> environment(String pid, String fds, String names) {
    return Map.of("LISTEN_PID", pid, "LISTEN_FDS", fds, "LISTEN_FDNAMES", names);
  }

  private static List<InheritedDescriptor> of(InheritedDescriptor... descriptors) {
    return List.of(descriptors);
  }

  @Test
  void descriptorsCountFromThreeAndHaveTheirNames() {
    assertEquals(
        of(new InheritedDescriptor(3, "web"), new InheritedDescriptor(4, "admin")),
        InheritedDescriptor.parse(environment("7", "2", "web:admin"), 7));
  }

  @Test
  void oneWithoutANameIsCalledUnknown() {
    assertEquals(
        of(
            new InheritedDescriptor(3, "unknown"),
            new InheritedDescriptor(4, "b"),
            new InheritedDescriptor(5, "unknown")),
        InheritedDescriptor.parse(environment("7", "3", ":b"), 7));
    assertEquals(
        of(new InheritedDescriptor(3, "unknown")),
        InheritedDescriptor.parse(Map.of("LISTEN_PID", "7", "LISTEN_FDS", "1"), 7));
  }

  @Test
  void whatIsMeantForAnotherProcessOrForNobodyIsNothing() {
    assertEquals(of(), InheritedDescriptor.parse(environment("8", "2", ""), 7));
    assertEquals(of(), InheritedDescriptor.parse(Map.of(), 7));
    assertEquals(of(), InheritedDescriptor.parse(Map.of("LISTEN_FDS", "1"), 7));
    for (String count : List.of("", "-1", "x", "99999999999", "0")) {
      assertEquals(of(), InheritedDescriptor.parse(environment("7", count, ""), 7));
    }
  }

  /** Says its name to whoever connects, and what of its descriptors is inheritable. */
  static final class Greeter {
    private Greeter() {}

    public static void main(String[] args) throws Exception {
      EventLoopGroup group = EventLoopGroup.builder().loops(1).build();
      for (InheritedDescriptor inherited : InheritedDescriptor.fromSystemd()) {
        Kernel kernel = Kernel.acquire();
        String text = inherited.name() + " " + kernel.isInheritable(inherited.fd()) + "\n";
        Kernel.release(kernel);
        new ServerBootstrap(group)
            .childHandler(channel -> channel.pipeline().addLast(new Greeting(text)))
            .adopt(inherited.fd())
            .get();
      }
    }
  }

  private record Greeting(String text) implements ChannelHandler {
    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      Channel channel = ctx.channel();
      channel
          .writeAndFlush(ByteBufUtil.writeAscii(channel.alloc(), text))
          .addListener(sent -> channel.close());
    }
  }

  @Test
  @Timeout(60)
  void aProgramThatSystemdStartsServesTheSocketsThatItWasGiven(@TempDir Path folder)
      throws Exception {
    Assumptions.assumeTrue(
        Files.isExecutable(Path.of(ACTIVATE)), ACTIVATE + " is not there: of Linux with systemd");
    List<UnixAddress> addresses =
        List.of(UnixAddress.path(folder.resolve("a")), UnixAddress.path(folder.resolve("b")));
    List<String> command = new ArrayList<>(List.of(ACTIVATE, "--fdname=web:admin"));
    addresses.forEach(address -> command.addAll(List.of("-l", address.toPath().toString())));
    command.addAll(ChildJvm.command(Greeter.class));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (BufferedReader output = process.inputReader()) {
      for (int listening = 0; listening < 2; ) {
        String line = Objects.requireNonNull(output.readLine(), "it ended");
        listening += line.startsWith("Listening on") ? 1 : 0;
      }
      assertEquals("web 0\n", ask(addresses.get(0)));
      assertEquals("admin 0\n", ask(addresses.get(1)));
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  private static String ask(Address address) throws IOException {
    try (Socket socket = Socket.openFor(address)) {
      socket.setTimeout(Duration.ofSeconds(50));
      socket.connect(address);
      StringBuilder all = new StringBuilder();
      byte[] part = socket.recv(100);
      while (part.length > 0) {
        all.append(new String(part, StandardCharsets.US_ASCII));
        part = socket.recv(100);
      }
      return all.toString();
    }
  }
}
