package io.gatun.transport;

import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One of the operating system's ways to wait for many descriptors at once. Implementations are
 * found by {@link ServiceLoader}; instances are stateless and may be used by any thread.
 */
public interface Transport {
  /** Returns the name by which users choose it, such as {@code epoll}. */
  String name();

  /** Orders the transports of one machine: the available one with the largest number is best. */
  int preference();

  /**
   * Returns whether its drivers are {@link ReadinessDriver}s, which can watch a descriptor that
   * stays another's.
   */
  default boolean observes() {
    return true;
  }

  /** Returns why this transport cannot work on this machine, as a clause, or null when it can. */
  @Nullable String unavailability();

  /**
   * Opens a driver for one event loop.
   *
   * @throws IOException if the system refuses, as with EMFILE
   */
  Driver open() throws IOException;

  /** Returns every transport on the module or class path, best first, available or not. */
  static List<Transport> all() {
    return ServiceLoader.load(Transport.class, Transport.class.getClassLoader()).stream()
        .map(ServiceLoader.Provider::get)
        .sorted(Comparator.comparingInt(Transport::preference).reversed())
        .toList();
  }

  /** Returns the best transport that works on this machine. */
  static Transport best() {
    return best(transport -> true);
  }

  /** Returns the best transport that works on this machine and {@link #observes}. */
  static Transport bestObserver() {
    return best(Transport::observes);
  }

  private static Transport best(Predicate<Transport> wanted) {
    return all().stream()
        .filter(transport -> transport.unavailability() == null)
        .filter(wanted)
        .findFirst()
        .orElseThrow(() -> new UnsupportedOperationException("no transport works on this machine"));
  }

  /**
   * Returns the transport of a name.
   *
   * @throws IllegalArgumentException if there is none, or it cannot work here; the message says why
   */
  static Transport named(String name) {
    List<Transport> all = all();
    Transport found =
        all.stream()
            .filter(transport -> transport.name().equals(name))
            .findFirst()
            .orElseThrow(() ->
                new IllegalArgumentException(
                    "there is no transport "
                        + name
                        + "; there are: "
                        + all.stream()
                            .filter(transport -> transport.unavailability() == null)
                            .map(Transport::name)
                            .collect(Collectors.joining(", "))));
    String why = found.unavailability();
    if (why != null) {
      throw new IllegalArgumentException("transport " + name + " does not work here: " + why);
    }
    return found;
  }
}
