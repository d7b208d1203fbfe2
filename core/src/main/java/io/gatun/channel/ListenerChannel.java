package io.gatun.channel;

import io.gatun.address.Address;
import io.gatun.address.Protocol;
import io.gatun.address.Sockaddr;
import io.gatun.address.SocketType;
import io.gatun.error.ClosedException;
import io.gatun.error.SocketErrors;
import io.gatun.os.Constants;
import io.gatun.os.Errno;
import io.gatun.os.Kernel;
import io.gatun.transport.Driver;
import io.netty.util.concurrent.Promise;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A socket that accepts connections of any family; its messages are channels. */
final class ListenerChannel extends AbstractChannel {
  private static final InternalLogger LOGGER =
      InternalLoggerFactory.getInstance(ListenerChannel.class);

  /** How long a listener rests when the process has no descriptors or memory left. */
  private static final long REST_MILLIS = 100;

  /** Gives each accepted channel its loop. */
  private final Supplier<EventLoop> loops;

  private final SocketType type;
  private final Protocol protocol;
  private int backlog = Constants.SOMAXCONN;
  private RoundLimit roundLimit = RoundLimit.OF_LISTENERS;
  private boolean accepting;

  ListenerChannel(
      EventLoop loop, int fd, Supplier<EventLoop> loops, SocketType type, Protocol protocol) {
    super(loop, fd);
    this.loops = loops;
    this.type = type;
    this.protocol = protocol;
  }

  @Override
  Driver.Kind driverKind() {
    return Driver.Kind.LISTENER;
  }

  @Override
  String kind() {
    return "listener";
  }

  @Override
  void doBind(Address address, Promise<Void> promise) {
    if (!isOpen()) {
      fail(promise, new ClosedException("bind", address));
      return;
    }
    IOException failure = null;
    int result = bind(address);
    if (result < 0) {
      failure = SocketErrors.of("bind", address, result);
    } else {
      result = loop.kernel().listen(fd, backlog);
      if (result < 0) {
        failure = SocketErrors.of("listen", address, result);
      }
    }
    if (failure != null) {
      fail(promise, failure);
      close(null);
      return;
    }
    activate(promise);
  }

  /** The socket listens. */
  private void activate(Promise<Void> promise) {
    active = true;
    localAddress();
    complete(promise);
    pipeline().sentinel.fireChannelActive();
    readNext();
  }

  /** Goes on with a socket that somebody else has bound, and that may listen already. */
  void adopt(Promise<Void> promise) {
    int result = loop.kernel().getsockopt(fd, Constants.SOL_SOCKET, Constants.SO_ACCEPTCONN);
    if (result == 0) {
      result = loop.kernel().listen(fd, backlog);
    }
    if (result < 0) {
      fail(promise, SocketErrors.of("listen", null, result));
      close(null);
    } else {
      activate(promise);
    }
  }

  @Override
  void awaitReadable() {
    if (active && !accepting) {
      registration().awaitReadable();
    }
  }

  @Override
  public void readable() {
    accepting = true;
    int accepted = 0;
    int result = 0;
    Kernel kernel = loop.kernel();
    while ((autoRead || accepted == 0 || readPending)
        && accepted < roundLimit.calls()
        && isOpen()) {
      result = registration().accept();
      if (result < 0 && !isTransient(result)) {
        break;
      }
      if (result >= 0) {
        Address peer = Sockaddr.decode(kernel.address(), kernel.addressLength());
        readPending = false;
        DataChannel child = accepted(result, peer);
        loop.counters().accepted++;
        Insight.accepted(this, child);
        pipeline().sentinel.fireChannelRead(child);
      }
      accepted++;
    }
    accepting = false;
    if (accepted > 0) {
      pipeline().sentinel.fireChannelReadComplete();
    }
    if (!isOpen()) {
      return;
    }
    if (result < 0 && result != -Errno.EAGAIN && !isTransient(result)) {
      rest(result);
    } else if (accepted == 0) {
      awaitReadable();
    } else {
      readNext();
    }
  }

  private DataChannel accepted(int accepted, Address peer) {
    EventLoop child = loops.get();
    return type.equals(SocketType.STREAM)
        ? new StreamChannel(child, accepted, peer, protocol)
        : new MessageChannel(child, accepted, peer);
  }

  /** Errors of the connection that would have been accepted, not of the listener: accept(2). */
  private static boolean isTransient(int result) {
    return result == -Errno.ECONNABORTED
        || result == -Errno.ECONNRESET // Winsock's ECONNABORTED
        || result == -Errno.EPROTO
        || result == -Errno.EPERM
        || result == -Errno.ENETUNREACH
        || result == -Errno.EHOSTUNREACH
        || result == -Errno.ETIMEDOUT;
  }

  /** No descriptors or no memory: neither spin on the error, nor stop for good. */
  private void rest(int errno) {
    loop.schedule(this::rested, REST_MILLIS, TimeUnit.MILLISECONDS);
    try {
      LOGGER.warn(
          "{}: rests for {} ms: {}",
          this,
          REST_MILLIS,
          SocketErrors.of("accept", localAddress(), errno).getMessage());
    } catch (Throwable t) {
      // A logger that has to open a file cannot do so either. The JDK's own is one, at its first
      // line.
    }
  }

  private void rested() {
    if (isOpen()) {
      readNext();
    }
  }

  @Override
  void released() {}

  @Override
  Object ownOption(ChannelOption<?> option) {
    if (option == ChannelOption.BACKLOG) {
      return backlog;
    }
    return option == ChannelOption.ROUND_LIMIT ? roundLimit : super.ownOption(option);
  }

  @Override
  void setOwnOption(ChannelOption<?> option, Object value) {
    if (option == ChannelOption.BACKLOG) {
      backlog = (Integer) value;
    } else if (option == ChannelOption.ROUND_LIMIT) {
      roundLimit = (RoundLimit) value;
    } else {
      super.setOwnOption(option, value);
    }
  }

  // A listener neither connects nor writes.

  private UnsupportedOperationException unsupported(String operation) {
    return new UnsupportedOperationException("a listener channel does not " + operation);
  }

  @Override
  void doConnect(Address remote, @Nullable Address local, Promise<Void> promise) {
    fail(promise, unsupported("connect"));
  }

  @Override
  public void connected(int result) {
    throw unsupported("connect");
  }

  @Override
  void doWrite(Object message, @Nullable Promise<Void> promise) {
    refuse(message, promise, unsupported("write"));
  }

  @Override
  public void written(int result) {
    throw unsupported("write");
  }

  @Override
  void doFlush() {}

  @Override
  void doShutdownOutput(@Nullable Promise<Void> promise) {
    fail(promise, unsupported("shut down"));
  }

  @Override
  int expect(Object message) {
    return 0;
  }

  @Override
  void arrived(int size) {}

  @Override
  void tellArrived() {}

  @Override
  void tellWritability() {}

  @Override
  public boolean isWritable() {
    return false;
  }

  @Override
  public long pendingBytes() {
    return 0;
  }

  @Override
  public long bytesWritten() {
    return 0;
  }

  @Override
  public boolean isFlushed() {
    return true;
  }
}
