package io.gatun.socket;

import io.gatun.address.UnixAddress;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A java.net.Socket that is a {@link Socket}. Its streams allocate nothing; the JDK's own would.
 */
final class SocketAdapter extends java.net.Socket {
  private final SocketAdapterImpl impl;
  private final Input input = new Input();
  private final Output output = new Output();

  SocketAdapter(@Nullable UnixAddress path) throws SocketException {
    this(new SocketAdapterImpl(path, false));
  }

  private SocketAdapter(SocketAdapterImpl impl) throws SocketException {
    super(impl);
    this.impl = impl;
    impl.owner = this;
  }

  @Override
  public InputStream getInputStream() throws IOException {
    InputStream checked = super.getInputStream(); // throws where there can be none
    return checked == null ? checked : input;
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    OutputStream checked = super.getOutputStream();
    return checked == null ? checked : output;
  }

  /** As with the JDK's, one thread at a time reads; closing waits for nobody. */
  private final class Input extends InputStream {
    private final byte[] one = new byte[1];

    @Override
    public synchronized int read() throws IOException {
      return impl.read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public synchronized int read(byte[] buffer, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, buffer.length);
      return length == 0 ? 0 : impl.read(buffer, offset, length);
    }

    @Override
    public int available() throws IOException {
      return impl.available();
    }

    @Override
    public void close() throws IOException {
      SocketAdapter.this.close();
    }
  }

  /** As with the JDK's, one thread at a time writes: nothing comes between the bytes of a call. */
  private final class Output extends OutputStream {
    private final byte[] one = new byte[1];

    @Override
    public synchronized void write(int value) throws IOException {
      one[0] = (byte) value;
      impl.write(one, 0, 1);
    }

    @Override
    public synchronized void write(byte[] buffer, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, buffer.length);
      if (length > 0) {
        impl.write(buffer, offset, length);
      }
    }

    @Override
    public void close() throws IOException {
      SocketAdapter.this.close();
    }
  }
}
