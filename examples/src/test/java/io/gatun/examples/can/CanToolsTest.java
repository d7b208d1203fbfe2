package io.gatun.examples.can;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.channel.Bootstrap;
import io.gatun.channel.EventLoop;
import io.gatun.channel.EventLoopGroup;
import io.gatun.codec.can.channel.VirtualBus;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The programs on a virtual bus. */
final class CanToolsTest {
  private static final int SECONDS = 60;

  private final EventLoopGroup group = EventLoopGroup.builder().loops(1).build();
  private final EventLoop loop = group.next();
  private final VirtualBus bus = VirtualBus.on(loop).build();

  @TempDir Path folder;

  @AfterEach
  void end() {
    group.close();
  }

  /** A program on a thread of its own, from when it is on the bus. */
  private record Running(CompletableFuture<Integer> status, StringWriter out) {
    List<String> end() throws Exception {
      assertEquals(0, status.get(SECONDS, TimeUnit.SECONDS), out::toString);
      return out.toString().lines().toList();
    }
  }

  private Running start(CanCommand command, String... args) throws Exception {
    CountDownLatch open = new CountDownLatch(1);
    command.opening =
        (own, handlers) -> {
          var opened = new Bootstrap(loop).handler(handlers).attach(bus.node());
          opened.addListener(done -> open.countDown());
          return opened;
        };
    StringWriter out = new StringWriter();
    CommandLine line =
        new CommandLine(command).setOut(new PrintWriter(out)).setErr(new PrintWriter(out));
    CompletableFuture<Integer> status =
        CompletableFuture.supplyAsync(
            () -> line.execute(args), task -> Thread.ofPlatform().daemon().start(task));
    status.thenRun(open::countDown);
    assertTrue(open.await(SECONDS, TimeUnit.SECONDS));
    return new Running(status, out);
  }

  private static List<String> frames(List<String> lines) {
    return lines.stream().map(line -> line.substring(line.lastIndexOf(' ') + 1)).toList();
  }

  @Test
  void whatIsSentIsShown() throws Exception {
    Running dump = start(new CanDump(), "can0", "--count", "3");
    start(new CanSend(), "can0", "123#CAFE", "18DAF110#R2", "7FF##1" + "AB".repeat(12)).end();
    List<String> lines = dump.end();
    assertEquals(List.of("123#CAFE", "18DAF110#R2", "7FF##1" + "AB".repeat(12)), frames(lines));
    assertTrue(
        lines.getFirst().matches("\\([0-9]{10}\\.[0-9]{6,9}\\) can0 123#CAFE"), lines.getFirst());
  }

  @Test
  void whatIsNoFrameIsRefused() throws Exception {
    Running send = start(new CanSend(), "can0", "12#");
    assertEquals(2, send.status.get(SECONDS, TimeUnit.SECONDS));
    assertTrue(send.out.toString().contains("3 or 8 digits"), send.out::toString);
  }

  @Test
  void aSeedMakesTheSameFramesAndALogIsReplayed() throws Exception {
    Running one = start(new CanDump(), "can0", "--count", "500");
    start(new CanGenerate(), "can0", "--gap", "0", "--count", "500", "--seed", "5").end();
    List<String> generated = one.end();
    Path log = Files.write(folder.resolve("x.log"), generated);
    Running two = start(new CanDump(), "can0", "--count", "500");
    start(new CanReplay(), "can0", log.toString(), "--speed", "0").end();
    assertEquals(frames(generated), frames(two.end()));
    Running three = start(new CanDump(), "can0", "--count", "500");
    start(new CanGenerate(), "can0", "--gap", "0", "--count", "500", "--seed", "5").end();
    assertEquals(frames(generated), frames(three.end()));
  }

  @Test
  void theLoadIsOfTheBits() throws Exception {
    Running load = start(new CanLoad(), "can0", "--bitrate", "1000", "--count", "1");
    start(new CanSend(), "can0", "555#5555555555555555").end();
    List<String> lines = load.end();
    // 111 to 135 bits of 1000 in a second.
    assertTrue(lines.getFirst().matches("can0 1 frames/s, 1[1-3]\\.[0-9] %"), lines.getFirst());
  }
}
