package io.gatun.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gatun.error.WouldBlockException;
import io.gatun.socket.Socket;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** Blocking sockets, used by one kind of thread. */
abstract class SocketLab extends Lab {
  static final Duration SHORT = Duration.ofMillis(30);

  /** More than any connection holds: who sends it, waits. */
  static final byte[] LARGE = new byte[16 << 20];

  final ThreadKind kind;

  SocketLab(ThreadLane lane) throws IOException {
    super(lane.family());
    kind = lane.kind();
  }

  final <T extends @Nullable Object> Task<T> start(Callable<T> body) {
    return Task.start(kind, body);
  }

  /** Does something on a thread of the kind. */
  final <T extends @Nullable Object> T call(Callable<T> body) throws Exception {
    try {
      return start(body).result();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case Exception cause -> throw cause;
        case Error cause -> throw cause;
        case null, default -> throw e;
      }
    }
  }

  /** A body that returns nothing. */
  interface Body {
    void run() throws Exception;
  }

  final void run(Body body) throws Exception {
    Object nothing =
        call(() -> {
          body.run();
          return "";
        });
    assertEquals("", nothing);
  }

  final Task<String> startRun(Body body) {
    return start(() -> {
      body.run();
      return "";
    });
  }

  /** Sends until the socket takes no more; returns how much that was. */
  static int fill(Socket socket) throws IOException {
    Duration timeout = socket.getTimeout();
    socket.setTimeout(Duration.ZERO);
    int total = 0;
    int more;
    do { // again: the system may still move to the peer what it took
      more = fillOnce(socket);
      total += more;
    } while (more > 0);
    socket.setTimeout(timeout);
    return total;
  }

  private static int fillOnce(Socket socket) throws IOException {
    byte[] part = new byte[64 * 1024];
    int total = 0;
    try {
      while (true) {
        total += socket.send(part);
      }
    } catch (WouldBlockException full) {
      return total;
    }
  }
}
