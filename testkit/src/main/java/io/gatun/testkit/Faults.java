package io.gatun.testkit;

import io.gatun.os.Abi;
import io.gatun.os.Errno;
import io.gatun.os.Iovec;
import io.gatun.os.Memory;
import io.gatun.os.Native;
import io.gatun.os.Os;
import io.gatun.os.Struct;
import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * Stands between the engine and the C library in a JVM that was started with {@link #PROPERTY}: a
 * {@link Plan} then decides of each call whether it is made, fails, or moves less than it could.
 * Tests that need it have the tag {@link #TAG}; Maven runs them in a JVM of that kind.
 *
 * <p>What takes no errno home (pthread_kill, the write that wakes a loop) goes by.
 */
public final class Faults implements BiFunction<String, MethodHandle, MethodHandle> {
  /** To be {@code io.gatun.testkit.Faults}. */
  public static final String PROPERTY = "gatun.test.interposer";

  /** The tag of the tests that need this. */
  public static final String TAG = "faults";

  /** Decides of one call. It runs on the thread that calls, and must call nothing of Gatun. */
  public interface Plan {
    /** The call is made as it is. */
    int GO = 0;

    /**
     * Returns {@link #GO}; or a negative errno, and the call fails without being made; or the most
     * bytes that it may move, where it moves bytes.
     *
     * @param function the C function's name, such as {@code accept4}
     * @param fd its descriptor; −1 if it takes none
     */
    int decide(String function, int fd);

    /** Comes between a call that was made as it is and whoever made it. */
    default void made(String function) {}
  }

  /** Made by its name, once, before the first call is linked. */
  public Faults() {}

  private static final Plan NONE = (function, fd) -> Plan.GO;

  private static volatile Plan plan = NONE;

  /** These have an int first that is no descriptor. */
  private static final Set<String> WITHOUT_DESCRIPTOR =
      Set.of("socket", "socketpair", "epoll_create1", "eventfd", "if_indextoname", "getpid");

  /** (fd, buffer, length, …) */
  private static final Set<String> OF_BYTES = Set.of("recv", "send", "recvfrom", "sendto", "read");

  /** (fd, iovecs, count) */
  private static final Set<String> OF_IOVECS = Set.of("readv", "writev");

  private static final long ERRNO =
      Native.CAPTURE.byteOffset(
          PathElement.groupElement(Abi.HOST.os() == Os.WINDOWS ? "WSAGetLastError" : "errno"));

  private static final Struct MSGHDR = Abi.HOST.struct("msghdr");

  private static final MethodHandle CALL;

  static {
    try {
      CALL =
          MethodHandles.lookup()
              .findStatic(
                  Faults.class,
                  "call",
                  MethodType.methodType(
                      Object.class, String.class, MethodHandle.class, Object[].class));
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** What ends a plan. */
  public interface Following extends AutoCloseable {
    @Override
    void close();
  }

  /** Ends a test, with the reason, in a JVM where this cannot be. */
  public static void assume() {
    Assumptions.assumeTrue(
        Faults.class.getName().equals(System.getProperty(PROPERTY)),
        "needs a JVM with -D" + PROPERTY + "=" + Faults.class.getName());
  }

  /** Follows a plan, for all threads, until the returned object is closed. */
  public static Following follow(Plan plan) {
    Faults.plan = plan;
    return () -> Faults.plan = NONE;
  }

  @Override
  public MethodHandle apply(String function, MethodHandle handle) {
    return MethodHandles.insertArguments(CALL, 0, function, handle)
        .asCollector(Object[].class, handle.type().parameterCount())
        .asType(handle.type());
  }

  @SuppressWarnings("UnusedMethod") // by the handle
  private static @Nullable Object call(String function, MethodHandle handle, Object[] arguments)
      throws Throwable {
    int fd =
        arguments.length > 1
                && arguments[1] instanceof Integer first
                && !WITHOUT_DESCRIPTOR.contains(function)
            ? first
            : -1;
    int decision = plan.decide(function, fd);
    if (function.equals("epoll_ctl")) {
      note(handle, arguments);
    } else if (decision > 0 || decision == -Errno.EAGAIN) {
      rearm(fd);
    }
    if (decision < 0) {
      ((MemorySegment) arguments[0]).set(ValueLayout.JAVA_INT, ERRNO, -decision);
      long failure = function.startsWith("if_") ? 0 : -1; // no index, no name, no list
      return handle.type().returnType() == long.class ? (Object) failure : (Object) (int) failure;
    }
    if (decision > 0 && OF_BYTES.contains(function)) {
      arguments[3] = Math.min((long) arguments[3], decision);
    } else if (decision > 0 && OF_IOVECS.contains(function)) {
      return shortened(
          (long) arguments[2],
          decision,
          () -> {
            arguments[3] = 1;
            return handle.invokeWithArguments(arguments);
          });
    } else if (decision > 0 && (function.equals("sendmsg") || function.equals("recvmsg"))) {
      long message = (long) arguments[2];
      long count = MSGHDR.get(message, "msg_iovlen");
      MSGHDR.set(message, "msg_iovlen", Math.min(count, 1));
      try {
        long iovecs = MSGHDR.get(message, "msg_iov");
        return count == 0
            ? handle.invokeWithArguments(arguments)
            : shortened(iovecs, decision, () -> handle.invokeWithArguments(arguments));
      } finally {
        MSGHDR.set(message, "msg_iovlen", count);
      }
    }
    Object result = handle.invokeWithArguments(arguments);
    plan.made(function);
    return result;
  }

  /** The epoll instance that watches a descriptor, and for what. */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares two
  private record Watch(MethodHandle control, int epoll, byte[] event) {}

  private static final Map<Integer, Watch> WATCHES = new ConcurrentHashMap<>();
  private static final int EPOLL_EVENT_SIZE = 16; // at most

  /** int epoll_ctl(int epfd, int op, int fd, struct epoll_event *event). */
  private static void note(MethodHandle handle, Object[] arguments) {
    long event = (long) arguments[4];
    if (event != 0) {
      byte[] copy = new byte[EPOLL_EVENT_SIZE];
      Memory.get(event, copy, 0, copy.length);
      WATCHES.put((int) arguments[3], new Watch(handle, (int) arguments[1], copy));
    }
  }

  /**
   * A system that says EAGAIN, or moves less than it was asked to, tells of the change that comes
   * after. Nothing changes after a fault: EPOLL_CTL_MOD makes epoll tell all the same.
   */
  private static void rearm(int fd) throws Throwable {
    Watch watch = WATCHES.get(fd);
    if (watch == null) {
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment capture = arena.allocate(Native.CAPTURE);
      MemorySegment event = arena.allocate(EPOLL_EVENT_SIZE, 8);
      event.copyFrom(MemorySegment.ofArray(watch.event));
      Object ignored =
          watch.control.invokeWithArguments(
              capture, watch.epoll, EPOLL_CTL_MOD, fd, event.address());
    }
  }

  private static final int EPOLL_CTL_MOD = 3;

  private interface Body {
    @Nullable Object run() throws Throwable;
  }

  /** Runs with the first of the iovecs no longer than so many bytes. */
  private static @Nullable Object shortened(long iovecs, int most, Body body) throws Throwable {
    long base = Iovec.base(iovecs, 0);
    int length = Iovec.length(iovecs, 0);
    Iovec.set(iovecs, 0, base, Math.min(length, most));
    try {
      return body.run();
    } finally {
      Iovec.set(iovecs, 0, base, length);
    }
  }
}
