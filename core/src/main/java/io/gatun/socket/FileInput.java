package io.gatun.socket;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.locks.ReentrantLock;

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
