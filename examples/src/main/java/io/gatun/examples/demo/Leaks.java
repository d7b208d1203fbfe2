package io.gatun.examples.demo;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetector.Level;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;

/** Buffers that were forgotten, as Netty's leak detector finds them: it looks at a sample. */
final class Leaks {
  private static final int PATIENCE_MILLIS = 1000;

  private Leaks() {}

  /** Tells the load of every leak from now on. */
  static void report(Load load) {
    ByteBufUtil.setLeakListener(
        (resource, records) -> load.error("a " + resource + " was never released"));
  }

  /** Has the collector find what was forgotten, and the detector report it. */
  static void look() throws InterruptedException {
    ReferenceQueue<Object> queue = new ReferenceQueue<>();
    WeakReference<Object> canary = new WeakReference<>(new Object(), queue);
    System.gc();
    queue.remove(PATIENCE_MILLIS);
    if (canary.refersTo(null)) {
      // The detector reports when it next looks at a buffer; at this level that is every one.
      Level level = ResourceLeakDetector.getLevel();
      ResourceLeakDetector.setLevel(Level.PARANOID);
      PooledByteBufAllocator.DEFAULT.directBuffer(1).release();
      ResourceLeakDetector.setLevel(level);
    }
  }
}
