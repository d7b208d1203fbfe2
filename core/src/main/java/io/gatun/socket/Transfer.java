package io.gatun.socket;

import static io.gatun.socket.Operations.FOREVER;

import io.gatun.address.Address;
import io.gatun.address.Protocol;
import io.gatun.address.RawAddress;
import io.gatun.address.Sockaddr;
import io.gatun.address.SocketType;
import io.gatun.message.AncillaryData;
import io.gatun.os.Abi;
import io.gatun.os.Constants;
import io.gatun.os.Kernel;
import io.gatun.os.Memory;
import io.gatun.socket.Operations.Op;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Moves the bytes of a {@link Socket}, whose methods say what each here does. Every kind of buffer
 * becomes one of two things that {@link Operations} takes: an array or a segment on the heap with
 * an offset, or an address.
 */
final class Transfer {
  /** The most bytes in one call: below what any system takes, and an int. */
  private static final long MAX_LENGTH = 1 << 30;

  private static final int MSG_WAITALL = Abi.HOST.valueOr("MSG_WAITALL", 0);
  private static final byte[] NOTHING = {};

  private final Operations operations;
  private final SocketType type;
  private final Protocol protocol;

  Transfer(Operations operations, SocketType type, Protocol protocol) {
    this.operations = operations;
    this.type = type;
    this.protocol = protocol;
  }

  // Receiving

  int receive(byte[] buffer, int offset, int length, int flags, long timeout) throws IOException {
    return receive(buffer, offset, length, flags, timeout, Operations.deadline(timeout));
  }

  int receive(ByteBuffer buffer, int flags) throws IOException {
    checkWritable(buffer);
    long timeout = operations.timeout;
    return move(Op.RECV, buffer, flags, timeout, Operations.deadline(timeout));
  }

  int receive(MemorySegment segment, int flags) throws IOException {
    checkWritable(segment);
    long timeout = operations.timeout;
    return move(Op.RECV, segment, 0, flags, timeout, Operations.deadline(timeout));
  }

  int receive(ByteBuf buffer) throws IOException {
    if (buffer.isReadOnly()) {
      throw new ReadOnlyBufferException();
    }
    long timeout = operations.timeout;
    int index = buffer.writerIndex();
    int length = buffer.writableBytes();
    int count = move(Op.RECV, buffer, index, length, timeout, Operations.deadline(timeout));
    buffer.writerIndex(index + count);
    return count;
  }

  private static void checkWritable(ByteBuffer buffer) {
    if (buffer.isReadOnly()) {
      throw new ReadOnlyBufferException();
    }
  }

  private static void checkWritable(MemorySegment segment) {
    if (segment.isReadOnly()) {
      throw new IllegalArgumentException("the segment is read-only");
    }
  }

  /**
   * recv(2). What MSG_WAITALL asks for in blocking mode the kernel does only in a call that blocks,
   * and for as much as is moved at a time: the rest is done here.
   */
  private int receive(
      @Nullable Object heap, long at, int length, int flags, long timeout, long deadline)
      throws IOException {
    int count = operations.run(Op.RECV, heap, at, length, flags, timeout, deadline);
    boolean all =
        (flags & MSG_WAITALL) != 0
            && (flags & (Constants.MSG_PEEK | Constants.MSG_DONTWAIT)) == 0
            && timeout == FOREVER
            && type.equals(SocketType.STREAM);
    for (int more = count; all && more > 0 && count < length; count += more) {
      try {
        more = operations.run(Op.RECV, heap, at + count, length - count, flags, timeout, deadline);
      } catch (IOException e) {
        operations.failLater(e); // what came before must not be lost
        return count;
      }
    }
    return count;
  }

  // Receiving, with the sender's address

  Received receiveFrom(ByteBuffer buffer, int flags) throws IOException {
    checkWritable(buffer);
    Received received = receiveFrom(MemorySegment.ofBuffer(buffer), flags);
    buffer.position(buffer.position() + Math.min(received.length(), buffer.remaining()));
    return received;
  }

  Received receiveFrom(MemorySegment segment, int flags) throws IOException {
    checkWritable(segment);
    Memory.check(segment);
    int length = (int) Math.min(segment.byteSize(), MAX_LENGTH);
    if (segment.isNative()) {
      FromCall call = new FromCall(segment, length, protocol);
      return new Received(operations.run(Op.RECVFROM, call, flags), call.sender);
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment copy = arena.allocate(Math.max(length, 1));
      FromCall call = new FromCall(copy, length, protocol);
      int count = operations.run(Op.RECVFROM, call, flags);
      MemorySegment.copy(copy, 0, segment, 0, Math.min(count, length));
      return new Received(count, call.sender);
    }
  }

  private static final class FromCall implements Operations.Call {
    private final MemorySegment into;
    private final int length;
    private final Protocol protocol;
    Address sender = RawAddress.NONE;

    FromCall(MemorySegment into, int length, Protocol protocol) {
      this.into = into;
      this.length = length;
      this.protocol = protocol;
    }

    @Override
    public int make(Kernel kernel, int fd, int flags) {
      try {
        int result = kernel.recvfrom(fd, into.address(), length, flags);
        if (result >= 0) {
          // No length is what a connection leaves, and the room given for it what a pipe does.
          sender = Sockaddr.decode(kernel.address(), kernel.addressLength(), protocol);
        }
        return result;
      } finally {
        Reference.reachabilityFence(into); // it holds its memory
      }
    }
  }

  // Receiving, with ancillary data

  ReceivedMessage receiveMessage(
      List<ByteBuffer> buffers, int ancillarySize, int flags, byte @Nullable [] data)
      throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MessageCall call = MessageCall.receiving(arena, buffers, ancillarySize);
      int count;
      try {
        count = operations.run(Op.RECVMSG, call, flags);
      } catch (Throwable t) {
        // The socket was closed just when a message without bytes had come: nobody gets it.
        call.received(NOTHING, 0, flags, protocol).close();
        throw t;
      }
      // First of all, since from here on it is the message that owns the descriptors.
      ReceivedMessage message =
          call.received(data == null ? NOTHING : data, count, flags, protocol);
      try {
        call.moved(count);
        return message;
      } catch (Throwable t) {
        message.close();
        throw t;
      }
    }
  }

  // Sending

  int send(byte[] buffer, int offset, int length, int flags) throws IOException {
    long timeout = operations.timeout;
    long deadline = Operations.deadline(timeout);
    return operations.run(Op.SEND, buffer, offset, length, flags, timeout, deadline);
  }

  int send(ByteBuffer buffer, int flags) throws IOException {
    long timeout = operations.timeout;
    return move(Op.SEND, buffer, flags, timeout, Operations.deadline(timeout));
  }

  int send(MemorySegment segment, int flags) throws IOException {
    long timeout = operations.timeout;
    return move(Op.SEND, segment, 0, flags, timeout, Operations.deadline(timeout));
  }

  int send(ByteBuf buffer) throws IOException {
    long timeout = operations.timeout;
    return send(buffer, timeout, Operations.deadline(timeout));
  }

  private int send(ByteBuf buffer, long timeout, long deadline) throws IOException {
    int count =
        move(Op.SEND, buffer, buffer.readerIndex(), buffer.readableBytes(), timeout, deadline);
    buffer.skipBytes(count);
    return count;
  }

  void sendAll(byte[] buffer, int offset, int length, int flags) throws IOException {
    long timeout = operations.timeout;
    long deadline = Operations.deadline(timeout);
    int end = offset + length;
    do { // once at least, since a message may have no bytes
      offset += operations.run(Op.SEND, buffer, offset, end - offset, flags, timeout, deadline);
    } while (isLeft(end - offset));
  }

  void sendAll(MemorySegment segment, int flags) throws IOException {
    long timeout = operations.timeout;
    long deadline = Operations.deadline(timeout);
    long sent = 0;
    do {
      sent += move(Op.SEND, segment, sent, flags, timeout, deadline);
    } while (isLeft(segment.byteSize() - sent));
  }

  void sendAll(ByteBuffer buffer, int flags) throws IOException {
    long timeout = operations.timeout;
    long deadline = Operations.deadline(timeout);
    do {
      move(Op.SEND, buffer, flags, timeout, deadline);
    } while (isLeft(buffer.remaining()));
  }

  void sendAll(ByteBuf buffer) throws IOException {
    long timeout = operations.timeout;
    long deadline = Operations.deadline(timeout);
    do {
      send(buffer, timeout, deadline);
    } while (isLeft(buffer.readableBytes()));
  }

  /**
   * Whether there is more to send. If so, a signal may have come: a call that had sent a part by
   * then returned that, and not EINTR.
   */
  private static boolean isLeft(long bytes) throws IOException {
    if (bytes > 0) {
      Operations.interrupted();
      return true;
    }
    return false;
  }

  // Sending to an address

  int sendTo(ByteBuffer buffer, int flags, Address address) throws IOException {
    int count = sendTo(MemorySegment.ofBuffer(buffer), flags, address);
    buffer.position(buffer.position() + count);
    return count;
  }

  int sendTo(MemorySegment segment, int flags, Address address) throws IOException {
    Memory.check(segment);
    int length = (int) Math.min(segment.byteSize(), MAX_LENGTH);
    if (segment.isNative()) {
      return operations.run(Op.SENDTO, new ToCall(segment, length, address), flags);
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment copy = arena.allocate(Math.max(length, 1));
      MemorySegment.copy(segment, 0, copy, 0, length);
      return operations.run(Op.SENDTO, new ToCall(copy, length, address), flags);
    }
  }

  private record ToCall(MemorySegment from, int length, Address address)
      implements Operations.Call {
    @Override
    public Address subject() {
      return address;
    }

    @Override
    public int make(Kernel kernel, int fd, int flags) {
      int addressLength = Sockaddr.encode(address, kernel.address());
      if (addressLength < 0) {
        return addressLength;
      }
      try {
        return kernel.sendto(fd, from.address(), length, flags, kernel.address(), addressLength);
      } finally {
        Reference.reachabilityFence(from); // it holds its memory
      }
    }
  }

  int sendMessage(
      List<ByteBuffer> buffers, List<AncillaryData> ancillary, int flags, @Nullable Address address)
      throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MessageCall call = MessageCall.sending(arena, buffers, ancillary, address);
      int count = operations.run(Op.SENDMSG, call, flags);
      call.moved(count);
      return count;
    }
  }

  // Every kind of buffer

  private int run(
      Op op, @Nullable Object heap, long at, int length, int flags, long timeout, long deadline)
      throws IOException {
    return op == Op.RECV
        ? receive(heap, at, length, flags, timeout, deadline)
        : operations.run(op, heap, at, length, flags, timeout, deadline);
  }

  private int move(Op op, ByteBuffer buffer, int flags, long timeout, long deadline)
      throws IOException {
    int position = buffer.position();
    int length = buffer.remaining();
    int count;
    if (buffer.hasArray()) {
      int offset = buffer.arrayOffset() + position;
      count = run(op, buffer.array(), offset, length, flags, timeout, deadline);
    } else if (buffer.isDirect()) {
      try {
        count = run(op, null, Memory.address(buffer), length, flags, timeout, deadline);
      } finally {
        Reference.reachabilityFence(buffer); // it holds its memory
      }
    } else { // read-only: its array cannot be had
      count = move(op, MemorySegment.ofBuffer(buffer), 0, flags, timeout, deadline);
    }
    buffer.position(position + Math.min(count, length)); // MSG_TRUNC may tell more
    return count;
  }

  private int move(Op op, MemorySegment segment, long from, int flags, long timeout, long deadline)
      throws IOException {
    int length = (int) Math.min(segment.byteSize() - from, MAX_LENGTH);
    if (segment.isNative()) {
      Memory.check(segment);
      try {
        return run(op, null, segment.address() + from, length, flags, timeout, deadline);
      } finally {
        Reference.reachabilityFence(segment); // it holds its buffer, or its arena
      }
    }
    return run(op, segment, from, length, flags, timeout, deadline);
  }

  private int move(Op op, ByteBuf buffer, int index, int length, long timeout, long deadline)
      throws IOException {
    if (buffer.hasMemoryAddress()) {
      long address = buffer.memoryAddress() + index;
      return operations.run(op, null, address, length, 0, timeout, deadline);
    }
    if (buffer.hasArray()) {
      return operations.run(
          op, buffer.array(), buffer.arrayOffset() + index, length, 0, timeout, deadline);
    }
    // A composite one, which lies in several places.
    boolean inParts = type.equals(SocketType.STREAM); // a message goes whole
    byte[] copy = new byte[inParts ? Math.min(length, Kernel.TRANSFER) : length];
    if (op == Op.SEND) {
      buffer.getBytes(index, copy);
    }
    int count = operations.run(op, copy, 0, copy.length, 0, timeout, deadline);
    if (op == Op.RECV) {
      buffer.setBytes(index, copy, 0, count);
    }
    return count;
  }
}
