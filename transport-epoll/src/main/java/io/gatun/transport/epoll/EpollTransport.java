package io.gatun.transport.epoll;

import io.gatun.os.Abi;
import io.gatun.os.Os;
import io.gatun.transport.Driver;
import io.gatun.transport.ReadinessDriver;
import io.gatun.transport.Transport;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The epoll(7) loop: edge-triggered, each descriptor added once. */
public final class EpollTransport implements Transport {
  /** Called by {@link java.util.ServiceLoader}. */
  public EpollTransport() {}

  @Override
  public String name() {
    return "epoll";
  }

  @Override
  public int preference() {
    return 100;
  }

  @Override
  public @Nullable String unavailability() {
    return Abi.HOST.os() == Os.LINUX ? null : "epoll is Linux's, and this is " + Abi.HOST.os();
  }

  @Override
  public Driver open() throws IOException {
    return new ReadinessDriver(new EpollPoller());
  }

  @Override
  public String toString() {
    return name();
  }
}
