package io.gatun.examples.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.examples.Gatun;
import io.gatun.examples.Program;
import io.gatun.examples.echo.EchoHandler;
import io.gatun.transport.Transport;
import io.netty.buffer.ByteBuf;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

@Timeout(120)
class DemoTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(Supplier<ChannelHandler> echo, String... args) {
    CommandLine line = Gatun.commandLine();
    line.setOut(new PrintWriter(out));
    line.setErr(new PrintWriter(err));
    for (CommandLine command : line.getSubcommands().values()) {
      if (command.getCommand() instanceof DemoCommand demo) {
        demo.echo = echo;
      }
    }
    return line.execute(args);
  }

  private void assertNothingLost(int status) {
    assertEquals("", err.toString());
    assertEquals(0, status, out.toString());
    assertTrue(out.toString().contains("Nothing was lost: "), out.toString());
  }

  static String[] transports() {
    return Transport.all().stream()
        .filter(transport -> transport.unavailability() == null)
        .map(Transport::name)
        .toArray(String[]::new);
  }

  @ParameterizedTest
  @MethodSource("transports")
  void nothingIsLost(String transport) {
    assertNothingLost(run(EchoHandler::new, "demo", "--seconds=1", "--transport=" + transport));
    assertTrue(out.toString().contains(transport), out.toString());
  }

  @Test
  void nothingIsLostOnAUnixSocket() {
    assertNothingLost(run(EchoHandler::new, "demo", "--seconds=0.2", "--unix"));
  }

  @ParameterizedTest
  @CsvSource({"1, 1024, 1", "2, 1024, 1", "3, 1024, 1", "100, 1, 1000", "5, 200001, 3"})
  void nothingIsLostWhateverTheSizes(int connections, int size, int inFlight) {
    assertNothingLost(
        run(
            EchoHandler::new,
            "demo",
            "--seconds=0.2",
            "--connections=" + connections,
            "--message-size=" + size,
            "--in-flight=" + inFlight));
  }

  /** Counts what has passed, and does something to one byte. */
  private abstract static class Faulty implements ChannelHandler {
    static final int AT = 5000;

    private int passed;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf buffer = (ByteBuf) message;
      int index = AT - passed;
      passed += buffer.readableBytes();
      if (index >= 0 && index < buffer.readableBytes()) {
        spoil(ctx, buffer, buffer.readerIndex() + index);
      } else {
        ctx.writeAndFlush(buffer, null);
      }
    }

    abstract void spoil(ChannelHandlerContext ctx, ByteBuf buffer, int index);
  }

  private void assertLost(Supplier<ChannelHandler> echo, String expected) {
    assertEquals(1, run(echo, "demo", "--seconds=0.2", "--connections=1"));
    assertEquals("gatun: demo: " + expected + "\n", err.toString());
    assertTrue(out.toString().contains("total"), out.toString());
  }

  @Test
  void aChangedByteIsFound() {
    ByteSequence bytes = new ByteSequence(1);
    int right = bytes.at(Faulty.AT) & 0xff;
    assertLost(
        () ->
            new Faulty() {
              @Override
              void spoil(ChannelHandlerContext ctx, ByteBuf buffer, int index) {
                buffer.setByte(index, right ^ 1);
                ctx.writeAndFlush(buffer, null);
              }
            },
        "channel 1: byte 5000 came back as 0x%02x instead of 0x%02x".formatted(right ^ 1, right));
  }

  @Test
  void anEarlyEndIsFound() {
    assertLost(
        () ->
            new Faulty() {
              @Override
              void spoil(ChannelHandlerContext ctx, ByteBuf buffer, int index) {
                buffer.release();
                ctx.close(null);
              }
            },
        "channel 1: the server closed the connection too early");
  }

  @Test
  void aDoubledByteIsFound() {
    AtomicInteger times = new AtomicInteger();
    assertEquals(
        1,
        run(
            () ->
                new Faulty() {
                  @Override
                  void spoil(ChannelHandlerContext ctx, ByteBuf buffer, int index) {
                    times.incrementAndGet();
                    ctx.write(buffer.retainedSlice(index, 1), null);
                    ctx.writeAndFlush(buffer, null);
                  }
                },
            "demo",
            "--seconds=0.2",
            "--connections=4"));
    assertTrue(times.get() > 0);
    assertTrue(err.toString().contains("came back as"), err.toString());
    assertTrue(err.toString().contains("of 4 errors"), err.toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--seconds=0       | --seconds 0 (expected: 0.1 to 86400)",
        "--connections=0   | --connections 0 (expected: 1 to 2147483647)",
        "--message-size=-1 | --message-size -1 (expected: 1 to 16777216)",
        "--in-flight=1025  | --in-flight 1025 (expected: 1 to 1024)",
        "--nonsense        | Unknown option: '--nonsense'",
      },
      quoteCharacter = '"')
  void wrongUsageIsOneLine(String option, String error) {
    assertEquals(2, run(EchoHandler::new, "demo", option));
    assertEquals("gatun: " + error + " (see gatun demo --help)\n", err.toString());
  }

  @Test
  void anUnknownTransportIsToldWithThoseThereAre() {
    assertEquals(2, run(EchoHandler::new, "demo", "--transport=pigeon"));
    assertTrue(
        err.toString().contains("there is no transport pigeon; there are: "), err.toString());
  }

  @Test
  void moreConnectionsThanDescriptorsAreRefused() {
    assertEquals(2, run(EchoHandler::new, "demo", "--connections=1000000000"));
    assertTrue(err.toString().contains("needs 2000000000 descriptors, and "), err.toString());
    assertEquals(1, err.toString().lines().count());
  }

  @Test
  void anInterruptAtItsBeginningIsNoLoss() throws Exception {
    try (Program demo = Program.gatun("demo", "--seconds=1000", "--connections=200")) {
      demo.line(); // the server listens, and the clients are about to connect
      demo.signal("INT");
      Program.Result result = demo.end();
      assertEquals("", result.err());
      assertEquals(130, result.status());
    }
  }

  @Test
  void anInterruptEndsItEarlyWithTheTable() throws Exception {
    try (Program demo = Program.gatun("demo", "--seconds=1000", "--connections=8")) {
      for (int i = 0; i < 5; i++) {
        demo.line(); // the last of them comes after the first second
      }
      demo.signal("INT");
      Program.Result result = demo.end();
      assertEquals("", result.err());
      assertTrue(result.out().contains("Nothing was lost: "), result.out());
      assertEquals(130, result.status());
    }
  }
}
