package io.gatun.channel;

import io.gatun.address.Address;
import io.gatun.address.AddressFamily;
import io.gatun.address.Protocol;
import io.gatun.address.Resolver;
import io.gatun.address.SocketType;
import io.gatun.transport.Medium;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes channels that are connected, and such as carry messages and are bound, or neither. Set it
 * up once, by one thread, then use it as often as needed, by any.
 */
public final class Bootstrap {
  private final Setup setup = new Setup();
  private final EventLoopGroup group;
  private @Nullable EventLoop loop;
  private @Nullable Address local;
  private SocketType type = SocketType.STREAM;
  private Protocol protocol = Protocol.DEFAULT;
  private ChannelInitializer initializer = channel -> {};

  /** Starts with the loops that the channels will belong to, in turn. */
  public Bootstrap(EventLoopGroup group) {
    this.group = group;
  }

  /** Starts with the one loop that all channels will belong to, such as another channel's. */
  public Bootstrap(EventLoop loop) {
    this.group = loop.parent();
    this.loop = loop;
  }

  /** Sets an option of each channel before it connects. */
  public <T> Bootstrap option(ChannelOption<T> option, T value) {
    setup.option(option, value);
    return this;
  }

  /**
   * Sets the kind of socket: STREAM, the default, makes channels of bytes, any other such whose
   * messages are {@link Message}s.
   *
   * @param protocol which of the family's protocols, such as CAN_RAW's number for CAN; {@link
   *     Protocol#DEFAULT} where there is but one
   */
  public Bootstrap type(SocketType type, Protocol protocol) {
    this.type = type;
    this.protocol = protocol;
    return this;
  }

  /** Sets the kind of socket, with its only protocol; see {@link #type(SocketType, Protocol)}. */
  public Bootstrap type(SocketType type) {
    return type(type, Protocol.DEFAULT);
  }

  /** Sets the address that channels connect from. */
  public Bootstrap localAddress(Address local) {
    this.local = local;
    return this;
  }

  /** Sets what adds each channel's handlers. */
  public Bootstrap handler(ChannelInitializer initializer) {
    this.initializer = initializer;
    return this;
  }

  private EventLoop nextLoop() {
    return loop == null ? group.next() : loop;
  }

  /**
   * Connects a channel.
   *
   * @return the channel once it is connected; cancelling it closes the channel
   */
  public Future<Channel> connect(Address remote) {
    EventLoop loop = nextLoop();
    Promise<Channel> connected = loop.newPromise();
    connect(loop, remote, connected);
    return connected;
  }

  private void connect(EventLoop loop, Address remote, Promise<Channel> connected) {
    setup.run(loop, connected, () -> start(loop, remote, connected));
  }

  private void start(EventLoop loop, Address remote, Promise<Channel> connected) throws Exception {
    start(
        loop,
        remote.family(),
        connected,
        (channel, promise) -> channel.pipeline().sentinel.connect(remote, local, promise));
  }

  /**
   * Binds a channel for messages. A Unix path that was bound is removed when the channel closes, if
   * it is still the same file.
   *
   * @return the channel once it is bound
   */
  public Future<Channel> bind(Address local) {
    return start(
        local.family(), (channel, promise) -> channel.pipeline().sentinel.bind(local, promise));
  }

  /**
   * Opens a channel for messages that is neither bound nor connected: the system binds it when it
   * first sends, where the family needs that.
   *
   * @return the channel once it is open
   */
  public Future<Channel> open(AddressFamily family) {
    return start(family, DataChannel::activate);
  }

  /**
   * Makes a channel of messages over something of this process instead of a socket, such as a
   * virtual bus. It has no address, and the kernel's options fail with ENOPROTOOPT.
   *
   * @return the channel, which is active
   */
  public Future<Channel> attach(Medium medium) {
    EventLoop loop = nextLoop();
    Promise<Channel> attached = loop.newPromise();
    setup.run(
        loop,
        attached,
        () -> {
          MessageChannel channel = new MessageChannel(loop, medium);
          setup.register(channel, initializer);
          channel.activate(null);
          if (!attached.trySuccess(channel)) {
            channel.close();
          }
        });
    return attached;
  }

  /** What is asked of a new channel. */
  private interface Start {
    void run(DataChannel channel, Promise<Void> promise);
  }

  private Future<Channel> start(AddressFamily family, Start start) {
    EventLoop loop = nextLoop();
    Promise<Channel> started = loop.newPromise();
    setup.run(loop, started, () -> start(loop, family, started, start));
    return started;
  }

  private void start(EventLoop loop, AddressFamily family, Promise<Channel> started, Start start)
      throws Exception {
    int fd = Setup.socket(loop, family, type, protocol);
    DataChannel channel = channel(loop, fd, family, protocol);
    setup.register(channel, initializer);
    Promise<Void> promise = channel.newPromise();
    started.addListener(done -> {
      if (done.isCancelled()) {
        promise.cancel(false);
      }
    });
    promise.addListener(done -> {
      if (done.isSuccess()) {
        if (!started.trySuccess(channel)) {
          channel.close();
        }
      } else {
        channel.close(); // a handler may have failed the promise, and nobody else knows the channel
        started.tryFailure(done.cause());
      }
    });
    start.run(channel, promise);
  }

  private DataChannel channel(EventLoop loop, int fd, AddressFamily family, Protocol protocol) {
    return type.equals(SocketType.STREAM)
        ? new StreamChannel(loop, fd, family, protocol)
        : new MessageChannel(loop, fd, family, type, protocol);
  }

  /**
   * Makes a channel of a socket of the bootstrap's type that somebody else has opened, such as one
   * of a pair, one that was passed by another process, or a bound one of datagrams by the one who
   * started this program ({@link io.gatun.socket.InheritedDescriptor}). A stream or SEQPACKET has
   * to be connected. The family and the protocol are the socket's own (where no option tells the
   * protocol, the bootstrap's). The descriptor is the channel's from now on, and closed should the
   * future fail or be cancelled; what is no such socket is left alone, with an {@link IOException}
   * or {@link IllegalArgumentException}. A Unix path that somebody else has bound stays when the
   * channel closes.
   *
   * @return the channel, which is active
   */
  public Future<Channel> adopt(int fd) {
    EventLoop loop = nextLoop();
    Promise<Channel> adopted = loop.newPromise();
    setup.adopt(
        loop,
        fd,
        type,
        protocol,
        type.equals(SocketType.STREAM) || type.equals(SocketType.SEQPACKET),
        adopted,
        socket -> {
          DataChannel channel = channel(loop, fd, socket.family(), socket.protocol());
          channel.remote = socket.peer();
          setup.register(channel, initializer);
          channel.activate(null);
          if (!adopted.trySuccess(channel)) {
            channel.close();
          }
        });
    return adopted;
  }

  /**
   * Connects to the first of a host's addresses that takes the connection, in the order of the
   * system's resolver. Resolving does not block a loop.
   *
   * @param host a name or an address
   * @param port 0 to 65535
   * @return the channel once it is connected; the failure is the last address's
   */
  public Future<Channel> connect(String host, int port) {
    EventLoop loop = nextLoop();
    Promise<Channel> connected = loop.newPromise();
    Resolver.resolveAsync(host, port)
        .whenComplete((addresses, failure) -> {
          if (failure != null) {
            connected.tryFailure(failure);
          } else {
            setup.run(loop, connected, () -> connectFirst(loop, addresses, connected));
          }
        });
    return connected;
  }

  private void connectFirst(EventLoop loop, List<Address> addresses, Promise<Channel> connected) {
    Promise<Channel> attempt = loop.newPromise();
    connect(loop, addresses.getFirst(), attempt);
    connected.addListener(done -> {
      if (done.isCancelled()) {
        attempt.cancel(false);
      }
    });
    attempt.addListener((Future<Channel> done) -> {
      if (done.isSuccess()) {
        if (!connected.trySuccess(done.getNow())) {
          done.getNow().close();
        }
      } else if (addresses.size() > 1 && !connected.isDone()) {
        connectFirst(loop, addresses.subList(1, addresses.size()), connected);
      } else {
        connected.tryFailure(done.cause());
      }
    });
  }
}
