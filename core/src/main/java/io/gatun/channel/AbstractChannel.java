package io.gatun.channel;

import static io.gatun.os.Errno.ENOPROTOOPT;

import io.gatun.address.Address;
import io.gatun.address.BoundPath;
import io.gatun.address.IpAddress;
import io.gatun.address.Sockaddr;
import io.gatun.error.ClosedException;
import io.gatun.error.SocketErrors;
import io.gatun.os.Kernel;
import io.gatun.transport.Driver;
import io.gatun.transport.Endpoint;
import io.gatun.transport.Registration;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.DefaultAttributeMap;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.DefaultPromise;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What all kinds of channels share: birth, options, addresses and death.
 *
 * <p>Made by any thread, registered and used on the loop. The descriptor belongs to the
 * registration; other threads may touch it (for options and addresses) only while they hold this
 * object's lock and {@link #open} is true, so that none of them reaches a descriptor that is
 * another's by then.
 */
abstract class AbstractChannel extends DefaultAttributeMap implements Channel, Endpoint {
  final EventLoop loop;
  final int fd;
  private final ChannelPipeline pipeline = new ChannelPipeline(this);

  /** Made for the first who asks, since few do; see {@link #ended}. */
  private volatile @Nullable Promise<Void> closePromise;

  /** The descriptor is closed. Under this object's lock. */
  private boolean ended;

  /** Set on the loop, before any handler is called. */
  private @Nullable Registration registration;

  /** Where it stands among the loop's channels. */
  int index;

  private volatile boolean open = true;
  volatile boolean active;
  boolean autoRead = true;

  private @Nullable BoundPath path;

  /** A read was asked for and nothing has been read since. */
  boolean readPending;

  private ByteBufAllocator allocator = PooledByteBufAllocator.DEFAULT;
  volatile @Nullable Address local;
  volatile @Nullable Address remote;

  AbstractChannel(EventLoop loop, int fd) {
    this.loop = loop;
    this.fd = fd;
  }

  /** Hands the descriptor over to the loop's driver and lets the handlers be added. */
  final void register(ChannelInitializer initializer) throws Exception {
    registration = attach();
    loop.add(this);
    initializer.initialize(this);
  }

  /** Gives the channel to whatever moves its data: the loop's driver, as a rule. */
  Registration attach() {
    return loop.driver().register(fd, driverKind(), this);
  }

  /** Closes a channel that no loop takes any more. */
  final void abandon() {
    open = false;
    closeDescriptor();
    ended();
  }

  /** Tells those who wait for the end. */
  private void ended() {
    Promise<Void> promise;
    synchronized (this) {
      ended = true;
      promise = closePromise;
    }
    complete(promise);
  }

  private void closeDescriptor() {
    if (fd < 0) {
      return;
    }
    Kernel kernel = Kernel.acquire();
    try {
      kernel.close(fd);
    } finally {
      Kernel.release(kernel);
    }
  }

  final Registration registration() {
    Registration registration = this.registration;
    if (registration == null) {
      throw new IllegalStateException("the channel is not registered yet");
    }
    return registration;
  }

  /**
   * bind(2). A path that it makes goes with the channel. Returns a negative errno when it failed.
   */
  final int bind(Address address) {
    Kernel kernel = loop.kernel();
    int length = Sockaddr.encode(address, kernel.address());
    int result = length < 0 ? length : kernel.bind(fd, kernel.address(), length);
    if (result >= 0) {
      path = BoundPath.of(address);
    }
    return result;
  }

  // What the head of the pipeline asks for. Loop's thread only.

  abstract void doBind(Address address, Promise<Void> promise);

  abstract void doConnect(Address remote, @Nullable Address local, Promise<Void> promise);

  abstract void doWrite(Object message, @Nullable Promise<Void> promise);

  abstract void doFlush();

  abstract void doShutdownOutput(@Nullable Promise<Void> promise);

  /** Counts a message that another thread has written but the loop has not seen; its size. */
  abstract int expect(Object message);

  /** The loop sees it now. */
  abstract void arrived(int size);

  /** Something that was expected is here, or will not come any more. */
  abstract void tellArrived();

  /** Tells whoever was held back that there is room again, if there is. */
  abstract void tellWritability();

  final void doRead() {
    readPending = true;
    awaitReadable();
  }

  /** Asks the driver, where the kind of channel has something to read. */
  abstract void awaitReadable();

  /** Asks for the next round, after one was read. */
  final void readNext() {
    if (!open) {
      return;
    }
    if (autoRead) {
      pipeline.sentinel.read();
    } else if (readPending) {
      awaitReadable();
    }
  }

  final void doClose(@Nullable Promise<Void> promise) {
    if (promise != null) {
      closeFuture().addListener(closed -> promise.trySuccess(null));
    }
    synchronized (this) {
      if (!open) {
        return;
      }
      open = false;
    }
    if (registration == null) { // such as an accepted one that a handler of its listener refused
      closeDescriptor();
      ended();
    } else {
      closing();
      if (path != null) {
        path.delete(); // while the open socket keeps its inode from being another file's
      }
      registration.close();
    }
  }

  /** The descriptor is about to be closed. */
  void closing() {}

  /** The descriptor is closed, and no memory of a write is in use. */
  abstract void released();

  /** Whether the channel goes on after an exception that no handler took. */
  boolean outlivesExceptions() {
    return false;
  }

  @Override
  public final void closed() {
    boolean wasActive = active;
    active = false;
    try {
      released();
    } finally {
      loop.remove(this);
      ended();
    }
    // Later, so that the handler which closed the channel is not called from within itself.
    loop.execute(() -> {
      if (wasActive) {
        pipeline.sentinel.fireChannelInactive();
      }
      pipeline.destroy();
    });
  }

  /** Completes a promise unless its owner has given it up. */
  static void complete(@Nullable Promise<Void> promise) {
    if (promise != null) {
      promise.trySuccess(null);
    }
  }

  /** Fails a promise unless its owner has given it up. */
  static void fail(@Nullable Promise<Void> promise, Throwable cause) {
    if (promise != null) {
      promise.tryFailure(cause);
    }
  }

  /**
   * A message that cannot be written. Where nobody waits for a promise the handlers hear of it,
   * unless the channel is closed, which they know.
   */
  final void refuse(Object message, @Nullable Promise<Void> promise, Throwable cause) {
    ReferenceCountUtil.release(message);
    if (promise == null && open) {
      pipeline.sentinel.fireExceptionCaught(cause);
    } else {
      fail(promise, cause);
    }
  }

  @Override
  public final EventLoop eventLoop() {
    return loop;
  }

  @Override
  public final ChannelPipeline pipeline() {
    return pipeline;
  }

  @Override
  public final ByteBufAllocator alloc() {
    return allocator;
  }

  @Override
  public final boolean isOpen() {
    return open;
  }

  @Override
  public final boolean isActive() {
    return active;
  }

  @Override
  public boolean isInputShutdown() {
    return false;
  }

  @Override
  public final Future<Void> closeFuture() {
    Promise<Void> promise = closePromise;
    return promise == null ? newClosePromise() : promise;
  }

  private synchronized Promise<Void> newClosePromise() {
    Promise<Void> promise = closePromise;
    if (promise == null) {
      promise = new DefaultPromise<>(loop);
      if (ended) {
        promise.setSuccess(null);
      }
      closePromise = promise;
    }
    return promise;
  }

  @Override
  public final Promise<Void> newPromise() {
    return new ChannelPromise(loop);
  }

  @Override
  public final Future<Void> write(Object message) {
    return pipeline.sentinel.write(message);
  }

  @Override
  public final void write(Object message, @Nullable Promise<Void> promise) {
    pipeline.sentinel.write(message, promise);
  }

  @Override
  public final Future<Void> writeAndFlush(Object message) {
    return pipeline.sentinel.writeAndFlush(message);
  }

  @Override
  public final void writeAndFlush(Object message, @Nullable Promise<Void> promise) {
    pipeline.sentinel.writeAndFlush(message, promise);
  }

  @Override
  public final void flush() {
    pipeline.sentinel.flush();
  }

  @Override
  public final void read() {
    pipeline.sentinel.read();
  }

  @Override
  public final Future<Void> shutdownOutput() {
    Promise<Void> promise = newPromise();
    try {
      pipeline.sentinel.shutdownOutput(promise);
    } catch (RejectedExecutionException ended) {
      promise.tryFailure(ended);
    }
    return promise;
  }

  @Override
  public final Future<Void> close() {
    Future<Void> closed = closeFuture();
    close(null);
    return closed;
  }

  @Override
  public final Future<Void> abort() {
    try {
      setOption(ChannelOption.SO_LINGER, 0);
    } catch (IOException e) {
      // Closed already, or of a family that has no such option.
    }
    return close();
  }

  @Override
  public final void close(@Nullable Promise<Void> promise) {
    try {
      pipeline.sentinel.close(promise);
    } catch (RejectedExecutionException ended) {
      complete(promise); // the loop closed all its channels before it ended
    }
  }

  @Override
  public final @Nullable Address localAddress() {
    Address address = local;
    if (address == null && active) {
      address = ask();
      if (!(address instanceof IpAddress ip && ip.port() == 0)) { // it gets one when it first sends
        local = address;
      }
    }
    return address;
  }

  private synchronized @Nullable Address ask() {
    if (!open) {
      return null;
    }
    Kernel kernel = Kernel.acquire();
    try {
      return kernel.getsockname(fd) < 0
          ? null
          : Sockaddr.decode(kernel.address(), kernel.addressLength());
    } finally {
      Kernel.release(kernel);
    }
  }

  @Override
  public final @Nullable Address remoteAddress() {
    return remote;
  }

  @Override
  public final <T> T getOption(ChannelOption<T> option) throws IOException {
    KernelOption<T> kernelOption = option.kernelOption();
    if (kernelOption == null) {
      checkOpen("get ", option);
      @SuppressWarnings("unchecked") // each option names the type of its own value
      T value = (T) ownOption(option);
      return value;
    }
    try (Arena arena = Arena.ofConfined()) {
      long value = arena.allocate(Math.max(kernelOption.size(), 1), Long.BYTES).address();
      int length =
          withDescriptor("getsockopt", option::name, kernel -> kernelOption.get(kernel, fd, value));
      return kernelOption.decode(value, length);
    }
  }

  @Override
  public final <T> void setOption(ChannelOption<T> option, T value) throws IOException {
    KernelOption<T> kernelOption = option.kernelOption();
    if (kernelOption != null) {
      withDescriptor(
          "setsockopt",
          () -> option + "=" + KernelOption.text(value),
          kernel -> kernelOption.set(kernel, fd, value));
    } else {
      checkOpen("set ", option);
      if (loop.inEventLoop() || registration == null) {
        setOwnOption(option, value);
      } else {
        loop.execute(() -> setOwnOption(option, value));
      }
    }
  }

  private void checkOpen(String what, ChannelOption<?> option) throws ClosedException {
    if (!open) {
      throw new ClosedException(what + option);
    }
  }

  /** A call on the descriptor by whatever thread; a negative errno is a failure. */
  private interface DescriptorCall {
    int call(Kernel kernel);
  }

  private int withDescriptor(String name, Supplier<Object> option, DescriptorCall call)
      throws IOException {
    int result;
    synchronized (this) {
      if (!open) {
        throw new ClosedException(name, option.get());
      }
      Kernel kernel = Kernel.acquire();
      try {
        result = fd < 0 ? -ENOPROTOOPT : call.call(kernel); // a medium is no kernel's
      } finally {
        Kernel.release(kernel);
      }
    }
    if (result < 0) {
      Address peer = remote;
      throw SocketErrors.of(name, option.get() + (peer == null ? "" : " " + peer), result);
    }
    return result;
  }

  /** Returns the value of an option of the channel itself. */
  Object ownOption(ChannelOption<?> option) {
    if (option == ChannelOption.AUTO_READ) {
      return autoRead;
    } else if (option == ChannelOption.ALLOCATOR) {
      return allocator;
    }
    throw new UnsupportedOperationException(kind() + " channels have no option " + option);
  }

  /** Sets an option of the channel itself. */
  void setOwnOption(ChannelOption<?> option, Object value) {
    if (option == ChannelOption.AUTO_READ) {
      setAutoRead((Boolean) value);
    } else if (option == ChannelOption.ALLOCATOR) {
      allocator = (ByteBufAllocator) value;
    } else {
      throw new UnsupportedOperationException(kind() + " channels have no option " + option);
    }
  }

  private void setAutoRead(boolean on) {
    boolean was = autoRead;
    autoRead = on;
    if (on && !was && active) {
      pipeline.sentinel.read();
    } else if (!on && was) {
      readPending = false;
      if (registration != null && open) {
        registration.ignoreReadable();
      }
    }
  }

  /** What the kernel makes of the descriptor. */
  abstract Driver.Kind driverKind();

  /** The kind of channel, for messages. */
  abstract String kind();

  @Override
  public final String toString() {
    Address remote = this.remote;
    Address local = this.local;
    return kind()
        + " "
        + fd
        + (local == null ? "" : " " + local)
        + (remote == null ? "" : " to " + remote)
        + (open ? "" : " (closed)");
  }
}
