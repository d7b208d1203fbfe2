package io.gatun.channel.race;

import io.gatun.channel.Bootstrap;
import io.gatun.channel.Channel;
import io.gatun.channel.EventLoopGroup;
import io.gatun.error.WouldBlockException;
import io.gatun.socket.Socket;
import io.gatun.socket.SocketPair;
import io.gatun.socket.Sockets;
import io.gatun.transport.PollTransport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A channel on a loop that all races of a JVM share, and the socket at its other end. */
final class RacingChannel {
  private static final int SECONDS = 30;

  static final EventLoopGroup GROUP = group();

  final Channel channel;
  final Socket peer;
  private final ByteBuf buffer = UnpooledByteBufAllocator.DEFAULT.directBuffer(1).writeByte(7);

  RacingChannel() {
    try {
      SocketPair pair = Sockets.socketpair();
      peer = pair.second();
      peer.setTimeout(Duration.ZERO);
      channel = new Bootstrap(GROUP).handler(c -> {}).adopt(pair.first().detach()).sync().getNow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  static EventLoopGroup group() {
    return EventLoopGroup.builder().transport(new PollTransport()).loops(1).daemon(true).build();
  }

  /** Returns the one byte that is to be written, which the channel then owns. */
  ByteBuf buffer() {
    return buffer;
  }

  /** Returns whether the byte was written, or given back all the same. */
  boolean isBufferReleased() {
    return buffer.refCnt() == 0;
  }

  /**
   * Waits; returns 1 when it succeeded, 0 when it failed or was cancelled, −1 when it does not end.
   */
  static int outcome(Future<?> future) {
    return future.awaitUninterruptibly(SECONDS, TimeUnit.SECONDS) ? future.isSuccess() ? 1 : 0 : -1;
  }

  /** Ends the channel, and returns the number of bytes that have arrived. */
  int closeAndCount() {
    if (outcome(channel.close()) != 1) {
      return -1;
    }
    try (Socket peer = this.peer) {
      return peer.recv(16).length;
    } catch (WouldBlockException e) {
      return -2; // the channel has closed, and its descriptor has not
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
