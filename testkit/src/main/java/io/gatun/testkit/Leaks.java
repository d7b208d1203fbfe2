package io.gatun.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetector.Level;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Buffers that the collector found before anybody released them, of whatever allocator, as Netty's
 * leak detector tells.
 */
final class Leaks {
  private static final List<String> FOUND = new CopyOnWriteArrayList<>();

  static {
    ByteBufUtil.setLeakListener((resource, records) -> FOUND.add(resource + records));
  }

  private Leaks() {}

  /** Has the collector look; to be called once before the first test too. */
  static void check() throws InterruptedException {
    ReferenceQueue<Object> queue = new ReferenceQueue<>();
    WeakReference<Object> canary = new WeakReference<>(new Object(), queue);
    while (!canary.refersTo(null)) {
      System.gc();
      queue.remove(100);
    }
    // The detector reports when it next looks at a buffer; at this level that is every one.
    Level level = ResourceLeakDetector.getLevel();
    ResourceLeakDetector.setLevel(Level.PARANOID);
    PooledByteBufAllocator.DEFAULT.directBuffer(1).release();
    ResourceLeakDetector.setLevel(level);
    List<String> found = List.copyOf(FOUND);
    FOUND.removeAll(found); // they are told once: who comes next has not lost them
    assertEquals(List.of(), found, "buffers were never released");
  }
}
