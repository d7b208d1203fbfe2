package io.gatun.transport.kqueue;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** A thread adds eight tasks, one by one, and wakes the other for each. */
@JCStressTest
@Outcome(id = "8", expect = Expect.ACCEPTABLE, desc = "All tasks were seen.")
@Outcome(expect = Expect.FORBIDDEN, desc = "A wait went on though a task had been added before.")
@State
public class WakeUpsOfOneThread {
  private final WakeUps wakeUps = new WakeUps();

  @Actor
  public void thread1() {
    for (int i = 0; i < 8; i++) {
      wakeUps.addAndWake();
    }
  }

  @Actor
  public void loop(I_Result result) {
    result.r1 = wakeUps.awaitTasks(8);
  }

  /** Gives the descriptors back. */
  @Arbiter
  public void close() {
    wakeUps.close();
  }
}
