package io.gatun.channel;

import io.gatun.address.AddressFamily;
import io.gatun.address.Protocol;
import io.gatun.address.SocketType;
import io.gatun.error.SocketErrors;
import io.gatun.os.Constants;
import io.gatun.os.Kernel;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;

/** What both bootstraps do with a new channel. */
final class Setup {
  private final Map<ChannelOption<?>, Object> options = new LinkedHashMap<>();

  Setup() {}

  Setup(Setup other) {
    options.putAll(other.options);
  }

  <T> void option(ChannelOption<T> option, T value) {
    options.put(option, value);
  }

  /** Something that happens on a loop; what it throws fails a promise. */
  interface Step {
    void run() throws Exception;
  }

  /** Runs on a loop, at once when on it. */
  void run(EventLoop loop, Promise<Channel> promise, Step step) {
    Runnable task =
        () -> {
          try {
            if (!promise.isDone()) {
              step.run();
            }
          } catch (Throwable t) {
            promise.tryFailure(t);
          }
        };
    if (loop.inEventLoop()) {
      task.run();
      return;
    }
    try {
      loop.execute(task);
    } catch (RejectedExecutionException e) {
      promise.tryFailure(e);
    }
  }

  /** Opens a socket. */
  static int socket(EventLoop loop, AddressFamily family, SocketType type, Protocol protocol)
      throws IOException {
    if (loop.isShuttingDown()) {
      throw new RejectedExecutionException(loop + " is shutting down");
    }
    Kernel kernel = loop.kernel();
    int fd = kernel.socket(family.number(), type.number(), protocol.number(), true);
    if (fd < 0) {
      throw SocketErrors.of("socket " + family + " " + type, null, fd);
    }
    boolean ip = family.equals(AddressFamily.INET) || family.equals(AddressFamily.INET6);
    if (ip && type.equals(SocketType.STREAM)) {
      // What an event loop wants unless told otherwise. What a listener accepts has it from the
      // listener, so that it costs no call for a connection.
      kernel.setsockopt(fd, Constants.IPPROTO_TCP, Constants.TCP_NODELAY, 1);
    }
    return fd;
  }

  /**
   * Makes a socket that somebody else has opened fit for a loop: non-blocking and close-on-exec.
   * What is no such socket is not touched.
   */
  static void adopt(EventLoop loop, int fd, SocketType type) throws IOException {
    Kernel kernel = loop.kernel();
    int result = kernel.getsockopt(fd, Constants.SOL_SOCKET, Constants.SO_TYPE);
    if (result >= 0 && result != type.number()) {
      throw new IllegalArgumentException("descriptor " + fd + " is no socket of type " + type);
    }
    if (result >= 0) {
      result = kernel.setNonBlocking(fd, true);
    }
    if (result >= 0) {
      result = kernel.setInheritable(fd, false);
    }
    if (result < 0) {
      throw SocketErrors.of("adopt", fd, result);
    }
  }

  /** Sets the options and adds the handlers; a channel that fails is closed. */
  void register(AbstractChannel channel, ChannelInitializer initializer) throws Exception {
    if (channel.eventLoop().isShuttingDown()) {
      channel.abandon();
      throw new RejectedExecutionException(channel.eventLoop() + " is shutting down");
    }
    try {
      channel.register(registered -> {
        for (Map.Entry<ChannelOption<?>, Object> entry : options.entrySet()) {
          set(registered, entry.getKey(), entry.getValue());
        }
        initializer.initialize(registered);
      });
    } catch (Throwable t) {
      channel.close(null);
      throw t;
    }
  }

  @SuppressWarnings("unchecked") // option() saw to it that the types fit
  private static <T> void set(Channel channel, ChannelOption<?> option, Object value)
      throws IOException {
    channel.setOption((ChannelOption<T>) option, (T) value);
  }
}
