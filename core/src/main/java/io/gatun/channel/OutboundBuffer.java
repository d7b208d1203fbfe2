package io.gatun.channel;

import io.gatun.os.Iovec;
import io.netty.buffer.ByteBuf;
import io.netty.util.IllegalReferenceCountException;
import io.netty.util.concurrent.Promise;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
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

  /** What the smallest entry takes with its buffer, its promise and its places in the rings. */
  private static final int LEAST_WEIGHT = 128;

  private static final InternalLogger LOGGER =
      InternalLoggerFactory.getInstance(OutboundBuffer.class);
  private static final ByteBuf[] NO_BUFFERS = {};

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static final @Nullable Promise<Void>[] NO_PROMISES = new Promise[0];

  private @Nullable ByteBuf[] buffers = NO_BUFFERS;
  private @Nullable Promise<Void>[] promises = NO_PROMISES;

  /** Index of the oldest entry; the capacity is a power of two. */
  private int first;

  private int size;
  private int flushed;

  /** Sum of the entries' weights. */
  private long weight;

  /**
   * Entries at the front whose bytes are gone but whose promises are yet to be told: a listener
   * that writes or closes finds a consistent ring, and what was sent does not fail.
   */
  private int sent;

  boolean isEmpty() {
    return size == sent;
  }

  /** The number of entries that may be sent. */
  int flushed() {
    return flushed;
  }

  /** The bytes of memory that all entries take. */
  long weight() {
    return weight;
  }

  /**
   * What a buffer counts: the memory it holds, not the bytes to send. Who sends single bytes and
   * takes no answer would otherwise have thousands of read buffers kept for him.
   */
  static int weight(ByteBuf buffer) {
    return Math.max(buffer.capacity(), LEAST_WEIGHT);
  }

  void add(ByteBuf buffer, @Nullable Promise<Void> promise) {
    if (size == buffers.length) {
      grow();
    }
    int index = (first + size++) & (buffers.length - 1);
    buffers[index] = buffer;
    promises[index] = promise;
    weight += weight(buffer);
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
    flushed = size - sent;
  }

  /** The oldest entry; there must be one. */
  ByteBuf first() {
    return alive(at(0));
  }

  /** Memory that was released too early may hold anybody's bytes by now: none of it is sent. */
  private static ByteBuf alive(ByteBuf buffer) {
    if (buffer.refCnt() == 0) {
      throw new IllegalReferenceCountException("a buffer was released after it was written");
    }
    return buffer;
  }

  private ByteBuf at(int i) {
    ByteBuf buffer = buffers[(first + sent + i) & (buffers.length - 1)];
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
      ByteBuf buffer = alive(at(i));
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
    while (flushed > 0) {
      ByteBuf buffer = at(0);
      int readable = buffer.readableBytes();
      if (count < readable) {
        buffer.skipBytes((int) count);
        break;
      }
      count -= readable;
      buffers[(first + sent) & (buffers.length - 1)] = null;
      sent++;
      flushed--;
      release(buffer);
    }
    tellSent();
  }

  /** A buffer that somebody has released once too often must not keep the others from theirs. */
  private void release(ByteBuf buffer) {
    weight -= weight(buffer);
    try {
      buffer.release();
    } catch (IllegalReferenceCountException e) {
      LOGGER.warn("a buffer was released once too often: {}", buffer, e);
    }
  }

  private void tellSent() {
    while (sent > 0) {
      sent--;
      Promise<Void> promise = removeFirst();
      if (promise != null) {
        promise.trySuccess(null);
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
    tellSent();
    while (size > 0) {
      ByteBuf buffer = at(0);
      Promise<Void> promise = removeFirst();
      release(buffer);
      if (promise != null) {
        promise.tryFailure(cause);
      }
    }
    flushed = 0;
  }
}
