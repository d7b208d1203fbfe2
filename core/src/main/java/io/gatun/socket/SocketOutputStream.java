package io.gatun.socket;

import java.io.IOException;
import java.io.OutputStream;

/** The bytes that a socket sends; writing allocates nothing. Closing does nothing. */
final class SocketOutputStream extends OutputStream {
  private final Socket socket;
  private final byte[] one = new byte[1];

  SocketOutputStream(Socket socket) {
    this.socket = socket;
  }

  @Override
  public void write(int value) throws IOException {
    one[0] = (byte) value;
    socket.sendAll(one, 0, 1);
  }

  @Override
  public void write(byte[] buffer, int offset, int length) throws IOException {
    if (length > 0) {
      socket.sendAll(buffer, offset, length);
    }
  }
}
