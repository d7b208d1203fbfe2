package io.gatun.channel;

import static io.gatun.os.Errno.EAGAIN;
import static io.gatun.os.Errno.ECONNABORTED;
import static io.gatun.os.Errno.ECONNRESET;
import static io.gatun.os.Errno.EINPROGRESS;
import static io.gatun.os.Errno.EISCONN;
import static io.gatun.os.Errno.ENOTCONN;
import static io.gatun.os.Errno.EPIPE;

import io.gatun.address.Address;
import io.gatun.address.AddressFamily;
import io.gatun.address.Sockaddr;
import io.gatun.error.ClosedException;
import io.gatun.error.SocketErrors;
import io.gatun.error.TimedOutException;
import io.gatun.os.Constants;
import io.gatun.os.Kernel;
import io.gatun.transport.Driver;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.IllegalReferenceCountException;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A connected stream of any family: TCP, Unix, VSOCK, TIPC, RFCOMM. */
final class StreamChannel extends AbstractChannel {
  /** Messages read in one round, before others have their turn. */
  private static final int MAX_READS = 16;

  /** Calls that send in one round: who writes as soon as a write is done would have no end. */
  private static final int MAX_SENDS = 16;

  /**
   * The most bytes in one call. The kernel takes at most 2^31 − 4096 (macOS less than 2^31), and a
   * call that took less than it was given has to mean that the socket is full.
   */
  private static final int MAX_WRITE = 1 << 30;

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(30);

  /** First and longest pause before a Unix socket whose peer's backlog is full tries again. */
  private static final long FIRST_RETRY_NANOS = 100_000;

  private static final long LONGEST_RETRY_NANOS = 20_000_000;

  private static final VarHandle EXPECTED;

  static {
    try {
      EXPECTED = MethodHandles.lookup().findVarHandle(StreamChannel.class, "expected", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Driver.Kind kind;
  private final OutboundBuffer outbound = new OutboundBuffer();

  /** The memory of what other threads have written and the loop has yet to see. */
  @SuppressWarnings("unused") // by EXPECTED
  private volatile long expected;

  /** Another thread was told not to write on, which the loop itself may never have noticed. */
  private volatile boolean heldBack;

  /** Written by the loop; {@link #pendingBytes} of other threads may lag behind. */
  private volatile long pending;

  private volatile boolean writable = true;
  private WaterMarks waterMarks = WaterMarks.DEFAULT;
  private final ReadSize readSize = new ReadSize();
  private boolean allowHalfClosure;
  private boolean reading;

  /** Keeps a promise's listener from sending while {@link #send} is sending. */
  private boolean sending;

  /** What sends on in the loop's next round; made for the first channel that needs one. */
  private @Nullable Runnable resumption;

  /** The connection takes no more; whoever reads comes to the end of what the peer had sent. */
  private boolean writeFailed;

  /** The driver has a write under way. */
  private boolean writeUnderWay;

  private boolean inputShutdown;
  private boolean outputShutdown;
  private boolean closeWhenSent;
  private @Nullable Promise<Void> shutdownPromise;
  private boolean shutdownWhenSent;
  private @Nullable Connecting connecting;
  private Duration connectTimeout = CONNECT_TIMEOUT;

  /** A new channel that is to be connected. */
  StreamChannel(EventLoop loop, int fd, AddressFamily family) {
    super(loop, fd);
    this.kind = family.equals(AddressFamily.UNIX) ? Driver.Kind.LOCAL_STREAM : Driver.Kind.STREAM;
  }

  /** An accepted channel. */
  StreamChannel(EventLoop loop, int fd, Address remote) {
    this(loop, fd, remote.family());
    this.remote = remote;
  }

  @Override
  Driver.Kind driverKind() {
    return kind;
  }

  @Override
  String kind() {
    return "stream";
  }

  // Connecting

  /** A connect that is under way. */
  private static final class Connecting {
    final Address remote;
    final Promise<Void> promise;
    long retryNanos = FIRST_RETRY_NANOS;
    @Nullable Future<?> timer;

    Connecting(Address remote, Promise<Void> promise) {
      this.remote = remote;
      this.promise = promise;
    }
  }

  @Override
  void doConnect(Address remote, @Nullable Address local, Promise<Void> promise) {
    if (!isOpen()) {
      fail(promise, new ClosedException("connect", remote));
      return;
    }
    if (active || connecting != null) {
      fail(promise, SocketErrors.of("connect", remote, active ? EISCONN : EINPROGRESS));
      return;
    }
    if (local != null) {
      int result = bind(local);
      if (result < 0) {
        fail(promise, SocketErrors.of("bind", local, result));
        close(null);
        return;
      }
    }
    Connecting attempt = new Connecting(remote, promise);
    connecting = attempt;
    promise.addListener(done -> {
      if (done.isCancelled()) {
        close(null);
      }
    });
    if (!connectTimeout.isZero()) {
      long nanos = TimeUnit.NANOSECONDS.convert(connectTimeout); // 292 years at most
      attempt.timer =
          loop.schedule(
              () -> connectFailed(new TimedOutException("connect", remote, nanos)),
              nanos,
              TimeUnit.NANOSECONDS);
    }
    tryConnect();
  }

  private void tryConnect() {
    Connecting attempt = connecting;
    if (attempt == null || !isOpen()) {
      return;
    }
    long memory = loop.kernel().address();
    int length = Sockaddr.encode(attempt.remote, memory);
    int result = length < 0 ? length : registration().connect(memory, length);
    if (result == -EAGAIN) {
      // A Unix listener's backlog is full. Nothing will tell when there is room: ask again.
      loop.schedule(this::tryConnect, attempt.retryNanos, TimeUnit.NANOSECONDS);
      attempt.retryNanos = Math.min(attempt.retryNanos * 2, LONGEST_RETRY_NANOS);
    } else if (result != -EINPROGRESS) {
      connected(result);
    }
  }

  @Override
  public void connected(int result) {
    Connecting attempt = connecting;
    if (attempt == null) {
      return;
    }
    if (result < 0) {
      connectFailed(SocketErrors.of("connect", attempt.remote, result));
      return;
    }
    connecting = null;
    if (attempt.timer != null) {
      attempt.timer.cancel(false);
    }
    remote = attempt.remote;
    activate(attempt.promise);
  }

  private void connectFailed(IOException cause) {
    Connecting attempt = connecting;
    if (attempt != null) {
      connecting = null;
      if (attempt.timer != null) {
        attempt.timer.cancel(false);
      }
      fail(attempt.promise, cause);
      close(null);
    }
  }

  /** The channel is connected: the handlers hear of it, and reading begins. */
  void activate(@Nullable Promise<Void> promise) {
    if (!isOpen()) { // by the handler that was to be added
      fail(promise, new ClosedException("connect"));
      return;
    }
    active = true;
    complete(promise);
    pipeline().head.fireChannelActive();
    if (active) {
      send();
      readNext();
    }
  }

  @Override
  void doBind(Address address, Promise<Void> promise) {
    fail(promise, new UnsupportedOperationException("a stream channel does not listen"));
  }

  // Reading

  @Override
  void awaitReadable() {
    if (active && !inputShutdown && !reading) {
      registration().awaitReadable();
    }
  }

  @Override
  public void readable() {
    reading = true;
    int messages = 0;
    int result;
    try {
      do {
        ByteBuf buffer = alloc().directBuffer(readSize.next());
        int room = buffer.writableBytes();
        result = registration().read(buffer.memoryAddress() + buffer.writerIndex(), room);
        if (result <= 0) {
          buffer.release();
          break;
        }
        buffer.writerIndex(buffer.writerIndex() + result);
        readSize.record(result, room);
        readPending = false;
        messages++;
        pipeline().head.fireChannelRead(buffer);
        if (result < room) {
          result = -EAGAIN; // emptied: no second call to see it
          break;
        }
      } while ((autoRead || readPending) && messages < MAX_READS && isOpen());
    } catch (Throwable t) { // such as no memory for a buffer
      reading = false;
      pipeline().head.fireExceptionCaught(t);
      close(null);
      return;
    }
    reading = false;
    if (messages > 0) {
      pipeline().head.fireChannelReadComplete();
    }
    if (!isOpen()) {
      return;
    }
    if (result == 0) {
      endOfInput();
    } else if (result < 0 && result != -EAGAIN) {
      pipeline().head.fireExceptionCaught(SocketErrors.of("recv", remote, result));
      close(null);
    } else if (messages == 0) {
      awaitReadable(); // what was asked for is still to come
    } else {
      readNext();
    }
  }

  /** The peer sends no more. */
  private void endOfInput() {
    inputShutdown = true;
    if (outputShutdown) {
      close(null);
    } else if (allowHalfClosure) {
      pipeline().head.fireUserEvent(ChannelEvent.INPUT_SHUTDOWN);
    } else {
      // What the peer sent is answered in full before the connection goes.
      closeWhenSent = true;
      doFlush();
    }
  }

  // Writing

  @Override
  void doWrite(Object message, @Nullable Promise<Void> promise) {
    if (!isOpen()) {
      refuse(message, promise, new ClosedException("write"));
    } else if (outputShutdown || shutdownWhenSent) {
      // Where the peer has gone, there may still be something to read, and then comes the end.
      IOException cause = SocketErrors.of("write", remote, EPIPE);
      if (promise == null && writeFailed) {
        ReferenceCountUtil.release(message);
      } else {
        refuse(message, promise, cause);
      }
    } else if (message instanceof ByteBuf buffer) {
      if (buffer.refCnt() == 0) {
        Throwable cause = new IllegalReferenceCountException("a released buffer was written");
        refuse(Unpooled.EMPTY_BUFFER, promise, cause); // there is nothing to release
        return;
      }
      outbound.add(direct(buffer), promise);
      tellWritability();
    } else {
      refuse(
          message,
          promise,
          new UnsupportedOperationException(
              "a stream channel writes ByteBuf, not " + message.getClass().getName()));
    }
  }

  private ByteBuf direct(ByteBuf buffer) {
    if (buffer.hasMemoryAddress()) {
      return buffer;
    }
    try {
      return alloc()
          .directBuffer(Math.max(1, buffer.readableBytes()))
          .writeBytes(buffer, buffer.readerIndex(), buffer.readableBytes());
    } finally {
      buffer.release();
    }
  }

  @Override
  void doFlush() {
    outbound.flush();
    send();
  }

  private void send() {
    if (sending || writeUnderWay || !active) {
      return;
    }
    sending = true;
    int result = 0;
    int calls = 0;
    try {
      while (outbound.flushed() > 0 && !writeUnderWay && result >= 0 && isOpen()) {
        if (calls++ == MAX_SENDS) {
          sendLater();
          break;
        }
        result = sendOnce();
      }
    } catch (RuntimeException e) { // a buffer that is no more
      sending = false;
      pipeline().head.fireExceptionCaught(e);
      close(null); // what has gone out is part of a message at best
      return;
    }
    sending = false;
    if (!isOpen()) { // a promise's listener has closed the channel
      return;
    }
    if (result < 0) {
      writeFailed(result);
    } else {
      tellWritability();
      if (outbound.isEmpty()) {
        allSent();
      }
    }
  }

  /** Returns a negative errno when it failed. */
  private int sendOnce() {
    int length;
    int result;
    if (outbound.flushed() == 1) {
      ByteBuf buffer = outbound.first();
      length = Math.min(buffer.readableBytes(), MAX_WRITE);
      result =
          length == 0
              ? 0
              : registration().write(buffer.memoryAddress() + buffer.readerIndex(), length);
    } else {
      long iovecs = loop.kernel().iovecs();
      int count = Math.min(outbound.flushed(), Kernel.IOVECS);
      length = outbound.fill(iovecs, count, MAX_WRITE);
      result = length == 0 ? 0 : registration().write(iovecs, count, length);
    }
    if (result >= 0) {
      writeUnderWay = result < length;
      outbound.sent(result);
    }
    return result;
  }

  private void sendLater() {
    Runnable later = resumption;
    if (later == null) {
      later = this::send;
      resumption = later;
    }
    loop.execute(later);
  }

  @Override
  public void written(int result) {
    writeUnderWay = false;
    if (!isOpen()) {
      return; // closed() takes care of the rest
    }
    if (result < 0) {
      writeFailed(result);
    } else {
      outbound.sent(result);
      send();
    }
  }

  /**
   * The connection takes no more. What the peer sent before it went is still there to be read, so a
   * channel that reads closes when it comes to the end.
   */
  private void writeFailed(int errno) {
    IOException cause = SocketErrors.of("send", remote, errno);
    outputShutdown = true;
    writeFailed = true;
    outbound.fail(cause);
    tellWritability();
    fail(shutdownPromise, cause);
    boolean broken = errno == -EPIPE || errno == -ECONNRESET || errno == -ECONNABORTED;
    if (!broken || inputShutdown || !(autoRead || readPending)) {
      close(null);
    }
  }

  private void allSent() {
    if (closeWhenSent) {
      close(null);
    } else if (shutdownWhenSent && !outputShutdown) {
      outputShutdown = true;
      int result = registration().shutdown(Constants.SHUT_WR);
      if (result < 0 && result != -ENOTCONN) {
        fail(shutdownPromise, SocketErrors.of("shutdown", remote, result));
      } else {
        complete(shutdownPromise);
        pipeline().head.fireUserEvent(ChannelEvent.OUTPUT_SHUTDOWN);
      }
      if (inputShutdown) {
        close(null);
      }
    }
  }

  @Override
  void doShutdownOutput(@Nullable Promise<Void> promise) {
    if (!isOpen()) {
      fail(promise, new ClosedException("shutdown"));
    } else if (!active) {
      fail(promise, SocketErrors.of("shutdown", remote, ENOTCONN));
    } else if (outputShutdown) {
      complete(promise);
    } else if (shutdownWhenSent && shutdownPromise != null) {
      shutdownPromise.addListener(done -> complete(promise));
    } else {
      shutdownWhenSent = true;
      shutdownPromise = promise;
      doFlush();
    }
  }

  // Back-pressure

  @Override
  int expect(Object message) {
    int size = message instanceof ByteBuf buffer ? OutboundBuffer.weight(buffer) : 0;
    EXPECTED.getAndAdd(this, (long) size);
    return size;
  }

  @Override
  void arrived(int size) {
    EXPECTED.getAndAdd(this, (long) -size);
  }

  @Override
  void tellWritability() {
    long weight = outbound.weight();
    pending = weight;
    long total = weight + expected;
    if (writable && weight > waterMarks.high()) {
      writable = false;
    } else if ((!writable || heldBack) && (total < waterMarks.low() || total == 0)) {
      writable = true;
      heldBack = false;
    } else {
      return;
    }
    if (isOpen()) {
      pipeline().head.fireChannelWritabilityChanged();
    }
  }

  @Override
  public boolean isWritable() {
    if (!writable || !isOpen() || pending + expected <= waterMarks.high()) {
      return writable && isOpen();
    }
    heldBack = true;
    // Should all have been sent in between, the loop has nothing left to tell.
    return pending + expected <= waterMarks.high();
  }

  @Override
  public long pendingBytes() {
    return pending + expected;
  }

  // Closing

  @Override
  void closing() {
    Connecting attempt = connecting;
    if (attempt != null) {
      connecting = null;
      if (attempt.timer != null) {
        attempt.timer.cancel(false);
      }
      fail(attempt.promise, new ClosedException("connect", attempt.remote));
    }
  }

  @Override
  void released() {
    ClosedException cause = new ClosedException("write");
    outbound.fail(cause);
    pending = 0;
    fail(shutdownPromise, cause);
  }

  // Options

  @Override
  Object ownOption(ChannelOption<?> option) {
    if (option == ChannelOption.ALLOW_HALF_CLOSURE) {
      return allowHalfClosure;
    } else if (option == ChannelOption.WRITE_WATER_MARKS) {
      return waterMarks;
    } else if (option == ChannelOption.CONNECT_TIMEOUT) {
      return connectTimeout;
    }
    return super.ownOption(option);
  }

  @Override
  void setOwnOption(ChannelOption<?> option, Object value) {
    if (option == ChannelOption.ALLOW_HALF_CLOSURE) {
      allowHalfClosure = (Boolean) value;
    } else if (option == ChannelOption.WRITE_WATER_MARKS) {
      waterMarks = (WaterMarks) value;
      tellWritability();
    } else if (option == ChannelOption.CONNECT_TIMEOUT) {
      Duration timeout = (Duration) value;
      if (timeout.isNegative()) {
        throw new IllegalArgumentException("CONNECT_TIMEOUT: " + timeout + " is negative");
      }
      connectTimeout = timeout;
    } else {
      super.setOwnOption(option, value);
    }
  }
}
