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
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.IllegalReferenceCountException;
import io.netty.util.concurrent.Promise;
import org.jspecify.annotations.Nullable;

/** A connected stream of any family: TCP, Unix, VSOCK, TIPC, RFCOMM. */
final class StreamChannel extends DataChannel {
  private final Driver.Kind kind;
  private final ReadSize readSize = new ReadSize();

  /** Of the write under way, while somebody records it. */
  private Insight.@Nullable Write underWay;

  private int underWayLength;

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
    Insight.Read event = Insight.read();
    int result = registration().read(buffer.memoryAddress() + buffer.writerIndex(), room);
    if (event != null) {
      event.tell(this, result);
    }
    if (result <= 0) {
      buffer.release();
      return result;
    }
    loop.counters().reads++;
    loop.counters().bytesRead += result;
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
    if (message instanceof FileRegion region) {
      if (region.claim()) {
        add(region, promise);
      } else {
        refuse(region, promise, new IllegalStateException("a file region is written once"));
      }
    } else if (!(message instanceof ByteBuf buffer)) {
      refuse(
          message,
          promise,
          new UnsupportedOperationException(
              "a stream channel writes ByteBuf and FileRegion, not "
                  + message.getClass().getName()));
    } else if (buffer.refCnt() == 0) {
      Throwable cause = new IllegalReferenceCountException("a released buffer was written");
      refuse(Unpooled.EMPTY_BUFFER, promise, cause); // there is nothing to release
    } else if (buffer instanceof CompositeByteBuf composite && isDirect(composite)) {
      addComponents(composite, promise);
    } else {
      add(direct(buffer), promise);
    }
  }

  private static boolean isDirect(CompositeByteBuf composite) {
    for (int i = 0; i < composite.numComponents(); i++) {
      if (!composite.internalComponent(i).hasMemoryAddress()) {
        return false;
      }
    }
    return composite.isReadable();
  }

  /** Each component is an entry, so that they are gathered by one call and not copied. */
  private void addComponents(CompositeByteBuf composite, @Nullable Promise<Void> promise) {
    if (promise != null && !promise.setUncancellable()) { // it is all of it or nothing
      composite.release();
      return;
    }
    int end = composite.writerIndex();
    int at = composite.readerIndex();
    for (int i = composite.toComponentIndex(at); at < end; i++) {
      ByteBuf component = composite.internalComponent(i);
      int skipped = at - composite.toByteIndex(i);
      int length = Math.min(component.capacity() - skipped, end - at);
      at += length;
      if (length > 0) {
        outbound.add(component.retainedSlice(skipped, length), at == end ? promise : null);
      }
    }
    composite.release();
    tellWritability();
  }

  @Override
  int weigh(Object message) {
    return message instanceof ByteBuf || message instanceof FileRegion
        ? OutboundBuffer.weight(message)
        : 0;
  }

  /** Returns a negative errno when it failed. */
  @Override
  int sendOnce() {
    Insight.Write event = Insight.write();
    int most = roundBytesLeft();
    int length;
    int result;
    if (outbound.get(0) instanceof FileRegion region) {
      length = region.prepare(alloc(), most);
      result = length <= 0 ? length : region.write(registration(), length);
      if (result < 0 && region.readsAfter(result)) {
        return 0; // and now otherwise
      }
    } else if (outbound.flushed() == 1) {
      ByteBuf buffer = outbound.first();
      length = Math.min(buffer.readableBytes(), most);
      result =
          length == 0
              ? 0
              : registration().write(buffer.memoryAddress() + buffer.readerIndex(), length);
    } else {
      long iovecs = loop.kernel().iovecs();
      length = outbound.fill(iovecs, Kernel.IOVECS, most);
      result = length == 0 ? 0 : registration().write(iovecs, outbound.filled(), length);
    }
    if (result >= 0) {
      writeUnderWay = result < length;
      if (event != null && !writeUnderWay) {
        event.tell(this, length);
      } else if (event != null) {
        underWay = event;
        underWayLength = length;
      }
      sent(result);
    }
    return result;
  }

  private void sent(int count) {
    loop.counters().writes++;
    loop.counters().bytesWritten += count;
    countSent(count);
    outbound.sent(count);
  }

  @Override
  int finishWrite(int result) {
    Insight.Write event = underWay;
    if (event != null) {
      underWay = null;
      event.tell(this, underWayLength);
    }
    if (result >= 0) {
      sent(result);
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
