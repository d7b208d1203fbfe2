package io.gatun.socket;

import static org.junit.jupiter.api.Assertions.fail;

import java.lang.reflect.Method;

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

  private Allocations() {}

  /** Something to be called many times. */
  @FunctionalInterface
  public interface Call {
    /** Called. */
    void run() throws Exception;
  }

  /** Calls until a whole round of calls has allocated nothing on a thread; fails if none does. */
  public static void assertNone(long thread, Call call) throws Exception {
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

  /** The bytes a thread has allocated since its start. The module does not read jdk.management. */
  private static long allocated(long thread) throws ReflectiveOperationException {
    Object bean =
        Class.forName("java.lang.management.ManagementFactory")
            .getMethod("getThreadMXBean")
            .invoke(null);
    Method method =
        Class.forName("com.sun.management.ThreadMXBean")
            .getMethod("getThreadAllocatedBytes", long.class);
    return (long) method.invoke(bean, thread);
  }
}
