package io.gatun.channel.race;

import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** One thread writes, another closes: whether it was written, whether it arrived, bytes left. */
@JCStressTest
@Outcome(id = "1, 1, 1", expect = Expect.ACCEPTABLE, desc = "It was written first, and arrived.")
@Outcome(id = "0, 0, 1", expect = Expect.ACCEPTABLE, desc = "The channel was closed first.")
@Outcome(expect = Expect.FORBIDDEN, desc = "Told wrongly, not told, or a buffer was kept.")
@State
public class CloseAgainstWrite {
  private final RacingChannel racing = new RacingChannel();
  private volatile @Nullable Future<Void> written;

  @Actor
  public void write() {
    written = racing.channel.writeAndFlush(racing.buffer());
  }

  @Actor
  public void close() {
    racing.channel.close();
  }

  /** Looks at what became of the byte. */
  @Arbiter
  public void look(III_Result result) {
    Future<Void> future = written;
    result.r1 = future == null ? -3 : RacingChannel.outcome(future);
    result.r2 = racing.closeAndCount();
    result.r3 = racing.isBufferReleased() ? 1 : 0;
  }
}
