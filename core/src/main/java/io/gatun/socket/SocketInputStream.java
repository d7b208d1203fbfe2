package io.gatun.socket;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/** The bytes that a socket receives; reading allocates nothing. Closing does nothing. */
final class SocketInputStream extends InputStream {
  private final Socket socket;
  private final byte[] one = new byte[1];

  SocketInputStream(Socket socket) {
    this.socket = socket;
  }

  @Override
  public int read() throws IOException {
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    if (Objects.checkFromIndexSize(offset, length, buffer.length) >= 0 && length == 0) {
      return 0;
    }
    int count = socket.recvInto(buffer, offset, length);
    return count == 0 ? -1 : count;
  }

  @Override
  public int available() throws IOException {
    return socket.available();
  }
}
