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
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The handlers of a channel, in order. Changed on the channel's loop only; a handler may remove
 * itself or others, and add more, from within any event.
 */
public final class ChannelPipeline {
  private static final InternalLogger LOGGER =
      InternalLoggerFactory.getInstance(ChannelPipeline.class);

  private final AbstractChannel channel;
  final ChannelHandlerContext head;
  final ChannelHandlerContext tail;

  ChannelPipeline(AbstractChannel channel) {
    this.channel = channel;
    head = new ChannelHandlerContext(channel, "head", Head.INSTANCE);
    tail = new ChannelHandlerContext(channel, "tail", Tail.INSTANCE);
    head.next = tail;
    tail.previous = head;
  }

  /** Returns the channel. */
  public Channel channel() {
    return channel;
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
    return insert(previousOf(tail), name, handler);
  }

  /** Adds a handler before all others. */
  public ChannelPipeline addFirst(String name, ChannelHandler handler) {
    return insert(head, name, handler);
  }

  /** Adds a handler right before another. */
  public ChannelPipeline addBefore(String other, String name, ChannelHandler handler) {
    return insert(previousOf(require(other)), name, handler);
  }

  /** Adds a handler right behind another. */
  public ChannelPipeline addAfter(String other, String name, ChannelHandler handler) {
    return insert(require(other), name, handler);
  }

  private static ChannelHandlerContext previousOf(ChannelHandlerContext ctx) {
    ChannelHandlerContext previous = ctx.previous;
    if (previous == null) {
      throw new IllegalStateException("the head has no previous");
    }
    return previous;
  }

  private ChannelPipeline insert(
      ChannelHandlerContext previous, String name, ChannelHandler handler) {
    checkLoop();
    if (context(name) != null) {
      throw new IllegalArgumentException("the pipeline has a handler " + name + " already");
    }
    ChannelHandlerContext ctx = new ChannelHandlerContext(channel, name, handler);
    ChannelHandlerContext next = previous.next;
    ctx.previous = previous;
    ctx.next = next;
    previous.next = ctx;
    if (next != null) {
      next.previous = ctx;
    }
    try {
      handler.handlerAdded(ctx);
    } catch (Throwable t) {
      unlink(ctx);
      ctx.fireExceptionCaught(t);
    }
    return this;
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

  /** Puts a handler in the place of another. */
  public ChannelHandler replace(String other, String name, ChannelHandler handler) {
    ChannelHandlerContext old = require(other);
    if (name.equals(other)) {
      ChannelHandlerContext previous = previousOf(old);
      ChannelHandler removed = remove(old);
      insert(previous, name, handler);
      return removed;
    }
    insert(old, name, handler);
    return remove(old);
  }

  private ChannelHandler remove(ChannelHandlerContext ctx) {
    checkLoop();
    if (ctx.isRemoved()) {
      return ctx.handler();
    }
    unlink(ctx);
    try {
      ctx.handler().handlerRemoved(ctx);
    } catch (Throwable t) {
      ctx.fireExceptionCaught(t);
    }
    return ctx.handler();
  }

  /** The context keeps its own links: an event that is passing through it finds its way on. */
  private static void unlink(ChannelHandlerContext ctx) {
    ChannelHandlerContext previous = previousOf(ctx);
    previous.next = ctx.next;
    if (ctx.next != null) {
      ctx.next.previous = previous;
    }
    ctx.remove();
  }

  /** The channel is closed: the handlers go, from the last to the first. */
  void destroy() {
    for (ChannelHandlerContext last; (last = previousOf(tail)) != head; ) {
      remove(last); // which may remove others
    }
  }

  /** Returns the handler of a name, or null. */
  public @Nullable ChannelHandler get(String name) {
    ChannelHandlerContext ctx = context(name);
    return ctx == null ? null : ctx.handler();
  }

  /** Returns the first handler of a type, or null. */
  public <T extends ChannelHandler> @Nullable T get(Class<T> type) {
    ChannelHandlerContext ctx = find(candidate -> type.isInstance(candidate.handler()));
    return ctx == null ? null : type.cast(ctx.handler());
  }

  /** Returns the context of the handler of a name, or null. */
  public @Nullable ChannelHandlerContext context(String name) {
    return find(ctx -> ctx.name().equals(name));
  }

  /** Returns the context of a handler, or null. */
  @SuppressWarnings("ReferenceEquality") // equal handlers are not the same handler
  public @Nullable ChannelHandlerContext context(ChannelHandler handler) {
    return find(ctx -> ctx.handler() == handler);
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
    for (ChannelHandlerContext ctx = head.next; ctx != null && ctx != tail; ctx = ctx.next) {
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
    if (!channel.eventLoop().inEventLoop()) {
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

  /** Where outbound operations end: at the channel itself. */
  private static final class Head implements ChannelHandler {
    static final Head INSTANCE = new Head();

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
  }

  /** Where inbound events end that no handler took. */
  private static final class Tail implements ChannelHandler {
    static final Tail INSTANCE = new Tail();

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
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      if (cause instanceof SocketError) {
        // The network's daily bread: a peer that reset its connection is no news to an operator.
        LOGGER.debug("{}: {}", ctx.channel, cause.getMessage());
      } else {
        LOGGER.warn("{}: no handler took an exception; the channel closes", ctx.channel, cause);
      }
      ctx.channel.close(null);
    }
  }
}
