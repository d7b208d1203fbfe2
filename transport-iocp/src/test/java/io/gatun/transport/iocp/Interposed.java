package io.gatun.transport.iocp;

import io.gatun.os.Native;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
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
  private static final MethodHandle IS_WATCHED;
  private static final MethodHandle CALL;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      IS_WATCHED =
          lookup.findStatic(
              Interposed.class, "isWatched", MethodType.methodType(boolean.class, String.class));
      CALL =
          lookup.findStatic(
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

  /** Answers a call in the system's place: a failure. */
  static Object fail(Object[] arguments, int error, int result) {
    ((MemorySegment) arguments[0]).set(ValueLayout.JAVA_INT, Native.capturedOffset(), error);
    return result;
  }

  /** Has a function fail each time. */
  static void failing(String function, int error) {
    watch(function, arguments -> fail(arguments, error, -1));
  }

  /** Has a function fail once. */
  static void failingOnce(String function, int error) {
    AtomicBoolean failed = new AtomicBoolean();
    watch(function, arguments -> failed.getAndSet(true) ? null : fail(arguments, error, -1));
  }

  @Override
  public MethodHandle apply(String function, MethodHandle handle) {
    return MethodHandles.guardWithTest(
        IS_WATCHED.bindTo(function),
        MethodHandles.insertArguments(CALL, 0, function, handle)
            .asCollector(Object[].class, handle.type().parameterCount())
            .asType(handle.type()),
        handle);
  }

  @SuppressWarnings("UnusedMethod") // by the handle
  private static boolean isWatched(String function) {
    return WATCHERS.containsKey(function);
  }

  @SuppressWarnings("UnusedMethod") // by the handle
  private static @Nullable Object call(String function, MethodHandle handle, Object[] arguments)
      throws Throwable {
    Watcher watcher = WATCHERS.get(function);
    Object answer = watcher == null ? null : watcher.called(arguments);
    return answer != null ? answer : handle.invokeWithArguments(arguments);
  }
}
