package io.gatun.socket;

import static org.junit.jupiter.api.Assertions.fail;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/** Sees to it that something allocates nothing once it is compiled. */
public final class Allocations {
  private static final int CALLS = 10_000;

  /**
   * The compiler works in the background, for as long as the machine lets it: there is no telling
   * when it will have done so. What allocates for good does in the last round too.
   */
  private static final int ROUNDS = 100;

  /**
   * The smallest object takes 16 bytes: this much is less than one in 160 calls, so it is none a
   * call, and leaves room for what happens seldom.
   */
  private static final double LIMIT = 0.1;

  /** ThreadMXBean's getThreadAllocatedBytes; the module does not read jdk.management. */
  private static final MethodHandle ALLOCATED;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.publicLookup();
      Class<?> factory = Class.forName("java.lang.management.ManagementFactory");
      Class<?> bean = Class.forName("com.sun.management.ThreadMXBean");
      ALLOCATED =
          lookup
              .findVirtual(
                  bean, "getThreadAllocatedBytes", MethodType.methodType(long.class, long.class))
              .bindTo(factory.getMethod("getThreadMXBean").invoke(null));
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private Allocations() {}

  /** Something to be called many times. */
  @FunctionalInterface
  public interface Call {
    /** Called. */
    void run() throws Exception;
  }

  /** Calls until a whole round of calls has allocated nothing on a thread; fails if none does. */
  public static void assertNone(long thread, Call call) throws Throwable {
    double least = Double.MAX_VALUE;
    for (int round = 0; round < ROUNDS && least > LIMIT; round++) {
      long before = allocated(thread);
      for (int i = 0; i < CALLS; i++) {
        call.run();
      }
      least = Math.min(least, (double) (allocated(thread) - before) / CALLS);
    }
    if (least > LIMIT) {
      fail(least + " bytes are allocated for each call");
    }
  }

  /** The bytes a thread has allocated since its start. */
  public static long allocated(long thread) throws Throwable {
    return (long) ALLOCATED.invokeExact(thread);
  }
}
