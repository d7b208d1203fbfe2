package io.gatun.testkit;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/** Counts the bytes that a thread allocates. */
public final class Allocation {
  /** ThreadMXBean's getCurrentThreadAllocatedBytes; the module does not read jdk.management. */
  private static final MethodHandle ALLOCATED;

  static {
    try {
      Class<?> factory = Class.forName("java.lang.management.ManagementFactory");
      Class<?> bean = Class.forName("com.sun.management.ThreadMXBean");
      ALLOCATED =
          MethodHandles.publicLookup()
              .findVirtual(
                  bean, "getCurrentThreadAllocatedBytes", MethodType.methodType(long.class))
              .bindTo(factory.getMethod("getThreadMXBean").invoke(null));
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private Allocation() {}

  /** {@return what the current thread has allocated so far} */
  public static long allocated() {
    try {
      return (long) ALLOCATED.invokeExact();
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /**
   * {@return the bytes of a run once the compiler is done} Runs it up to 100 times, until it takes
   * no more than is enough.
   */
  public static long least(long enough, Runnable run) {
    long least = Long.MAX_VALUE;
    for (int round = 0; round < 100 && least > enough; round++) {
      long before = allocated();
      run.run();
      least = Math.min(least, allocated() - before);
    }
    return least;
  }
}
