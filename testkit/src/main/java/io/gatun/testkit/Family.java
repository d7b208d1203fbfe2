package io.gatun.testkit;

import io.gatun.address.Address;
import io.gatun.address.Ipv4Address;
import io.gatun.address.Ipv6Address;
import io.gatun.address.UnixAddress;
import io.gatun.os.Abi;
import io.gatun.os.Os;
import io.gatun.socket.Socket;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** The families that carry streams on every machine, or nearly. */
enum Family {
  IPV4,
  IPV6,
  UNIX_PATH,
  UNIX_ABSTRACT;

  private static final AtomicInteger COUNT = new AtomicInteger();

  static Stream<Family> all() {
    return Arrays.stream(values());
  }

  boolean isUnix() {
    return this == UNIX_PATH || this == UNIX_ABSTRACT;
  }

  /** Ends a test that this machine cannot run, and says why. */
  void assume() {
    Assumptions.assumeTrue(
        this != UNIX_ABSTRACT || Abi.HOST.os() == Os.LINUX, "abstract names are Linux's");
    if (this == IPV6) {
      try (Socket socket = Socket.openFor(Ipv6Address.loopback(0))) {
        socket.bind(Ipv6Address.loopback(0));
      } catch (IOException e) {
        Assumptions.abort("this machine has no IPv6 loopback: " + e.getMessage());
      }
    } else if (this == UNIX_PATH) {
      try {
        Socket.openFor(UnixAddress.UNNAMED).close();
      } catch (IOException e) {
        Assumptions.abort("this machine has no Unix sockets: " + e.getMessage());
      }
    }
  }

  /** Returns an address of this host that nobody has bound yet. */
  Address fresh(Path folder) {
    return switch (this) {
      case IPV4 -> Ipv4Address.loopback(0);
      case IPV6 -> Ipv6Address.loopback(0);
      case UNIX_PATH -> UnixAddress.path(folder.resolve("s" + COUNT.incrementAndGet()));
      case UNIX_ABSTRACT ->
          UnixAddress.abstractName(
              "gatun-" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet());
    };
  }
}
