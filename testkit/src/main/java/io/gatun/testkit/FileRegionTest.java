package io.gatun.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gatun.channel.Channel;
import io.gatun.channel.ChannelOption;
import io.gatun.channel.FileRegion;
import io.gatun.error.ClosedException;
import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.concurrent.Future;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Files as messages of a stream. */
@OnEachLane
public final class FileRegionTest extends ChannelLab {
  /** More than any socket takes at once. */
  private static final int LARGE = 16 << 20;

  FileRegionTest(Lane lane) throws IOException {
    super(lane);
  }

  private Path file(int size) throws IOException {
    return Files.write(folder.resolve("file" + size), Data.of(size));
  }

  @Test
  void allOfAFileIsSentAndTheFileClosed() throws Exception {
    Pair pair = pair();
    for (int size : new int[] {0, 1, 65_536, LARGE}) {
      FileRegion region = FileRegion.open(file(size));
      Future<Void> written = pair.channel().writeAndFlush(region);
      assertArrayEquals(Data.of(size), receive(pair.peer(), size));
      await(written);
      assertEquals(0, region.refCnt());
      assertEquals(0, region.left());
    }
    assertEquals(0, pair.channel().pendingBytes());
  }

  @Test
  void withoutMemoryToReadAFileTheWriteFailsAndTheChannelCloses() throws Exception {
    Pair pair = pair(new Recorder());
    ByteBufAllocator none =
        new AbstractByteBufAllocator(true) {
          @Override
          protected ByteBuf newHeapBuffer(int capacity, int most) {
            throw new OutOfMemoryError("a test's");
          }

          @Override
          protected ByteBuf newDirectBuffer(int capacity, int most) {
            throw new OutOfMemoryError("a test's");
          }

          @Override
          public boolean isDirectBufferPooled() {
            return false;
          }
        };
    pair.channel().setOption(ChannelOption.ALLOCATOR, none);
    FileChannel file = FileChannel.open(file(10));
    Future<Void> written = pair.channel().writeAndFlush(FileRegion.of(file, 0, 10));
    failure(ClosedException.class, written);
    awaitClosed(pair.channel());
    assertFalse(file.isOpen());
  }

  @Test
  void aPartOfAFileIsSent() throws Exception {
    Pair pair = pair();
    byte[] all = Data.of(200_000);
    Path file = file(all.length);
    for (int[] part : new int[][] {{0, 10}, {100_000, 100_000}, {199_999, 1}, {200_000, 0}}) {
      await(pair.channel().writeAndFlush(FileRegion.open(file, part[0], part[1])));
      byte[] expected = Arrays.copyOfRange(all, part[0], part[0] + part[1]);
      assertArrayEquals(expected, receive(pair.peer(), part[1]));
    }
  }

  @Test
  void aFileThatIsOpenIsReadFromWhereItIsToldAndClosed() throws Exception {
    Pair pair = pair();
    byte[] all = Data.of(LARGE);
    FileChannel channel = FileChannel.open(file(LARGE));
    channel.position(7);
    Future<Void> written = pair.channel().writeAndFlush(FileRegion.of(channel, 1000, LARGE - 2000));
    byte[] expected = Arrays.copyOfRange(all, 1000, LARGE - 1000);
    assertArrayEquals(expected, receive(pair.peer(), expected.length));
    await(written);
    assertFalse(channel.isOpen());
  }

  @Test
  void filesAndBuffersGoOutInTheirOrderWhateverTheSocketTakes() throws Exception {
    Pair pair = pair(client -> client.option(ChannelOption.SO_SNDBUF, 4096));
    Channel channel = pair.channel();
    Random random = new Random(6);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    Future<Void> last = channel.write(buffer(Data.of(1)));
    all.writeBytes(Data.of(1));
    for (int i = 0; i < 60; i++) {
      int size = random.nextInt(30_000);
      all.writeBytes(Data.of(size));
      last =
          switch (random.nextInt(3)) {
            case 0 -> channel.write(FileRegion.open(file(size)));
            case 1 -> channel.write(FileRegion.of(FileChannel.open(file(size)), 0, size));
            default -> channel.write(buffer(Data.of(size)));
          };
      if (random.nextInt(10) == 0) {
        channel.flush();
      }
    }
    channel.flush();
    assertArrayEquals(all.toByteArray(), receive(pair.peer(), all.size()));
    await(last);
  }

  @Test
  void moreThanTheFileHasIsRefusedBeforeAnythingIsSent() throws Exception {
    Path file = file(100);
    EOFException end = assertThrows(EOFException.class, () -> FileRegion.open(file, 0, 101));
    assertEquals(file + " has 100 bytes, fewer than 101 from 0 on", end.getMessage());
    assertThrows(EOFException.class, () -> FileRegion.open(file, 101, 0));
    assertThrows(EOFException.class, () -> FileRegion.open(file, 50, Long.MAX_VALUE));
    assertThrows(IllegalArgumentException.class, () -> FileRegion.open(file, -1, 1));
    assertThrows(NoSuchFileException.class, () -> FileRegion.open(folder.resolve("no")));
    try (FileChannel channel = FileChannel.open(file)) {
      assertThrows(EOFException.class, () -> FileRegion.of(channel, 1, 100));
    }
  }

  @Test
  void aFileThatShrinksWhileItIsSentEndsTheChannel() throws Exception {
    for (boolean opened : new boolean[] {false, true}) {
      Pair pair = pair(new Recorder());
      Path file = file(100_000);
      FileRegion region =
          opened ? FileRegion.of(FileChannel.open(file), 0, 100_000) : FileRegion.open(file);
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.truncate(500);
      }
      Future<Void> written = pair.channel().write(region);
      Future<Void> after = pair.channel().writeAndFlush(buffer(Data.of(3)));
      assertArrayEquals(Arrays.copyOf(Data.of(100_000), 500), receiveAll(pair.peer()));
      assertMessage("send ", failure(IOException.class, written));
      failure(IOException.class, after);
      assertEquals(0, region.refCnt());
      awaitClosed(pair.channel());
    }
  }

  /** Some loops tell of a failure behind bytes that were taken later than of those. */
  @Test
  void whatIsFlushedBetweenAFailureAndItsBeingToldIsNotSent() throws Exception {
    int size = 600_000;
    int there = 300_000;
    for (boolean opened : new boolean[] {false, true}) {
      Pair pair = pair(new Recorder());
      Path file = file(size);
      FileRegion region =
          opened ? FileRegion.of(FileChannel.open(file), 0, size) : FileRegion.open(file);
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.truncate(there);
      }
      Channel channel = pair.channel();
      Future<Future<Void>> flushed =
          channel
              .eventLoop()
              .submit(() -> {
                channel.writeAndFlush(region, null);
                return channel.writeAndFlush(buffer(Data.of(3)));
              });
      assertArrayEquals(Arrays.copyOf(Data.of(size), there), receiveAll(pair.peer()));
      failure(IOException.class, await(flushed));
      assertEquals(0, region.refCnt());
      awaitClosed(channel);
    }
  }

  @Test
  void aFileThatWasNotSentIsClosedWithTheChannel() throws Exception {
    assumeThatWritesWait();
    Pair pair = pair();
    FileRegion first = FileRegion.open(file(LARGE));
    FileRegion second = FileRegion.open(file(100));
    Future<Void> written = pair.channel().writeAndFlush(first);
    Future<Void> waiting = pair.channel().write(second);
    rounds(pair.channel().eventLoop());
    await(pair.channel().close());
    failure(ClosedException.class, written);
    failure(ClosedException.class, waiting);
    assertEquals(0, first.refCnt());
    assertEquals(0, second.refCnt());
    FileRegion late = FileRegion.open(file(100));
    failure(ClosedException.class, pair.channel().writeAndFlush(late));
    assertEquals(0, late.refCnt());
  }

  @Test
  void aFileThatWasCancelledBeforeTheFlushIsNotSentAndClosed() throws Exception {
    Pair pair = pair();
    FileRegion region = FileRegion.open(file(100));
    Future<Void> cancelled = pair.channel().write(region);
    rounds(pair.channel().eventLoop());
    cancelled.cancel(false);
    await(pair.channel().writeAndFlush(buffer(Data.of(3))));
    assertArrayEquals(Data.of(3), receive(pair.peer(), 3));
    assertEquals(0, region.refCnt());
  }

  @Test
  void aRegionIsWrittenOnce() throws Exception {
    Pair pair = pair();
    FileRegion region = FileRegion.open(file(100));
    region.retain();
    await(pair.channel().writeAndFlush(region));
    failure(IllegalStateException.class, pair.channel().writeAndFlush(region));
    assertArrayEquals(Data.of(100), receive(pair.peer(), 100));
    assertEquals(0, region.refCnt());
  }
}
