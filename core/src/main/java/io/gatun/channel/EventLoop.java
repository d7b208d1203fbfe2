package io.gatun.channel;

import io.gatun.error.SocketErrors;
import io.gatun.os.Kernel;
import io.gatun.transport.Driver;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.RejectedExecutionHandlers;
import io.netty.util.concurrent.SingleThreadEventExecutor;
import io.netty.util.concurrent.Ticker;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jctools.queues.varhandle.MpscUnboundedVarHandleArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * One thread that waits for many channels and runs what happens on them, one thing at a time; also
 * an executor and a timer. Made by an {@link EventLoopGroup}.
 */
public final class EventLoop extends SingleThreadEventExecutor {
  private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(EventLoop.class);

  /** How long tasks may run before sockets have their turn again. */
  private static final long TASK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  /** After the driver itself failed: do not spin on the failure. */
  private static final long FAILURE_PAUSE_MILLIS = 100;

  private static final VarHandle ROUNDS;
  private static final VarHandle RUNNING;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      ROUNDS = lookup.findVarHandle(EventLoop.class, "rounds", int.class);
      RUNNING = lookup.findVarHandle(EventLoop.class, "running", ChannelHandlerContext.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final EventLoopGroup group;
  private final Driver driver;
  private final Ticker ticker;

  /** How long a round may take before it is told of; 0 when nobody asks. */
  private final long stallNanos;

  private java.util.concurrent.@Nullable Future<?> stallWatch;

  /** For {@link StallWatch}, which looks at them from its thread, sooner or later. */
  private volatile @Nullable Thread thread;

  private int rounds;

  /** The handler that is called, or that called the last one. Written by the loop. */
  @Nullable ChannelHandlerContext running;

  private final Sleep sleep;

  // The end, as it was asked for: whoever is in the greatest hurry has it his way. Under the lock.

  /** No quiet period was asked for. */
  private boolean endsAtOnce;

  /** When the time was set within which to end, and how long that is; −1 before anybody asked. */
  private long endSet;

  private long endNanos = -1;

  private final LoopCounters counters = new LoopCounters();

  /**
   * The open channels of this loop, in no order; each knows its index. Loop's thread only. They are
   * not linked through their own fields: the garbage collector follows a long list one by one, and
   * keeps all that it has yet to visit on a stack.
   */
  private final List<AbstractChannel> channels = new ArrayList<>();

  private @Nullable MessageBatch messages;
  private final ReadBuffers readBuffers = new ReadBuffers(this);

  /**
   * What the loop has to do. Once it has ended, what comes too late stays in here, and the super
   * class, which asks for it back when it sees that the loop has ended, refuses it to its giver:
   * else a task that was given while the loop ended, to open a channel say, would neither run nor
   * fail.
   */
  private static final class Tasks extends MpscUnboundedVarHandleArrayQueue<Runnable> {
    private volatile boolean sealed;

    Tasks() {
      super(1024);
    }

    @Override
    public @Nullable Runnable poll() {
      return sealed ? null : super.poll();
    }

    /** By the loop's thread, after its last look. */
    void seal() {
      sealed = true;
    }

    /** Whether it is too late for a task, by another thread, which has added it. */
    @Override
    public boolean remove(@Nullable Object task) {
      while (!sealed) {
        LockSupport.parkNanos(this, 20_000); // the loop is about to end, and may still come to it
      }
      return contains(task);
    }
  }

  private final Tasks tasks;

  EventLoop(
      EventLoopGroup group, Executor executor, Driver driver, Ticker ticker, long stallNanos) {
    this(group, executor, driver, ticker, stallNanos, new Tasks());
  }

  private EventLoop(
      EventLoopGroup group,
      Executor executor,
      Driver driver,
      Ticker ticker,
      long stallNanos,
      Tasks tasks) {
    super(group, executor, false, tasks, RejectedExecutionHandlers.reject());
    this.tasks = tasks;
    this.group = group;
    this.driver = driver;
    this.sleep = new Sleep(() -> hasTasks() || isShuttingDown(), driver::wakeup);
    this.ticker = ticker;
    this.stallNanos = stallNanos;
  }

  /** Returns the group that made this loop. */
  @Override
  public EventLoopGroup parent() {
    return group;
  }

  @Override
  public Ticker ticker() {
    // The super constructor asks before the field is set.
    return ticker == null ? Ticker.systemTicker() : ticker;
  }

  /** Returns the driver, for use on the loop's thread. */
  public Driver driver() {
    return driver;
  }

  /** Returns what the loop has done; any thread may look at it. */
  public LoopCounters counters() {
    return counters;
  }

  /** The system calls, for use on the loop's thread. */
  Kernel kernel() {
    return driver.kernel();
  }

  @Override
  protected void run() {
    thread = Thread.currentThread();
    if (stallNanos > 0) {
      stallWatch = new StallWatch(this, stallNanos).start();
    }
    do {
      try {
        int result = driver.run(timeout());
        sleep.end();
        running = null;
        if (result < 0) {
          throw SocketErrors.of("wait", null, result);
        }
        runAllTasks(TASK_NANOS);
        running = null;
        rounds++;
      } catch (Throwable t) {
        sleep.end();
        try {
          LOGGER.warn("{} goes on after a failure", this, t);
        } catch (Throwable noLog) {
          // Such as one that cannot open its file: no reason for the loop to end.
        }
        pause();
      }
      // A channel that is still closing has memory in use, so the loop lives on for it.
    } while (!confirmShutdown() || !channels.isEmpty());
  }

  private static void pause() {
    try {
      Thread.sleep(FAILURE_PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** How long the driver may wait: until the next timer, not at all when there is work. */
  private long timeout() {
    if (!sleep.begin()) {
      return 0;
    }
    long deadline = nextScheduledTaskDeadlineNanos();
    return deadline < 0 ? -1 : Math.max(0, deadline - ticker().nanoTime());
  }

  /** How many rounds there were; told to other threads sooner or later. */
  int rounds() {
    return (int) ROUNDS.getOpaque(this);
  }

  /** See {@link #running}; told to other threads sooner or later. */
  @Nullable ChannelHandlerContext running() {
    return (ChannelHandlerContext) RUNNING.getOpaque(this);
  }

  boolean isAsleep() {
    return sleep.isNow();
  }

  @Nullable Thread thread() {
    return thread;
  }

  @Override
  protected void wakeup(boolean inEventLoop) {
    if (!inEventLoop) {
      sleep.interrupt();
    }
  }

  /**
   * Ends the loop, and closes its channels at once. It is over when no task has come for a while,
   * and in any case in time: what tasks there are by then still run, and those that they give the
   * loop are refused. To ask again can hasten the end, and not put it off.
   *
   * @param quietPeriod how long no task may have come; 0 ends the loop when it has nothing to do
   * @param timeout the most it may take, though a task that runs is not interrupted
   */
  @Override
  public Future<?> shutdownGracefully(long quietPeriod, long timeout, TimeUnit unit) {
    if (quietPeriod >= 0 && timeout >= quietPeriod) { // else the super class throws
      endWithin(unit.toNanos(timeout), quietPeriod == 0);
    }
    return super.shutdownGracefully(quietPeriod, timeout, unit);
  }

  private synchronized void endWithin(long nanos, boolean atOnce) {
    long now = ticker.nanoTime();
    if (endNanos < 0 || nanos < endNanos - (now - endSet)) {
      endSet = now;
      endNanos = nanos;
    }
    endsAtOnce |= atOnce;
  }

  private synchronized boolean endsAtOnce() {
    return endsAtOnce;
  }

  private synchronized boolean isOverdue() {
    return endNanos >= 0 && ticker.nanoTime() - endSet >= endNanos;
  }

  /** The super class was asked whether the loop may end. Loop's thread only. */
  private boolean confirmed;

  @Override
  protected boolean confirmShutdown() {
    if (!isShuttingDown()) {
      return false;
    }
    closeChannels();
    if (isShutdown()) { // no task can come any more
      super.runAllTasks();
      return super.confirmShutdown(); // where tasks ran, it would leave out the hooks
    }
    if (!confirmed) {
      // Before the loop ends on its own account: the super class takes one that has never asked it
      // for a mistake, and says so in the log. Without a task it might sleep.
      confirmed = true;
      addTask(() -> {});
      boolean ignored = super.confirmShutdown();
    }
    if (isOverdue()) {
      return true;
    }
    if (endsAtOnce()) {
      cancelScheduledTasks();
      runAllTasks();
      return !hasTasks();
    }
    return super.confirmShutdown() && !hasTasks();
  }

  /** The super class asks for it at the end, and would run tasks as long as there are any. */
  @Override
  protected boolean runAllTasks() {
    return isShutdown() ? super.runAllTasks() : runAllTasks(TASK_NANOS);
  }

  private void closeChannels() {
    // From the last on: in the place of one that goes comes the last, which was closed before.
    for (int i = channels.size() - 1; i >= 0; i--) {
      if (i < channels.size()) { // a promise's listener may have closed others
        channels.get(i).doClose(null); // no handler can keep the loop from ending
      }
    }
  }

  @Override
  protected void cleanup() {
    sleep.close();
    if (stallWatch != null) {
      stallWatch.cancel(false);
    }
    for (Runnable task; (task = pollTask()) != null; ) {
      safeExecute(task);
    }
    tasks.seal();
    readBuffers.close();
    driver.close();
  }

  /** What the loop's channels send and receive messages with. Loop's thread only. */
  MessageBatch messages() {
    MessageBatch batch = messages;
    if (batch == null) {
      batch = new MessageBatch(readBuffers);
      messages = batch;
    }
    return batch;
  }

  /** What the loop's streams are read into. Loop's thread only. */
  ReadBuffers readBuffers() {
    return readBuffers;
  }

  void add(AbstractChannel channel) {
    channel.index = channels.size();
    channels.add(channel);
    counters.channels++;
  }

  void remove(AbstractChannel channel) {
    AbstractChannel last = channels.removeLast();
    if (channel.index < channels.size()) {
      channels.set(channel.index, last);
      last.index = channel.index;
    }
    counters.channels--;
  }

  @Override
  public String toString() {
    return "EventLoop(" + group.transport().name() + ")";
  }
}
