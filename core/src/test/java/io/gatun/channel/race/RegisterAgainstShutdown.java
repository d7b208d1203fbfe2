package io.gatun.channel.race;

import io.gatun.channel.Bootstrap;
import io.gatun.channel.Channel;
import io.gatun.channel.EventLoopGroup;
import io.gatun.error.WouldBlockException;
import io.gatun.socket.Socket;
import io.gatun.socket.SocketPair;
import io.gatun.socket.Sockets;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * One thread opens a channel on a loop that another shuts down: opened, whose the descriptor is.
 */
@JCStressTest
@Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "Opened, then closed with its loop.")
@Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "Refused, and closed.")
@Outcome(expect = Expect.FORBIDDEN, desc = "Told nothing, or a descriptor is nobody's.")
@State
public class RegisterAgainstShutdown {
  private final EventLoopGroup group = RacingChannel.group();
  private final Socket peer;
  private final int fd;
  private volatile @Nullable Future<Channel> opened;

  /** Makes what is to be registered; the loop runs already. */
  public RegisterAgainstShutdown() {
    try {
      SocketPair pair = Sockets.socketpair();
      peer = pair.second();
      peer.setTimeout(Duration.ZERO);
      fd = pair.first().detach();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    group.next().submit(() -> {}).awaitUninterruptibly();
  }

  @Actor
  public void register() {
    opened = new Bootstrap(group).handler(channel -> {}).adopt(fd);
  }

  @Actor
  public void shutdown() {
    group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
  }

  /** Looks at what became of the descriptor. */
  @Arbiter
  public void look(II_Result result) {
    Future<Channel> future = opened;
    result.r1 = future == null ? -3 : RacingChannel.outcome(future);
    if (RacingChannel.outcome(group.terminationFuture()) != 1) {
      result.r2 = -1;
      return;
    }
    try (Socket peer = this.peer) {
      result.r2 = peer.recv(1).length;
    } catch (WouldBlockException e) {
      result.r2 = 1;
    } catch (IOException e) {
      result.r2 = -4;
    }
  }
}
