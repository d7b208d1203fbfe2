package io.gatun.transport.kqueue;

import io.gatun.os.Abi;
import io.gatun.transport.Driver;
import io.gatun.transport.ReadinessDriver;
import io.gatun.transport.Transport;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The kqueue(2) loop: edge-triggered, each filter of a descriptor added once.
 *
 * <p>On a system without kqueue, the property {@code gatun.kqueue.library} may name a library that
 * has {@code kqueue} and {@code kevent}, with macOS's numbers and layouts.
 */
public final class KqueueTransport implements Transport {
  /** Called by {@link java.util.ServiceLoader}. */
  public KqueueTransport() {}

  @Override
  public String name() {
    return "kqueue";
  }

  @Override
  public int preference() {
    return Kqueue.NATIVE ? 100 : 200; // who names a library wants it
  }

  @Override
  public @Nullable String unavailability() {
    if (Kqueue.NATIVE) { // NetBSD 10 has it under another name, with other events
      return Kqueue.find("kevent").isPresent() ? null : "this system's kevent is not known here";
    }
    return Kqueue.LIBRARY.isEmpty()
        ? "kqueue is that of macOS and the BSDs, and this is " + Abi.HOST.os()
        : Kqueue.whyNot();
  }

  @Override
  public Driver open() throws IOException {
    return new ReadinessDriver(new KqueuePoller());
  }
}
