package io.gatun.channel;

import io.gatun.address.Address;
import io.gatun.error.SocketError;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Promise;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The handlers of a channel, in order. Changed and looked at on the channel's loop only; a handler
 * may remove itself or others, and add more, from within any event. A handler on an executor of its
 * own ({@link ChannelHandler#on}) changes it by a task of {@link Channel#eventLoop}.
 *
 * <p>What a handler throws that no handler takes is logged with its name, and closes the channel.
 * So is a promise logged with the handler that it was given to, if it is not completed when the
 * channel is closed; it fails then.
 */
public final class ChannelPipeline {
  private static final InternalLogger LOGGER =
      InternalLoggerFactory.getInstance(ChannelPipeline.class);

  /**
   * The channel itself, which closes the ring of the handlers: it stands before the first, where
   * events begin and operations end, and behind the last.
   */
  final ChannelHandlerContext sentinel;

  /** An exception, and the handler that threw it. */
  record Thrown(ChannelHandlerContext by, Throwable cause) {}

  /** The last one; by whichever thread called the handler. */
  volatile @Nullable Thrown thrown;

  /** Made for the first that is kept. */
  private @Nullable KeptPromises keptPromises;

  ChannelPipeline(AbstractChannel channel) {
    sentinel = new ChannelHandlerContext(channel, "the channel", Ends.INSTANCE);
  }

  /** Returns the channel. */
  public Channel channel() {
    return sentinel.channel;
  }

  /** Hands an event to the first handler, on the channel's loop. */
  public void fireUserEvent(Object event) {
    sentinel.fireUserEvent(event);
  }

  /** Adds handlers behind all others, named after their classes. */
  public ChannelPipeline addLast(ChannelHandler... handlers) {
    for (ChannelHandler handler : handlers) {
      addLast(nameOf(handler), handler);
    }
    return this;
  }

  /** Adds a handler behind all others. */
  public ChannelPipeline addLast(String name, ChannelHandler handler) {
    return insert(sentinel.previous, name, handler);
  }

  /** Adds a handler before all others. */
  public ChannelPipeline addFirst(String name, ChannelHandler handler) {
    return insert(sentinel, name, handler);
  }

  /** Adds a handler right before another. */
  public ChannelPipeline addBefore(String other, String name, ChannelHandler handler) {
    return insert(require(other).previous, name, handler);
  }

  /** Adds a handler right behind another. */
  public ChannelPipeline addAfter(String other, String name, ChannelHandler handler) {
    return insert(require(other), name, handler);
  }

  /**
   * Adds a handler.
   *
   * @throws IllegalArgumentException if the name is in use
   * @throws IllegalStateException if this is not the loop's thread, or the handler is in a pipeline
   *     already and not {@link Sharable}
   */
  private ChannelPipeline insert(
      ChannelHandlerContext previous, String name, ChannelHandler handler) {
    checkLoop();
    if (context(name) != null) {
      throw new IllegalArgumentException("the pipeline has a handler " + name + " already");
    }
    ChannelHandlerContext ctx = contextOf(name, handler);
    link(previous, ctx);
    added(ctx);
    return this;
  }

  private ChannelHandlerContext contextOf(String name, ChannelHandler handler) {
    ChannelHandlerContext ctx = new ChannelHandlerContext(sentinel.channel, name, handler);
    if (!isSharable(ctx) && !HandlersInUse.add(ctx.handler())) {
      throw new IllegalStateException(
          "the handler "
              + ctx.handler().getClass().getName()
              + " is in a pipeline already, and neither @Sharable nor without fields");
    }
    return ctx;
  }

  private static void link(ChannelHandlerContext previous, ChannelHandlerContext ctx) {
    ChannelHandlerContext next = previous.next;
    ctx.previous = previous;
    ctx.next = next;
    previous.next = ctx;
    next.previous = ctx;
  }

  private static void added(ChannelHandlerContext ctx) {
    try {
      ctx.handler.handlerAdded(ctx);
    } catch (Throwable t) {
      ctx.failedToAdd(t);
    }
  }

  private static boolean isSharable(ChannelHandlerContext ctx) {
    return (HandlerMask.of(ctx.handler()) & HandlerMask.SHARABLE) != 0;
  }

  /** Takes a handler out that has not heard of it. */
  void takeOut(ChannelHandlerContext ctx) {
    if (!ctx.isRemoved()) {
      unlink(ctx);
    }
  }

  /** Removes a handler by its name. */
  public ChannelHandler remove(String name) {
    return remove(require(name));
  }

  /** Removes a handler. */
  public ChannelPipeline remove(ChannelHandler handler) {
    remove(require(context(handler), handler));
    return this;
  }

  /** Removes the first handler of a type. */
  public <T extends ChannelHandler> T remove(Class<T> type) {
    return type.cast(remove(require(context(type), type.getName())));
  }

  /**
   * Puts a handler in the place of the one of a name, which is returned. What the old one still
   * passes on, such as bytes that it has kept, the new one sees.
   */
  public ChannelHandler replace(String other, String name, ChannelHandler handler) {
    return replace(require(other), name, handler);
  }

  /**
   * Puts a handler in the place of another, as {@link #replace(String, String, ChannelHandler)}.
   */
  public ChannelPipeline replace(ChannelHandler other, String name, ChannelHandler handler) {
    replace(require(context(other), other), name, handler);
    return this;
  }

  private ChannelHandler replace(ChannelHandlerContext old, String name, ChannelHandler handler) {
    checkLoop();
    ChannelHandlerContext same = context(name);
    if (same != null && same != old) {
      throw new IllegalArgumentException("the pipeline has a handler " + name + " already");
    }
    ChannelHandlerContext ctx = contextOf(name, handler);
    link(old, ctx);
    unlink(old); // before the new one is told, for it may look itself up by its name
    added(ctx);
    removed(old);
    return old.handler();
  }

  private ChannelHandler remove(ChannelHandlerContext ctx) {
    checkLoop();
    return leave(ctx);
  }

  private static ChannelHandler leave(ChannelHandlerContext ctx) {
    if (ctx.isRemoved()) {
      return ctx.handler();
    }
    unlink(ctx);
    removed(ctx);
    return ctx.handler();
  }

  private static void removed(ChannelHandlerContext ctx) {
    try {
      ctx.handler.handlerRemoved(ctx);
    } catch (Throwable t) {
      ctx.threw(t);
      ctx.fireExceptionCaught(t);
    }
  }

  /** The context keeps its own links: an event that is passing through it finds its way on. */
  private static void unlink(ChannelHandlerContext ctx) {
    ctx.previous.next = ctx.next;
    ctx.next.previous = ctx.previous;
    ctx.remove();
    if (!isSharable(ctx)) {
      HandlersInUse.remove(ctx.handler());
    }
  }

  /**
   * The channel is closed: the handlers go, from the last to the first, once those on executors of
   * their own have passed on what they were told before.
   */
  void destroy() {
    destroyBehind(sentinel);
  }

  private void destroyBehind(ChannelHandlerContext done) {
    for (ChannelHandlerContext ctx = done.next; ctx != sentinel; ctx = ctx.next) {
      if (ctx.handler instanceof Offloaded offloaded) {
        ChannelHandlerContext waiting = ctx;
        offloaded.afterAll(() -> onLoop(() -> destroyBehind(waiting)));
        return;
      }
    }
    for (ChannelHandlerContext last; (last = sentinel.previous) != sentinel; ) {
      leave(last); // which may remove others
    }
    tellKeptPromises();
  }

  private void onLoop(Runnable task) {
    try {
      channel().eventLoop().execute(task);
    } catch (RejectedExecutionException ended) {
      task.run(); // no thread of the loop's is left to disturb
    }
  }

  void kept(ChannelPromise promise) {
    KeptPromises kept = keptPromises;
    if (kept == null) {
      kept = new KeptPromises();
      keptPromises = kept;
    }
    kept.add(promise);
  }

  void tellKeptPromises() {
    KeptPromises kept = keptPromises;
    if (kept != null && !channel().isOpen()) {
      kept.tell(channel());
    }
  }

  /** Returns the handler of a name, or null. */
  public @Nullable ChannelHandler get(String name) {
    ChannelHandlerContext ctx = context(name);
    return ctx == null ? null : ctx.handler();
  }

  /** Returns the first handler of a type, or null. */
  public <T extends ChannelHandler> @Nullable T get(Class<T> type) {
    ChannelHandlerContext ctx = context(type);
    return ctx == null ? null : type.cast(ctx.handler());
  }

  /** Returns the context of the handler of a name, or null. */
  public @Nullable ChannelHandlerContext context(String name) {
    return find(ctx -> ctx.name().equals(name));
  }

  /** Returns the context of a handler, or null. */
  @SuppressWarnings("ReferenceEquality") // equal handlers are not the same handler
  public @Nullable ChannelHandlerContext context(ChannelHandler handler) {
    return find(ctx -> ctx.handler == handler || ctx.handler() == handler);
  }

  /** Returns the context of the first handler of a type, or null. */
  public @Nullable ChannelHandlerContext context(Class<? extends ChannelHandler> type) {
    return find(candidate -> type.isInstance(candidate.handler()));
  }

  /** Returns the first handler, or null when there is none. */
  public @Nullable ChannelHandler first() {
    ChannelHandlerContext first = find(ctx -> true);
    return first == null ? null : first.handler();
  }

  /** Returns the last handler, or null when there is none. */
  public @Nullable ChannelHandler last() {
    ChannelHandlerContext last = sentinel.previous;
    return last == sentinel ? null : last.handler();
  }

  /** Returns the names of all handlers, first to last. */
  public List<String> names() {
    List<String> names = new ArrayList<>();
    find(ctx -> {
      names.add(ctx.name());
      return false;
    });
    return names;
  }

  private @Nullable ChannelHandlerContext find(Predicate<ChannelHandlerContext> wanted) {
    for (ChannelHandlerContext ctx = sentinel.next; ctx != sentinel; ctx = ctx.next) {
      if (wanted.test(ctx)) {
        return ctx;
      }
    }
    return null;
  }

  private ChannelHandlerContext require(String name) {
    return require(context(name), name);
  }

  private static ChannelHandlerContext require(@Nullable ChannelHandlerContext ctx, Object what) {
    if (ctx == null) {
      throw new NoSuchElementException("the pipeline has no handler " + what);
    }
    return ctx;
  }

  private void checkLoop() {
    if (!channel().eventLoop().inEventLoop()) {
      throw new IllegalStateException("a pipeline is changed on its channel's loop only");
    }
  }

  private String nameOf(ChannelHandler handler) {
    String base = handler.getClass().getSimpleName();
    String name = base.isEmpty() ? "handler" : base;
    for (int i = 2; context(name) != null; i++) {
      name = base + "#" + i;
    }
    return name;
  }

  /** Where operations end, at the channel itself, and those events that no handler took. */
  static final class Ends implements ChannelHandler {
    static final Ends INSTANCE = new Ends();

    @Override
    public void bind(ChannelHandlerContext ctx, Address local, Promise<Void> promise) {
      ctx.channel.doBind(local, promise);
    }

    @Override
    public void connect(
        ChannelHandlerContext ctx, Address remote, @Nullable Address local, Promise<Void> promise) {
      ctx.channel.doConnect(remote, local, promise);
    }

    @Override
    public void read(ChannelHandlerContext ctx) {
      ctx.channel.doRead();
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, @Nullable Promise<Void> promise) {
      ctx.channel.doWrite(message, promise);
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {
      ctx.channel.doFlush();
    }

    @Override
    public void shutdownOutput(ChannelHandlerContext ctx, @Nullable Promise<Void> promise) {
      ctx.channel.doShutdownOutput(promise);
    }

    @Override
    public void close(ChannelHandlerContext ctx, @Nullable Promise<Void> promise) {
      ctx.channel.doClose(promise);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {}

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {}

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      LOGGER.debug("{}: no handler took {}", ctx.channel, message);
      if (message instanceof Channel child) {
        child.close();
      } else {
        ReferenceCountUtil.release(message);
      }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {}

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {}

    @Override
    public void userEvent(ChannelHandlerContext ctx, Object event) {
      ReferenceCountUtil.release(event);
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // an exception is who it is
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      if (cause instanceof SocketError) {
        // The network's daily bread: a peer that reset its connection is no news to an operator.
        LOGGER.debug("{}: {}", ctx.channel, cause.getMessage());
      } else {
        Thrown thrown = ctx.pipeline().thrown;
        LOGGER.warn(
            "{}: no handler took the exception of {}; the channel {}",
            ctx.channel,
            thrown != null && thrown.cause() == cause
                ? "handler " + thrown.by().name()
                : "the channel",
            ctx.channel.outlivesExceptions() ? "goes on" : "closes",
            cause);
      }
      if (!ctx.channel.outlivesExceptions()) {
        ctx.channel.close(null);
      }
    }
  }
}
