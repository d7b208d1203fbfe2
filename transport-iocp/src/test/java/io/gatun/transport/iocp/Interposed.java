package io.gatun.transport.iocp;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * Stands between Gatun and some functions of Windows, in a JVM that was started with {@link
 * #PROPERTY}: for calls that Wine makes no difference for, and for answers that it never gives.
 */
public final class Interposed implements BiFunction<String, MethodHandle, MethodHandle> {
  /** To be this class's name. */
  static final String PROPERTY = "gatun.test.interposer";

  /** Is told of a call, whose first argument is the capture segment. */
  interface Watcher {
    /** Returns what is answered in the function's place, or null to call it. */
    @Nullable Object called(Object[] arguments);
  }

  private static final Map<String, Watcher> WATCHERS = new ConcurrentHashMap<>();
  private static final MethodHandle CALL;

  static {
    try {
      CALL =
          MethodHandles.lookup()
              .findStatic(
                  Interposed.class,
                  "call",
                  MethodType.methodType(
                      Object.class, String.class, MethodHandle.class, Object[].class));
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Made by its name, before the first function is linked. */
  public Interposed() {}

  /** Ends a test, with the reason, in a JVM where this cannot be. */
  static void assume() {
    String name = Interposed.class.getName();
    Assumptions.assumeTrue(
        name.equals(System.getProperty(PROPERTY)), "needs a JVM with -D" + PROPERTY + "=" + name);
  }

  /** Has a function watched, by all threads, until {@link #forget}. */
  static void watch(String function, Watcher watcher) {
    WATCHERS.put(function, watcher);
  }

  static void forget() {
    WATCHERS.clear();
  }

  @Override
  public MethodHandle apply(String function, MethodHandle handle) {
    return switch (function) { // none of those that are called often
      case "setsockopt", "WSAIoctl", "AcceptEx", "TransmitFile" ->
          MethodHandles.insertArguments(CALL, 0, function, handle)
              .asCollector(Object[].class, handle.type().parameterCount())
              .asType(handle.type());
      default -> handle;
    };
  }

  @SuppressWarnings("UnusedMethod") // by the handle
  private static @Nullable Object call(String function, MethodHandle handle, Object[] arguments)
      throws Throwable {
    Watcher watcher = WATCHERS.get(function);
    Object answer = watcher == null ? null : watcher.called(arguments);
    return answer != null ? answer : handle.invokeWithArguments(arguments);
  }
}
