package io.gatun.channel;

import io.gatun.address.Address;
import io.gatun.address.Resolver;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes connected channels. Set it up once, by one thread, then connect as often as needed, by any.
 */
public final class Bootstrap {
  private final Setup setup = new Setup();
  private final EventLoopGroup group;
  private @Nullable EventLoop loop;
  private @Nullable Address local;
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
   * Connects a stream channel.
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
    int fd = Setup.socket(loop, remote);
    StreamChannel channel = new StreamChannel(loop, fd, remote.family());
    setup.register(channel, initializer);
    Promise<Void> promise = channel.newPromise();
    connected.addListener(done -> {
      if (done.isCancelled()) {
        promise.cancel(false);
      }
    });
    promise.addListener(done -> {
      if (done.isSuccess()) {
        if (!connected.trySuccess(channel)) {
          channel.close();
        }
      } else {
        channel.close(); // a handler may have failed the promise, and nobody else knows the channel
        connected.tryFailure(done.cause());
      }
    });
    channel.pipeline().tail.connect(remote, local, promise);
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
