package io.gatun.benchmarks;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** sendAll and recvInto of one message there and back. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class SocketPingPong extends SocketState {
  /** The message's size. */
  @Param("64")
  public int bytes;

  @Override
  String peer() {
    return "echo";
  }

  @Override
  int bytes() {
    return bytes;
  }

  /** There and back. */
  @Benchmark
  public void roundTrip() throws IOException {
    mover.send(socket);
    mover.receive(socket);
  }

  /** About as long as {@link #roundTrip}, and nothing: what JMH itself does meanwhile. */
  @Benchmark
  public void nothing() {
    Blackhole.consumeCPU(10_000);
  }

  /** The same on a virtual thread. */
  @Fork(value = 1, jvmArgsAppend = "-Djmh.executor=VIRTUAL")
  public static class Virtual extends SocketPingPong {}
}
