package io.gatun.transport.iocp;

import io.gatun.os.Abi;
import io.gatun.os.Os;
import io.gatun.transport.Driver;
import io.gatun.transport.Transport;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The loop over a completion port: operations are handed over, and the port tells their end.
 *
 * <p>Files are sent by TransmitFile. Editions of Windows for clients carry out two of its calls at
 * a time, of all programs together, and let the others wait; those for servers have no such limit.
 */
public final class IocpTransport implements Transport {
  /** Called by {@link java.util.ServiceLoader}. */
  public IocpTransport() {}

  @Override
  public String name() {
    return "iocp";
  }

  @Override
  public int preference() {
    return 100;
  }

  @Override
  public boolean observes() {
    return false;
  }

  @Override
  public @Nullable String unavailability() {
    return Abi.HOST.os() == Os.WINDOWS
        ? null
        : "completion ports are Windows's, and this is " + Abi.HOST.os();
  }

  @Override
  public Driver open() throws IOException {
    return new IocpDriver();
  }
}
