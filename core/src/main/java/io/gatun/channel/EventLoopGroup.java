package io.gatun.channel;

import io.gatun.transport.Driver;
import io.gatun.transport.Transport;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.MultithreadEventExecutorGroup;
import io.netty.util.concurrent.ThreadPerTaskExecutor;
import io.netty.util.concurrent.Ticker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A number of {@link EventLoop}s over one transport. Any thread may use it.
 *
 * <p>Each loop owns a few descriptors from the start, so a group has to be closed; its threads
 * start with their first task, and keep the program running unless they are daemons.
 */
public final class EventLoopGroup extends MultithreadEventExecutorGroup {
  private static final long CLOSE_SECONDS = 15;
  private static final Duration STALL = Duration.ofSeconds(1);

  /** Set by newChild, which the super constructor calls: a field initializer would undo it. */
  private @Nullable Transport transport;

  private EventLoopGroup(Builder builder) {
    super(
        builder.loops,
        new ThreadPerTaskExecutor(new DefaultThreadFactory(builder.name, builder.daemon)),
        builder.transport(),
        builder.ticker,
        builder.stallNanos);
  }

  /** Returns a group with one loop a processor on the best transport of this machine. */
  public static EventLoopGroup create() {
    return builder().build();
  }

  /** Starts to describe a group. */
  public static Builder builder() {
    return new Builder();
  }

  /** Describes a group; each setting has a default. */
  public static final class Builder {
    private int loops = Runtime.getRuntime().availableProcessors();
    private @Nullable Transport transport;
    private String name = "gatun";
    private boolean daemon;
    private Ticker ticker = Ticker.systemTicker();
    private long stallNanos = STALL.toNanos();

    private Builder() {}

    /** Sets the number of loops; by default one a processor. */
    public Builder loops(int loops) {
      if (loops < 1) {
        throw new IllegalArgumentException("loops: " + loops + " (expected: at least 1)");
      }
      this.loops = loops;
      return this;
    }

    /** Sets the transport; by default the best that works on this machine. */
    public Builder transport(Transport transport) {
      this.transport = transport;
      return this;
    }

    /** Sets the prefix of the threads' names; by default {@code gatun}. */
    public Builder name(String name) {
      this.name = name;
      return this;
    }

    /** Makes the threads daemons: the program may end while they run. */
    public Builder daemon(boolean daemon) {
      this.daemon = daemon;
      return this;
    }

    /**
     * Sets the clock of timers, for tests. With one that does not follow the system's time, a timer
     * runs at the first round of the loop after its time has come: a task brings one about.
     */
    public Builder ticker(Ticker ticker) {
      this.ticker = ticker;
      return this;
    }

    /**
     * Sets how long a handler or a task may keep a loop from its other channels before it is logged
     * which one does, and where; by default a second. Zero for never.
     */
    public Builder stallLimit(Duration limit) {
      if (limit.isNegative()) {
        throw new IllegalArgumentException("stallLimit: " + limit + " is negative");
      }
      this.stallNanos = TimeUnit.NANOSECONDS.convert(limit); // 292 years at most
      return this;
    }

    private Transport transport() {
      return transport == null ? Transport.best() : transport;
    }

    /**
     * Opens the loops.
     *
     * @throws IllegalStateException if the system refuses a loop its descriptors; the cause says
     *     why
     */
    public EventLoopGroup build() {
      return new EventLoopGroup(this);
    }
  }

  @Override
  protected EventLoop newChild(Executor executor, Object... args) {
    transport = (Transport) args[0];
    Driver driver;
    try {
      driver = transport.open();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new EventLoop(this, executor, driver, (Ticker) args[1], (Long) args[2]);
  }

  /** Returns the transport of all loops. */
  public Transport transport() {
    if (transport == null) {
      throw new IllegalStateException("the group has no loops yet");
    }
    return transport;
  }

  /** Returns the loop whose turn it is. */
  @Override
  public EventLoop next() {
    EventExecutor next = super.next();
    return (EventLoop) next;
  }

  /**
   * Closes all channels and ends the loops, without a quiet period; waits at most 15 seconds.
   *
   * @throws IllegalStateException on one of its own loops, or if the time is over
   */
  @Override
  public void close() {
    for (EventExecutor loop : this) {
      if (loop.inEventLoop()) {
        throw new IllegalStateException("a loop cannot wait for its own end: shutdownGracefully()");
      }
    }
    Future<?> ended = shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS);
    if (!ended.awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException("the loops did not end within " + CLOSE_SECONDS + " s");
    }
  }
}
