package io.gatun.transport;

import io.gatun.os.Abi;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The poll(2) loop: the one that works everywhere. */
public final class PollTransport implements Transport {
  /** Called by {@link java.util.ServiceLoader}. */
  public PollTransport() {}

  @Override
  public String name() {
    return "poll";
  }

  @Override
  public int preference() {
    return 0;
  }

  @Override
  public @Nullable String unavailability() {
    return null;
  }

  @Override
  public Driver open() throws IOException {
    return new ReadinessDriver(new PollPoller());
  }

  @Override
  public String toString() {
    return name() + " on " + Abi.HOST.os();
  }
}
