package io.gatun.socket;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Bytes that a {@link SocketFile} sends, until that is closed. What a flush could not send in time
 * stays in the buffer, and nothing else does: no byte is sent twice. (The JDK's buffered stream
 * keeps all of it.) Closing this flushes.
 */
final class FileOutput extends OutputStream {
  private final SocketFile file;
  private final Socket socket;

  /** Held for the whole of a write, so that nothing comes between its bytes. */
  final ReentrantLock lock = new ReentrantLock();

  /** What was written and not sent, up to its position. Guarded by the lock. */
  private final ByteBuffer buffer;

  /**
   * Sends by a socket.
   *
   * @param size of the buffer, 0 for none
   */
  FileOutput(SocketFile file, Socket socket, int size) {
    this.file = file;
    this.socket = socket;
    this.buffer = ByteBuffer.allocate(size);
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] from, int offset, int length) throws IOException {
    write(ByteBuffer.wrap(from, offset, length));
  }

  /** Writes all of a buffer; should that fail, its position tells how much was taken. */
  void write(ByteBuffer from) throws IOException {
    lock.lock();
    try {
      file.check("write");
      while (from.hasRemaining()) {
        if (!buffer.hasRemaining()) {
          flush();
        }
        if (buffer.position() == 0 && from.remaining() >= buffer.capacity()) {
          socket.sendAll(from);
        } else {
          int part = Math.min(from.remaining(), buffer.remaining());
          buffer.put(from.slice().limit(part));
          from.position(from.position() + part);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void flush() throws IOException {
    lock.lock();
    try {
      file.check("write");
      buffer.flip();
      try {
        if (buffer.hasRemaining()) {
          socket.sendAll(buffer);
        }
      } finally {
        buffer.compact();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Returns whether the file is closed, and nothing can be sent any more. */
  boolean isClosed() {
    return file.isClosed();
  }

  @Override
  public void close() throws IOException {
    if (!isClosed()) {
      flush();
    }
  }
}
