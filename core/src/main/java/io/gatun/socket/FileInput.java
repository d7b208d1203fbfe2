package io.gatun.socket;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;

/** The bytes of a {@link SocketFile}, until that is closed. Closing this does nothing. */
final class FileInput extends InputStream {
  private final SocketFile file;
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
    file.check("read");
    return in.read();
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    file.check("read");
    return in.read(into, offset, length);
  }

  @Override
  public long skip(long count) throws IOException {
    file.check("read");
    return in.skip(count);
  }

  @Override
  public int available() throws IOException {
    file.check("read");
    return in.available();
  }
}
