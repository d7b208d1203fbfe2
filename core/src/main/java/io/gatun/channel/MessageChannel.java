package io.gatun.channel;

import static io.gatun.os.Errno.EAGAIN;
import static io.gatun.os.Errno.EINPROGRESS;
import static io.gatun.os.Errno.ENOBUFS;

import io.gatun.address.Address;
import io.gatun.address.AddressFamily;
import io.gatun.address.Protocol;
import io.gatun.address.SocketType;
import io.gatun.error.ClosedException;
import io.gatun.error.SocketErrors;
import io.gatun.os.Abi;
import io.gatun.os.Errno;
import io.gatun.transport.Driver;
import io.gatun.transport.Medium;
import io.gatun.transport.Registration;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.IllegalReferenceCountException;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A socket of any family whose kernel sockets carry messages: UDP, Unix datagrams and seqpacket,
 * raw IP, CAN, netlink, packet, VSOCK, TIPC. Its messages are {@link Message}s.
 */
final class MessageChannel extends DataChannel {
  private static final int MSG_EOR = Abi.HOST.valueOr("MSG_EOR", 0);

  /** First and longest pause before a message is sent again that nothing tells of room for. */
  private static final long FIRST_RETRY_NANOS = 100_000;

  private static final long LONGEST_RETRY_NANOS = 20_000_000;

  /**
   * Errors that a receive may bring before it brings anything else: each is of some message sent or
   * lost, and there are not so many of those at once.
   */
  private static final int MAX_FAILURES = 64;

  /** Connected for life, so that there is an end: SOCK_SEQPACKET. */
  private final boolean connectionOriented;

  private final Driver.Kind driverKind;

  /** What it is over where it has no descriptor. */
  private final @Nullable Medium medium;

  private final AddressCache senders;
  private int messageSize = MessageBatch.SPILL;

  /** See {@link ReadSize}. */
  private int readSize = ReadSize.SMALLEST;

  /**
   * How many messages the next call has room for: one more than came together of late, so that one
   * call takes them all and sees the end.
   */
  private int batchSize = 2;

  /** How many came since a call last saw the end, as far as one call can take them. */
  private int came;

  /** Received, but not to be read before somebody asks for more. */
  private final ArrayDeque<Message> held = new ArrayDeque<>(0);

  /** The messages that the last call has sent; 1 when it sent none. */
  private int lastSent = 1;

  private int failures;
  private long retryNanos = FIRST_RETRY_NANOS;

  /** A new channel. */
  MessageChannel(EventLoop loop, int fd, AddressFamily family, SocketType type, Protocol protocol) {
    super(loop, fd);
    driverKind =
        family.equals(AddressFamily.UNIX) ? Driver.Kind.LOCAL_MESSAGE : Driver.Kind.MESSAGE;
    connectionOriented = type.equals(SocketType.SEQPACKET);
    senders = new AddressCache(protocol);
    medium = null;
    roundLimit = RoundLimit.OF_MESSAGES;
  }

  /** A new channel over something of this process. */
  MessageChannel(EventLoop loop, Medium medium) {
    super(loop, -1);
    driverKind = Driver.Kind.MESSAGE;
    connectionOriented = false;
    senders = new AddressCache(Protocol.DEFAULT);
    this.medium = medium;
    roundLimit = RoundLimit.OF_MESSAGES;
  }

  @Override
  Registration attach() {
    return medium == null ? super.attach() : medium.attach(this);
  }

  /** An accepted channel. */
  MessageChannel(EventLoop loop, int fd, Address remote) {
    this(loop, fd, remote.family(), SocketType.SEQPACKET, Protocol.DEFAULT);
    this.remote = remote;
  }

  @Override
  Driver.Kind driverKind() {
    return driverKind;
  }

  @Override
  String kind() {
    return "message";
  }

  @Override
  boolean outlivesExceptions() {
    return true; // the next message has nothing to do with the one that was lost
  }

  @Override
  boolean reconnects() {
    return !connectionOriented;
  }

  @Override
  void doBind(Address address, Promise<Void> promise) {
    if (!isOpen()) {
      fail(promise, new ClosedException("bind", address));
      return;
    }
    int result = bind(address);
    if (result < 0) {
      fail(promise, SocketErrors.of("bind", address, result));
      if (!active) { // else it is where it was: such as a CAN socket that looks for its interface
        close(null);
      }
      return;
    }
    local = null;
    if (active) {
      complete(promise);
    } else {
      activate(promise);
    }
  }

  // Reading

  @Override
  int readOnce() {
    boolean mayHaveMore = true;
    if (held.isEmpty()) {
      // What the round may not deliver any more would be kept, and take a task to be gone on with.
      int count = autoRead ? Math.min(batchSize, messagesLeft()) : 1;
      int received = receive(count);
      mayHaveMore = received == count;
      if (autoRead) {
        came = Math.min(came + Math.max(0, received), MessageBatch.SIZE);
        if (mayHaveMore) {
          batchSize = Math.max(batchSize, Math.min(2 * count, MessageBatch.SIZE));
        } else if (came > 0) {
          batchSize = Math.clamp(came + 1, 2, MessageBatch.SIZE);
          came = 0;
        }
      }
      if (received < 0) {
        if (received == -EAGAIN) {
          failures = 0;
        }
        return received;
      }
    }
    for (Message message; (message = held.poll()) != null; ) {
      if (isEnd(message)) {
        message.release();
        return 0;
      }
      deliver(message);
      if (!readsOn()) {
        break;
      }
    }
    return mayHaveMore || !held.isEmpty() ? 1 : -EAGAIN;
  }

  /** Makes messages of what there is: handlers may use the batch for what they write. */
  private int receive(int count) {
    MessageBatch batch = loop.messages();
    int size = Math.min(ReadSize.bytes(readSize), messageSize);
    int spilled = Math.min(messageSize - size, MessageBatch.SPILL);
    int room = messageSize - spilled;
    try {
      batch.expect(count, alloc(), room, spilled);
      int received = registration().receive(batch.headers(), count);
      if (received > 0) {
        loop.counters().reads++;
      }
      for (int i = 0; i < received; i++) {
        Message message = batch.received(i, alloc(), senders);
        held.add(message);
        int length = message.content().readableBytes();
        loop.counters().bytesRead += length;
        readSize = ReadSize.next(readSize, Math.min(length, room), room);
        if (isEnd(message)) {
          break; // and so it goes on
        }
      }
      return received;
    } finally {
      batch.release();
    }
  }

  /** On a connection, nothing is the end, as on a stream; unless it says to be a message. */
  private boolean isEnd(Message message) {
    return connectionOriented
        && !message.content().isReadable()
        && (message.flags() & MSG_EOR) == 0;
  }

  @Override
  boolean hasReadAhead() {
    return !held.isEmpty();
  }

  @Override
  void readFailed(int errno) {
    pipeline().sentinel.fireExceptionCaught(SocketErrors.of("recv", remote, errno));
    if (connectionOriented || ++failures > MAX_FAILURES) {
      close(null);
    } else {
      readNext();
    }
  }

  // Writing

  @Override
  void enqueue(Object message, @Nullable Promise<Void> promise) {
    if (message instanceof ByteBuf buffer) {
      if (buffer.refCnt() == 0) {
        refuse(
            Unpooled.EMPTY_BUFFER,
            promise,
            new IllegalReferenceCountException("a released buffer was written"));
      } else {
        add(direct(buffer), promise);
      }
    } else if (message instanceof Message m) {
      if (m.refCnt() == 0) {
        refuse(
            Unpooled.EMPTY_BUFFER,
            promise,
            new IllegalReferenceCountException("a released message was written"));
      } else {
        add(direct(m), promise);
      }
    } else {
      refuse(
          message,
          promise,
          new UnsupportedOperationException(
              "a message channel writes Message and ByteBuf, not " + message.getClass().getName()));
    }
  }

  @Override
  int weigh(Object message) {
    return message instanceof ByteBuf || message instanceof Message
        ? OutboundBuffer.weight(message)
        : 0;
  }

  @Override
  int sendOnce(int most) {
    MessageBatch batch = loop.messages();
    int count = Math.min(outbound.flushed(), MessageBatch.SIZE);
    int filled = 0;
    int result = 0;
    while (filled < count && (result = fill(batch, filled)) >= 0) {
      filled++;
    }
    if (filled > 0) {
      result = registration().send(batch.headers(), filled);
      if (result == -ENOBUFS) {
        noRoom();
        return 0;
      }
    }
    return sent(result);
  }

  @Override
  int callsOfSend() {
    return lastSent;
  }

  /**
   * The device's queue is full (CAN), and nothing tells when there is room. All that was flushed
   * fails, and not the first alone: of those behind it one might get through, and overtake.
   */
  private void noRoom() {
    IOException cause = SocketErrors.of("send", remote, ENOBUFS);
    boolean told = true;
    for (int left = outbound.flushed(); left > 0 && isOpen(); left--) {
      told &= outbound.failFirst(cause);
    }
    if (!told) {
      pipeline().sentinel.fireExceptionCaught(cause);
    }
  }

  /** Prepares one message. Returns a negative errno when it cannot be sent. */
  private int fill(MessageBatch batch, int i) {
    if (outbound.get(i) instanceof Message message) {
      if (message.refCnt() == 0) {
        return -Errno.EFAULT;
      }
      Address address = connectionOriented ? null : message.address();
      return batch.fill(i, message.content(), address, remote, message);
    }
    ByteBuf buffer = (ByteBuf) outbound.get(i);
    return buffer.refCnt() == 0 ? -Errno.EFAULT : batch.fill(i, buffer, null);
  }

  /** Returns a negative errno when nothing more can be sent. */
  private int sent(int result) {
    lastSent = Math.max(1, result);
    if (result > 0) {
      retryNanos = FIRST_RETRY_NANOS;
      loop.counters().writes++;
      loop.counters().bytesWritten += outbound.takeWhole(result);
      outbound.tellSent();
    } else if (result == -EINPROGRESS) {
      writeUnderWay = true;
    } else if (result == -EAGAIN) {
      // As a Unix socket does whose receiver is full and not connected.
      writeUnderWay = true;
      loop.schedule(() -> written(0), retryNanos, TimeUnit.NANOSECONDS);
      retryNanos = Math.min(2 * retryNanos, LONGEST_RETRY_NANOS);
    } else if (connectionOriented && isBroken(result)) {
      return result;
    } else if (result < 0) {
      sendFailed(result);
    }
    return 0;
  }

  /** One message is lost, and no other. */
  private void sendFailed(int errno) {
    Address address = remote;
    Throwable cause;
    if (outbound.get(0) instanceof Message message) {
      cause =
          message.refCnt() == 0
              ? new IllegalReferenceCountException("a message was released after it was written")
              : SocketErrors.of("send", address(message), errno);
    } else {
      cause = SocketErrors.of("send", address, errno);
    }
    if (!outbound.failFirst(cause)) {
      pipeline().sentinel.fireExceptionCaught(cause);
    }
  }

  private @Nullable Address address(Message message) {
    Address address = message.address();
    return address == null || connectionOriented ? remote : address;
  }

  private static boolean isBroken(int errno) {
    return errno == -Errno.EPIPE
        || errno == -Errno.ECONNRESET
        || errno == -Errno.ECONNABORTED
        || errno == -Errno.ENOTCONN;
  }

  @Override
  int finishWrite(int result) {
    return sent(result);
  }

  @Override
  boolean endsByReading(int errno) {
    return isBroken(errno);
  }

  // Closing

  @Override
  void released() {
    super.released();
    for (Message message; (message = held.poll()) != null; ) {
      message.release();
    }
  }

  // Options

  @Override
  Object ownOption(ChannelOption<?> option) {
    return option == ChannelOption.MESSAGE_SIZE ? (Object) messageSize : super.ownOption(option);
  }

  @Override
  void setOwnOption(ChannelOption<?> option, Object value) {
    if (option == ChannelOption.MESSAGE_SIZE) {
      int size = (Integer) value;
      if (size < 1) {
        throw new IllegalArgumentException("MESSAGE_SIZE: " + size + " (expected: 1 or more)");
      }
      messageSize = size;
    } else {
      super.setOwnOption(option, value);
    }
  }
}
