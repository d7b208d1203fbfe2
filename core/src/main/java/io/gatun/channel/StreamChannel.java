package io.gatun.channel;

import static io.gatun.os.Errno.EAGAIN;
import static io.gatun.os.Errno.ECONNABORTED;
import static io.gatun.os.Errno.ECONNRESET;
import static io.gatun.os.Errno.EINPROGRESS;
import static io.gatun.os.Errno.ENOSYS;
import static io.gatun.os.Errno.EPIPE;

import io.gatun.address.Address;
import io.gatun.address.AddressFamily;
import io.gatun.address.Protocol;
import io.gatun.error.SocketErrors;
import io.gatun.os.Abi;
import io.gatun.os.Kernel;
import io.gatun.os.Mmsghdr;
import io.gatun.transport.Driver;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.IllegalReferenceCountException;
import io.netty.util.concurrent.Promise;
import org.jspecify.annotations.Nullable;

/** A connected stream of any family: TCP, Unix, VSOCK, TIPC, RFCOMM. */
final class StreamChannel extends DataChannel {
  /** Whether descriptors can be sent: not on Windows. */
  private static final boolean PASSES = Abi.HOST.has("SCM_RIGHTS");

  private static final int SCTP = Abi.HOST.valueOr("IPPROTO_SCTP", -1);

  private final boolean unix;
  private final boolean records;

  /**
   * The most bytes of a file in one call: a peer that reads as fast as the file does would keep the
   * loop in sendfile(2) until all of it is sent. Round limits count calls.
   */
  private static final int FILE_PIECE = 2 << 20;

  /** The most bytes of an array in one call, for which the garbage collector waits. */
  private static final int ARRAY_PIECE = Kernel.TRANSFER;

  /** See {@link ReadSize}. */
  private int readSize = ReadSize.SMALLEST;

  /** What came along is read too. */
  private boolean ancillary;

  /** Of the write under way, while somebody records it. */
  private Insight.@Nullable Write underWay;

  /** A new channel that is to be connected. */
  StreamChannel(EventLoop loop, int fd, AddressFamily family, Protocol protocol) {
    super(loop, fd);
    this.unix = family.equals(AddressFamily.UNIX);
    this.records = protocol.number() == SCTP;
  }

  /** An accepted channel. */
  StreamChannel(EventLoop loop, int fd, Address remote, Protocol protocol) {
    this(loop, fd, remote.family(), protocol);
    this.remote = remote;
  }

  @Override
  Driver.Kind driverKind() {
    Driver.Kind bytes = records ? Driver.Kind.RECORD_STREAM : Driver.Kind.STREAM;
    return unix ? Driver.Kind.LOCAL_STREAM : bytes;
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
    return ancillary ? readMessage() : readBytes();
  }

  private int readBytes() {
    ByteBuf buffer = loop.readBuffers().take(alloc(), ReadSize.bytes(readSize));
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
    received(result, room);
    buffer.writerIndex(buffer.writerIndex() + result);
    deliver(buffer);
    return result < room ? -EAGAIN : result; // emptied: no second call to see it
  }

  private int readMessage() {
    MessageBatch batch = loop.messages();
    int room = ReadSize.bytes(readSize);
    Insight.Read event = Insight.read();
    try {
      batch.expect(1, alloc(), room, 0);
      int result = registration().receive(batch.headers(), 1);
      Message message = result < 0 ? null : batch.received(0, alloc(), null);
      int length = message == null ? result : message.content().readableBytes();
      if (event != null) {
        event.tell(this, length);
      }
      if (length > 0 && message != null) {
        received(length, room);
        deliver(message);
      } else if (message != null) {
        message.release();
      }
      return length;
    } finally {
      batch.release();
    }
  }

  private void received(int count, int room) {
    loop.counters().reads++;
    loop.counters().bytesRead += count;
    readSize = ReadSize.next(readSize, count, room);
  }

  @Override
  void readFailed(int errno) {
    pipeline().sentinel.fireExceptionCaught(SocketErrors.of("recv", remote, errno));
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
    } else if (message instanceof Message m) {
      enqueueMessage(m, promise);
    } else if (!(message instanceof ByteBuf buffer)) {
      refuse(
          message,
          promise,
          new UnsupportedOperationException(
              "a stream channel writes ByteBuf, FileRegion and Message, not "
                  + message.getClass().getName()));
    } else if (buffer.refCnt() == 0) {
      Throwable cause = new IllegalReferenceCountException("a released buffer was written");
      refuse(Unpooled.EMPTY_BUFFER, promise, cause); // there is nothing to release
    } else if (buffer instanceof CompositeByteBuf composite && isSentInParts(composite)) {
      addComponents(composite, promise);
    } else {
      add(isSentAsItIs(buffer) ? buffer : direct(buffer), promise);
    }
  }

  private void enqueueMessage(Message message, @Nullable Promise<Void> promise) {
    if (message.refCnt() == 0) {
      Throwable cause = new IllegalReferenceCountException("a released message was written");
      refuse(Unpooled.EMPTY_BUFFER, promise, cause);
    } else if (!message.hasControl()) {
      ByteBuf content = message.content().retain();
      message.release();
      enqueue(content, promise);
    } else if (!hasAncillary()) {
      String what = "only a Unix stream takes more than bytes, where the system passes descriptors";
      refuse(message, promise, new UnsupportedOperationException(what));
    } else if (!message.content().isReadable()) {
      String what = "a stream sends what goes along with a byte, and this message has none";
      refuse(message, promise, new IllegalArgumentException(what));
    } else {
      add(direct(message), promise);
    }
  }

  /** Whether the kernel finds the bytes where they are; if in an array, see {@link #sendArray}. */
  private static boolean isSentAsItIs(ByteBuf buffer) {
    return buffer.hasMemoryAddress() || buffer.hasArray();
  }

  private static boolean isSentInParts(CompositeByteBuf composite) {
    for (int i = 0; i < composite.numComponents(); i++) {
      if (!isSentAsItIs(composite.internalComponent(i))) {
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
        addPart(component.retainedSlice(skipped, length), at == end ? promise : null);
      }
    }
    composite.release();
    tellWritability();
  }

  @Override
  int weigh(Object message) {
    return message instanceof ByteBuf || message instanceof FileRegion || message instanceof Message
        ? OutboundBuffer.weight(message)
        : 0;
  }

  /** Returns a negative errno when it failed. */
  @Override
  int sendOnce(int most) {
    if (outbound.get(0) instanceof Message message) {
      return sendMessage(message);
    }
    Insight.Write event = Insight.write();
    int length;
    int result;
    if (outbound.get(0) instanceof FileRegion region) {
      length = region.prepare(alloc(), Math.min(most, FILE_PIECE));
      result = length <= 0 ? length : region.write(registration(), length);
      if (result < 0 && region.readsAfter(result)) {
        return 0; // and now otherwise
      }
    } else if (outbound.isAlone()) {
      ByteBuf buffer = outbound.first();
      boolean array = !buffer.hasMemoryAddress();
      length = Math.min(buffer.readableBytes(), array ? Math.min(most, ARRAY_PIECE) : most);
      result = length == 0 ? 0 : array ? sendArray(buffer, length) : sendMemory(buffer, length);
      if (result == -ENOSYS) {
        outbound.copy(0, alloc());
        return 0; // and now from there
      }
    } else {
      long iovecs = loop.kernel().iovecs();
      length = outbound.fill(iovecs, Kernel.IOVECS, most, alloc());
      result = length == 0 ? 0 : registration().write(iovecs, outbound.filled(), length);
    }
    if (result >= 0) {
      writeUnderWay = result < length;
      if (event != null && !writeUnderWay) {
        event.tell(this, length);
      } else if (event != null) {
        event.bytes = length;
        underWay = event;
      }
      sent(result);
    }
    return result;
  }

  private int sendMemory(ByteBuf buffer, int length) {
    return registration().write(buffer.memoryAddress() + buffer.readerIndex(), length);
  }

  /**
   * An array goes to the kernel without a copy where it has a call of its own. There is no way to
   * gather arrays: sendmsg(2) takes addresses inside of its structures, which Java fills in before
   * the call, and until then the collector may move what they point to.
   */
  private int sendArray(ByteBuf buffer, int length) {
    int offset = buffer.arrayOffset() + buffer.readerIndex();
    return registration().write(buffer.array(), offset, length);
  }

  /** What goes along goes with the first byte; the rest, if the socket is full, as plain bytes. */
  private int sendMessage(Message message) {
    if (message.refCnt() == 0) {
      throw new IllegalReferenceCountException("a message was released after it was written");
    }
    MessageBatch batch = loop.messages();
    int result = batch.fill(0, message.content(), null, remote, message);
    if (result >= 0) {
      result = registration().send(batch.headers(), 1);
    }
    if (result == -EINPROGRESS) {
      writeUnderWay = true; // until there is room
      return 0;
    }
    if (result > 0) {
      outbound.unwrapFirst();
      result = Mmsghdr.length(batch.headers(), 0);
      sent(result);
    }
    return result;
  }

  private void sent(int count) {
    loop.counters().writes++;
    loop.counters().bytesWritten += count;
    outbound.sent(count);
  }

  @Override
  int finishWrite(int result) {
    Insight.Write event = underWay;
    if (event != null) {
      underWay = null;
      event.tell(this, event.bytes);
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

  // Options

  @Override
  Object ownOption(ChannelOption<?> option) {
    return option == ChannelOption.ANCILLARY && hasAncillary()
        ? (Object) ancillary
        : super.ownOption(option);
  }

  @Override
  void setOwnOption(ChannelOption<?> option, Object value) {
    if (option == ChannelOption.ANCILLARY && hasAncillary()) {
      ancillary = (Boolean) value;
    } else {
      super.setOwnOption(option, value);
    }
  }

  private boolean hasAncillary() {
    return PASSES && unix;
  }
}
