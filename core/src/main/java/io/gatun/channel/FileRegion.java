package io.gatun.channel;

import io.gatun.os.Abi;
import io.gatun.os.Kernel;
import io.gatun.transport.Registration;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.AbstractReferenceCounted;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A part of a file, as a message of a stream: sent in its turn by sendfile(2), TransmitFile on
 * Windows, without a copy into this process, and by reading where the system has no such call or
 * the file none. It is written once, and closes the file when it is sent or failed.
 *
 * <p>The loop waits for a disk that is slow. A file that shrinks meanwhile breaks the stream off:
 * the channel closes with EIO.
 */
public final class FileRegion extends AbstractReferenceCounted {
  private static final int CHUNK = 64 * 1024;
  private static final int EIO = Abi.HOST.errno("EIO");
  private static final int NONE = -1;

  /** Where the file can be opened again for reading; null if {@link #reader} is there. */
  private final @Nullable Path path;

  /** What Kernel.open returned, or NONE. */
  private final int file;

  private @Nullable FileChannel reader;
  private boolean reads;
  private boolean written;
  private long position;
  private long left;

  /** What was read and not sent yet. */
  private @Nullable ByteBuf chunk;

  private FileRegion(
      @Nullable Path path, int file, @Nullable FileChannel reader, long offset, long count) {
    this.path = path;
    this.file = file;
    this.reader = reader;
    this.reads = file == NONE;
    this.position = offset;
    this.left = count;
  }

  /** Opens a file to send all of it. */
  public static FileRegion open(Path path) throws IOException {
    return open(path, 0, Files.size(path));
  }

  /**
   * Opens a file to send a part of it.
   *
   * @param offset where the part begins, 0 or more
   * @param count its bytes, 0 or more
   * @throws EOFException if the file ends before the part does
   */
  public static FileRegion open(Path path, long offset, long count) throws IOException {
    check(path, Files.size(path), offset, count);
    int file = NONE;
    if (path.getFileSystem().equals(FileSystems.getDefault())) {
      Kernel kernel = Kernel.acquire();
      try (Arena arena = Arena.ofConfined()) {
        file = Math.max(NONE, kernel.open(arena.allocateFrom(path.toString()).address()));
      } finally {
        Kernel.release(kernel);
      }
    }
    FileChannel reader = file == NONE ? FileChannel.open(path) : null;
    return new FileRegion(path, file, reader, offset, count);
  }

  /**
   * Makes a region of a file that is open, which is read: there is no way to its descriptor. The
   * region closes it.
   *
   * @param offset where the part begins, 0 or more; the file's own position stays as it is
   * @param count its bytes, 0 or more
   * @throws EOFException if the file ends before the part does; it stays open then
   */
  public static FileRegion of(FileChannel channel, long offset, long count) throws IOException {
    check(channel, channel.size(), offset, count);
    return new FileRegion(null, NONE, channel, offset, count);
  }

  private static void check(Object file, long size, long offset, long count) throws EOFException {
    if (offset < 0 || count < 0) {
      throw new IllegalArgumentException(
          "offset " + offset + ", count " + count + " (expected: 0 or more)");
    }
    if (offset > size || count > size - offset) {
      throw new EOFException(
          file + " has " + size + " bytes, fewer than " + count + " from " + offset + " on");
    }
  }

  /** Returns the number of bytes that were not sent yet. For use on the channel's loop. */
  public long left() {
    return left;
  }

  /** Marks the region as written. Returns false if it was before. */
  synchronized boolean claim() {
    boolean first = !written;
    written = true;
    return first;
  }

  /**
   * Returns the number of bytes that the next {@link #write} is to take, at most as many as given;
   * or a negative errno.
   */
  int prepare(ByteBufAllocator allocator, int most) {
    int length = (int) Math.min(left, most);
    if (!reads || length == 0) {
      return length;
    }
    ByteBuf buffer = chunk;
    if (buffer == null) {
      buffer = allocator.directBuffer(CHUNK);
      chunk = buffer;
    }
    if (!buffer.isReadable()) {
      buffer.clear();
      try {
        FileChannel from = reader();
        int count = (int) Math.min(left, CHUNK);
        if (buffer.writeBytes(from, position, count) <= 0) {
          return -EIO; // the end
        }
      } catch (IOException e) {
        return -EIO;
      }
    }
    return Math.min(length, buffer.readableBytes());
  }

  private FileChannel reader() throws IOException {
    FileChannel open = reader;
    if (open == null) {
      if (path == null) {
        throw new IllegalStateException("a region of no file");
      }
      open = FileChannel.open(path);
      reader = open;
    }
    return open;
  }

  /** Writes as many bytes as {@link #prepare} returned. */
  int write(Registration registration, int length) {
    ByteBuf buffer = chunk;
    return buffer != null
        ? registration.write(buffer.memoryAddress() + buffer.readerIndex(), length)
        : registration.writeFile(file, position, length);
  }

  /** Whether writing has failed only because this file cannot be sent so: then it is read. */
  boolean readsAfter(int errno) {
    boolean noWay = !reads && Kernel.isFileRefused(errno);
    reads |= noWay;
    return noWay;
  }

  /** So many bytes were sent. */
  void advance(long count) {
    position += count;
    left -= count;
    if (chunk != null) {
      chunk.skipBytes((int) count);
    }
  }

  @Override
  public FileRegion touch(Object hint) {
    return this;
  }

  @Override
  protected void deallocate() {
    if (chunk != null) {
      chunk.release();
    }
    if (file != NONE) {
      Kernel kernel = Kernel.acquire();
      try {
        int ignored = kernel.closeFile(file);
      } finally {
        Kernel.release(kernel);
      }
    }
    if (reader != null) {
      try {
        reader.close();
      } catch (IOException e) {
        // It was only read.
      }
    }
  }
}
