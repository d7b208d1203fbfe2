package io.gatun.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.channel.Bootstrap;
import io.gatun.channel.Channel;
import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.channel.ChannelOption;
import io.gatun.channel.WaterMarks;
import io.gatun.error.ClosedException;
import io.gatun.error.SocketError;
import io.gatun.socket.Shutdown;
import io.gatun.socket.Socket;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.IllegalReferenceCountException;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a channel writes. */
@OnEachLane
public final class WritingTest extends ChannelLab {
  /** More than any socket takes at once. */
  private static final int LARGE = 16 << 20;

  /** As much as the largest buffer that a channel reads into. */
  private static final int LARGEST_READ = 64 * 1024;

  private static final WaterMarks MARKS = new WaterMarks(1000, 2000);

  WritingTest(Lane lane) throws IOException {
    super(lane);
  }

  /** Notes what isWritable says at each change. */
  private static final class Writability extends Recorder {
    final BlockingQueue<Boolean> changes = new LinkedBlockingQueue<>();

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
      changes.add(ctx.channel().isWritable());
    }
  }

  private static void littleRoom(Bootstrap client) {
    client.option(ChannelOption.SO_SNDBUF, 4096);
  }

  private static void reading(Bootstrap client, boolean autoRead) {
    client.option(ChannelOption.AUTO_READ, autoRead);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void thousandsOfSmallBuffersGoOutInOrder(boolean autoRead) throws Exception {
    Pair pair = pair(client -> reading(client, autoRead));
    Random random = new Random(3);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    Future<Void> last = null;
    for (int i = 0; i < 3000; i++) {
      byte[] data = Data.of(random.nextInt(100));
      all.writeBytes(data);
      last = pair.channel().write(buffer(data));
    }
    pair.channel().flush();
    assertArrayEquals(all.toByteArray(), receive(pair.peer(), all.size()));
    await(java.util.Objects.requireNonNull(last));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aVeryLargeBufferReachesAReaderThatIsSlow(boolean autoRead) throws Exception {
    assumeThatWritesWait();
    Pair pair = pair(client -> reading(client, autoRead));
    byte[] data = Data.of(LARGE);
    Future<Void> written = pair.channel().writeAndFlush(buffer(data));
    rounds(pair.channel().eventLoop());
    assertFalse(written.isDone(), "nobody has read yet");
    assertArrayEquals(data, receive(pair.peer(), data.length));
    await(written);
    rounds(pair.channel().eventLoop());
    assertEquals(0, pair.channel().pendingBytes());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void buffersThatTheSocketTakesInPartsAreNotMixedUp(boolean autoRead) throws Exception {
    Pair pair =
        pair(client -> {
          littleRoom(client);
          reading(client, autoRead);
        });
    Random random = new Random(4);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int i = 0; i < 600; i++) {
      byte[] data = Data.of(random.nextInt(4000));
      all.writeBytes(data);
      pair.channel().write(buffer(data));
      if (random.nextInt(50) == 0) {
        pair.channel().flush();
      }
    }
    pair.channel().flush();
    assertArrayEquals(all.toByteArray(), receive(pair.peer(), all.size()));
  }

  @Test
  void aCompositeBufferThatTheSocketTakesInPartsIsNotMixedUp() throws Exception {
    Random random = new Random(5);
    for (boolean autoRead : new boolean[] {true, false}) {
      Pair pair =
          pair(client -> {
            littleRoom(client);
            reading(client, autoRead);
          });
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      Future<Void> last = null;
      for (int i = 0; i < 40; i++) {
        CompositeByteBuf composite = alloc.compositeDirectBuffer(600);
        for (int component = 0; component < 1 + random.nextInt(500); component++) {
          byte[] data = Data.of(random.nextInt(300));
          ByteBuf part = random.nextInt(4) == 0 ? alloc.heapBuffer(1 + data.length) : buffer(data);
          composite.addComponent(true, part.clear().writeBytes(data));
        }
        composite.skipBytes(random.nextInt(1 + composite.readableBytes()));
        all.writeBytes(io.netty.buffer.ByteBufUtil.getBytes(composite));
        last = pair.channel().write(composite);
      }
      pair.channel().flush();
      assertArrayEquals(all.toByteArray(), receive(pair.peer(), all.size()));
      await(java.util.Objects.requireNonNull(last));
    }
  }

  @Test
  void anEmptyBufferIsWrittenWhenItsTurnComes() throws Exception {
    Pair pair = pair();
    await(pair.channel().writeAndFlush(buffer(Data.of(0))));
    await(pair.channel().writeAndFlush(Unpooled.EMPTY_BUFFER));
    List<Future<Void>> written = new ArrayList<>();
    for (int size : new int[] {0, 5, 0, 0, 6, 0}) {
      written.add(pair.channel().write(buffer(Data.of(size))));
    }
    pair.channel().flush();
    for (Future<Void> future : written) {
      await(future);
    }
    assertArrayEquals(Data.of(5), receive(pair.peer(), 5));
    assertArrayEquals(Data.of(6), receive(pair.peer(), 6));
  }

  @Test
  void everyKindOfBufferIsSentAsItIsAndReleased() throws Exception {
    Pair pair = pair();
    byte[] data = Data.of(9000);
    CompositeByteBuf composite = alloc.compositeDirectBuffer();
    composite.addComponent(true, buffer(Arrays.copyOf(data, 4000)));
    composite.addComponent(
        true, alloc.heapBuffer(5000).writeBytes(Arrays.copyOfRange(data, 4000, 9000)));
    ByteBuf sliced = buffer(data);
    ByteBuf late = buffer(Data.of(10_000));
    late.setBytes(1000, data).readerIndex(1000);
    List<ByteBuf> buffers =
        List.of(
            buffer(data),
            alloc.heapBuffer(data.length).writeBytes(data),
            composite,
            alloc.compositeHeapBuffer().addComponent(true, alloc.heapBuffer(1).writeByte(1)),
            sliced.slice(100, 8000),
            buffer(data).asReadOnly(),
            Unpooled.wrappedBuffer(data),
            late);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (ByteBuf buffer : buffers) {
      all.writeBytes(io.netty.buffer.ByteBufUtil.getBytes(buffer));
      pair.channel().write(buffer);
    }
    Future<Void> last = pair.channel().writeAndFlush(buffer(Data.of(1)));
    all.writeBytes(Data.of(1));
    assertArrayEquals(all.toByteArray(), receive(pair.peer(), all.size()));
    await(last);
    for (ByteBuf buffer : buffers) {
      assertEquals(0, buffer.refCnt(), buffer::toString);
    }
  }

  @Test
  void arraysLargeAndSmallGoOutInOrderHoweverMuchTheSocketTakes() throws Exception {
    Pair pair = pair(WritingTest::littleRoom);
    Random random = new Random(6);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    Future<Void> last = null;
    for (int i = 0; i < 200; i++) {
      byte[] data = Data.of(random.nextInt(random.nextInt(20) == 0 ? 600_000 : 1000));
      int skipped = random.nextInt(1 + data.length);
      ByteBuf buffer =
          switch (random.nextInt(5)) {
            case 0 -> buffer(data);
            case 1 -> Unpooled.wrappedBuffer(data).asReadOnly();
            case 2 -> alloc.heapBuffer().writeZero(7).writeBytes(data).skipBytes(7).slice();
            case 3 ->
                alloc
                    .compositeBuffer()
                    .addComponent(true, buffer(Arrays.copyOf(data, skipped)))
                    .addComponent(
                        true, Unpooled.wrappedBuffer(data, skipped, data.length - skipped));
            default -> Unpooled.wrappedBuffer(data);
          };
      buffer.skipBytes(skipped);
      all.write(data, skipped, data.length - skipped);
      last = pair.channel().write(buffer);
      if (random.nextInt(3) == 0) {
        pair.channel().flush();
      }
    }
    pair.channel().flush();
    assertArrayEquals(all.toByteArray(), receive(pair.peer(), all.size()));
    await(java.util.Objects.requireNonNull(last));
    rounds(pair.channel().eventLoop());
    assertEquals(0, pair.channel().pendingBytes());
  }

  @Test
  void aWriteThatFindsNoMemoryEndsTheChannelAndNothingElse() throws Exception {
    Recorder recorder = new Recorder();
    Pair pair = pair(client -> client.option(ChannelOption.ALLOCATOR, new NoMemory()), recorder);
    recorder.expect(Recorder.Event.ACTIVE);
    ByteBuf small = alloc.heapBuffer().writeZero(10);
    ByteBuf other = alloc.heapBuffer().writeZero(10);
    Future<Void> written =
        on(
            pair.channel(),
            () -> {
              Future<Void> first = pair.channel().write(small);
              pair.channel().writeAndFlush(other, null);
              return first;
            });
    failure(Exception.class, written);
    assertTrue(recorder.next() instanceof OutOfMemoryError);
    awaitClosed(pair.channel());
    assertEquals(0, small.refCnt() + other.refCnt());
  }

  @Test
  void aRetainedBufferStaysItsOwners() throws Exception {
    Pair pair = pair();
    ByteBuf buffer = buffer(Data.of(100));
    await(pair.channel().writeAndFlush(buffer.retainedDuplicate()));
    await(pair.channel().writeAndFlush(buffer.retainedDuplicate()));
    assertEquals(100, buffer.readableBytes());
    assertTrue(buffer.release());
    assertArrayEquals(Data.of(100), receive(pair.peer(), 100));
    assertArrayEquals(Data.of(100), receive(pair.peer(), 100));
  }

  @Test
  void promisesCompleteInTheOrderOfTheWritesOnTheLoop() throws Exception {
    Pair pair = pair(WritingTest::littleRoom);
    Channel channel = pair.channel();
    List<Integer> order = new ArrayList<>();
    List<Future<Void>> written =
        on(
            channel,
            () -> {
              List<Future<Void>> futures = new ArrayList<>();
              for (int i = 0; i < 1000; i++) {
                int number = i;
                Future<Void> future = channel.write(buffer(Data.of(i)));
                future.addListener(done -> {
                  assertTrue(channel.eventLoop().inEventLoop());
                  order.add(number);
                });
                futures.add(future);
              }
              channel.flush();
              return futures;
            });
    int total = IntStream.range(0, 1000).sum();
    assertEquals(total, receive(pair.peer(), total).length);
    await(written.getLast());
    rounds(channel.eventLoop());
    assertEquals(IntStream.range(0, 1000).boxed().toList(), order);
  }

  @Test
  void whatWasNotFlushedIsNotSent() throws Exception {
    Pair pair = pair();
    Future<Void> written = pair.channel().write(buffer(Data.of(3)));
    rounds(pair.channel().eventLoop());
    assertFalse(written.isDone());
    pair.channel().flush();
    await(written);
    assertArrayEquals(Data.of(3), receive(pair.peer(), 3));
  }

  @Test
  void aListenerOfAWriteMayWriteAndFlush() throws Exception {
    Pair pair = pair();
    Channel channel = pair.channel();
    Promise<Void> done = channel.newPromise();
    on(
        channel,
        () -> {
          writeSoMany(channel, 2000, done);
          return null;
        });
    assertArrayEquals(new byte[2000], receive(pair.peer(), 2000));
    await(done);
  }

  private void writeSoMany(Channel channel, int count, Promise<Void> done) {
    if (count == 0) {
      done.setSuccess(null);
      return;
    }
    channel
        .writeAndFlush(buffer(new byte[1]))
        .addListener(written -> writeSoMany(channel, count - 1, done));
  }

  @Test
  void aWriteThatNobodyWaitsForIsSentToo() throws Exception {
    Pair pair = pair();
    pair.channel().write(buffer(Data.of(3)), null);
    pair.channel().flush();
    assertArrayEquals(Data.of(3), receive(pair.peer(), 3));
  }

  @Test
  void cancellingTheFutureOfAWriteHarmsNoOther() throws Exception {
    Pair pair = pair();
    Promise<Void> cancelled = pair.channel().newPromise();
    pair.channel().write(buffer(Data.of(10)), cancelled);
    assertTrue(cancelled.cancel(false));
    await(pair.channel().writeAndFlush(buffer(new byte[] {7})));
    await(pair.channel().shutdownOutput());
    byte[] all = receiveAll(pair.peer());
    assertEquals(7, all[all.length - 1]);
  }

  @Test
  void aWriteThatWasCancelledBeforeTheFlushIsNotSentAndReleased() throws Exception {
    Pair pair = pair();
    List<Promise<Void>> promises = new ArrayList<>();
    List<ByteBuf> buffers = new ArrayList<>();
    for (byte i = 0; i < 10; i++) {
      Promise<Void> promise = pair.channel().newPromise();
      ByteBuf buffer = buffer(new byte[] {i});
      promises.add(promise);
      buffers.add(buffer);
      pair.channel().write(buffer, promise);
    }
    for (int i : new int[] {0, 3, 4, 9}) {
      assertTrue(promises.get(i).cancel(false));
    }
    pair.channel().flush();
    await(pair.channel().shutdownOutput());
    assertArrayEquals(new byte[] {1, 2, 5, 6, 7, 8}, receiveAll(pair.peer()));
    for (int i = 0; i < 10; i++) {
      assertTrue(promises.get(i).isDone());
      assertEquals(0, buffers.get(i).refCnt());
    }
    assertEquals(0, pair.channel().pendingBytes());
  }

  @Test
  void writesWithAndWithoutAPromiseGoOutWhateverBecameOfThoseBefore() throws Exception {
    Pair pair = pair();
    Channel channel = pair.channel();
    int rounds = 20;
    List<Promise<Void>> promises = new ArrayList<>();
    on(
        channel,
        () -> {
          for (byte i = 0; i < rounds; i++) {
            Promise<Void> given = channel.newPromise();
            promises.add(given);
            channel.write(buffer(new byte[] {i}), null);
            channel.write(buffer(new byte[] {i}), given);
            channel.flush();
            Promise<Void> cancelled = channel.newPromise();
            channel.write(buffer(new byte[] {-1}), cancelled);
            assertTrue(cancelled.cancel(false));
            channel.flush();
            channel.write(buffer(new byte[] {i}), null); // where the cancelled one was
            channel.flush();
          }
          return null;
        });
    await(channel.shutdownOutput());
    byte[] received = receiveAll(pair.peer());
    assertEquals(3 * rounds, received.length);
    for (int i = 0; i < received.length; i++) {
      assertEquals(i / 3, received[i]);
    }
    for (Promise<Void> promise : promises) {
      assertTrue(promise.isSuccess());
    }
  }

  @Test
  void aWriteThatWasFlushedCanNoMoreBeCancelled() throws Exception {
    assumeThatWritesWait();
    Pair pair = pair();
    Future<Void> large = pair.channel().writeAndFlush(buffer(Data.of(LARGE)));
    Future<Void> small = pair.channel().writeAndFlush(buffer(Data.of(10)));
    rounds(pair.channel().eventLoop());
    assertFalse(large.cancel(false));
    assertFalse(small.cancel(false));
    assertEquals(LARGE + 10, receive(pair.peer(), LARGE + 10).length);
    await(small);
  }

  @Test
  void aCompositeWriteThatWasCancelledBeforeItWasWrittenIsNotSentInPart() throws Exception {
    Pair pair = pair();
    Promise<Void> cancelled = pair.channel().newPromise();
    assertTrue(cancelled.cancel(false));
    CompositeByteBuf composite = alloc.compositeDirectBuffer();
    composite.addComponent(true, buffer(Data.of(10))).addComponent(true, buffer(Data.of(20)));
    pair.channel().write(composite, cancelled);
    await(pair.channel().writeAndFlush(buffer(Data.of(3))));
    assertArrayEquals(Data.of(3), receive(pair.peer(), 3));
    assertEquals(0, composite.refCnt());
  }

  @Test
  void writersOnManyThreadsKeepTheirOwnOrder() throws Exception {
    Pair pair = pair();
    List<Task<?>> writers = new ArrayList<>();
    for (byte w = 0; w < 4; w++) {
      byte writer = w;
      writers.add(
          Task.start(
              ThreadKind.PLATFORM,
              () -> {
                for (int i = 0; i < 5000; i++) {
                  ByteBuf message = alloc.directBuffer(3).writeByte(writer).writeShort(i);
                  pair.channel().write(message, null);
                  pair.channel().flush();
                }
                return null;
              }));
    }
    byte[] all = receive(pair.peer(), 4 * 5000 * 3);
    ByteBuf messages = Unpooled.wrappedBuffer(all);
    int[] next = new int[4];
    while (messages.isReadable()) {
      int writer = messages.readByte();
      assertEquals(next[writer]++, messages.readShort());
    }
    for (Task<?> writer : writers) {
      writer.result();
    }
  }

  @Test
  void whoWritesInEachWritesListenerLeavesOthersTheirTurnAndTheLoopItsEnd() throws Exception {
    Pair pair = pair();
    Channel channel = pair.channel();
    Task<byte[]> reading = Task.start(ThreadKind.PLATFORM, () -> receiveAll(pair.peer()));
    on(
        channel,
        () -> {
          writeForEver(channel);
          return null;
        });
    rounds(channel.eventLoop()); // there would be none
    group.close(); // would run tasks until there are none
    assertTrue(reading.result().length > 0);
  }

  private void writeForEver(Channel channel) {
    channel
        .writeAndFlush(buffer(new byte[1]))
        .addListener(written -> {
          if (written.isSuccess()) {
            writeForEver(channel);
          }
        });
  }

  // Mistakes of handlers

  @Test
  void aBufferThatWasReleasedAfterItWasWrittenEndsTheChannelAndNothingElse() throws Exception {
    Recorder recorder = new Recorder();
    Pair pair = pair(recorder);
    Channel channel = pair.channel();
    List<Future<Void>> written = new ArrayList<>();
    on(
        channel,
        () -> {
          for (int i = 0; i < 3; i++) {
            ByteBuf buffer = buffer(Data.of(3));
            written.add(channel.write(buffer));
            if (i == 1) {
              buffer.release();
            }
          }
          channel.flush();
          return null;
        });
    recorder.expect(Recorder.Event.ACTIVE);
    recorder.expectThrown(IllegalReferenceCountException.class);
    awaitClosed(channel);
    recorder.expectEnd();
    for (Future<Void> future : written) {
      assertTrue(future.await(Task.SECONDS, TimeUnit.SECONDS));
    }
    assertEquals(0, pair.peer().recv(1).length, "nothing of the memory was sent");
  }

  @Test
  void aReleasedBufferIsRefusedAndTheChannelGoesOn() throws Exception {
    Pair pair = pair();
    ByteBuf released = buffer(Data.of(3));
    released.release();
    failure(IllegalReferenceCountException.class, pair.channel().writeAndFlush(released));
    await(pair.channel().writeAndFlush(buffer(Data.of(4))));
    assertArrayEquals(Data.of(4), receive(pair.peer(), 4));
  }

  @Test
  void aMessageThatNobodyWaitsForAndThatCannotBeWrittenIsToldTheHandlers() throws Exception {
    Recorder recorder = new Recorder();
    Pair pair = pair(recorder);
    pair.channel().writeAndFlush("text", null);
    recorder.expect(Recorder.Event.ACTIVE);
    recorder.expectThrown(UnsupportedOperationException.class);
    assertTrue(pair.channel().isOpen(), "the handler took it");
    Pair without = pair();
    without.channel().writeAndFlush("text", null);
    awaitClosed(without.channel());
  }

  // Back-pressure

  @Test
  void smallMessagesInLargeBuffersCountTheMemoryTheyHold() throws Exception {
    Channel channel = pair().channel();
    int written = 0;
    while (on(channel, channel::isWritable)) {
      channel.write(alloc.directBuffer(2048).writeByte(written++), null);
    }
    assertEquals(WaterMarks.DEFAULT.high() / 2048 + 1, written);
  }

  @Test
  void theChannelIsUnwritableAboveTheHighMarkAndWritableAgainBelowTheLow() throws Exception {
    Writability changes = new Writability();
    Pair pair = pair(client -> client.option(ChannelOption.WRITE_WATER_MARKS, MARKS), changes);
    Channel channel = pair.channel();
    assertTrue(channel.isWritable());
    on(
        channel,
        () -> {
          channel.write(buffer(Data.of(2000)));
          assertTrue(channel.isWritable(), "the mark itself is not above it");
          channel.write(buffer(Data.of(1)));
          assertFalse(channel.isWritable());
          assertEquals(2000 + 128, channel.pendingBytes(), "what a small one takes with its entry");
          channel.write(buffer(Data.of(500)));
          return null;
        });
    assertEquals(List.of(false), new ArrayList<>(changes.changes), "told once");
    channel.flush();
    assertArrayEquals(Data.of(2000), receive(pair.peer(), 2000));
    assertEquals(501, receive(pair.peer(), 501).length);
    rounds(channel.eventLoop());
    assertTrue(channel.isWritable());
    assertEquals(List.of(false, true), new ArrayList<>(changes.changes));
    assertEquals(0, channel.pendingBytes());
  }

  @Test
  void betweenTheMarksTheChannelStaysWhatItWas() throws Exception {
    assumeThatWritesWait();
    WaterMarks marks = new WaterMarks(1 << 20, 8 << 20);
    Pair pair = pair(client -> client.option(ChannelOption.WRITE_WATER_MARKS, marks));
    Channel channel = pair.channel();
    for (int i = 0; i < 16; i++) {
      channel.writeAndFlush(buffer(Data.of(1 << 20)));
    }
    int between = 0;
    for (int read = 0; read < 16 << 20; read += 1 << 19) {
      receive(pair.peer(), 1 << 19);
      rounds(channel.eventLoop());
      long pending = on(channel, channel::pendingBytes);
      assertEquals(pending < marks.low(), on(channel, channel::isWritable), pending + " bytes");
      between += pending >= marks.low() && pending <= marks.high() ? 1 : 0;
    }
    assertTrue(between > 0, "the kernel took all at once");
  }

  @Test
  void aSlowReaderMakesTheChannelUnwritableUntilItHasRead() throws Exception {
    assumeThatWritesWait();
    Writability changes = new Writability();
    Pair pair = pair(changes);
    pair.channel().writeAndFlush(buffer(Data.of(LARGE)));
    assertEquals(false, changes.changes.poll(Task.SECONDS, TimeUnit.SECONDS));
    assertFalse(pair.channel().isWritable());
    assertTrue(pair.channel().pendingBytes() > WaterMarks.DEFAULT.high());
    assertEquals(LARGE, receive(pair.peer(), LARGE).length);
    assertEquals(true, changes.changes.poll(Task.SECONDS, TimeUnit.SECONDS));
    assertTrue(pair.channel().isWritable());
  }

  @Test
  void whatAnotherThreadWritesCountsBeforeTheLoopHasSeenIt() throws Exception {
    Pair pair = pair(client -> client.option(ChannelOption.WRITE_WATER_MARKS, MARKS));
    Channel channel = pair.channel();
    CountDownLatch held = new CountDownLatch(1);
    channel
        .eventLoop()
        .execute(() -> {
          try {
            held.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    channel.writeAndFlush(buffer(Data.of(2001)));
    assertFalse(channel.isWritable());
    assertEquals(2001, channel.pendingBytes());
    held.countDown();
    assertEquals(2001, receive(pair.peer(), 2001).length);
    rounds(channel.eventLoop());
    assertTrue(channel.isWritable());
    assertEquals(0, channel.pendingBytes());
  }

  @Test
  void aWriterOnAnotherThreadThatSawTheChannelUnwritableIsToldWhenItIsWritableAgain()
      throws Exception {
    Writability changes = new Writability();
    Pair pair = pair(client -> client.option(ChannelOption.WRITE_WATER_MARKS, MARKS), changes);
    Channel channel = pair.channel();
    CountDownLatch held = new CountDownLatch(1);
    channel
        .eventLoop()
        .execute(() -> {
          try {
            held.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    int written = 0;
    while (channel.isWritable()) {
      channel.writeAndFlush(buffer(Data.of(100)));
      written += 100;
    }
    held.countDown();
    assertEquals(written, receive(pair.peer(), written).length);
    rounds(channel.eventLoop());
    assertTrue(channel.isWritable());
    List<Boolean> told = new ArrayList<>(changes.changes);
    assertFalse(told.isEmpty(), "who stopped writing waits for ever");
    assertTrue(told.getLast());
  }

  @Test
  void aChannelThatClosesTellsNothingMoreOfWritability() throws Exception {
    assumeThatWritesWait();
    Writability changes = new Writability();
    Pair pair = pair(changes);
    pair.channel().writeAndFlush(buffer(Data.of(LARGE)));
    assertEquals(false, changes.changes.poll(Task.SECONDS, TimeUnit.SECONDS));
    await(pair.channel().close());
    rounds(pair.channel().eventLoop());
    assertNull(changes.changes.poll());
    assertFalse(pair.channel().isWritable());
    assertEquals(0, pair.channel().pendingBytes());
  }

  @Test
  void newWaterMarksCountAtOnce() throws Exception {
    Writability changes = new Writability();
    Pair pair = pair(changes);
    pair.channel().write(buffer(Data.of(3000)));
    rounds(pair.channel().eventLoop());
    assertTrue(pair.channel().isWritable());
    pair.channel().setOption(ChannelOption.WRITE_WATER_MARKS, MARKS);
    rounds(pair.channel().eventLoop());
    assertFalse(pair.channel().isWritable());
    assertEquals(List.of(false), new ArrayList<>(changes.changes));
    pair.channel().flush();
    assertEquals(3000, receive(pair.peer(), 3000).length);
  }

  @Test
  void aPeerThatNeverReadsHasNoMoreKeptForItThanTheHighMarkAndOneRead() throws Exception {
    assumeThatWritesWait();
    CompletableFuture<Channel> child = new CompletableFuture<>();
    Channel listener =
        bind(
            server()
                .childHandler(made -> {
                  made.pipeline().addLast(new HonestEcho());
                  child.complete(made);
                }));
    Socket peer = connect(local(listener));
    peer.setTimeout(Duration.ofMillis(200)); // so long it takes nothing more
    long sent = 0;
    try {
      for (byte[] data = Data.of(100_000); sent < 1L << 30; ) {
        sent += peer.send(data);
      }
    } catch (SocketTimeoutException full) {
      // The echo has stopped to read.
    }
    assertTrue(sent < 1L << 30, "it goes on to read");
    Channel channel = child.get();
    long most = (long) WaterMarks.DEFAULT.high() + LARGEST_READ;
    assertTrue(channel.pendingBytes() <= most, () -> channel.pendingBytes() + " bytes");
    long used = alloc.metric().usedDirectMemory();
    assertTrue(used <= most, () -> used + " bytes");
    peer.setTimeout(LONG);
    assertEquals(sent, drainAfterEnd(peer));
  }

  private static long drainAfterEnd(Socket peer) throws IOException {
    peer.shutdown(Shutdown.WR);
    long count = 0;
    byte[] part = new byte[64 * 1024];
    for (int more; (more = peer.recvInto(part)) > 0; ) {
      count += more;
    }
    return count;
  }

  /** Sends back what it gets, and reads no more while that is not taken. */
  private static final class HonestEcho implements ChannelHandler {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ctx.writeAndFlush(message, null);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) throws Exception {
      ctx.channel().setOption(ChannelOption.AUTO_READ, ctx.channel().isWritable());
    }
  }

  // Failures

  @Test
  void whatWasNotSentFailsAndIsReleasedWhenTheChannelCloses() throws Exception {
    assumeThatWritesWait();
    Pair pair = pair();
    List<Future<Void>> written = new ArrayList<>();
    written.add(pair.channel().writeAndFlush(buffer(Data.of(LARGE))));
    written.add(pair.channel().writeAndFlush(buffer(Data.of(100))));
    written.add(pair.channel().write(buffer(Data.of(100))));
    await(pair.channel().close());
    for (Future<Void> future : written) {
      failure(ClosedException.class, future);
    }
  }

  @Test
  void whatThePeerCannotReadAnyMoreFailsAndIsReleased() throws Exception {
    assumeThatWritesWait();
    Pair pair = pair(new Recorder());
    Future<Void> written = pair.channel().writeAndFlush(buffer(Data.of(LARGE)));
    rounds(pair.channel().eventLoop());
    Future<Void> waiting = pair.channel().write(buffer(Data.of(LARGE)));
    pair.peer().close();
    awaitClosed(pair.channel());
    failure(IOException.class, written);
    failure(IOException.class, waiting);
  }

  @Test
  void aMessageOfAnUnknownKindFailsAndIsReleased() throws Exception {
    Pair pair = pair();
    failure(UnsupportedOperationException.class, pair.channel().writeAndFlush("text"));
    ByteBuf held = buffer(Data.of(3));
    io.netty.util.ReferenceCounted wrapped =
        new io.netty.util.AbstractReferenceCounted() {
          @Override
          protected void deallocate() {
            held.release();
          }

          @Override
          public io.netty.util.ReferenceCounted touch(Object hint) {
            return this;
          }
        };
    failure(UnsupportedOperationException.class, pair.channel().writeAndFlush(wrapped));
    assertEquals(0, held.refCnt());
    await(pair.channel().writeAndFlush(buffer(Data.of(3))));
    assertArrayEquals(Data.of(3), receive(pair.peer(), 3));
  }

  @Test
  void aWriteWhoseLoopHasEndedFailsAndIsReleased() throws Exception {
    Pair pair = pair();
    group.close();
    ByteBuf buffer = buffer(Data.of(10));
    Future<Void> written = pair.channel().writeAndFlush(buffer);
    assertTrue(written.isDone());
    assertFalse(written.isSuccess());
    assertEquals(0, buffer.refCnt());
    assertEquals(0, pair.channel().pendingBytes());
  }

  @Test
  void aChannelThatAWritesListenerClosesReportsNoNegativePendingBytes() throws Exception {
    Pair pair = pair();
    Channel channel = pair.channel();
    on(
        channel,
        () -> {
          channel.write(buffer(Data.of(10))).addListener(done -> channel.close());
          channel.write(buffer(Data.of(20)));
          channel.flush();
          return null;
        });
    awaitClosed(channel);
    assertEquals(0, channel.pendingBytes());
  }

  @Test
  void aChannelThatAWritesListenerClosesTouchesItsDescriptorNoMore() throws Exception {
    Pair pair = pair();
    Channel channel = pair.channel();
    Ends others =
        on(
            channel,
            () -> {
              Promise<Ends> opened = channel.eventLoop().newPromise();
              channel
                  .write(buffer(Data.of(10)))
                  .addListener(done -> {
                    channel.close();
                    opened.setSuccess(ends()); // one of them has the channel's old number
                  });
              channel.shutdownOutput();
              return opened.getNow();
            });
    for (Socket socket : List.of(others.one(), others.other())) {
      socket.sendAll(Data.of(3));
    }
    assertArrayEquals(Data.of(3), receive(others.one(), 3));
  }

  @Test
  void aWriteErrorNamesTheCallAndTheAddress() throws Exception {
    Pair pair = pair(client -> client.option(ChannelOption.AUTO_READ, false), new Recorder());
    pair.peer().close();
    IOException failure = null;
    while (failure == null) {
      Future<Void> written = pair.channel().writeAndFlush(buffer(Data.of(100)));
      written.await();
      failure = (IOException) written.cause();
    }
    assertMessage("send " + pair.channel().remoteAddress() + ": E", failure);
    assertTrue(((SocketError) failure).errno() > 0);
  }
}
