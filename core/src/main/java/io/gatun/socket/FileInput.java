package io.gatun.socket;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The bytes of a {@link SocketFile}, until that is closed. Closing this does nothing. */
final class FileInput extends InputStream {
  private final SocketFile file;

  /** Held for the whole of a read. */
  final ReentrantLock lock = new ReentrantLock();

  private final InputStream in;

  /**
   * Reads from a socket.
   *
   * @param size of the buffer, 0 for none
   */
  FileInput(SocketFile file, Socket socket, int size) {
    this.file = file;
    InputStream raw = new SocketInputStream(socket);
    in = size == 0 ? raw : new BufferedInputStream(raw, size);
  }

  @Override
  public int read() throws IOException {
    lock.lock();
    try {
      file.check("read");
      return in.read();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    lock.lock();
    try {
      file.check("read");
      return in.read(into, offset, length);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Reads a line with its end, or the beginning of one; null at the end of the stream. What was
   * read stays in the buffer until it is returned, so that a timeout loses nothing.
   */
  byte @Nullable [] readLine(int limit) throws IOException {
    lock.lock();
    try {
      file.check("read");
      if (!in.markSupported()) {
        throw new IllegalStateException("lines need a buffer");
      }
      in.mark(limit);
      boolean whole = false;
      try {
        byte[] line = lineOf(limit);
        whole = true;
        return line;
      } finally {
        if (!whole) {
          in.reset();
        }
        in.mark(0); // else the buffer would keep what follows
      }
    } finally {
      lock.unlock();
    }
  }

  private byte @Nullable [] lineOf(int limit) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int b = 0;
    while (b != '\n' && line.size() < limit) {
      b = in.read();
      if (b < 0) {
        return line.size() == 0 ? null : line.toByteArray();
      }
      line.write(b);
    }
    return line.toByteArray();
  }

  @Override
  public long skip(long count) throws IOException {
    lock.lock();
    try {
      file.check("read");
      return in.skip(count);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public int available() throws IOException {
    lock.lock();
    try {
      file.check("read");
      return in.available();
    } finally {
      lock.unlock();
    }
  }
}
