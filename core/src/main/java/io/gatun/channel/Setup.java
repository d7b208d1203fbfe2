package io.gatun.channel;

import io.gatun.address.Address;
import io.gatun.address.AddressFamily;
import io.gatun.address.Protocol;
import io.gatun.address.Sockaddr;
import io.gatun.address.SocketType;
import io.gatun.error.SocketErrors;
import io.gatun.os.Abi;
import io.gatun.os.Constants;
import io.gatun.os.Errno;
import io.gatun.os.Kernel;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** What both bootstraps do with a new channel. */
final class Setup {
  /** Tells SCTP from TCP. Where there is no such option, the bootstrap's protocol counts. */
  private static final int SO_PROTOCOL = Abi.HOST.valueOr("SO_PROTOCOL", -1);

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
    run(loop, promise, step, () -> {});
  }

  /**
   * Runs on a loop, at once when on it.
   *
   * @param otherwise runs when the step does not: the promise was cancelled, or the loop has ended
   */
  private void run(EventLoop loop, Promise<Channel> promise, Step step, Runnable otherwise) {
    Runnable task =
        () -> {
          try {
            if (promise.isDone()) {
              otherwise.run();
            } else {
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
      otherwise.run();
      promise.tryFailure(e);
    }
  }

  /**
   * A socket that somebody else has opened.
   *
   * @param family UNSPEC if it is not bound, and the system does not tell then
   * @param peer null unless it is connected
   */
  record Adopted(AddressFamily family, Protocol protocol, @Nullable Address peer) {}

  /** What to make of it. */
  interface Adoption {
    void run(Adopted socket) throws Exception;
  }

  /**
   * Takes over a socket that somebody else has opened: what is no such socket is not touched; any
   * other is closed should it come to nothing.
   *
   * @param protocol its protocol, where the system does not tell
   * @param needsPeer one that is not connected is no such socket
   */
  void adopt(
      EventLoop loop,
      int fd,
      SocketType type,
      Protocol protocol,
      boolean needsPeer,
      Promise<Channel> promise,
      Adoption step) {
    Kernel kernel = Kernel.acquire();
    try {
      Adopted socket = prepare(kernel, fd, type, protocol, needsPeer);
      run(loop, promise, () -> step.run(socket), () -> close(fd));
    } catch (IOException | IllegalArgumentException e) {
      promise.tryFailure(e);
    } finally {
      Kernel.release(kernel);
    }
  }

  private static void close(int fd) {
    Kernel kernel = Kernel.acquire();
    try {
      kernel.close(fd);
    } finally {
      Kernel.release(kernel);
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

  /** Makes a socket fit for a loop, non-blocking and close-on-exec, and tells what it is. */
  private static Adopted prepare(
      Kernel kernel, int fd, SocketType type, Protocol asked, boolean needsPeer)
      throws IOException {
    int result = check(kernel.getsockopt(fd, Constants.SOL_SOCKET, Constants.SO_TYPE), fd);
    if (result != type.number()) {
      throw new IllegalArgumentException("descriptor " + fd + " is no socket of type " + type);
    }
    Protocol protocol = asked;
    if (SO_PROTOCOL >= 0) {
      protocol = new Protocol(check(kernel.getsockopt(fd, Constants.SOL_SOCKET, SO_PROTOCOL), fd));
    }
    result = kernel.getpeername(fd);
    if (needsPeer) {
      check(result, fd);
    }
    Address peer =
        result < 0 ? null : Sockaddr.decode(kernel.address(), kernel.addressLength(), protocol);
    AddressFamily family = AddressFamily.UNSPEC;
    result = kernel.getsockname(fd);
    if (result != -Errno.EINVAL) { // as on Windows where it is not bound
      check(result, fd);
      family = Sockaddr.decode(kernel.address(), kernel.addressLength()).family();
    }
    check(kernel.setNonBlocking(fd, true), fd);
    check(kernel.setInheritable(fd, false), fd);
    kernel.adopt(fd);
    return new Adopted(family, protocol, peer);
  }

  private static int check(int result, int fd) throws IOException {
    if (result < 0) {
      throw SocketErrors.of("adopt", fd, result);
    }
    return result;
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
