package io.gatun.codec.can.channel;

import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.channel.SharedPromise;
import io.gatun.codec.can.CanFilter;
import io.gatun.codec.can.CanFrame;
import io.gatun.codec.can.CanFrameCodec;
import io.gatun.codec.can.CanFrameView;
import io.gatun.codec.can.CanId;
import io.gatun.codec.can.channel.FrameDroppedException.Reason;
import io.gatun.error.SocketError;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Holds frames that the bus has no room for yet, and decides which go first and which not at all.
 * It belongs behind a {@link CanFrameHandler}, and takes {@link CanFrame}, {@link CanFrameView} and
 * {@link TimedFrame}: as the bytes that the kernel takes, in memory that is used again, so that a
 * frame that need not wait costs no garbage.
 *
 * <p>An interface's queue is short (10 frames on Linux), and a socket that finds it full is told
 * ENOBUFS, while poll(2) and epoll(7) go on to call it writable: who tries again at once spins. The
 * queue tries again after half a millisecond to 20 ms: it learns how long the bus takes, so that
 * nearly every try finds room for a frame or some. While the interface is down or the controller is
 * off the bus it waits until it hears of the change ({@link CanEvent}), or where nobody tells,
 * tries each 100 ms.
 *
 * <p>Every frame that is written is sent or dropped. One that is dropped is counted with its {@link
 * Reason}, and its promise fails with a {@link FrameDroppedException}, or with the kernel's error
 * when that was the reason. A promise that succeeds means that the kernel has taken the frame; that
 * it was on the bus {@link CanReceived.Origin#OWN} tells.
 */
public final class CanSendQueue implements ChannelHandler {
  /** Which frame goes next. */
  public enum Order {
    /** The oldest. */
    ARRIVAL,
    /** The one that would win arbitration on the bus; of one identifier, the oldest. */
    PRIORITY
  }

  /** Which frame is dropped when there is no room. */
  public enum Overflow {
    /** The one that comes; with {@link Order#PRIORITY} whichever would go last. */
    LAST,
    /** The one that would go first: the oldest, which is the stalest. */
    FIRST
  }

  private static final long FIRST_RETRY_NANOS = 500_000;
  private static final long LONGEST_RETRY_NANOS = 20_000_000;
  private static final long DOWN_RETRY_NANOS = 100_000_000;

  /** What is kept of a frame that has gone, for the next one. */
  private static final int MOST_SPARE = 64;

  /** A frame from its write to its end, and the promise that the channel is given with it. */
  private final class Entry extends SharedPromise {
    /** The frame as the kernel has it. Its memory is used again with the entry. */
    final ByteBuf bytes;

    @Nullable Promise<Void> promise;
    int rawId;
    long order;
    long number;

    /** By the loop's clock; 0 for never. */
    long deadline;

    /** The channel has it, and was not told to send it yet. */
    boolean unflushed;

    /** The next of those that are spare. */
    @Nullable Entry next;

    Entry(ByteBuf bytes) {
      this.bytes = bytes;
    }

    CanFrame frame() {
      return CanFrameCodec.decode(bytes, 0, bytes.writerIndex());
    }

    /** Whoever has told the channel to send. */
    @Override
    public boolean setUncancellable() {
      noteFlushed();
      return true;
    }

    void noteFlushed() {
      if (unflushed) {
        unflushed = false;
        CanSendQueue.this.unflushed--;
      }
    }

    @Override
    protected void succeeded() {
      passed(this, null);
    }

    @Override
    protected void failed(Throwable cause) {
      passed(this, cause);
    }
  }

  private final int capacity;
  private final boolean priority;
  private final Overflow overflow;
  private final long timeToLive;
  private final List<CanFilter> latestOnly;
  private final int inFlight;

  private final TreeSet<Entry> waiting =
      new TreeSet<>(
          Comparator.<Entry>comparingLong(entry -> entry.order)
              .thenComparingLong(entry -> entry.number));

  /** Of the identifiers that have a frame waiting, where only the latest counts. */
  private final Map<Integer, Entry> latest = new HashMap<>();

  private final Map<Reason, Long> dropped = new EnumMap<>(Reason.class);

  /** Entries to be used again: the first of a list. */
  private @Nullable Entry spare;

  private int spares;
  private boolean ended;
  private @Nullable ChannelHandlerContext ctx;
  private long written;
  private long sent;
  private int passing;

  /** Of those that are passing: which the channel was given, and nobody yet told it to send. */
  private int unflushed;

  /** None that waits has a deadline before this; 0 where none has one. */
  private long earliest;

  private boolean blocked;
  private boolean off;
  private boolean down;
  private boolean pumping;

  /**
   * How many frames the channel is given next: where there was no room one, and not all that would
   * fail with it; then ever more.
   */
  private int batch;

  /** How long the next pause is, and how many frames the kernel took after the last one. */
  private long retryNanos = FIRST_RETRY_NANOS;

  private int taken;
  private @Nullable Future<?> retry;

  private CanSendQueue(Builder builder) {
    capacity = builder.capacity;
    priority = builder.order == Order.PRIORITY;
    overflow = builder.overflow;
    timeToLive = builder.timeToLive;
    latestOnly = builder.latestOnly;
    inFlight = builder.inFlight;
    batch = inFlight;
  }

  /** Begins a queue. */
  public static Builder builder() {
    return new Builder();
  }

  /** The policies of a queue. */
  public static final class Builder {
    private int capacity = 1024;
    private Order order = Order.ARRIVAL;
    private Overflow overflow = Overflow.LAST;
    private long timeToLive;
    private List<CanFilter> latestOnly = List.of();
    private int inFlight = 16;

    private Builder() {}

    /** Sets how many frames may wait; 1024 by default. */
    public Builder capacity(int frames) {
      capacity = positive("capacity", frames);
      return this;
    }

    /** Sets which frame goes next; the oldest by default. */
    public Builder order(Order order) {
      this.order = order;
      return this;
    }

    /** Sets which frame is dropped when there is no room; the last by default. */
    public Builder overflow(Overflow overflow) {
      this.overflow = overflow;
      return this;
    }

    /** Sets how old a frame may become that is no {@link TimedFrame}; by default any age. */
    public Builder timeToLive(Duration time) {
      if (!time.isPositive()) {
        throw new IllegalArgumentException("time to live " + time);
      }
      timeToLive = TimeUnit.NANOSECONDS.convert(time);
      return this;
    }

    /**
     * Sets of which frames only the latest counts: states, and no commands. It takes the place in
     * the queue of the one that waits there with its identifier.
     */
    public Builder latestOnly(Collection<CanFilter> frames) {
      latestOnly = List.copyOf(frames);
      return this;
    }

    /**
     * Sets how many frames the channel is given at once, 16 by default, which go with one system
     * call. They cannot be overtaken or expire any more while the socket's own buffer is full,
     * which seldom is the case: with 1 this cannot happen.
     */
    public Builder inFlight(int frames) {
      inFlight = positive("in flight", frames);
      return this;
    }

    private static int positive(String what, int value) {
      if (value < 1) {
        throw new IllegalArgumentException(what + ": " + value + " is less than 1");
      }
      return value;
    }

    /** Makes a queue, for one channel. */
    public CanSendQueue build() {
      return new CanSendQueue(this);
    }
  }

  // Counters: on the loop

  /** Returns how many frames were written to the queue. On the loop, as all counters. */
  public long written() {
    return written;
  }

  /** Returns how many the kernel has taken. */
  public long sent() {
    return sent;
  }

  /** Returns how many were dropped for a reason. */
  public long dropped(Reason reason) {
    return dropped.getOrDefault(reason, 0L);
  }

  /** Returns how many wait, or are on their way to the kernel. */
  public int queued() {
    return waiting.size() + passing;
  }

  // Writing

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    this.ctx = ctx;
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, @Nullable Promise<Void> promise) {
    switch (message) {
      case CanFrameView view -> {
        Entry entry = entry(ctx, view.size());
        view.writeTo(entry.bytes);
        add(ctx, entry, promise, timeToLive);
      }
      case CanFrame frame -> add(ctx, entry(ctx, frame), promise, timeToLive);
      case TimedFrame timed ->
          add(
              ctx,
              entry(ctx, timed.frame()),
              promise,
              TimeUnit.NANOSECONDS.convert(timed.timeToLive()));
      default -> ctx.write(message, promise);
    }
  }

  private Entry entry(ChannelHandlerContext ctx, CanFrame frame) {
    Entry entry = entry(ctx, CanFrameCodec.size(frame));
    CanFrameCodec.encode(frame, entry.bytes);
    return entry;
  }

  /** Returns one with room for a frame. */
  private Entry entry(ChannelHandlerContext ctx, int size) {
    Entry entry = spare;
    if (entry == null || size > CanFrameCodec.CLASSIC_SIZE) {
      return new Entry(ctx.alloc().directBuffer(size, size));
    }
    spare = entry.next;
    spares--;
    entry.next = null;
    return entry;
  }

  /** Its frame has gone, by whichever way. */
  private void release(Entry entry) {
    entry.promise = null;
    ByteBuf bytes = entry.bytes;
    if (ended
        || spares == MOST_SPARE
        || bytes.capacity() != CanFrameCodec.CLASSIC_SIZE
        || bytes.refCnt() != 1) { // a handler between here and the channel has kept it
      bytes.release();
    } else {
      bytes.clear();
      entry.next = spare;
      spare = entry;
      spares++;
    }
  }

  private void add(
      ChannelHandlerContext ctx, Entry entry, @Nullable Promise<Void> promise, long live) {
    entry.promise = promise;
    entry.rawId = CanFrameCodec.rawId(entry.bytes, 0);
    entry.order = priority ? CanId.arbitrationOrder(entry.rawId) : 0;
    entry.number = written++;
    entry.deadline = live == 0 ? 0 : now(ctx) + live | 1; // never 0
    noteDeadline(entry.deadline);
    if (!ctx.channel().isOpen()) {
      drop(entry, Reason.CLOSED);
      return;
    }
    if (entry.deadline == 0 && isFree()) { // in the channel its age is not looked at
      send(ctx, entry);
      if (passing == batch) { // as many as go with one call
        ctx.flush();
      }
      return;
    }
    if (isLatestOnly(entry)) {
      Entry older = latest.get(entry.rawId);
      if (older != null) {
        replace(older, entry);
        return;
      }
      latest.put(entry.rawId, entry);
    }
    waiting.add(entry);
    if (waiting.size() > capacity) {
      expire(now(ctx));
    }
    if (waiting.size() > capacity) { // a burst that nobody has flushed yet: there may be room
      flush(ctx); // which stops after some calls for the others' sake
    }
    if (waiting.size() > capacity) {
      drop(take(overflow == Overflow.FIRST ? waiting.first() : waiting.last()), Reason.QUEUE_FULL);
    }
  }

  private boolean isLatestOnly(Entry entry) {
    return !latestOnly.isEmpty() && CanFilter.matches(latestOnly, false, entry.rawId);
  }

  /**
   * Whether a frame may go straight to the channel: there is no policy that could let a later one
   * overtake or replace it, none waits, and the channel has none that it was told to send. (Should
   * those find no room, they come back, and this one must be behind them.)
   */
  private boolean isFree() {
    return waiting.isEmpty()
        && passing == unflushed
        && passing < batch
        && !priority
        && latestOnly.isEmpty()
        && !(blocked || off || down || pumping);
  }

  /** The place in the queue stays, the frame and its age are new. */
  private void replace(Entry older, Entry newer) {
    waiting.remove(older);
    newer.number = older.number;
    waiting.add(newer);
    latest.put(newer.rawId, newer);
    drop(older, Reason.SUPERSEDED);
  }

  private Entry take(Entry entry) {
    waiting.remove(entry);
    latest.remove(entry.rawId, entry);
    return entry;
  }

  private static long now(ChannelHandlerContext ctx) {
    return ctx.eventLoop().ticker().nanoTime();
  }

  private void noteDeadline(long deadline) {
    if (deadline != 0 && (earliest == 0 || deadline - earliest < 0)) {
      earliest = deadline;
    }
  }

  private void expire(long now) {
    if (earliest == 0 || earliest - now >= 0) {
      return;
    }
    earliest = 0;
    List<Entry> old = new ArrayList<>();
    for (Entry entry : waiting) {
      if (isExpired(entry, now)) {
        old.add(entry);
      } else {
        noteDeadline(entry.deadline);
      }
    }
    for (Entry entry : old) { // whose listeners may write
      if (waiting.contains(entry)) {
        drop(take(entry), Reason.EXPIRED);
      }
    }
  }

  private static boolean isExpired(Entry entry, long now) {
    return entry.deadline != 0 && entry.deadline - now < 0;
  }

  private void drop(Entry entry, Reason reason) {
    Promise<Void> promise = entry.promise;
    FrameDroppedException cause =
        promise == null ? null : new FrameDroppedException(entry.frame(), reason);
    drop(entry, reason, cause);
  }

  private void drop(Entry entry, Reason reason, @Nullable Throwable cause) {
    dropped.merge(reason, 1L, Long::sum);
    Promise<Void> promise = entry.promise;
    release(entry);
    if (promise != null && cause != null) {
      promise.tryFailure(cause);
    }
  }

  // Sending

  /**
   * What the channel has been given, and not told to send before the bus went, stays there until
   * the bus is back: it is the oldest.
   */
  @Override
  public void flush(ChannelHandlerContext ctx) {
    pump(ctx);
    if (unflushed == 0 || !(off || down)) {
      ctx.flush();
    }
  }

  private void pump(ChannelHandlerContext ctx) {
    if (blocked || off || down || pumping || passing > 0) {
      return;
    }
    pumping = true;
    long now = 0;
    while (passing < batch && !waiting.isEmpty()) {
      Entry entry = take(waiting.first());
      if (entry.deadline != 0) {
        now = now == 0 ? now(ctx) : now;
        if (isExpired(entry, now)) {
          drop(entry, Reason.EXPIRED);
          continue;
        }
      }
      send(ctx, entry);
    }
    pumping = false;
    if (passing > 0) {
      ctx.flush();
    }
  }

  private void send(ChannelHandlerContext ctx, Entry entry) {
    passing++;
    unflushed++;
    entry.unflushed = true;
    ctx.write(entry.bytes.retain(), entry); // should it come back
  }

  /** The channel has sent a frame, or not. */
  private void passed(Entry entry, @Nullable Throwable cause) {
    passing--;
    entry.noteFlushed(); // or else never was
    ChannelHandlerContext ctx = this.ctx;
    if (cause == null) {
      sent++;
      taken++;
      Promise<Void> promise = entry.promise;
      release(entry);
      if (promise != null) {
        promise.trySuccess(null);
      }
    } else {
      failed(entry, cause);
    }
    if (passing == 0 && ctx != null && ctx.channel().isOpen()) {
      if (blocked && retry == null) {
        retry = ctx.eventLoop().schedule(this::tryAgain, pause(), TimeUnit.NANOSECONDS);
      } else if (down && retry == null) {
        retry = ctx.eventLoop().schedule(this::tryAgain, DOWN_RETRY_NANOS, TimeUnit.NANOSECONDS);
      } else if (!blocked && !down) {
        batch = Math.min(2 * batch, inFlight);
        if (!waiting.isEmpty()) {
          pump(ctx);
        }
      }
    }
  }

  /**
   * Twice as long as the last one, had that been too short; else shorter by an eighth for each
   * frame that found room: so it comes to be what a frame takes, and where many have room, less. A
   * queue of the interface that holds a single frame is not told from a slow bus otherwise.
   */
  private long pause() {
    long next = taken == 0 ? 2 * retryNanos : retryNanos - retryNanos / 8 * Math.min(taken, 4);
    taken = 0;
    retryNanos = Math.clamp(next, FIRST_RETRY_NANOS, LONGEST_RETRY_NANOS);
    return retryNanos;
  }

  private void failed(Entry entry, Throwable cause) {
    ChannelHandlerContext ctx = this.ctx;
    if (ctx == null || !ctx.channel().isOpen()) {
      drop(entry, Reason.CLOSED);
      return;
    }
    switch (cause instanceof SocketError error ? error.errnoName() : "") {
      case "ENOBUFS" -> {
        blocked = true;
        batch = 1;
        putBack(entry);
      }
      case "ENETDOWN", "ENODEV", "ENXIO" -> {
        down = true;
        putBack(entry);
      }
      default -> drop(entry, Reason.REFUSED, cause);
    }
  }

  /** To where it was: its number says. */
  private void putBack(Entry entry) {
    noteDeadline(entry.deadline);
    if (isLatestOnly(entry)) {
      if (latest.containsKey(entry.rawId)) {
        drop(entry, Reason.SUPERSEDED);
        return;
      }
      latest.put(entry.rawId, entry);
    }
    waiting.add(entry);
    if (waiting.size() > capacity + inFlight) {
      drop(take(overflow == Overflow.FIRST ? waiting.first() : waiting.last()), Reason.QUEUE_FULL);
    }
  }

  private void tryAgain() {
    retry = null;
    blocked = false;
    down = false;
    ChannelHandlerContext ctx = this.ctx;
    if (ctx != null && !ctx.isRemoved()) {
      expire(now(ctx));
      goOn(ctx);
    }
  }

  /** What the channel still has goes first. */
  private void goOn(ChannelHandlerContext ctx) {
    if (unflushed > 0 && !(off || down)) {
      ctx.flush();
    }
    pump(ctx);
  }

  @Override
  public void userEvent(ChannelHandlerContext ctx, Object event) {
    switch (event) {
      case CanEvent.Bus.OFF -> {
        off = true;
        watchAges(ctx);
      }
      case CanEvent.Bus.ACTIVE -> {
        off = false;
        goOn(ctx);
      }
      case CanEvent.Link.DOWN, CanEvent.Link.REMOVED -> {
        down = true;
        watchAges(ctx);
      }
      case CanEvent.Link.UP -> {
        off = false;
        tryAgain();
      }
      default -> {}
    }
    ctx.fireUserEvent(event);
  }

  /** While nothing goes, nobody looks at the ages. */
  private void watchAges(ChannelHandlerContext ctx) {
    ctx.eventLoop()
        .schedule(
            () -> {
              if ((off || down) && !ctx.isRemoved()) {
                expire(now(ctx));
                watchAges(ctx);
              }
            },
            DOWN_RETRY_NANOS,
            TimeUnit.NANOSECONDS);
  }

  // The end

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    dropAll();
    ctx.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    dropAll();
  }

  private void dropAll() {
    if (retry != null) {
      retry.cancel(false);
      retry = null;
    }
    ended = true; // those that the channel still has come back, and their memory goes
    while (!waiting.isEmpty()) {
      drop(take(waiting.first()), Reason.CLOSED);
    }
    for (Entry entry = spare; entry != null; entry = entry.next) {
      entry.bytes.release();
    }
    spare = null;
    spares = 0;
  }
}
