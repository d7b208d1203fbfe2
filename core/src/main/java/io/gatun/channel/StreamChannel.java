package io.gatun.channel;

import static io.gatun.os.Errno.EAGAIN;
import static io.gatun.os.Errno.ECONNABORTED;
import static io.gatun.os.Errno.ECONNRESET;
import static io.gatun.os.Errno.EPIPE;

import io.gatun.address.Address;
import io.gatun.address.AddressFamily;
import io.gatun.error.SocketErrors;
import io.gatun.os.Kernel;
import io.gatun.transport.Driver;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.IllegalReferenceCountException;
import io.netty.util.concurrent.Promise;
import org.jspecify.annotations.Nullable;

/** A connected stream of any family: TCP, Unix, VSOCK, TIPC, RFCOMM. */
final class StreamChannel extends DataChannel {
  /**
   * The most bytes in one call. The kernel takes at most 2^31 − 4096 (macOS less than 2^31), and a
   * call that took less than it was given has to mean that the socket is full.
   */
  private static final int MAX_WRITE = 1 << 30;

  private final Driver.Kind kind;
  private final ReadSize readSize = new ReadSize();

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

  @Override
  void doBind(Address address, Promise<Void> promise) {
    fail(promise, new UnsupportedOperationException("a stream channel does not listen"));
  }

  // Reading

  @Override
  int readOnce() {
    ByteBuf buffer = alloc().directBuffer(readSize.next());
    int room = buffer.writableBytes();
    int result = registration().read(buffer.memoryAddress() + buffer.writerIndex(), room);
    if (result <= 0) {
      buffer.release();
      return result;
    }
    buffer.writerIndex(buffer.writerIndex() + result);
    readSize.record(result, room);
    deliver(buffer);
    return result < room ? -EAGAIN : result; // emptied: no second call to see it
  }

  @Override
  void readFailed(int errno) {
    pipeline().head.fireExceptionCaught(SocketErrors.of("recv", remote, errno));
    close(null);
  }

  // Writing

  @Override
  void enqueue(Object message, @Nullable Promise<Void> promise) {
    if (!(message instanceof ByteBuf buffer)) {
      refuse(
          message,
          promise,
          new UnsupportedOperationException(
              "a stream channel writes ByteBuf, not " + message.getClass().getName()));
    } else if (buffer.refCnt() == 0) {
      Throwable cause = new IllegalReferenceCountException("a released buffer was written");
      refuse(Unpooled.EMPTY_BUFFER, promise, cause); // there is nothing to release
    } else {
      add(direct(buffer), promise);
    }
  }

  @Override
  int weigh(Object message) {
    return message instanceof ByteBuf ? OutboundBuffer.weight(message) : 0;
  }

  /** Returns a negative errno when it failed. */
  @Override
  int sendOnce() {
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

  @Override
  int finishWrite(int result) {
    if (result >= 0) {
      outbound.sent(result);
    }
    return result;
  }

  /**
   * What the peer sent before it went is still there to be read, so a channel that reads closes
   * when it comes to the end.
   */
  @Override
  boolean endsByReading(int errno) {
    return errno == -EPIPE || errno == -ECONNRESET || errno == -ECONNABORTED;
  }
}
