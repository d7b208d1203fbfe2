package io.gatun.handler;

import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.channel.FileRegion;
import io.gatun.channel.Message;
import io.gatun.error.ClosedException;
import io.netty.buffer.ByteBuf;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a channel within limits of bytes a second, each of its own or shared with others. One
 * instance serves one channel.
 *
 * <p>Reading: the request for more is held back until what has come is paid for, so that the bytes
 * stay with the kernel and then with the peer; what passes at once is a round of reading. Writing:
 * a message that was flushed is passed on once it is paid for, in its turn. Until then it waits
 * here, and counts as pending with the channel, so that writers are held back as ever. Buffers,
 * messages and files count their bytes, whatever else is written nothing. A message is not cut in
 * pieces: one of two seconds' worth goes out at once, when those are over. {@code shutdownOutput}
 * waits for its turn too, and {@code close} does not.
 */
public final class TrafficShaper implements ChannelHandler {
  /** The shortest wait. What comes due meanwhile goes out together, and no rate is lost by it. */
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  /** Stands in the queue for the end of output. */
  private static final Object SHUTDOWN = new Object();

  private record Entry(Object message, @Nullable Promise<Void> promise, int pending) {}

  private final List<RateLimit> reading;
  private final List<RateLimit> writing;

  /** When all that has come is paid for, on the loop's clock. */
  private long readAt;

  private @Nullable Future<?> readTimer;

  private final ArrayDeque<Entry> queue = new ArrayDeque<>(0);

  /** How many of the queue were flushed. */
  private int flushed;

  /**
   * Bytes of the first of the queue that are still to be charged; negative before it is looked at.
   */
  private long uncharged = -1;

  /** Runs when what was charged is paid for. */
  private @Nullable Future<?> writeTimer;

  private boolean passing;

  /**
   * Limits a channel.
   *
   * @param read the limits of what comes, none or several: such as the channel's and all channels'
   * @param write the limits of what is sent
   */
  public TrafficShaper(List<RateLimit> read, List<RateLimit> write) {
    reading = List.copyOf(read);
    writing = List.copyOf(write);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    readAt = ctx.eventLoop().ticker().nanoTime();
  }

  private static long size(Object message) {
    return switch (message) {
      case ByteBuf bytes -> bytes.readableBytes();
      case Message whole when whole.refCnt() > 0 -> whole.content().readableBytes();
      case FileRegion file -> file.left();
      default -> 0;
    };
  }

  /** Returns how long it takes, in nanoseconds, until bytes are paid for by all limits. */
  private static long charge(List<RateLimit> limits, long bytes) {
    long nanos = 0;
    for (RateLimit limit : limits) {
      nanos = Math.max(nanos, limit.charge(bytes));
    }
    return nanos;
  }

  private static Future<?> later(ChannelHandlerContext ctx, long nanos, Runnable task) {
    return ctx.eventLoop().schedule(task, Math.max(nanos, PAUSE_NANOS), TimeUnit.NANOSECONDS);
  }

  // Reading

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!reading.isEmpty()) {
      readAt = ctx.eventLoop().ticker().nanoTime() + charge(reading, size(message));
    }
    ctx.fireChannelRead(message);
  }

  @Override
  public void read(ChannelHandlerContext ctx) {
    if (readTimer != null) {
      return; // it reads
    }
    long nanos = readAt - ctx.eventLoop().ticker().nanoTime();
    if (reading.isEmpty() || nanos <= 0) {
      ctx.read();
      return;
    }
    readTimer =
        later(
            ctx,
            nanos,
            () -> {
              readTimer = null;
              ctx.read();
            });
  }

  // Writing

  @Override
  public void write(ChannelHandlerContext ctx, Object message, @Nullable Promise<Void> promise) {
    if (writing.isEmpty()) {
      ctx.write(message, promise);
    } else {
      queue.add(new Entry(message, promise, ctx.countPending(message)));
    }
  }

  @Override
  public void flush(ChannelHandlerContext ctx) {
    flushed = queue.size();
    passPaid(ctx);
  }

  @Override
  public void shutdownOutput(ChannelHandlerContext ctx, @Nullable Promise<Void> promise) {
    queue.add(new Entry(SHUTDOWN, promise, 0));
    flush(ctx);
  }

  /** Passes on what was flushed, as far as it is paid for. */
  private void passPaid(ChannelHandlerContext ctx) {
    if (passing) {
      return; // the call under way goes on with it
    }
    passing = true;
    try {
      while (flushed > 0 && isFirstPaid(ctx)) {
        passFirst(ctx);
      }
    } finally {
      passing = false;
    }
    ctx.flush();
  }

  /** Charges the first of the queue, in shares, so that others have theirs meanwhile. */
  private boolean isFirstPaid(ChannelHandlerContext ctx) {
    if (writeTimer != null) {
      return false;
    }
    if (uncharged < 0) {
      Entry first = queue.element();
      boolean cancelled = first.promise != null && first.promise.isCancelled();
      uncharged = cancelled ? 0 : size(first.message);
    }
    while (uncharged > 0) {
      long part = uncharged;
      for (RateLimit limit : writing) {
        part = Math.min(part, limit.share());
      }
      uncharged -= part;
      long nanos = charge(writing, part);
      if (nanos > 0) {
        writeTimer =
            later(
                ctx,
                nanos,
                () -> {
                  writeTimer = null;
                  passPaid(ctx);
                });
        return false;
      }
    }
    return true;
  }

  private void passFirst(ChannelHandlerContext ctx) {
    Entry first = queue.remove();
    flushed = Math.max(0, flushed - 1);
    uncharged = -1;
    if (first.message == SHUTDOWN) {
      ctx.shutdownOutput(first.promise);
    } else {
      ctx.write(first.message, first.promise);
      ctx.uncountPending(first.pending);
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    if (writeTimer != null) {
      writeTimer.cancel(false);
      writeTimer = null;
    }
    boolean read = readTimer != null;
    if (readTimer != null) {
      readTimer.cancel(false);
      readTimer = null;
    }
    passing = true; // nothing more is charged
    if (ctx.channel().isOpen()) {
      boolean flush = flushed > 0;
      while (flushed > 0) {
        passFirst(ctx);
      }
      if (flush) {
        ctx.flush();
      }
      while (!queue.isEmpty()) {
        passFirst(ctx);
      }
      if (read) {
        ctx.read();
      }
    }
    for (Entry entry; (entry = queue.poll()) != null; ) {
      ctx.uncountPending(entry.pending);
      ReferenceCountUtil.release(entry.message);
      if (entry.promise != null) {
        entry.promise.tryFailure(new ClosedException("write"));
      }
    }
  }
}
