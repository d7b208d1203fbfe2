package io.gatun.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.transport.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetector.Level;
import io.netty.util.ResourceLeakTracker;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a loop reads into: used again once it is released, and never before. */
final class ReadBuffersTest {
  private static final int SIZE = 2048;

  private final EventLoopGroup group =
      EventLoopGroup.builder().loops(1).transport(Transport.named("poll")).build();
  private final EventLoop loop = group.next();
  private final ReadBuffers buffers = loop.readBuffers();
  private final Level level = ResourceLeakDetector.getLevel();

  @AfterEach
  void close() {
    ResourceLeakDetector.setLevel(level);
    ReadBuffers.LEAKS.setLeakListener(null);
    group.close();
  }

  private ByteBuf take() {
    return buffers.take(PooledByteBufAllocator.DEFAULT, SIZE);
  }

  private void onLoop(Runnable test) throws Exception {
    loop.submit(test).get();
  }

  @Test
  void aReleasedBufferIsUsedAgainAsIfItWereNew() throws Exception {
    onLoop(() -> {
      ByteBuf first = take();
      first.writeLong(1).skipBytes(3).markReaderIndex().markWriterIndex();
      assertTrue(first.release());
      ByteBuf again = take();
      assertSame(first, again);
      assertEquals(1, again.refCnt());
      assertEquals(0, again.readableBytes());
      assertEquals(SIZE, again.writableBytes());
      assertEquals(0, again.resetReaderIndex().readerIndex());
      assertEquals(0, again.resetWriterIndex().writerIndex());
      again.release();
    });
  }

  @Test
  void aBufferThatSomebodyKeepsIsLeftAlone() throws Exception {
    onLoop(() -> {
      ByteBuf kept = take().writeLong(42);
      ByteBuf slice = kept.retainedSlice();
      assertFalse(kept.release());
      List<ByteBuf> others = new ArrayList<>();
      for (int i = 0; i < 1000; i++) { // more than are waited for until another one is made
        ByteBuf other = take();
        assertNotSame(kept, other);
        others.add(other.writeLong(i));
      }
      assertEquals(42, slice.readLong());
      slice.release();
      others.forEach(ByteBuf::release);
      assertEquals(0, others.stream().mapToInt(ByteBuf::refCnt).sum());
    });
  }

  @Test
  void aBufferThatWasGrownIsNotUsedAgain() throws Exception {
    onLoop(() -> {
      ByteBuf grown = take();
      grown.capacity(2 * SIZE);
      grown.release();
      ByteBuf next = take();
      assertEquals(SIZE, next.capacity());
      next.release();
    });
  }

  @Test
  void aBufferMayBeReleasedByAnotherThreadAndAfterItsLoopHasEnded() throws Exception {
    ByteBuf one = loop.submit(this::take).get();
    ByteBuf other = loop.submit(this::take).get();
    assertTrue(one.release());
    group.close();
    assertTrue(other.release());
    assertEquals(0, one.refCnt() + other.refCnt());
  }

  @Test
  void aBufferThatAnotherThreadReleasesIsNotUsedAgain() throws Exception {
    ByteBuf buffer = loop.submit(this::take).get();
    assertTrue(buffer.release());
    onLoop(() -> {
      ByteBuf next = take();
      assertNotSame(buffer, next);
      next.release();
    });
  }

  /** As many as one call receives: those beyond are given back to the system, and none is lost. */
  @Test
  void ofManyBuffersThatAreReleasedSomeAreKept() throws Exception {
    onLoop(() -> {
      ByteBuf first = take();
      List<ByteBuf> others = new ArrayList<>();
      List<ByteBuf> made = new ArrayList<>(List.of(first));
      while (made.size() <= MessageBatch.SIZE) {
        ByteBuf other = take();
        if (other.getClass() == first.getClass()) {
          made.add(other); // in the place of those that stay away
        } else {
          others.add(other);
        }
      }
      others.forEach(ByteBuf::release);
      made.forEach(ByteBuf::release);
      Set<ByteBuf> again = Collections.newSetFromMap(new IdentityHashMap<>());
      for (int i = 0; i < MessageBatch.SIZE; i++) {
        again.add(take());
      }
      assertTrue(again.containsAll(made.subList(0, MessageBatch.SIZE)));
      assertEquals(0, made.getLast().refCnt(), "the one that was too many");
      again.forEach(ByteBuf::release);
    });
  }

  @Test
  void anAllocatorOfTheUsersOwnIsUsed() throws Exception {
    onLoop(() -> {
      ByteBuf buffer = buffers.take(UnpooledByteBufAllocator.DEFAULT, SIZE);
      assertSame(UnpooledByteBufAllocator.DEFAULT, buffer.alloc());
      buffer.release();
    });
  }

  @Test
  @Timeout(60)
  void aBufferThatIsNeverReleasedIsTold() throws Exception {
    ResourceLeakDetector.setLevel(Level.PARANOID);
    AtomicInteger leaks = new AtomicInteger();
    ReadBuffers.LEAKS.setLeakListener((type, records) -> leaks.incrementAndGet());
    onLoop(() -> assertEquals(SIZE, take().capacity()));
    while (leaks.get() == 0) {
      System.gc();
      // Whoever notes down a new one looks for those that were lost.
      ByteBuf probe = Unpooled.buffer();
      ResourceLeakTracker<ByteBuf> noted = ReadBuffers.LEAKS.track(probe);
      assertTrue(Objects.requireNonNull(noted).close(probe));
    }
  }
}
