package io.gatun.channel;

import io.gatun.os.Iovec;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.Promise;
import org.jspecify.annotations.Nullable;

/**
 * What a stream has yet to send, in order: a ring of buffers and their promises. Loop's thread
 * only.
 *
 * <p>Entries up to {@link #flushed} may be sent. The rings are made with the first write, so that
 * an idle connection holds none.
 */
final class OutboundBuffer {
  private static final int FIRST_CAPACITY = 8;
  private static final ByteBuf[] NO_BUFFERS = {};

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static final @Nullable Promise<Void>[] NO_PROMISES = new Promise[0];

  private @Nullable ByteBuf[] buffers = NO_BUFFERS;
  private @Nullable Promise<Void>[] promises = NO_PROMISES;

  /** Index of the oldest entry; the capacity is a power of two. */
  private int first;

  private int size;
  private int flushed;
  private long bytes;

  boolean isEmpty() {
    return size == 0;
  }

  /** The number of entries that may be sent. */
  int flushed() {
    return flushed;
  }

  /** The number of bytes of all entries. */
  long bytes() {
    return bytes;
  }

  void add(ByteBuf buffer, @Nullable Promise<Void> promise) {
    if (size == buffers.length) {
      grow();
    }
    int index = (first + size++) & (buffers.length - 1);
    buffers[index] = buffer;
    promises[index] = promise;
    bytes += buffer.readableBytes();
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private void grow() {
    int capacity = Math.max(FIRST_CAPACITY, buffers.length * 2);
    @Nullable ByteBuf[] moreBuffers = new ByteBuf[capacity];
    @Nullable Promise<Void>[] morePromises = new Promise[capacity];
    for (int i = 0; i < size; i++) {
      int index = (first + i) & (buffers.length - 1);
      moreBuffers[i] = buffers[index];
      morePromises[i] = promises[index];
    }
    buffers = moreBuffers;
    promises = morePromises;
    first = 0;
  }

  /** Marks all entries as ready to be sent. */
  void flush() {
    flushed = size;
  }

  /** The oldest entry; there must be one. */
  ByteBuf first() {
    return at(0);
  }

  private ByteBuf at(int i) {
    ByteBuf buffer = buffers[(first + i) & (buffers.length - 1)];
    if (buffer == null) {
      throw new IllegalStateException("no entry " + i);
    }
    return buffer;
  }

  /**
   * Fills iovecs with the oldest entries.
   *
   * @return the number of bytes they hold together, at most {@code maxBytes}
   */
  int fill(long iovecs, int count, int maxBytes) {
    int total = 0;
    for (int i = 0; i < count; i++) {
      ByteBuf buffer = at(i);
      int length = Math.min(buffer.readableBytes(), maxBytes - total);
      Iovec.set(iovecs, i, buffer.memoryAddress() + buffer.readerIndex(), length);
      total += length;
    }
    return total;
  }

  /**
   * Takes out what was sent: whole entries are released and their promises completed, a part
   * advances its buffer.
   */
  void sent(long count) {
    bytes -= count;
    while (size > 0 && flushed > 0) {
      ByteBuf buffer = first();
      int readable = buffer.readableBytes();
      if (count < readable) {
        buffer.skipBytes((int) count);
        return;
      }
      count -= readable;
      Promise<Void> promise = removeFirst();
      flushed--;
      buffer.release();
      if (promise != null) {
        // A listener may write or close, which finds a consistent ring; it cannot send, for the
        // channel is sending.
        promise.trySuccess(null);
      }
      if (count == 0 && (flushed == 0 || first().isReadable())) {
        return;
      }
    }
  }

  private @Nullable Promise<Void> removeFirst() {
    Promise<Void> promise = promises[first];
    buffers[first] = null;
    promises[first] = null;
    first = (first + 1) & (buffers.length - 1);
    size--;
    return promise;
  }

  /** Releases everything; the promises fail. */
  void fail(Throwable cause) {
    while (size > 0) {
      ByteBuf buffer = first();
      Promise<Void> promise = removeFirst();
      bytes -= buffer.readableBytes();
      buffer.release();
      if (promise != null) {
        promise.tryFailure(cause);
      }
    }
    flushed = 0;
  }
}
