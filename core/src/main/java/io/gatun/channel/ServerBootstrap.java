package io.gatun.channel;

import io.gatun.address.Address;
import io.gatun.address.Protocol;
import io.gatun.address.SocketType;
import io.gatun.address.UnixAddress;
import io.gatun.os.Abi;
import io.gatun.os.Constants;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.util.Iterator;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/**
 * Makes listening channels, whose accepted channels it sets up. Set it up once, by one thread; then
 * bind as often as needed, by any.
 */
public final class ServerBootstrap {
  private static final InternalLogger LOGGER =
      InternalLoggerFactory.getInstance(ServerBootstrap.class);

  /**
   * What makes listeners share a port and the load; FreeBSD's SO_REUSEPORT shares the port alone.
   */
  private static final int SHARED_PORT =
      Abi.HOST.valueOr("SO_REUSEPORT_LB", Constants.SO_REUSEPORT);

  private final Setup setup = new Setup();
  private final Setup childSetup = new Setup();
  private final EventLoopGroup listeners;
  private final EventLoopGroup children;
  private SocketType type = SocketType.STREAM;
  private Protocol protocol = Protocol.DEFAULT;
  private ChannelInitializer initializer = channel -> {};
  private ChannelInitializer childInitializer = channel -> {};

  /** Starts with the loops for listeners and for what they accept. */
  public ServerBootstrap(EventLoopGroup group) {
    this(group, group);
  }

  /** Starts with loops for listeners, and others for what they accept. */
  public ServerBootstrap(EventLoopGroup listeners, EventLoopGroup children) {
    this.listeners = listeners;
    this.children = children;
  }

  /** Sets an option of the listener before it is bound. */
  public <T> ServerBootstrap option(ChannelOption<T> option, T value) {
    setup.option(option, value);
    return this;
  }

  /**
   * Sets an option of each accepted channel. Linux hands the listener's own TCP options down, which
   * saves a system call for each connection.
   */
  public <T> ServerBootstrap childOption(ChannelOption<T> option, T value) {
    childSetup.option(option, value);
    return this;
  }

  /**
   * Sets the kind of socket: SEQPACKET listens for connections that carry messages, STREAM, the
   * default, for streams.
   *
   * @param protocol {@link Protocol#DEFAULT} as a rule
   */
  public ServerBootstrap type(SocketType type, Protocol protocol) {
    this.type = type;
    this.protocol = protocol;
    return this;
  }

  /** Sets what adds the listener's own handlers; accepted channels are its messages. */
  public ServerBootstrap handler(ChannelInitializer initializer) {
    this.initializer = initializer;
    return this;
  }

  /** Sets what adds each accepted channel's handlers. */
  public ServerBootstrap childHandler(ChannelInitializer initializer) {
    this.childInitializer = initializer;
    return this;
  }

  /**
   * Binds a listener and listens. A Unix path that was bound is removed when the listener closes,
   * if it is still the same file.
   *
   * @return the listener once it listens
   */
  public Future<Channel> bind(Address local) {
    return bind(listeners.next(), local, children::next, setup);
  }

  /**
   * Binds a listener to the same address on every loop of the children, by SO_REUSEPORT: the kernel
   * spreads connections over them, and each stays on the loop that accepted it. With port 0 the
   * system chooses one port for all. macOS lets listeners share a port, but gives all connections
   * to the last one.
   *
   * @return the listeners once all listen; if one cannot, none does
   */
  public Future<ChannelGroup> bindShards(Address local) {
    Promise<ChannelGroup> bound = children.next().newPromise();
    if (local instanceof UnixAddress || SHARED_PORT < 0) {
      bound.setFailure(
          new UnsupportedOperationException("listeners cannot share " + local + " on this system"));
      return bound;
    }
    Setup sharing = new Setup(setup);
    sharing.option(
        ChannelOption.ofBoolean("SO_REUSEPORT", Constants.SOL_SOCKET, SHARED_PORT), true);
    bindShard(children.iterator(), local, sharing, new ChannelGroup(), bound);
    return bound;
  }

  private void bindShard(
      Iterator<EventExecutor> loops,
      Address local,
      Setup sharing,
      ChannelGroup shards,
      Promise<ChannelGroup> bound) {
    if (!loops.hasNext()) {
      if (!bound.trySuccess(shards)) {
        shards.close();
      }
      return;
    }
    EventLoop loop = (EventLoop) loops.next();
    bind(loop, local, () -> loop, sharing)
        .addListener((Future<Channel> done) -> {
          if (done.isSuccess()) {
            Channel shard = done.getNow();
            shards.add(shard);
            Address shared = Objects.requireNonNullElse(shard.localAddress(), local);
            bindShard(loops, shared, sharing, shards, bound);
          } else {
            shards.close();
            bound.tryFailure(done.cause());
          }
        });
  }

  private Future<Channel> bind(
      EventLoop loop, Address local, Supplier<EventLoop> loops, Setup setup) {
    Promise<Channel> bound = loop.newPromise();
    setup.run(
        loop,
        bound,
        () -> {
          int fd = Setup.socket(loop, local.family(), type, protocol);
          ListenerChannel channel = new ListenerChannel(loop, fd, loops, type, protocol);
          setup.register(
              channel,
              listener -> {
                if (!(local instanceof UnixAddress) && !Abi.HOST.has("SO_EXCLUSIVEADDRUSE")) {
                  // What the systems' own servers do: a restart does not wait for old connections.
                  // It never has to on Windows, where the option lets anybody take over a port in
                  // use.
                  listener.setOption(ChannelOption.SO_REUSEADDR, true);
                }
                addHandlers(listener);
              });
          channel.pipeline().sentinel.bind(local, promiseOf(channel, bound));
        });
    return bound;
  }

  /**
   * Makes a channel of a socket of the bootstrap's type that somebody else has bound, such as the
   * one who started this program ({@link io.gatun.socket.InheritedDescriptor}); it listens then, if
   * it did not yet. Its protocol is its own, or where no option tells it, the bootstrap's. The
   * descriptor is the channel's from now on, and closed should the future fail or be cancelled;
   * what is no such socket is left alone, with an {@link IOException} or {@link
   * IllegalArgumentException}. A Unix path stays when the listener closes.
   *
   * @return the listener once it listens
   */
  public Future<Channel> adopt(int fd) {
    EventLoop loop = listeners.next();
    Promise<Channel> adopted = loop.newPromise();
    setup.adopt(
        loop,
        fd,
        type,
        protocol,
        false,
        adopted,
        socket -> {
          ListenerChannel channel =
              new ListenerChannel(loop, fd, children::next, type, socket.protocol());
          setup.register(channel, this::addHandlers);
          channel.adopt(promiseOf(channel, adopted));
        });
    return adopted;
  }

  private void addHandlers(Channel listener) throws Exception {
    initializer.initialize(listener);
    listener.pipeline().addLast("acceptor", new Acceptor());
  }

  private static Promise<Void> promiseOf(Channel channel, Promise<Channel> ready) {
    Promise<Void> promise = channel.newPromise();
    promise.addListener(done -> {
      if (done.isSuccess()) {
        if (!ready.trySuccess(channel)) {
          channel.close();
        }
      } else {
        channel.close(); // a handler may have failed the promise, and nobody else knows the channel
        ready.tryFailure(done.cause());
      }
    });
    return promise;
  }

  /** The last of a listener's handlers: gives each accepted channel to its loop. */
  private final class Acceptor implements ChannelHandler {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      if (!(message instanceof DataChannel child)) {
        ctx.fireChannelRead(message);
      } else if (child.eventLoop().inEventLoop()) {
        start(child);
      } else {
        try {
          child.eventLoop().execute(() -> start(child));
        } catch (RuntimeException e) { // its loop has ended
          child.abandon();
          throw e;
        }
      }
    }

    private void start(DataChannel child) {
      if (!child.isOpen()) {
        return; // closed before its loop had seen it
      }
      try {
        childSetup.register(child, childInitializer);
        child.activate(null);
      } catch (RejectedExecutionException ending) {
        LOGGER.debug("{}: its loop is ending", child);
      } catch (Exception e) {
        LOGGER.warn("{}: could not be set up, and is closed", child, e);
      }
    }
  }
}
