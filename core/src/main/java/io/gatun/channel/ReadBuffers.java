package io.gatun.channel;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.UnpooledDirectByteBuf;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import io.netty.util.ResourceLeakTracker;
import org.jspecify.annotations.Nullable;

/**
 * The buffers that the streams of a loop are read into. Most handlers have released one when the
 * next read comes, so one of each size, which comes back by itself, does for all channels: that
 * saves the pool's work and, above all, its look for leaks, which notes the stack of one in 128
 * buffers. Where the one is still in use, the pool serves.
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

  /** Those that nobody uses, by the logarithm of their size. Loop's thread only, as all here. */
  private final @Nullable Reused[] free = new Reused[SIZES];

  private final int[] patience = new int[SIZES];
  private boolean closed;

  ReadBuffers(EventLoop loop) {
    this.loop = loop;
  }

  /** Returns an empty buffer; the size is a power of two. */
  ByteBuf take(ByteBufAllocator allocator, int size) {
    if (!allocator.equals(PooledByteBufAllocator.DEFAULT)) { // the user's own choice
      return allocator.directBuffer(size);
    }
    int index = Integer.numberOfTrailingZeros(size);
    Reused buffer = free[index];
    if (buffer != null) {
      free[index] = null;
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
    if (!loop.inEventLoop() || closed || size != buffer.size || free[index] != null) {
      return false;
    }
    free[index] = buffer;
    return true;
  }

  /** Gives back the memory of those that nobody uses; the others' goes when they are released. */
  void close() {
    closed = true;
    for (int i = 0; i < SIZES; i++) {
      Reused buffer = free[i];
      free[i] = null;
      if (buffer != null) {
        buffer.deallocate();
      }
    }
  }

  private static final class Reused extends UnpooledDirectByteBuf {
    private final ReadBuffers home;
    private final int size;
    private final @Nullable ResourceLeakTracker<ByteBuf> leak;

    @SuppressWarnings("ThisEscapedInObjectConstruction")
    Reused(ReadBuffers home, ByteBufAllocator allocator, int size) {
      super(allocator, size, Integer.MAX_VALUE);
      this.home = home;
      this.size = size;
      this.leak = LEAKS.track(this);
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
