package io.gatun.transport.epoll;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.gatun.os.Abi;
import io.gatun.os.Native;
import io.gatun.os.Timespec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The system calls of epoll(7), one method each; failures are negative errnos. The only foreign
 * calls of this module. One thread at a time may use an instance.
 */
final class EpollCalls {
  private static final int CLOEXEC = Abi.HOST.value("EPOLL_CLOEXEC");
  private static final int DEL = Abi.HOST.value("EPOLL_CTL_DEL");
  private static final MethodHandle CREATE = Native.capturing("epoll_create1", JAVA_INT, JAVA_INT);
  private static final MethodHandle CTL =
      Native.capturing("epoll_ctl", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
  private static final MethodHandle DELETE =
      Native.plain("epoll_ctl", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
  private static final MethodHandle WAIT =
      Native.capturing("epoll_wait", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT);

  /** Linked when a timer first runs; Linux 5.11 and glibc 2.35 have it. */
  private static final class Pwait2 {
    static final boolean LINKED = Native.find("epoll_pwait2").isPresent();
    static final MethodHandle CALL =
        LINKED
            ? Native.capturing(
                "epoll_pwait2", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG)
            : WAIT;
  }

  private final MemorySegment memory = Arena.ofAuto().allocate(64, 16);
  private final MemorySegment capture = memory.asSlice(0, Native.CAPTURE.byteSize());
  private final long timespec = memory.address() + 32;

  private int result(int result) {
    return result >= 0 ? result : -capture.get(JAVA_INT, 0);
  }

  /** epoll_create1(2), close-on-exec. */
  int create() {
    try {
      return result((int) CREATE.invokeExact(capture, CLOEXEC));
    } catch (Throwable t) {
      throw Native.unexpected(t, "epoll_create1");
    }
  }

  /** epoll_ctl(2). */
  int ctl(int epoll, int operation, int fd, long event) {
    try {
      return result((int) CTL.invokeExact(capture, epoll, operation, fd, event));
    } catch (Throwable t) {
      throw Native.unexpected(t, "epoll_ctl", operation, fd);
    }
  }

  /**
   * epoll_ctl(2) with EPOLL_CTL_DEL, whose failure means that there was nothing to take away. Any
   * thread may call this: it captures nothing.
   */
  static void delete(int epoll, int fd) {
    try {
      int ignored = (int) DELETE.invokeExact(epoll, DEL, fd, 0L);
    } catch (Throwable t) {
      throw Native.unexpected(t, "epoll_ctl", fd);
    }
  }

  /** epoll_wait(2): {@code millis} is −1 to wait without end. */
  int await(int epoll, long events, int capacity, int millis) {
    try {
      return result((int) WAIT.invokeExact(capture, epoll, events, capacity, millis));
    } catch (Throwable t) {
      throw Native.unexpected(t, "epoll_wait", epoll);
    }
  }

  /** Returns whether {@link #awaitNanos} can be called; the kernel may still answer ENOSYS. */
  static boolean countsNanos() {
    return Pwait2.LINKED;
  }

  /** epoll_pwait2(2). */
  int awaitNanos(int epoll, long events, int capacity, long nanos) {
    try {
      return result(
          (int)
              Pwait2.CALL.invokeExact(
                  capture, epoll, events, capacity, Timespec.set(timespec, nanos), 0L));
    } catch (Throwable t) {
      throw Native.unexpected(t, "epoll_pwait2", epoll);
    }
  }
}
