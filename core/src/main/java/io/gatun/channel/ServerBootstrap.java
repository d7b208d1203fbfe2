package io.gatun.channel;

import io.gatun.address.Address;
import io.gatun.address.Protocol;
import io.gatun.address.SocketType;
import io.gatun.address.UnixAddress;
import io.gatun.os.Abi;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.util.concurrent.RejectedExecutionException;

/**
 * Makes listening channels, whose accepted channels it sets up. Set it up once, by one thread; then
 * bind as often as needed, by any.
 */
public final class ServerBootstrap {
  private static final InternalLogger LOGGER =
      InternalLoggerFactory.getInstance(ServerBootstrap.class);

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
    EventLoop loop = listeners.next();
    Promise<Channel> bound = loop.newPromise();
    setup.run(loop, bound, () -> start(loop, local, bound));
    return bound;
  }

  private void start(EventLoop loop, Address local, Promise<Channel> bound) throws Exception {
    int fd = Setup.socket(loop, local.family(), type, protocol);
    ListenerChannel channel = new ListenerChannel(loop, fd, children, type);
    setup.register(
        channel,
        listener -> {
          if (!(local instanceof UnixAddress) && !Abi.HOST.has("SO_EXCLUSIVEADDRUSE")) {
            // What the systems' own servers do: a restart does not wait for old connections. It
            // never has to on Windows, where the option lets anybody take over a port in use.
            listener.setOption(ChannelOption.SO_REUSEADDR, true);
          }
          initializer.initialize(listener);
          listener.pipeline().addLast("acceptor", new Acceptor());
        });
    Promise<Void> promise = channel.newPromise();
    promise.addListener(done -> {
      if (done.isSuccess()) {
        if (!bound.trySuccess(channel)) {
          channel.close();
        }
      } else {
        channel.close(); // a handler may have failed the promise, and nobody else knows the channel
        bound.tryFailure(done.cause());
      }
    });
    channel.pipeline().tail.bind(local, promise);
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
