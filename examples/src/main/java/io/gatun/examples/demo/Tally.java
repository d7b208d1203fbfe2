package io.gatun.examples.demo;

import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
import org.jspecify.annotations.Nullable;

/** What the clients of one kind have done so far. Any thread counts; one thread reads. */
final class Tally {
  private static final int DIGITS = 3;

  final LongAdder messages = new LongAdder();
  final LongAdder sent = new LongAdder();
  final LongAdder received = new LongAdder();
  final LongAdder verified = new LongAdder();
  final LongAdder connected = new LongAdder();
  final LongAdder closedInOrder = new LongAdder();
  final LongAdder errors = new LongAdder();
  private final Recorder recorder = new Recorder(DIGITS);
  private @Nullable Histogram interval;

  /** Nanoseconds from the first byte's sending to the last byte's return, of all messages. */
  final Histogram latency = new Histogram(DIGITS);

  void message(long nanos) {
    messages.increment();
    recorder.recordValue(nanos);
  }

  /** Moves what was recorded since the last call to {@link #latency}, and adds it to another. */
  void drain(Histogram to) {
    interval = recorder.getIntervalHistogram(interval);
    latency.add(interval);
    to.add(interval);
  }
}
