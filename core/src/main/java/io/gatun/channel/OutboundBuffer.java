package io.gatun.channel;

import io.gatun.os.Iovec;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.IllegalReferenceCountException;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Promise;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a channel has yet to send, in order: a ring of what was written and of its promises. Loop's
 * thread only.
 *
 * <p>Entries up to {@link #flushed} may be sent. The rings are made with the first write, so that
 * an idle connection holds none.
 */
final class OutboundBuffer {
  private static final int FIRST_CAPACITY = 2; // many connections never have more to send

  /** What the smallest entry takes with its buffer, its promise and its places in the rings. */
  private static final int LEAST_WEIGHT = 128;

  /**
   * Bytes of an array that are worth a call of their own; fewer are copied, so that they go with
   * others. Another call cost a loop on Linux what it took to copy 32 KiB for a TCP connection
   * through loopback, and some 128 KiB for a Unix socket.
   */
  private static final int LARGE_ARRAY = 64 << 10;

  private static final InternalLogger LOGGER =
      InternalLoggerFactory.getInstance(OutboundBuffer.class);
  private static final @Nullable Object[] NO_ENTRIES = {};

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static final @Nullable Promise<Void>[] NO_PROMISES = new Promise[0];

  /** What many channels share, since there is nothing in it: never written to. */
  static final OutboundBuffer NONE = new OutboundBuffer(NO_ENTRIES);

  private @Nullable Object[] entries;
  private @Nullable Promise<Void>[] promises = NO_PROMISES;

  /** Index of the oldest entry; the capacity is a power of two. */
  private int first;

  private int size;
  private int flushed;

  private int filled;

  /** Sum of the entries' weights. */
  private long weight;

  /** All bytes that were ever sent. */
  private long sentBytes;

  /**
   * Entries at the front whose bytes are gone but whose promises are yet to be told: a listener
   * that writes or closes finds a consistent ring, and what was sent does not fail.
   */
  private int sent;

  OutboundBuffer() {
    this(new Object[FIRST_CAPACITY]);
  }

  private OutboundBuffer(@Nullable Object[] entries) {
    this.entries = entries;
  }

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

  /** The bytes that were sent so far. */
  long sentBytes() {
    return sentBytes;
  }

  /**
   * What an entry counts: the memory it holds, not the bytes to send. Who sends single bytes and
   * takes no answer would otherwise have thousands of read buffers kept for him.
   */
  static int weight(Object entry) {
    int memory =
        switch (entry) {
          case ByteBuf buffer -> buffer.capacity();
          case Message message -> message.weight();
          default -> 0;
        };
    return Math.max(memory, LEAST_WEIGHT);
  }

  void add(Object entry, @Nullable Promise<Void> promise) {
    if (size == entries.length) {
      grow();
    }
    int index = (first + size++) & (entries.length - 1);
    entries[index] = entry;
    weight += weight(entry);
    if (promise != null) {
      if (promises.length < entries.length) {
        promises = newPromises(entries.length);
      }
      promises[index] = promise;
    }
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static @Nullable Promise<Void>[] newPromises(int capacity) {
    return new Promise[capacity];
  }

  /** Takes out the promise of an entry, if it has one. */
  private @Nullable Promise<Void> takePromise(int index) {
    if (promises.length == 0) {
      return null;
    }
    Promise<Void> promise = promises[index];
    promises[index] = null;
    return promise;
  }

  private void grow() {
    int capacity = entries.length * 2;
    @Nullable Object[] moreEntries = new Object[capacity];
    @Nullable Promise<Void>[] morePromises =
        promises.length == 0 ? NO_PROMISES : newPromises(capacity);
    for (int i = 0; i < size; i++) {
      int index = (first + i) & (entries.length - 1);
      moreEntries[i] = entries[index];
      if (morePromises.length > 0) {
        morePromises[i] = promises[index];
      }
    }
    entries = moreEntries;
    promises = morePromises;
    first = 0;
  }

  /**
   * Marks all entries as ready to be sent, but for those whose promise was cancelled: they go. From
   * now on none can be cancelled any more.
   */
  void flush() {
    int kept = sent + flushed;
    if (kept == size) {
      return;
    }
    if (promises.length == 0) { // none that was cancelled
      flushed = size - sent;
      return;
    }
    for (int i = kept; i < size; i++) {
      int from = (first + i) & (entries.length - 1);
      Object entry = Objects.requireNonNull(entries[from]);
      Promise<Void> promise = takePromise(from);
      entries[from] = null;
      if (promise != null && !promise.setUncancellable() && promise.isCancelled()) {
        release(entry);
        continue;
      }
      int to = (first + kept++) & (entries.length - 1);
      entries[to] = entry;
      if (promise != null) {
        promises[to] = promise;
      }
    }
    size = kept;
    flushed = size - sent;
  }

  /** The oldest entry, a buffer; there must be one. */
  ByteBuf first() {
    return buffer(0);
  }

  /** Whether the oldest entry, a buffer, has a call of its own: no others are gathered with it. */
  boolean isAlone() {
    return flushed == 1 || isLargeArray(first());
  }

  private static boolean isLargeArray(ByteBuf buffer) {
    return !buffer.hasMemoryAddress() && buffer.readableBytes() >= LARGE_ARRAY;
  }

  /** Copies an entry, a buffer, from its array to memory that stays where it is. */
  ByteBuf copy(int i, ByteBufAllocator allocator) {
    ByteBuf buffer = buffer(i);
    int length = buffer.readableBytes();
    ByteBuf copy = allocator.directBuffer(Math.max(1, length));
    copy.writeBytes(buffer, buffer.readerIndex(), length);
    entries[(first + sent + i) & (entries.length - 1)] = copy;
    weight += weight(copy);
    release(buffer);
    return copy;
  }

  /** Memory that was released too early may hold anybody's bytes by now: none of it is sent. */
  private ByteBuf buffer(int i) {
    ByteBuf buffer = (ByteBuf) get(i);
    if (buffer.refCnt() == 0) {
      throw new IllegalReferenceCountException("a buffer was released after it was written");
    }
    return buffer;
  }

  /** An entry that was not sent yet; 0 is the oldest. */
  Object get(int i) {
    Object entry = entries[(first + sent + i) & (entries.length - 1)];
    if (entry == null) {
      throw new IllegalStateException("no entry " + i);
    }
    return entry;
  }

  /**
   * Fills iovecs with the oldest entries, as far as they are buffers; {@link #filled} tells how
   * many. Small arrays are copied, and one that {@link #isAlone} ends them.
   *
   * @return the number of bytes they hold together, at most {@code maxBytes}
   */
  int fill(long iovecs, int most, int maxBytes, ByteBufAllocator allocator) {
    int total = 0;
    int count = Math.min(most, flushed);
    filled = 0;
    while (filled < count && total < maxBytes && get(filled) instanceof ByteBuf) {
      ByteBuf buffer = buffer(filled);
      if (isLargeArray(buffer)) {
        break;
      }
      if (!buffer.hasMemoryAddress()) {
        buffer = copy(filled, allocator);
      }
      int length = Math.min(buffer.readableBytes(), maxBytes - total);
      Iovec.set(iovecs, filled, buffer.memoryAddress() + buffer.readerIndex(), length);
      total += length;
      filled++;
    }
    return total;
  }

  /** The number of iovecs that the last {@link #fill} used. */
  int filled() {
    return filled;
  }

  /**
   * Takes out the bytes that were sent of buffers and files: whole ones are released and their
   * promises completed, a part advances its entry.
   */
  void sent(long count) {
    sentBytes += count;
    while (flushed > 0) {
      Object entry = get(0);
      if (entry instanceof Message) { // it has a call of its own
        break;
      }
      FileRegion region = entry instanceof FileRegion file ? file : null;
      long left = region != null ? region.left() : ((ByteBuf) entry).readableBytes();
      long part = Math.min(count, left);
      if (region != null) {
        region.advance(part);
      } else if (part < left) {
        ((ByteBuf) entry).skipBytes((int) part);
      }
      if (part < left) {
        break;
      }
      count -= part;
      take();
    }
    tellSent();
  }

  /** Leaves the bytes of the oldest entry, a message: what was to go with them has gone. */
  void unwrapFirst() {
    Message message = (Message) get(0);
    entries[(first + sent) & (entries.length - 1)] = message.content().retain(); // of equal weight
    message.release();
  }

  /**
   * Takes out whole messages that were sent. Their promises wait for {@link #tellSent}.
   *
   * @return the bytes of all
   */
  long takeWhole(int count) {
    long bytes = 0;
    for (int i = 0; i < count; i++) {
      // Not looked at whether it is still there: who writes one twice has released it by the first.
      bytes +=
          get(0) instanceof Message message ? message.length() : ((ByteBuf) get(0)).readableBytes();
      take();
    }
    sentBytes += bytes;
    return bytes;
  }

  private void take() {
    Object entry = get(0);
    entries[(first + sent) & (entries.length - 1)] = null;
    sent++;
    flushed--;
    release(entry);
  }

  /**
   * The oldest entry, if one was flushed, could not be sent: it goes, and the rest stays.
   *
   * @return whether somebody was told
   */
  boolean failFirst(Throwable cause) {
    tellSent();
    if (flushed == 0) { // a listener has closed the channel
      return true;
    }
    flushed--;
    return failOldest(cause);
  }

  /** One that somebody has released once too often must not keep the others from theirs. */
  private void release(Object entry) {
    weight -= weight(entry);
    try {
      ReferenceCountUtil.release(entry);
    } catch (IllegalReferenceCountException e) {
      LOGGER.warn("released once too often: {}", entry, e);
    }
  }

  /** Completes the promises of what was sent. */
  void tellSent() {
    while (sent > 0) {
      sent--;
      Promise<Void> promise = removeFirst();
      if (promise != null) {
        promise.trySuccess(null);
      }
    }
  }

  private @Nullable Promise<Void> removeFirst() {
    Promise<Void> promise = takePromise(first);
    entries[first] = null;
    first = (first + 1) & (entries.length - 1);
    size--;
    return promise;
  }

  /** Releases everything; the promises fail. */
  void fail(Throwable cause) {
    if (size == 0) {
      return;
    }
    tellSent();
    while (size > 0) {
      failOldest(cause);
    }
    flushed = 0;
  }

  private boolean failOldest(Throwable cause) {
    Object entry = get(0);
    Promise<Void> promise = removeFirst();
    release(entry);
    return promise != null && promise.tryFailure(cause);
  }
}
