package io.gatun.channel;

import static io.gatun.channel.HandlerMask.ACTIVE;
import static io.gatun.channel.HandlerMask.BIND;
import static io.gatun.channel.HandlerMask.CHANNEL_READ;
import static io.gatun.channel.HandlerMask.CLOSE;
import static io.gatun.channel.HandlerMask.CONNECT;
import static io.gatun.channel.HandlerMask.EXCEPTION_CAUGHT;
import static io.gatun.channel.HandlerMask.FLUSH;
import static io.gatun.channel.HandlerMask.INACTIVE;
import static io.gatun.channel.HandlerMask.READ;
import static io.gatun.channel.HandlerMask.READ_COMPLETE;
import static io.gatun.channel.HandlerMask.SHUTDOWN_OUTPUT;
import static io.gatun.channel.HandlerMask.USER_EVENT;
import static io.gatun.channel.HandlerMask.WRITABILITY_CHANGED;
import static io.gatun.channel.HandlerMask.WRITE;

import io.gatun.address.Address;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A handler's place in a pipeline: what it fires goes on from here towards the tail, what it asks
 * for goes on from here towards the head.
 *
 * <p>The {@code fire} methods belong to the thread that calls the handler: the channel's loop, or
 * its executor's ({@link ChannelHandler#on}). The operations may be called by any thread.
 */
public final class ChannelHandlerContext {
  private static final InternalLogger LOGGER =
      InternalLoggerFactory.getInstance(ChannelHandlerContext.class);

  final AbstractChannel channel;
  private final String name;

  /** What the loop calls: the handler, or what takes the call to the handler's executor. */
  final ChannelHandler handler;

  private final boolean offloaded;

  /** An offloaded handler has heard of its removal. Loop's thread only. */
  private boolean ended;

  /** See {@link HandlerMask}; 0 once removed, so that events pass by. */
  private int mask;

  /** Links of the pipeline's ring. Loop's thread only. */
  ChannelHandlerContext previous = this;

  ChannelHandlerContext next = this;

  private volatile boolean removed;

  ChannelHandlerContext(AbstractChannel channel, String name, ChannelHandler handler) {
    this.channel = channel;
    this.name = name;
    this.handler = handler;
    this.offloaded = handler instanceof Offloaded;
    this.mask = offloaded ? HandlerMask.ALL : HandlerMask.of(handler);
  }

  /** Returns the channel. */
  public Channel channel() {
    return channel;
  }

  /** Returns the handler. */
  public ChannelHandler handler() {
    return handler instanceof Offloaded other ? other.handler : handler;
  }

  /** Returns the name of the handler in its pipeline. */
  public String name() {
    return name;
  }

  /** Returns the pipeline. */
  public ChannelPipeline pipeline() {
    return channel.pipeline();
  }

  /** Returns the loop, which also calls the handler unless that has an executor of its own. */
  public EventLoop eventLoop() {
    return channel.eventLoop();
  }

  /** Returns the allocator of the channel's buffers. */
  public ByteBufAllocator alloc() {
    return channel.alloc();
  }

  /** Returns whether the handler is no longer in the pipeline. */
  public boolean isRemoved() {
    return removed;
  }

  void remove() {
    removed = true;
    mask = 0;
  }

  /** Returns a promise whose listeners run on the loop. */
  public Promise<Void> newPromise() {
    return channel.newPromise();
  }

  /** Whether a handler of another executor has yet to hear of its removal. */
  boolean isBusyElsewhere() {
    return offloaded && !ended;
  }

  /** A handler of another executor has heard of its removal. */
  void endedElsewhere() {
    hop(
        () -> {
          ended = true;
          pipeline().tellKeptPromises();
        },
        null);
  }

  /** Whether a handler fires from an executor of its own. */
  private boolean isElsewhere() {
    return offloaded && !inEventLoop();
  }

  /** Takes an event of another executor to the loop. */
  private void hop(Runnable event, @Nullable Object message) {
    try {
      execute(event);
    } catch (RejectedExecutionException e) { // the loop has ended, and its channels before
      ReferenceCountUtil.release(message);
    }
  }

  /**
   * Counts a message that the handler keeps back as waiting to be sent, so that writers are held
   * back as by what the channel keeps ({@link Channel#isWritable}). Any thread.
   *
   * @return what {@link #uncountPending} is to be given once the message is passed on or released
   */
  public int countPending(Object message) {
    return channel.expect(message);
  }

  /** Ends what {@link #countPending} began. Any thread. */
  public void uncountPending(int size) {
    channel.arrived(size);
    if (inEventLoop()) {
      channel.tellArrived();
    } else {
      hop(channel::tellArrived, null);
    }
  }

  // A context that was removed keeps its links, so that an event under way finds its way on. Both
  // ways end at the sentinel, which handles everything.

  private ChannelHandlerContext nextInbound(int bit) {
    ChannelHandlerContext ctx = next;
    while ((ctx.mask & bit) == 0) {
      ctx = ctx.next;
    }
    return ctx;
  }

  private ChannelHandlerContext nextOutbound(int bit) {
    ChannelHandlerContext ctx = previous;
    while ((ctx.mask & bit) == 0) {
      ctx = ctx.previous;
    }
    return ctx;
  }

  /** Whether this is the channel itself, and not a handler's. */
  boolean isSentinel() {
    return handler == ChannelPipeline.Ends.INSTANCE;
  }

  /** Tells the next handler that the channel is active. */
  public void fireChannelActive() {
    if (isElsewhere()) {
      hop(this::fireChannelActive, null);
      return;
    }
    ChannelHandlerContext next = entered(nextInbound(ACTIVE));
    try {
      next.handler.channelActive(next);
    } catch (Throwable t) {
      next.caught(t);
    }
    channel.loop.running = this;
  }

  /** Tells the next handler that the channel is closed. */
  public void fireChannelInactive() {
    if (isElsewhere()) {
      hop(this::fireChannelInactive, null);
      return;
    }
    ChannelHandlerContext next = entered(nextInbound(INACTIVE));
    try {
      next.handler.channelInactive(next);
    } catch (Throwable t) {
      next.caught(t);
    }
    channel.loop.running = this;
  }

  /** Hands a message, and its ownership, to the next handler. */
  public void fireChannelRead(Object message) {
    if (isElsewhere()) {
      hop(() -> fireChannelRead(message), message);
      return;
    }
    ChannelHandlerContext next = entered(nextInbound(CHANNEL_READ));
    try {
      next.handler.channelRead(next, message);
    } catch (Throwable t) {
      next.caught(t);
    }
    channel.loop.running = this;
  }

  /** Tells the next handler that all was read for now. */
  public void fireChannelReadComplete() {
    if (isElsewhere()) {
      hop(this::fireChannelReadComplete, null);
      return;
    }
    ChannelHandlerContext next = entered(nextInbound(READ_COMPLETE));
    try {
      next.handler.channelReadComplete(next);
    } catch (Throwable t) {
      next.caught(t);
    }
    channel.loop.running = this;
  }

  /** Tells the next handler that writability has changed. */
  public void fireChannelWritabilityChanged() {
    if (isElsewhere()) {
      hop(this::fireChannelWritabilityChanged, null);
      return;
    }
    ChannelHandlerContext next = entered(nextInbound(WRITABILITY_CHANGED));
    try {
      next.handler.channelWritabilityChanged(next);
    } catch (Throwable t) {
      next.caught(t);
    }
    channel.loop.running = this;
  }

  /** Hands an event to the next handler. */
  public void fireUserEvent(Object event) {
    if (isElsewhere()) {
      hop(() -> fireUserEvent(event), event);
      return;
    }
    ChannelHandlerContext next = entered(nextInbound(USER_EVENT));
    try {
      next.handler.userEvent(next, event);
    } catch (Throwable t) {
      next.caught(t);
    }
    channel.loop.running = this;
  }

  /** Hands an exception to the next handler. */
  public void fireExceptionCaught(Throwable cause) {
    if (isElsewhere()) {
      hop(() -> fireExceptionCaught(cause), null);
      return;
    }
    entered(nextInbound(EXCEPTION_CAUGHT)).invokeExceptionCaught(cause);
    channel.loop.running = this;
  }

  /** Notes which handler is called now, for {@link StallWatch}. */
  private static ChannelHandlerContext entered(ChannelHandlerContext next) {
    next.channel.loop.running = next;
    return next;
  }

  /** An inbound method of this handler threw: the handler itself is asked first. */
  private void caught(Throwable cause) {
    threw(cause);
    if ((mask & EXCEPTION_CAUGHT) != 0) {
      invokeExceptionCaught(cause);
    } else {
      fireExceptionCaught(cause);
    }
  }

  private void invokeExceptionCaught(Throwable cause) {
    try {
      handler.exceptionCaught(this, cause);
    } catch (Throwable t) {
      failedToCatch(cause, t);
    }
  }

  @SuppressWarnings("ReferenceEquality") // an exception is who it is
  void failedToCatch(Throwable cause, Throwable thrown) {
    if (thrown != cause) { // as one does that throws on what it was given
      thrown.addSuppressed(cause);
    }
    LOGGER.warn(
        "{}: exceptionCaught of handler {} threw; the channel closes", channel, name, thrown);
    channel.close(null);
  }

  /** Notes whose exception it is, should no handler take it. */
  void threw(Throwable cause) {
    pipeline().thrown = new ChannelPipeline.Thrown(this, cause);
  }

  /** The handler threw when it was added. */
  void failedToAdd(Throwable cause) {
    if (isElsewhere()) {
      hop(() -> failedToAdd(cause), null);
      return;
    }
    threw(cause);
    pipeline().takeOut(this);
    fireExceptionCaught(cause);
  }

  /** An outbound method of this handler threw: its promise fails, or else the exception travels. */
  private void failed(@Nullable Promise<Void> promise, Throwable cause) {
    if (promise != null && promise.tryFailure(cause)) {
      return;
    }
    if (isSentinel()) { // the channel itself: all handlers hear of it
      fireExceptionCaught(cause);
    } else {
      caught(cause);
    }
  }

  private static void hand(@Nullable Promise<Void> promise, ChannelHandlerContext next) {
    if (promise instanceof ChannelPromise own) {
      own.holder = next;
    }
  }

  /** The next handler has returned: has it kept the promise? */
  private void returned(@Nullable Promise<Void> promise, ChannelHandlerContext next) {
    channel.loop.running = this;
    if (promise instanceof ChannelPromise own
        && own.holder == next
        && !next.isSentinel() // the channel keeps its promises
        && !own.isDone()) {
      pipeline().kept(own);
    }
  }

  private boolean inEventLoop() {
    return channel.eventLoop().inEventLoop();
  }

  private void execute(Runnable task) {
    channel.eventLoop().execute(task);
  }

  /** Binds the channel and listens. */
  public void bind(Address local, Promise<Void> promise) {
    if (!inEventLoop()) {
      execute(() -> bind(local, promise));
      return;
    }
    ChannelHandlerContext next = entered(nextOutbound(BIND));
    hand(promise, next);
    try {
      next.handler.bind(next, local, promise);
    } catch (Throwable t) {
      next.failed(promise, t);
    }
    returned(promise, next);
  }

  /** Connects the channel. */
  public void connect(Address remote, @Nullable Address local, Promise<Void> promise) {
    if (!inEventLoop()) {
      execute(() -> connect(remote, local, promise));
      return;
    }
    ChannelHandlerContext next = entered(nextOutbound(CONNECT));
    hand(promise, next);
    try {
      next.handler.connect(next, remote, local, promise);
    } catch (Throwable t) {
      next.failed(promise, t);
    }
    returned(promise, next);
  }

  /** Asks for more to be read. */
  public void read() {
    if (!inEventLoop()) {
      execute(this::read);
      return;
    }
    ChannelHandlerContext next = entered(nextOutbound(READ));
    try {
      next.handler.read(next);
    } catch (Throwable t) {
      next.failed(null, t);
    }
    channel.loop.running = this;
  }

  /**
   * Writes a message with the next flush.
   *
   * @return completed when the system has taken the message, or it failed
   */
  public Future<Void> write(Object message) {
    Promise<Void> promise = newPromise();
    write(message, promise);
    return promise;
  }

  /**
   * Writes a message with the next flush.
   *
   * @param promise completed when the system has taken the message; null when nobody waits, which
   *     allocates nothing: a failure then shows by the channel's closing
   */
  public void write(Object message, @Nullable Promise<Void> promise) {
    if (!inEventLoop()) {
      writeLater(message, promise, false);
      return;
    }
    ChannelHandlerContext next = entered(nextOutbound(WRITE));
    hand(promise, next);
    try {
      next.handler.write(next, message, promise);
    } catch (Throwable t) {
      next.failed(promise, t);
    }
    returned(promise, next);
  }

  /** Sends what was written. */
  public void flush() {
    if (!inEventLoop()) {
      execute(this::flush);
      return;
    }
    ChannelHandlerContext next = entered(nextOutbound(FLUSH));
    try {
      next.handler.flush(next);
    } catch (Throwable t) {
      next.failed(null, t);
    }
    channel.loop.running = this;
  }

  /** Writes a message and flushes. */
  public Future<Void> writeAndFlush(Object message) {
    Promise<Void> promise = newPromise();
    writeAndFlush(message, promise);
    return promise;
  }

  /** Writes a message and flushes; see {@link #write(Object, Promise)}. */
  public void writeAndFlush(Object message, @Nullable Promise<Void> promise) {
    if (!inEventLoop()) {
      writeLater(message, promise, true);
      return;
    }
    write(message, promise);
    flush();
  }

  /** A write by another thread counts as pending from now on, so that it is held back in time. */
  private void writeLater(Object message, @Nullable Promise<Void> promise, boolean flush) {
    int size = channel.expect(message);
    try {
      execute(() -> {
        channel.arrived(size);
        write(message, promise);
        channel.tellArrived();
        if (flush) {
          flush();
        }
      });
    } catch (RuntimeException e) { // the loop has ended
      channel.arrived(size);
      ReferenceCountUtil.release(message);
      if (promise != null) {
        promise.tryFailure(e);
      }
    }
  }

  /** Shuts the sending half down, after what was flushed is sent. */
  public void shutdownOutput(@Nullable Promise<Void> promise) {
    if (!inEventLoop()) {
      execute(() -> shutdownOutput(promise));
      return;
    }
    ChannelHandlerContext next = entered(nextOutbound(SHUTDOWN_OUTPUT));
    hand(promise, next);
    try {
      next.handler.shutdownOutput(next, promise);
    } catch (Throwable t) {
      next.failed(promise, t);
    }
    returned(promise, next);
  }

  /** Closes the channel. */
  public Future<Void> close() {
    Promise<Void> promise = newPromise();
    close(promise);
    return promise;
  }

  /** Closes the channel. */
  public void close(@Nullable Promise<Void> promise) {
    if (!inEventLoop()) {
      execute(() -> close(promise));
      return;
    }
    ChannelHandlerContext next = entered(nextOutbound(CLOSE));
    hand(promise, next);
    try {
      next.handler.close(next, promise);
    } catch (Throwable t) {
      next.failed(promise, t);
    }
    returned(promise, next);
  }

  @Override
  public String toString() {
    return name + " of " + channel;
  }
}
