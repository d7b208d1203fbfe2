package io.gatun.transport.iocp;

import io.gatun.os.Constants;
import io.gatun.os.Kernel;
import java.util.Set;
import java.util.TreeSet;

/** What this process has open. (GetProcessHandleCount tells Wine's programs nothing.) */
final class Handles {
  private static final int SO_TYPE = Constants.SO_TYPE;

  /** Handles are multiples of four, the lowest first: nothing here opens more at once. */
  private static final int HIGHEST = 4 * 8192;

  private Handles() {}

  /** Returns all handles, found by asking each number whether it is inherited. */
  static Set<Integer> all(Kernel kernel) {
    Set<Integer> handles = new TreeSet<>();
    for (int handle = 4; handle <= HIGHEST; handle += 4) {
      if (kernel.isInheritable(handle) >= 0) {
        handles.add(handle);
      }
    }
    return handles;
  }

  /** Returns the sockets, found by asking each handle whether it is one. */
  static Set<Integer> sockets(Kernel kernel) {
    Set<Integer> sockets = new TreeSet<>();
    for (int handle = 4; handle <= HIGHEST; handle += 4) {
      if (kernel.getsockopt(handle, Constants.SOL_SOCKET, SO_TYPE) >= 0) {
        sockets.add(handle);
      }
    }
    return sockets;
  }
}
