package io.gatun.socket;

import static io.gatun.socket.Operations.FOREVER;

import io.gatun.address.Address;
import io.gatun.address.AddressFamily;
import io.gatun.address.Protocol;
import io.gatun.address.Sockaddr;
import io.gatun.address.SocketType;
import io.gatun.error.ClosedException;
import io.gatun.error.SocketErrors;
import io.gatun.error.TimedOutException;
import io.gatun.os.Constants;
import io.gatun.os.Kernel;
import io.gatun.os.Memory;
import io.gatun.socket.Operations.Op;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A socket in the three modes of Python's: blocking (no timeout), with a timeout, and non-blocking
 * (a timeout of zero).
 *
 * <p>Any number of threads may use one at once, platform and virtual; {@link #close} by any of them
 * ends the calls of the others with a {@link ClosedException}. A platform thread waits in the
 * kernel, a virtual thread parks and never holds its carrier. An interrupt ends the wait of a
 * virtual thread with an {@link InterruptedIOException}, and leaves the socket open; a platform
 * thread's wait it does not end.
 *
 * <p>Failures are {@link IOException}s, each a {@link io.gatun.error.SocketError} that names the
 * call, the address and errno: {@link io.gatun.error.WouldBlockException} in non-blocking mode,
 * {@link TimedOutException} when the timeout is over, and so on.
 *
 * <p>As in Python, O_NONBLOCK is clear exactly while there is no timeout; but a virtual thread that
 * accepts or connects without one sets it for good, and on Windows it is always set.
 */
public final class Socket implements AutoCloseable {
  /** The most bytes in one call: below what any system takes, and an int. */
  private static final long MAX_LENGTH = 1 << 30;

  private final AddressFamily family;
  private final SocketType type;
  private final Protocol protocol;
  private final Operations operations;
  private final Descriptor descriptor;

  private Socket(AddressFamily family, SocketType type, Protocol protocol, int fd) {
    this.family = family;
    this.type = type;
    this.protocol = protocol;
    this.operations = new Operations(fd, type.equals(SocketType.STREAM));
    this.descriptor = operations.descriptor;
  }

  // Life

  /**
   * Opens a socket: socket(2).
   *
   * @throws IOException as socket(2) fails
   */
  public static Socket open(AddressFamily family, SocketType type, Protocol protocol)
      throws IOException {
    Kernel kernel = Kernel.acquire();
    int fd;
    try {
      fd =
          kernel.socket(family.number(), type.number(), protocol.number(), Operations.ALWAYS_POLLS);
    } finally {
      Kernel.release(kernel);
    }
    if (fd < 0) {
      throw SocketErrors.of("socket", family + " " + type, fd);
    }
    return new Socket(family, type, protocol, fd);
  }

  /** Opens a socket with the family's own protocol for the type. */
  public static Socket open(AddressFamily family, SocketType type) throws IOException {
    return open(family, type, Protocol.DEFAULT);
  }

  /** Opens a stream socket of the family of an address. */
  public static Socket openFor(Address address) throws IOException {
    return open(address.family(), SocketType.STREAM);
  }

  /** Sets what is called when a signal interrupts a platform thread's call; null for nothing. */
  public static void setInterruptHook(@Nullable InterruptHook hook) {
    Operations.interruptHook = hook;
  }

  /** Closes the socket; calls of other threads on it end at once. Closing again does nothing. */
  @Override
  public void close() {
    descriptor.close();
  }

  /** Returns whether {@link #close} was called. */
  public boolean isClosed() {
    return descriptor.isClosed();
  }

  /** Returns the descriptor, or −1 when the socket is closed. */
  public int fileno() {
    return descriptor.isClosed() ? -1 : descriptor.fd;
  }

  /** Returns the family. */
  public AddressFamily family() {
    return family;
  }

  /** Returns the type. */
  public SocketType type() {
    return type;
  }

  /** Returns the protocol. */
  public Protocol protocol() {
    return protocol;
  }

  // Modes

  /**
   * Sets how long each call may take.
   *
   * @param timeout null to block, zero for non-blocking
   */
  public void setTimeout(@Nullable Duration timeout) throws IOException {
    long nanos = FOREVER;
    if (timeout != null) {
      if (timeout.isNegative()) {
        throw new IllegalArgumentException("timeout: " + timeout + " (expected: 0 or more)");
      }
      try {
        nanos = timeout.toNanos();
      } catch (ArithmeticException e) { // beyond 292 years
        nanos = Long.MAX_VALUE;
      }
    }
    if (isClosed()) {
      throw new ClosedException("settimeout");
    }
    operations.setNonBlocking("settimeout", nanos != FOREVER);
    operations.timeout = nanos;
  }

  /** Returns the timeout; null when the socket blocks. */
  public @Nullable Duration getTimeout() {
    long nanos = operations.timeout;
    return nanos == FOREVER ? null : Duration.ofNanos(nanos);
  }

  /** Sets no timeout, or one of zero. */
  public void setBlocking(boolean blocking) throws IOException {
    setTimeout(blocking ? null : Duration.ZERO);
  }

  /** Returns whether the timeout is other than zero. */
  public boolean getBlocking() {
    return operations.timeout != 0;
  }

  // Addresses and options

  /** A call that never blocks; what it returns is used while the kernel's memory still holds it. */
  private interface Call<T> {
    T make(Kernel kernel) throws IOException;
  }

  private <T> T with(String name, Call<T> call) throws IOException {
    descriptor.acquire(name);
    Kernel kernel = Kernel.acquire();
    try {
      return call.make(kernel);
    } finally {
      Kernel.release(kernel);
      descriptor.release();
    }
  }

  /** bind(2). */
  public void bind(Address address) throws IOException {
    with(
        "bind",
        kernel -> {
          int length = Sockaddr.encode(address, kernel.address());
          int result = length < 0 ? length : kernel.bind(descriptor.fd, kernel.address(), length);
          if (result < 0) {
            throw SocketErrors.of("bind", address, result);
          }
          return result;
        });
  }

  /** listen(2) with the system's largest backlog. */
  public void listen() throws IOException {
    listen(Constants.SOMAXCONN);
  }

  /** listen(2). */
  public void listen(int backlog) throws IOException {
    with(
        "listen",
        kernel -> operations.settle("listen", kernel.listen(descriptor.fd, Math.max(0, backlog))));
  }

  /** getsockname(2): the address the socket is bound to. */
  public Address getSockName() throws IOException {
    return with(
        "getsockname",
        kernel -> {
          operations.settle("getsockname", kernel.getsockname(descriptor.fd));
          return Sockaddr.decode(kernel.address(), kernel.addressLength());
        });
  }

  /** getpeername(2): the address of the peer. */
  public Address getPeerName() throws IOException {
    return with(
        "getpeername",
        kernel -> {
          operations.settle("getpeername", kernel.getpeername(descriptor.fd));
          return Sockaddr.decode(kernel.address(), kernel.addressLength());
        });
  }

  /** getsockopt(2) of an option that is an int. */
  public int getSockOpt(int level, int option) throws IOException {
    return with(
        "getsockopt",
        kernel -> operations.settle("getsockopt", kernel.getsockopt(descriptor.fd, level, option)));
  }

  /** setsockopt(2) of an option that is an int. */
  public void setSockOpt(int level, int option, int value) throws IOException {
    with(
        "setsockopt",
        kernel ->
            operations.settle(
                "setsockopt", kernel.setsockopt(descriptor.fd, level, option, value)));
  }

  /** shutdown(2). */
  public void shutdown(Shutdown how) throws IOException {
    with(
        "shutdown",
        kernel -> operations.settle("shutdown", kernel.shutdown(descriptor.fd, how.number)));
  }

  // Connections

  /** Connects: connect(2). The timeout is for the whole. */
  public void connect(Address address) throws IOException {
    operations.connect(address);
  }

  /**
   * Waits for a connection: accept(2).
   *
   * @return the connection, in blocking mode; {@link #getPeerName} tells whose it is
   */
  public Socket accept() throws IOException {
    operations.prepare("accept");
    return new Socket(family, type, protocol, run(Op.ACCEPT, null, 0, 0));
  }

  // Receiving

  /** Receives at most {@code size} bytes; an empty array is the end of the stream. */
  public byte[] recv(int size) throws IOException {
    byte[] buffer = new byte[size];
    int count = recvInto(buffer);
    return count == size ? buffer : Arrays.copyOf(buffer, count);
  }

  /**
   * Receives into an array.
   *
   * @return the number of bytes; 0 at the end of the stream
   */
  public int recvInto(byte[] buffer) throws IOException {
    return recvInto(buffer, 0, buffer.length);
  }

  /** Receives into a part of an array; 0 is the end of the stream. */
  public int recvInto(byte[] buffer, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, buffer.length);
    return run(Op.RECV, buffer, offset, length);
  }

  /** Receives into a buffer from its position to its limit, and advances the position. */
  public int recvInto(ByteBuffer buffer) throws IOException {
    if (buffer.isReadOnly()) {
      throw new ReadOnlyBufferException();
    }
    long timeout = operations.timeout;
    return move(Op.RECV, buffer, timeout, Operations.deadline(timeout));
  }

  /** Receives into a segment, native or on the heap, that stays open during the call. */
  public int recvInto(MemorySegment segment) throws IOException {
    if (segment.isReadOnly()) {
      throw new IllegalArgumentException("the segment is read-only");
    }
    long timeout = operations.timeout;
    return move(Op.RECV, segment, 0, timeout, Operations.deadline(timeout));
  }

  /** Receives into a buffer's writable bytes, and advances its writer index. */
  public int recvInto(ByteBuf buffer) throws IOException {
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

  // Sending

  /** Sends an array, or its beginning. Returns the number of bytes taken. */
  public int send(byte[] buffer) throws IOException {
    return send(buffer, 0, buffer.length);
  }

  /** Sends a part of an array, or the beginning of that. Returns the number of bytes taken. */
  public int send(byte[] buffer, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, buffer.length);
    return run(Op.SEND, buffer, offset, length);
  }

  /** Sends a buffer from its position on, and advances the position by what was taken. */
  public int send(ByteBuffer buffer) throws IOException {
    long timeout = operations.timeout;
    return move(Op.SEND, buffer, timeout, Operations.deadline(timeout));
  }

  /** Sends a segment, native or on the heap, that stays open during the call. */
  public int send(MemorySegment segment) throws IOException {
    long timeout = operations.timeout;
    return move(Op.SEND, segment, 0, timeout, Operations.deadline(timeout));
  }

  /** Sends a buffer's readable bytes, and advances its reader index by what was taken. */
  public int send(ByteBuf buffer) throws IOException {
    long timeout = operations.timeout;
    return send(buffer, timeout, Operations.deadline(timeout));
  }

  private int send(ByteBuf buffer, long timeout, long deadline) throws IOException {
    int count =
        move(Op.SEND, buffer, buffer.readerIndex(), buffer.readableBytes(), timeout, deadline);
    buffer.skipBytes(count);
    return count;
  }

  /**
   * Sends all of an array. The timeout is for the whole; when it is over, nothing tells how much
   * was taken.
   */
  public void sendAll(byte[] buffer) throws IOException {
    sendAll(buffer, 0, buffer.length);
  }

  /** Sends all of a part of an array; see {@link #sendAll(byte[])}. */
  public void sendAll(byte[] buffer, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, buffer.length);
    long timeout = operations.timeout;
    long deadline = Operations.deadline(timeout);
    int end = offset + length;
    while (offset < end) {
      offset += operations.run(Op.SEND, buffer, offset, end - offset, timeout, deadline);
    }
  }

  /**
   * Sends all of a segment, native or on the heap, that stays open during the call; see {@link
   * #sendAll(byte[])}.
   */
  public void sendAll(MemorySegment segment) throws IOException {
    long timeout = operations.timeout;
    long deadline = Operations.deadline(timeout);
    for (long sent = 0; sent < segment.byteSize(); ) {
      sent += move(Op.SEND, segment, sent, timeout, deadline);
    }
  }

  /**
   * Sends all of a buffer from its position on. The timeout is for the whole; should it be over,
   * the position tells how much was taken.
   */
  public void sendAll(ByteBuffer buffer) throws IOException {
    long timeout = operations.timeout;
    long deadline = Operations.deadline(timeout);
    while (buffer.hasRemaining()) {
      move(Op.SEND, buffer, timeout, deadline);
    }
  }

  /**
   * Sends all of a buffer's readable bytes. The timeout is for the whole; should it be over, the
   * reader index tells how much was taken.
   */
  public void sendAll(ByteBuf buffer) throws IOException {
    long timeout = operations.timeout;
    long deadline = Operations.deadline(timeout);
    while (buffer.isReadable()) {
      send(buffer, timeout, deadline);
    }
  }

  // What moves bytes: every kind of buffer is an array with an offset, or an address.

  private int run(Op op, @Nullable Object heap, long at, int length) throws IOException {
    long timeout = operations.timeout;
    return operations.run(op, heap, at, length, timeout, Operations.deadline(timeout));
  }

  private int move(Op op, ByteBuffer buffer, long timeout, long deadline) throws IOException {
    int position = buffer.position();
    int length = buffer.remaining();
    int count;
    if (buffer.hasArray()) {
      int offset = buffer.arrayOffset() + position;
      count = operations.run(op, buffer.array(), offset, length, timeout, deadline);
    } else if (buffer.isDirect()) {
      try {
        count = operations.run(op, null, Memory.address(buffer), length, timeout, deadline);
      } finally {
        Reference.reachabilityFence(buffer); // it holds its memory
      }
    } else { // read-only: its array cannot be had
      count = move(op, MemorySegment.ofBuffer(buffer), 0, timeout, deadline);
    }
    buffer.position(position + count);
    return count;
  }

  private int move(Op op, MemorySegment segment, long from, long timeout, long deadline)
      throws IOException {
    int length = (int) Math.min(segment.byteSize() - from, MAX_LENGTH);
    if (segment.isNative()) {
      try {
        return operations.run(op, null, segment.address() + from, length, timeout, deadline);
      } finally {
        Reference.reachabilityFence(segment); // it holds its buffer, or its arena
      }
    }
    return operations.run(op, segment, from, length, timeout, deadline);
  }

  private int move(Op op, ByteBuf buffer, int index, int length, long timeout, long deadline)
      throws IOException {
    if (buffer.hasMemoryAddress()) {
      return operations.run(op, null, buffer.memoryAddress() + index, length, timeout, deadline);
    }
    if (buffer.hasArray()) {
      return operations.run(
          op, buffer.array(), buffer.arrayOffset() + index, length, timeout, deadline);
    }
    // A composite one, which lies in several places.
    byte[] copy = new byte[Math.min(length, Kernel.TRANSFER)];
    if (op == Op.SEND) {
      buffer.getBytes(index, copy);
    }
    int count = operations.run(op, copy, 0, copy.length, timeout, deadline);
    if (op == Op.RECV) {
      buffer.setBytes(index, copy, 0, count);
    }
    return count;
  }

  @Override
  public String toString() {
    Address peer = operations.peer;
    return "Socket "
        + descriptor.fd
        + " "
        + family
        + " "
        + type
        + (peer == null ? "" : " to " + peer)
        + (isClosed() ? " (closed)" : "");
  }
}
