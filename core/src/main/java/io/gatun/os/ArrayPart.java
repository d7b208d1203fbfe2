package io.gatun.os;

import java.lang.foreign.MemorySegment;
import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/**
 * An array from an offset on, as a segment: three objects, 112 bytes in all, which the compiler
 * does not always remove. Who moves much does so with the same array again, so the last one is
 * kept; weakly, since a thread must not keep an array of its callers.
 */
final class ArrayPart {
  private WeakReference<byte @Nullable []> array = new WeakReference<>(null);
  private WeakReference<@Nullable MemorySegment> segment = new WeakReference<>(null);
  private int offset;

  MemorySegment of(byte[] array, int offset) {
    if (this.offset == offset && this.array.refersTo(array)) {
      MemorySegment same = segment.get();
      if (same != null) {
        return same;
      }
    }
    MemorySegment made = MemorySegment.ofArray(array).asSlice(offset);
    this.array = new WeakReference<>(array);
    this.segment = new WeakReference<>(made);
    this.offset = offset;
    return made;
  }
}
