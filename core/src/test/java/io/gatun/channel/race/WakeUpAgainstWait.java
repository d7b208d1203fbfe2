package io.gatun.channel.race;

import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Two threads hand a task to a loop that falls asleep whenever it has none. */
@JCStressTest
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "Both have run.")
@Outcome(expect = Expect.FORBIDDEN, desc = "The loop sleeps on though it has a task.")
@State
public class WakeUpAgainstWait {
  private volatile @Nullable Future<?> one;
  private volatile @Nullable Future<?> other;

  private static Future<?> submit() {
    return RacingChannel.GROUP.next().submit(() -> {});
  }

  private static int outcome(@Nullable Future<?> future) {
    return future == null ? -3 : RacingChannel.outcome(future);
  }

  @Actor
  public void one() {
    one = submit();
  }

  @Actor
  public void other() {
    other = submit();
  }

  /** Waits for both. */
  @Arbiter
  public void look(II_Result result) {
    result.r1 = outcome(one);
    result.r2 = outcome(other);
  }
}
