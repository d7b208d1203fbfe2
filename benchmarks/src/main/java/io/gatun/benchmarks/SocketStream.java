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

/** A stream in one direction: the time for each buffer of it. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public abstract class SocketStream extends SocketState {
  /** The buffer's size. */
  @Param({"4096", "65536"})
  public int bytes;

  @Override
  int bytes() {
    return bytes;
  }

  /** recvInto of a peer that sends without end. */
  public static class Receive extends SocketStream {
    @Override
    String peer() {
      return "source";
    }

    /** One buffer. */
    @Benchmark
    public void buffer() throws IOException {
      mover.receive(socket);
    }
  }

  /** sendAll to a peer that receives without end. */
  public static class Send extends SocketStream {
    @Override
    String peer() {
      return "sink";
    }

    /** One buffer. */
    @Benchmark
    public void buffer() throws IOException {
      mover.send(socket);
    }
  }
}
