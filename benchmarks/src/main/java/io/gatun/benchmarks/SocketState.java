package io.gatun.benchmarks;

import io.gatun.address.Ipv4Address;
import io.gatun.benchmarks.BufferKind.Mover;
import io.gatun.channel.ChannelOption;
import io.gatun.socket.Socket;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A socket that is connected to the peer in C, and the buffer to use. */
@State(Scope.Thread)
public abstract class SocketState {
  /** What the calls are given. */
  @Param public BufferKind kind;

  /** How the calls wait. */
  @Param public Mode mode;

  Socket socket;
  Mover mover;
  private ServerProcess process;

  /** How calls wait. */
  public enum Mode {
    /** No timeout. */
    BLOCKING,

    /** A timeout that is never reached. */
    TIMEOUT
  }

  /** What the peer does: echo, source, sink. */
  abstract String peer();

  /** The size of the buffer. */
  abstract int bytes();

  /** Starts the peer and connects. */
  @Setup
  public void connect() throws IOException, InterruptedException {
    Path program = CProgram.compile("peer");
    process = ServerProcess.start(List.of(program.toString(), peer()));
    Ipv4Address address = Ipv4Address.loopback(process.port());
    socket = Socket.openFor(address);
    socket.setOption(ChannelOption.TCP_NODELAY, true);
    socket.connect(address);
    socket.setTimeout(mode == Mode.BLOCKING ? null : Duration.ofMinutes(1));
    mover = kind.mover(bytes());
  }

  /** Ends the peer. */
  @TearDown
  public void close() throws IOException {
    socket.close();
    mover.close();
    process.close();
  }
}
