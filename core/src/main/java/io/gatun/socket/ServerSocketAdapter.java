package io.gatun.socket;

import io.gatun.address.UnixAddress;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.SocketException;
import org.jspecify.annotations.Nullable;

/** A java.net.ServerSocket that is a {@link Socket}. */
final class ServerSocketAdapter extends ServerSocket {
  private final @Nullable UnixAddress path;

  ServerSocketAdapter(@Nullable UnixAddress path) {
    super(new SocketAdapterImpl(path, true));
    this.path = path;
  }

  @Override
  public java.net.Socket accept() throws IOException {
    if (isClosed()) {
      throw new SocketException("Socket is closed");
    }
    if (!isBound()) {
      throw new SocketException("Socket is not bound yet");
    }
    java.net.Socket accepted = new SocketAdapter(path);
    implAccept(accepted);
    return accepted;
  }
}
