package io.gatun.transport.kqueue;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** Eight threads each add a task and wake the ninth. */
@JCStressTest
@Outcome(id = "8", expect = Expect.ACCEPTABLE, desc = "All tasks were seen.")
@Outcome(expect = Expect.FORBIDDEN, desc = "A wait went on though a task had been added before.")
@State
public class WakeUpsOfEightThreads {
  private final WakeUps wakeUps = new WakeUps();

  @Actor
  public void thread1() {
    wakeUps.addAndWake();
  }

  @Actor
  public void thread2() {
    wakeUps.addAndWake();
  }

  @Actor
  public void thread3() {
    wakeUps.addAndWake();
  }

  @Actor
  public void thread4() {
    wakeUps.addAndWake();
  }

  @Actor
  public void thread5() {
    wakeUps.addAndWake();
  }

  @Actor
  public void thread6() {
    wakeUps.addAndWake();
  }

  @Actor
  public void thread7() {
    wakeUps.addAndWake();
  }

  @Actor
  public void thread8() {
    wakeUps.addAndWake();
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
