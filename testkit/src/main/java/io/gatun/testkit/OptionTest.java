package io.gatun.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.channel.Channel;
import io.gatun.channel.ChannelOption;
import io.gatun.channel.WaterMarks;
import io.gatun.error.ClosedException;
import io.gatun.error.SocketErrorException;
import io.gatun.os.Abi;
import io.gatun.os.Constants;
import io.gatun.os.Os;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The settings of channels. */
@OnEachTransport
public final class OptionTest extends ChannelLab {
  OptionTest(Lane lane) throws IOException {
    super(lane);
  }

  @Test
  void optionsOfTheKernelCanBeSetAndReadByAnyThread() throws Exception {
    Channel channel = pair().channel();
    assertTrue(channel.getOption(ChannelOption.TCP_NODELAY), "on unless told otherwise");
    channel.setOption(ChannelOption.TCP_NODELAY, false);
    assertFalse(channel.getOption(ChannelOption.TCP_NODELAY));
    assertFalse(channel.getOption(ChannelOption.SO_KEEPALIVE));
    channel.setOption(ChannelOption.SO_KEEPALIVE, true);
    assertTrue(channel.getOption(ChannelOption.SO_KEEPALIVE));
    channel.setOption(ChannelOption.SO_RCVBUF, 20_000);
    assertTrue(channel.getOption(ChannelOption.SO_RCVBUF) >= 20_000);
    assertEquals(-1, channel.getOption(ChannelOption.SO_LINGER));
    for (int seconds : new int[] {0, 7, -1}) {
      channel.setOption(ChannelOption.SO_LINGER, seconds);
      assertEquals(seconds, channel.getOption(ChannelOption.SO_LINGER));
    }
  }

  @Test
  void anyOptionOfTheKernelGoesByItsNumbers() throws Exception {
    Channel channel = pair().channel();
    ChannelOption<Integer> type =
        ChannelOption.ofInt("SO_TYPE", Constants.SOL_SOCKET, Constants.SO_TYPE);
    assertEquals(Constants.SOCK_STREAM, channel.getOption(type));
    ChannelOption<Boolean> keepAlive =
        ChannelOption.ofBoolean("x", Constants.SOL_SOCKET, Constants.SO_KEEPALIVE);
    channel.setOption(keepAlive, true);
    assertTrue(channel.getOption(ChannelOption.SO_KEEPALIVE));
  }

  @Test
  void aStructureOfTheKernelIsRead() throws Exception {
    Assumptions.assumeTrue(Abi.HOST.has("TCP_INFO"), "this system has no TCP_INFO");
    ChannelOption<byte[]> info =
        ChannelOption.ofBytes("TCP_INFO", Constants.IPPROTO_TCP, Abi.HOST.value("TCP_INFO"), 256);
    Pair pair = pair();
    byte[] established = pair.channel().getOption(info);
    assertTrue(established.length > 8, () -> established.length + " bytes");
    assertEquals(1, established[0], "TCP_ESTABLISHED");
    pair.peer().close();
    awaitClosed(pair.channel());
    assertThrows(ClosedException.class, () -> pair.channel().getOption(info));
  }

  @Test
  void aStructureOfTheKernelIsWritten() throws Exception {
    Assumptions.assumeTrue(Abi.HOST.os() != Os.WINDOWS, "Windows answers a BOOL in one byte");
    Channel channel = pair().channel();
    ChannelOption<byte[]> keepAlive =
        ChannelOption.ofBytes("x", Constants.SOL_SOCKET, Constants.SO_KEEPALIVE, 4);
    byte[] on = {1, 1, 1, 1}; // an int that is not 0, in either order
    channel.setOption(keepAlive, on);
    assertTrue(channel.getOption(ChannelOption.SO_KEEPALIVE));
    assertEquals(4, channel.getOption(keepAlive).length);
  }

  @Test
  void anOptionThatTheKernelRefusesIsAnErrorThatNamesIt() throws Exception {
    Channel channel = pair().channel();
    ChannelOption<Integer> unknown = ChannelOption.ofInt("NO_SUCH", Constants.SOL_SOCKET, 9999);
    assertMessage(
        "getsockopt NO_SUCH " + channel.remoteAddress() + ": ENOPROTOOPT",
        assertThrows(SocketErrorException.class, () -> channel.getOption(unknown)));
    assertMessage(
        "setsockopt NO_SUCH=3 " + channel.remoteAddress() + ": ENOPROTOOPT",
        assertThrows(SocketErrorException.class, () -> channel.setOption(unknown, 3)));
    assertTrue(channel.isActive());
  }

  @Test
  void optionsOfTheChannelItselfHaveTheirDefaultsAndAreSet() throws Exception {
    Channel channel = pair(client -> {}).channel();
    assertTrue(channel.getOption(ChannelOption.AUTO_READ));
    assertFalse(channel.getOption(ChannelOption.ALLOW_HALF_CLOSURE));
    assertEquals(WaterMarks.DEFAULT, channel.getOption(ChannelOption.WRITE_WATER_MARKS));
    assertEquals(Duration.ofSeconds(30), channel.getOption(ChannelOption.CONNECT_TIMEOUT));
    assertSame(alloc, channel.getOption(ChannelOption.ALLOCATOR));
    WaterMarks marks = new WaterMarks(1, 2);
    channel.setOption(ChannelOption.WRITE_WATER_MARKS, marks);
    channel.setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    rounds(channel.eventLoop());
    assertEquals(marks, channel.getOption(ChannelOption.WRITE_WATER_MARKS));
    assertTrue(channel.getOption(ChannelOption.ALLOW_HALF_CLOSURE));
    Channel listener = bind(server());
    assertNotEquals(0, listener.getOption(ChannelOption.BACKLOG));
    // On Windows it would let another program take the port over.
    boolean reuse = Abi.HOST.os() != Os.WINDOWS;
    assertEquals(reuse, listener.getOption(ChannelOption.SO_REUSEADDR));
  }

  @Test
  void anOptionOfAnotherKindOfChannelIsUnsupported() throws Exception {
    Channel channel = pair().channel();
    assertThrows(
        UnsupportedOperationException.class, () -> channel.getOption(ChannelOption.BACKLOG));
    Channel listener = bind(server());
    assertThrows(
        UnsupportedOperationException.class,
        () -> listener.getOption(ChannelOption.WRITE_WATER_MARKS));
  }

  @Test
  void optionsOfTheKernelOnAClosedChannelFailAsClosed() throws Exception {
    Channel channel = pair().channel();
    await(channel.close());
    ClosedException closed =
        assertThrows(ClosedException.class, () -> channel.getOption(ChannelOption.SO_SNDBUF));
    assertMessage("getsockopt SO_SNDBUF: ", closed);
    assertThrows(ClosedException.class, () -> channel.setOption(ChannelOption.SO_SNDBUF, 9999));
  }

  @Test
  void optionsOfTheChannelItselfOnAClosedChannelFailAsClosed() throws Exception {
    Channel channel = pair().channel();
    await(channel.close());
    assertThrows(ClosedException.class, () -> channel.getOption(ChannelOption.AUTO_READ));
    assertThrows(ClosedException.class, () -> channel.setOption(ChannelOption.AUTO_READ, true));
  }

  @Test
  void anOptionThatCannotBeSetFailsTheBootstrap() throws Exception {
    ChannelOption<Integer> unknown = ChannelOption.ofInt("NO_SUCH", Constants.SOL_SOCKET, 9999);
    failure(IOException.class, client().option(unknown, 1).connect(listener().getSockName()));
    failure(IOException.class, server().option(unknown, 1).bind(address()));
  }
}
