package io.gatun.handler;

import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a channel within limits of bytes a second, each of its own or shared with others. One
 * instance serves one channel.
 *
 * <p>It keeps no message. Reading: the request for more is held back, so that the bytes stay with
 * the kernel and then with the peer. Writing: the flush is held back, so that what is written
 * counts as pending with the channel and writers are held back as ever. What passes at once is
 * therefore not finer than a round of reading, and what a writer had written.
 */
public final class TrafficShaper implements ChannelHandler {
  private final Gate reading;
  private final Gate writing;

  /**
   * Limits a channel.
   *
   * @param read the limits of what comes, none or several: such as the channel's and all channels'
   * @param write the limits of what is sent
   */
  public TrafficShaper(List<RateLimit> read, List<RateLimit> write) {
    reading = new Gate(List.copyOf(read));
    writing = new Gate(List.copyOf(write));
  }

  /** One direction: lets a call through when its time has come. */
  private static final class Gate {
    final List<RateLimit> limits;
    @Nullable Future<?> timer;

    Gate(List<RateLimit> limits) {
      this.limits = limits;
    }

    void pass(Object message) {
      if (message instanceof ByteBuf bytes) {
        for (RateLimit limit : limits) {
          limit.pass(bytes.readableBytes());
        }
      }
    }

    void call(ChannelHandlerContext ctx, Runnable call) {
      if (timer != null) {
        return; // it makes the call
      }
      long nanos = 0;
      for (RateLimit limit : limits) {
        nanos = Math.max(nanos, limit.waitNanos());
      }
      if (nanos == 0) {
        call.run();
      } else {
        timer =
            ctx.eventLoop()
                .schedule(
                    () -> {
                      timer = null;
                      call(ctx, call);
                    },
                    nanos,
                    TimeUnit.NANOSECONDS);
      }
    }

    /** Returns whether a call was waiting. */
    boolean open() {
      boolean waiting = timer != null;
      if (timer != null) {
        timer.cancel(false);
        timer = null;
      }
      return waiting;
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    reading.pass(message);
    ctx.fireChannelRead(message);
  }

  @Override
  public void read(ChannelHandlerContext ctx) {
    reading.call(ctx, ctx::read);
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, @Nullable Promise<Void> promise) {
    writing.pass(message);
    ctx.write(message, promise);
  }

  @Override
  public void flush(ChannelHandlerContext ctx) {
    writing.call(ctx, ctx::flush);
  }

  @Override
  public void shutdownOutput(ChannelHandlerContext ctx, @Nullable Promise<Void> promise) {
    writing.open(); // the shutdown flushes
    ctx.shutdownOutput(promise);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    boolean flush = writing.open();
    boolean read = reading.open();
    if (ctx.channel().isOpen()) {
      if (flush) {
        ctx.flush();
      }
      if (read) {
        ctx.read();
      }
    }
  }
}
