package io.gatun.benchmarks;

import io.gatun.address.AddressFamily;
import io.gatun.address.SocketType;
import io.gatun.address.UnixAddress;
import io.gatun.benchmarks.BufferKind.Mover;
import io.gatun.os.Constants;
import io.gatun.socket.Socket;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A program whose one thread uses a socket in every way, for {@link SystemCalls} to trace. Each
 * phase begins, and the last one ends, with a call that nothing else makes.
 *
 * <p>The sockets are Unix ones, where what was sent is there for the peer as soon as send(2)
 * returns.
 */
final class TracedSocket {
  /** How the line of the call begins that stands before and behind each phase. */
  static final String MARK = "getsockopt(";

  private static final int BYTES = 64;

  private final int messages;
  private final Socket socket;
  private final Socket peer;

  private TracedSocket(int messages, Socket socket, Socket peer) {
    this.messages = messages;
    this.socket = socket;
    this.peer = peer;
  }

  /**
   * What is done.
   *
   * @param timeout whether calls have one
   * @param waits whether what is received is still to come when it is asked for
   * @param kind the buffers
   */
  record Phase(boolean timeout, boolean waits, BufferKind kind) {
    @Override
    public String toString() {
      return (timeout ? "timeout" : "blocking") + (waits ? ", waits, " : ", data there, ") + kind;
    }
  }

  static List<Phase> phases() {
    List<Phase> phases = new ArrayList<>();
    for (boolean timeout : new boolean[] {false, true}) {
      for (boolean waits : new boolean[] {false, true}) {
        for (BufferKind kind : BufferKind.values()) {
          phases.add(new Phase(timeout, waits, kind));
        }
      }
    }
    return phases;
  }

  /** Runs all phases twice: what is loaded and compiled in the first round is not counted. */
  public static void main(String[] args) throws Exception {
    try (Socket listener = Socket.open(AddressFamily.UNIX, SocketType.STREAM)) {
      UnixAddress address = UnixAddress.path(Scratch.file(Scratch.folder().resolve("socket")));
      listener.bind(address);
      listener.listen();
      for (int round = 0; round < 2; round++) {
        for (Phase phase : phases()) {
          try (Socket socket = Socket.openFor(address)) {
            socket.connect(address);
            try (Socket peer = listener.accept()) {
              TracedSocket traced = new TracedSocket(Integer.parseInt(args[0]), socket, peer);
              traced.mark();
              traced.run(phase);
              traced.mark();
            }
          }
        }
      }
    }
    System.out.println(0);
  }

  private void mark() throws IOException {
    int ignored = socket.getSockOpt(Constants.SOL_SOCKET, Constants.SO_TYPE);
  }

  private void run(Phase phase) throws Exception {
    Duration timeout = phase.timeout ? Duration.ofMinutes(1) : null;
    Mover mover = phase.kind.mover(BYTES);
    socket.setTimeout(timeout);
    if (phase.waits) {
      Thread echo = Thread.ofPlatform().start(this::echo);
      for (int i = 0; i < messages; i++) {
        mover.send(socket);
        mover.receive(socket);
      }
      echo.join();
    } else {
      for (int i = 0; i < messages; i++) {
        mover.send(socket);
        mover.send(peer);
        mover.receive(socket);
        mover.receive(peer);
      }
    }
  }

  private void echo() {
    byte[] message = new byte[BYTES];
    try {
      for (int i = 0; i < messages; i++) {
        peer.recvInto(message);
        peer.sendAll(message);
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
