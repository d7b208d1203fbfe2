package io.gatun.channel.race;

import io.netty.util.concurrent.Promise;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;

/** One thread flushes what another takes back: taken back, written, arrived, given back. */
@JCStressTest
@Outcome(
    id = "0, 1, 1, 1",
    expect = Expect.ACCEPTABLE,
    desc = "It went, and could not be had back.")
@Outcome(id = "1, 0, 0, 1", expect = Expect.ACCEPTABLE, desc = "It was taken back, and did not go.")
@Outcome(expect = Expect.FORBIDDEN, desc = "Cancelled and sent, neither, or a buffer was kept.")
@State
public class CancelAgainstFlush {
  private final RacingChannel racing = new RacingChannel();
  private final Promise<Void> promise = racing.channel.newPromise();
  private volatile boolean cancelled;

  /** Writes, for the race to be of what follows. */
  public CancelAgainstFlush() {
    racing.channel.write(racing.buffer(), promise);
  }

  @Actor
  public void flush() {
    racing.channel.flush();
  }

  @Actor
  public void cancel() {
    cancelled = promise.cancel(false);
  }

  /** Looks at what became of the byte. */
  @Arbiter
  public void look(IIII_Result result) {
    result.r1 = cancelled ? 1 : 0;
    result.r2 = RacingChannel.outcome(promise);
    result.r3 = racing.closeAndCount();
    result.r4 = racing.isBufferReleased() ? 1 : 0;
  }
}
