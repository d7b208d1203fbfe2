package io.gatun.socket;

import io.gatun.error.ClosedException;
import io.gatun.error.SocketError;
import io.gatun.error.SocketErrors;
import io.gatun.os.Abi;
import io.gatun.os.Errno;
import io.gatun.os.Kernel;
import io.gatun.os.Memory;
import io.gatun.socket.Operations.Op;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The two ways to send a file. */
final class FileSending {
  private static final int MAX_LENGTH = 1 << 30;
  private static final int BUFFER = 64 * 1024;

  private FileSending() {}

  /** Where a file is read by its descriptor. Windows has none that sockets and files share. */
  private static final boolean READS = Abi.HOST.prototypes().containsKey("pread");

  /**
   * Sends by sendfile(2), or where that cannot be, by reading the file: the one that was opened, as
   * another may have its name by then.
   */
  static long send(Socket socket, Operations operations, Path file, long offset, long count)
      throws IOException {
    boolean system = READS && file.getFileSystem().equals(FileSystems.getDefault());
    int fd = system ? open(file) : -1;
    if (fd < 0) { // then the JDK tells why, or has a way
      try (FileChannel channel = FileChannel.open(file)) {
        return byReading(socket, channel, offset, count);
      }
    }
    try {
      long sent = bySendfile(operations, fd, offset, count);
      return sent >= 0
          ? sent
          : byReading(socket, (into, at) -> read(file, fd, into, at), null, offset, count);
    } finally {
      close(fd);
    }
  }

  /** Reads a file at a place. */
  private interface Source {
    int read(ByteBuffer into, long at) throws IOException;
  }

  private static int read(Path file, int fd, ByteBuffer into, long at) throws IOException {
    Kernel kernel = Kernel.acquire();
    try {
      int count;
      do {
        count = kernel.pread(fd, Memory.address(into), into.remaining(), at);
      } while (count == -Errno.EINTR);
      if (count < 0) { // EISDIR, or ESPIPE of what has no places, a FIFO say
        throw SocketErrors.ofDescriptor("sendfile", file, count);
      }
      into.position(into.position() + count);
      return count;
    } finally {
      Kernel.release(kernel);
    }
  }

  /** Opens a file of the default file system. Returns its descriptor, or a negative errno. */
  static int open(Path file) {
    Kernel kernel = Kernel.acquire();
    try (Arena arena = Arena.ofConfined()) {
      return kernel.open(arena.allocateFrom(file.toString()).address());
    } finally {
      Kernel.release(kernel);
    }
  }

  static void close(int file) {
    Kernel kernel = Kernel.acquire();
    try {
      int ignored = kernel.closeFile(file);
    } finally {
      Kernel.release(kernel);
    }
  }

  /**
   * Sends by sendfile(2).
   *
   * @param count negative for all that follows
   * @return the number of bytes sent, or a negative errno if that is no way to send this file
   */
  static long bySendfile(Operations operations, int fd, long offset, long count)
      throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      long place = arena.allocate(Long.BYTES, Long.BYTES).address();
      Memory.setLong(place, offset);
      long sent = 0;
      while (count < 0 || sent < count) {
        int most = count < 0 ? MAX_LENGTH : (int) Math.min(count - sent, MAX_LENGTH);
        int more;
        try {
          more =
              operations.run(
                  Op.SENDFILE, (kernel, socket, _) -> kernel.sendfile(socket, fd, place, most), 0);
        } catch (IOException e) {
          if (sent == 0 && e instanceof SocketError error && Kernel.isFileRefused(-error.errno())) {
            return -error.errno();
          }
          if (e instanceof ClosedException closed && !operations.descriptor.isClosed()) {
            throw SocketErrors.ofDescriptor("sendfile", "of descriptor " + fd, closed.errno());
          }
          throw e;
        }
        if (more == 0) {
          break; // the end of the file
        }
        sent += more;
      }
      return sent;
    }
  }

  static long byReading(Socket socket, FileChannel file, long offset, long count)
      throws IOException {
    return byReading(socket, file::read, file, offset, count);
  }

  private static long byReading(
      Socket socket, Source file, @Nullable FileChannel channel, long offset, long count)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
    long sent = 0;
    try {
      while (count < 0 || sent < count) {
        buffer.clear();
        if (count >= 0) {
          buffer.limit((int) Math.min(BUFFER, count - sent));
        }
        int read = file.read(buffer, offset + sent);
        if (read <= 0) {
          break;
        }
        buffer.flip();
        while (buffer.hasRemaining()) {
          sent += socket.send(buffer);
        }
      }
    } finally {
      if (sent > 0 && channel != null) {
        channel.position(offset + sent);
      }
    }
    return sent;
  }
}
