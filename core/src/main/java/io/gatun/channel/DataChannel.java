package io.gatun.channel;

import static io.gatun.os.Errno.EAGAIN;
import static io.gatun.os.Errno.EINPROGRESS;
import static io.gatun.os.Errno.EISCONN;
import static io.gatun.os.Errno.ENOTCONN;
import static io.gatun.os.Errno.EPIPE;

import io.gatun.address.Address;
import io.gatun.address.RawAddress;
import io.gatun.address.Sockaddr;
import io.gatun.error.ClosedException;
import io.gatun.error.SocketErrors;
import io.gatun.error.TimedOutException;
import io.gatun.os.Constants;
import io.netty.buffer.ByteBuf;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A channel that data go through, be it a stream's bytes or messages: how it connects, whose turn
 * it is to read and to send, back-pressure, and the end of either half. What one call reads or
 * sends is the kinds' own.
 */
abstract class DataChannel extends AbstractChannel implements Runnable {
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
  private static final VarHandle PENDING;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      EXPECTED = lookup.findVarHandle(DataChannel.class, "expected", long.class);
      PENDING = lookup.findVarHandle(DataChannel.class, "pending", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  OutboundBuffer outbound = OutboundBuffer.NONE;

  /** The memory of what other threads have written and the loop has yet to see. */
  @SuppressWarnings("unused") // by EXPECTED
  private volatile long expected;

  /** Another thread was told not to write on, which the loop itself may never have noticed. */
  private volatile boolean heldBack;

  /** Written by the loop; {@link #pendingBytes} of other threads may lag behind. */
  private volatile long pending;

  private volatile boolean writable = true;
  private WaterMarks waterMarks = WaterMarks.DEFAULT;
  RoundLimit roundLimit = RoundLimit.DEFAULT;
  private boolean allowHalfClosure;
  private boolean reading;

  /** Messages that the round under way has delivered. */
  private int delivered;

  /** Keeps a promise's listener from sending while {@link #send} is sending. */
  private boolean sending;

  /** The driver has a write under way. */
  boolean writeUnderWay;

  private volatile boolean inputShutdown;
  private boolean outputShutdown;

  /** Output is shut down because nothing more can be sent, which the peer's going explains. */
  private boolean broken;

  private boolean closeWhenSent;
  private @Nullable Promise<Void> shutdownPromise;
  private boolean shutdownWhenSent;
  private @Nullable Connecting connecting;
  private Duration connectTimeout = CONNECT_TIMEOUT;

  DataChannel(EventLoop loop, int fd) {
    super(loop, fd);
  }

  // Connecting

  /** A connect that is under way. */
  private static final class Connecting {
    final Address remote;
    final Promise<Void> promise;
    final Insight.@Nullable Connect event = Insight.connect();
    long retryNanos = FIRST_RETRY_NANOS;
    @Nullable Future<?> timer;

    Connecting(Address remote, Promise<Void> promise) {
      this.remote = remote;
      this.promise = promise;
    }
  }

  @Override
  final void doConnect(Address remote, @Nullable Address local, Promise<Void> promise) {
    if (!isOpen()) {
      fail(promise, new ClosedException("connect", remote));
      return;
    }
    if (connecting != null || (active && !reconnects())) {
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

  /** Whether an active channel may be connected, and to another peer later. */
  boolean reconnects() {
    return false;
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
  public final void connected(int result) {
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
    loop.counters().connected++;
    if (attempt.event != null) {
      attempt.event.tell(attempt.remote, null);
    }
    remote = RawAddress.NONE.equals(attempt.remote) ? null : attempt.remote;
    local = null; // which it may have only now
    if (active) {
      complete(attempt.promise);
    } else {
      activate(attempt.promise);
    }
  }

  private void connectFailed(IOException cause) {
    Connecting attempt = connecting;
    if (attempt != null) {
      connecting = null;
      if (attempt.timer != null) {
        attempt.timer.cancel(false);
      }
      if (attempt.event != null) {
        attempt.event.tell(attempt.remote, cause);
      }
      fail(attempt.promise, cause);
      if (!active) {
        close(null);
      }
    }
  }

  /** The channel can be used: the handlers hear of it, and reading begins. */
  final void activate(@Nullable Promise<Void> promise) {
    if (!isOpen()) { // by the handler that was to be added
      fail(promise, new ClosedException("connect"));
      return;
    }
    active = true;
    complete(promise);
    pipeline().sentinel.fireChannelActive();
    if (active) {
      send();
      readNext();
    }
  }

  // Reading

  @Override
  final void awaitReadable() {
    if (!active || inputShutdown || reading) {
      return;
    }
    if (hasReadAhead()) {
      loop.execute(this::readAhead);
    } else {
      registration().awaitReadable();
    }
  }

  /** Whether something was received that is not delivered yet. */
  boolean hasReadAhead() {
    return false;
  }

  private void readAhead() {
    if (hasReadAhead() && isOpen() && (autoRead || readPending)) {
      readable();
    }
  }

  /**
   * Makes one call that reads, and delivers what it brought.
   *
   * @return above 0 when there may be more, 0 at the end of the stream, −EAGAIN when there is
   *     nothing more for now, or another negative errno
   */
  abstract int readOnce();

  /** Whether messages delivered may go on to be followed by others in the same round. */
  final boolean readsOn() {
    return (autoRead || readPending) && delivered < roundLimit.calls() && isOpen();
  }

  /** How many more messages a round may deliver, before its first call all. */
  final int messagesLeft() {
    return roundLimit.calls() - delivered;
  }

  /** Hands a message to the handlers. */
  final void deliver(Object message) {
    readPending = false;
    delivered++;
    pipeline().sentinel.fireChannelRead(message);
  }

  @Override
  public final void readable() {
    reading = true;
    delivered = 0;
    int result;
    try {
      int bytesLeft = roundLimit.bytes();
      do {
        result = readOnce();
        bytesLeft -= Math.max(0, result);
      } while (result > 0 && bytesLeft > 0 && readsOn());
    } catch (Throwable t) { // such as no memory for a buffer
      reading = false;
      pipeline().sentinel.fireExceptionCaught(t);
      close(null);
      return;
    }
    reading = false;
    if (delivered > 0) {
      pipeline().sentinel.fireChannelReadComplete();
    }
    if (!isOpen()) {
      return;
    }
    if (result == 0) {
      endOfInput();
    } else if (result < 0 && result != -EAGAIN) {
      readFailed(result);
    } else if (delivered == 0) {
      awaitReadable(); // what was asked for is still to come
    } else {
      readNext();
    }
  }

  /** Reading has failed with a negative errno that is not EAGAIN. */
  abstract void readFailed(int errno);

  /** The peer sends no more. */
  private void endOfInput() {
    inputShutdown = true;
    if (outputShutdown) {
      close(null);
    } else if (allowHalfClosure) {
      pipeline().sentinel.fireUserEvent(ChannelEvent.INPUT_SHUTDOWN);
    } else {
      // What the peer sent is answered in full before the connection goes.
      closeWhenSent = true;
      flushLast();
    }
  }

  @Override
  public final boolean isInputShutdown() {
    return inputShutdown;
  }

  /** Sends what the handlers keep, too, and closes then. */
  private void flushLast() {
    pipeline().sentinel.flush();
    doFlush();
  }

  // Writing

  @Override
  final void doWrite(Object message, @Nullable Promise<Void> promise) {
    if (!isOpen()) {
      refuse(message, promise, new ClosedException("write"));
    } else if (outputShutdown || shutdownWhenSent) {
      // Where the peer has gone, there may still be something to read, and then comes the end.
      IOException cause = SocketErrors.of("write", remote, EPIPE);
      if (promise == null && broken) {
        ReferenceCountUtil.release(message);
      } else {
        refuse(message, promise, cause);
      }
    } else {
      enqueue(message, promise);
    }
  }

  /** Adds a message to the outbound ones by {@link #add}, or refuses it. */
  abstract void enqueue(Object message, @Nullable Promise<Void> promise);

  /** Returns the bytes of a buffer, which goes over to the caller, where the kernel finds them. */
  final ByteBuf direct(ByteBuf buffer) {
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

  /** As {@link #direct(ByteBuf)}, of a message. */
  final Message direct(Message message) {
    ByteBuf content = message.content();
    return content.hasMemoryAddress() ? message : message.withContent(direct(content.retain()));
  }

  final void add(Object entry, @Nullable Promise<Void> promise) {
    addPart(entry, promise);
    tellAdded();
  }

  /** Adds an entry that others follow, of the same message. */
  @SuppressWarnings("ReferenceEquality")
  final void addPart(Object entry, @Nullable Promise<Void> promise) {
    if (outbound == OutboundBuffer.NONE) {
      outbound = new OutboundBuffer();
    }
    outbound.add(entry, promise);
  }

  @Override
  final void doFlush() {
    outbound.flush();
    send();
  }

  private void send() {
    if (sending || writeUnderWay || !active) {
      return;
    }
    sending = true;
    int bytesLeft = Math.min(roundLimit.bytes(), MAX_WRITE);
    int result = 0;
    int calls = 0;
    try {
      while (outbound.flushed() > 0 && !writeUnderWay && result >= 0 && isOpen()) {
        if (calls >= roundLimit.calls() || bytesLeft <= 0) {
          loop.execute(this);
          break;
        }
        calls += callsOfSend();
        result = sendOnce(bytesLeft);
        bytesLeft -= Math.max(0, result);
      }
    } catch (Throwable t) { // a buffer that is no more, or no memory to copy one
      sending = false;
      pipeline().sentinel.fireExceptionCaught(t);
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

  /**
   * Makes one call that sends of what was flushed, of which there is something; sets {@link
   * #writeUnderWay} unless all of it was taken.
   *
   * @param most the most bytes of a stream to send
   * @return how many bytes a stream has sent; a negative errno when nothing more can be sent
   */
  abstract int sendOnce(int most);

  /** What the last {@link #sendOnce} counts in a {@link RoundLimit}. */
  int callsOfSend() {
    return 1;
  }

  /** Sends on, when the loop has cared for others: the channel itself is the task. */
  @Override
  public final void run() {
    send();
  }

  @Override
  public final void written(int result) {
    writeUnderWay = false;
    if (!isOpen()) {
      return; // closed() takes care of the rest
    }
    int failure = finishWrite(result);
    if (failure < 0) {
      writeFailed(failure);
    } else {
      send();
    }
  }

  /**
   * Takes out what a write that was under way has sent.
   *
   * @return a negative errno when nothing more can be sent
   */
  abstract int finishWrite(int result);

  /** Nothing more can be sent: what waits fails. */
  private void writeFailed(int errno) {
    IOException cause = SocketErrors.of("send", remote, errno);
    outputShutdown = true;
    broken = true;
    outbound.fail(cause);
    tellWritability();
    fail(shutdownPromise, cause);
    boolean reads = endsByReading(errno) && !inputShutdown && (autoRead || readPending);
    if (!isOpen() || (reads && tellPeer())) {
      return;
    }
    close(null);
  }

  /** Shuts output down, lest the peer wait for more, should it be there still. */
  private boolean tellPeer() {
    int result = registration().shutdown(Constants.SHUT_WR);
    return result >= 0 || result == -ENOTCONN || endsByReading(result);
  }

  /** Whether a channel that reads comes to an end by itself after a send failed like this. */
  abstract boolean endsByReading(int errno);

  private void allSent() {
    if (closeWhenSent) {
      if (expected
          == 0) { // else it is on its way here, or a handler keeps it back; see tellArrived
        close(null);
      }
    } else if (shutdownWhenSent && !outputShutdown) {
      outputShutdown = true;
      int result = registration().shutdown(Constants.SHUT_WR);
      if (result < 0 && result != -ENOTCONN) {
        fail(shutdownPromise, SocketErrors.of("shutdown", remote, result));
      } else {
        complete(shutdownPromise);
        pipeline().sentinel.fireUserEvent(ChannelEvent.OUTPUT_SHUTDOWN);
      }
      if (inputShutdown) {
        close(null);
      }
    }
  }

  @Override
  final void doShutdownOutput(@Nullable Promise<Void> promise) {
    if (!isOpen()) {
      fail(promise, new ClosedException("shutdown"));
    } else if (!active && connecting == null) {
      fail(promise, SocketErrors.of("shutdown", remote, ENOTCONN));
    } else if (outputShutdown) {
      complete(promise);
    } else if (shutdownWhenSent && shutdownPromise != null) {
      shutdownPromise.addListener(done -> {
        if (done.isSuccess()) {
          complete(promise);
        } else {
          fail(promise, done.cause());
        }
      });
    } else {
      shutdownWhenSent = true;
      shutdownPromise = promise;
      doFlush();
    }
  }

  // Back-pressure

  @Override
  final int expect(Object message) {
    int size = weigh(message);
    EXPECTED.getAndAdd(this, (long) size);
    return size;
  }

  /** What a message will weigh as an outbound entry; 0 for one that a handler has yet to make. */
  abstract int weigh(Object message);

  @Override
  final void arrived(int size) {
    EXPECTED.getAndAdd(this, (long) -size);
  }

  /**
   * More waits than before, so nobody who was held back may write on: other threads may see it
   * late, which saves a fence for each message.
   */
  private void tellAdded() {
    long weight = outbound.weight();
    PENDING.setRelease(this, weight);
    if (writable && weight > waterMarks.high()) {
      writable = false;
      if (isOpen()) {
        pipeline().sentinel.fireChannelWritabilityChanged();
      }
    }
  }

  @Override
  final void tellWritability() {
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
      pipeline().sentinel.fireChannelWritabilityChanged();
    }
  }

  @Override
  final void tellArrived() {
    tellWritability();
    if (closeWhenSent) {
      flushLast();
    }
  }

  @Override
  public final boolean isWritable() {
    if (!writable || !isOpen() || pending + expected <= waterMarks.high()) {
      return writable && isOpen();
    }
    heldBack = true;
    // Should all have been sent in between, the loop has nothing left to tell.
    return pending + expected <= waterMarks.high();
  }

  @Override
  public final long pendingBytes() {
    return pending + expected;
  }

  @Override
  public final long bytesWritten() {
    return outbound.sentBytes();
  }

  @Override
  public final boolean isFlushed() {
    return outbound.flushed() == 0;
  }

  // Closing

  @Override
  final void closing() {
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
    } else if (option == ChannelOption.ROUND_LIMIT) {
      return roundLimit;
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
    } else if (option == ChannelOption.ROUND_LIMIT) {
      roundLimit = (RoundLimit) value;
    } else {
      super.setOwnOption(option, value);
    }
  }
}
