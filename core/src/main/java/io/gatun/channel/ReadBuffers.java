package io.gatun.channel;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.UnpooledDirectByteBuf;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import io.netty.util.ResourceLeakTracker;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The buffers that the channels of a loop read into. Most handlers have released one when the next
 * read comes, so a few of each size, which come back by themselves, do for all channels: one for
 * the streams, and for messages as many as one call receives. That saves the pool's work and, above
 * all, its look for leaks, which notes the stack of one in 128 buffers. Where those are still in
 * use, the pool serves.
 *
 * <p>Leaks are found as often as before: a buffer of this kind is noted down or not when it is
 * made, and one that never comes back is lost to the loop, too.
 */
final class ReadBuffers {
  static final ResourceLeakDetector<ByteBuf> LEAKS =
      ResourceLeakDetectorFactory.instance().newResourceLeakDetector(ByteBuf.class);

  /**
   * How often the pool serves before another buffer is made in the place of one that stays away.
   */
  private static final int PATIENCE = 256;

  private static final int SIZES = Integer.numberOfTrailingZeros(ReadSize.LARGEST) + 1;

  private final EventLoop loop;

  /**
   * Those that nobody uses, by the logarithm of their size: the first of a list. Loop's thread
   * only, as all here.
   */
  private final @Nullable Reused[] free = new Reused[SIZES];

  private final int[] count = new int[SIZES];

  private final int[] patience = new int[SIZES];
  private boolean closed;

  ReadBuffers(EventLoop loop) {
    this.loop = loop;
  }

  /** Returns an empty buffer; those whose size is a power of two are used again. */
  ByteBuf take(ByteBufAllocator allocator, int size) {
    int index = Integer.numberOfTrailingZeros(size);
    if (size != 1 << index
        || size > ReadSize.LARGEST
        || !allocator.equals(PooledByteBufAllocator.DEFAULT)) { // the user's own choice
      return allocator.directBuffer(size);
    }
    Reused buffer = free[index];
    if (buffer != null) {
      free[index] = buffer.next;
      buffer.next = null;
      count[index]--;
      return buffer.again();
    }
    if (patience[index]-- > 0) {
      return allocator.directBuffer(size);
    }
    patience[index] = PATIENCE;
    return new Reused(this, allocator, size);
  }

  private boolean keep(Reused buffer) {
    int size = buffer.capacity(); // a handler may have changed it
    int index = Integer.numberOfTrailingZeros(size);
    if (!loop.inEventLoop() || closed || size != buffer.size || count[index] == MessageBatch.SIZE) {
      return false;
    }
    buffer.next = free[index];
    free[index] = buffer;
    count[index]++;
    return true;
  }

  /** Gives back the memory of those that nobody uses; the others' goes when they are released. */
  void close() {
    closed = true;
    for (int i = 0; i < SIZES; i++) {
      for (Reused buffer = free[i]; buffer != null; buffer = buffer.next) {
        buffer.deallocate();
      }
      free[i] = null;
    }
  }

  private static final class Reused extends UnpooledDirectByteBuf {
    private final ReadBuffers home;
    private final int size;
    private final @Nullable ResourceLeakTracker<ByteBuf> leak;

    /** The super class tells none where Netty uses sun.misc.Unsafe. */
    private long address;

    /** Behind it in the list of those that nobody uses. */
    private @Nullable Reused next;

    @SuppressWarnings("ThisEscapedInObjectConstruction")
    Reused(ReadBuffers home, ByteBufAllocator allocator, int size) {
      super(allocator, size, Integer.MAX_VALUE);
      this.home = home;
      this.size = size;
      this.leak = LEAKS.track(this);
      this.address = addressOf(size);
    }

    private long addressOf(int capacity) {
      return MemorySegment.ofBuffer(internalNioBuffer(0, capacity)).address();
    }

    @Override
    public boolean hasMemoryAddress() {
      return true;
    }

    @Override
    public long memoryAddress() {
      ensureAccessible();
      return address;
    }

    @Override
    public ByteBuf capacity(int capacity) {
      super.capacity(capacity);
      address = addressOf(capacity);
      return this;
    }

    Reused again() {
      resetRefCnt();
      setIndex(0, 0).markReaderIndex().markWriterIndex();
      return this;
    }

    @Override
    public ByteBuf touch(Object hint) {
      if (leak != null) {
        leak.record(hint);
      }
      return this;
    }

    /** Nobody uses it any more. */
    @Override
    protected void deallocate() {
      if (!home.keep(this)) {
        if (leak != null) {
          leak.close(this);
        }
        super.deallocate();
      }
    }
  }
}
