package io.gatun.socket;

import io.gatun.error.SocketErrors;
import io.gatun.os.Kernel;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A socket that a service manager opened for this program before it started it. {@link
 * Socket#ofDescriptor}, {@link io.gatun.channel.ServerBootstrap#adopt} and {@link
 * io.gatun.channel.Bootstrap#adopt} make something of it.
 *
 * @param fd the descriptor
 * @param name as the manager's configuration has it, such as FileDescriptorName= of systemd's
 *     socket units; several may share one
 */
public record InheritedDescriptor(int fd, String name) {
  /** SD_LISTEN_FDS_START of sd_listen_fds(3). */
  private static final int FIRST = 3;

  private static final String NO_NAME = "unknown";

  /**
   * Returns what systemd, or whoever does as it does, has passed on, in its order: sd_listen_fds(3)
   * and its environment variables LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES. The descriptors no
   * longer outlive execve(2) after this. Empty if nothing was meant for this process; the children
   * that inherit the variables have other process ids, so nothing is for them either.
   *
   * @throws IOException if one of the descriptors is not open
   */
  public static List<InheritedDescriptor> fromSystemd() throws IOException {
    List<InheritedDescriptor> all = parse(System.getenv(), ProcessHandle.current().pid());
    Kernel kernel = Kernel.acquire();
    try {
      for (InheritedDescriptor descriptor : all) {
        int result = kernel.setInheritable(descriptor.fd, false);
        if (result < 0) {
          throw SocketErrors.of("LISTEN_FDS", descriptor.fd, result);
        }
      }
    } finally {
      Kernel.release(kernel);
    }
    return all;
  }

  static List<InheritedDescriptor> parse(Map<String, String> environment, long pid) {
    int count = (int) number(environment.get("LISTEN_FDS"));
    if (count <= 0 || number(environment.get("LISTEN_PID")) != pid) {
      return List.of();
    }
    String[] names = environment.getOrDefault("LISTEN_FDNAMES", "").split(":", -1);
    return IntStream.range(0, count)
        .mapToObj(i ->
            new InheritedDescriptor(
                FIRST + i, i < names.length && !names[i].isEmpty() ? names[i] : NO_NAME))
        .toList();
  }

  private static long number(@Nullable String text) {
    try {
      return text == null ? -1 : Integer.parseInt(text);
    } catch (NumberFormatException e) {
      return -1;
    }
  }
}
