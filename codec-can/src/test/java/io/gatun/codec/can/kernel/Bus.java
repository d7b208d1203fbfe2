package io.gatun.codec.can.kernel;

import static io.gatun.socket.SocketConstants.CAN_RAW_FD_FRAMES;
import static io.gatun.socket.SocketConstants.SOL_CAN_RAW;
import static io.gatun.socket.SocketConstants.SOL_SOCKET;
import static io.gatun.socket.SocketConstants.SO_RCVBUFFORCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gatun.address.AddressFamily;
import io.gatun.address.CanAddress;
import io.gatun.address.Protocol;
import io.gatun.address.SocketType;
import io.gatun.codec.can.CanFrame;
import io.gatun.codec.can.CanFrameCodec;
import io.gatun.os.Abi;
import io.gatun.socket.Socket;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.LongUnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A raw socket on vcan0, as blocking code drives a state machine on one. */
final class Bus implements AutoCloseable {
  static final String NAME = "vcan0";
  static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final Duration LONGEST = Duration.ofMillis(20);

  /** Where the kernel has those who wait for a message, or for one or another. */
  private static final Pattern RECEIVING = Pattern.compile("wait_for_more_packets|poll|select");

  /** What a state machine does with a frame. */
  interface Receiver {
    void receive(CanFrame frame, long now);
  }

  /** Whether all is done. */
  interface Condition {
    boolean isMet();
  }

  private final Socket socket;
  private final byte[] bytes = new byte[CanFrameCodec.FD_SIZE];

  Bus() throws IOException {
    socket = open("CAN_RAW", "SOCK_RAW");
    socket.setSockOpt(SOL_CAN_RAW, CAN_RAW_FD_FRAMES, 1);
    // The kernel sends hundreds of frames at once, which a slow processor does not take at once.
    socket.setSockOpt(SOL_SOCKET, SO_RCVBUFFORCE, 8 << 20);
    socket.bind(CanAddress.raw(NAME));
  }

  /** A machine without the bus ends the test; asked before an address names it. */
  static void assumeThere() {
    assumeTrue(Abi.HOST.has("AF_CAN"), "CAN is Linux's");
    assumeTrue(Files.exists(Path.of("/sys/class/net", NAME)), "this machine has no bus " + NAME);
  }

  /** Opens a socket; a machine without the protocol or the bus ends the test. */
  static Socket open(String protocol, String type) throws IOException {
    assumeThere();
    try {
      return Socket.open(
          AddressFamily.of("AF_CAN"), SocketType.of(type), new Protocol(Abi.HOST.value(protocol)));
    } catch (IOException e) {
      return abort("this machine has no " + protocol + ": " + e.getMessage());
    }
  }

  void send(CanFrame frame) {
    ByteBuf buf = Unpooled.buffer(CanFrameCodec.FD_SIZE);
    CanFrameCodec.encode(frame, buf);
    try {
      socket.send(buf.array(), buf.readerIndex(), buf.readableBytes());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private @Nullable CanFrame receive(long nanos) throws IOException {
    // A timeout of 0 would be another error.
    socket.setTimeout(Duration.ofNanos(Math.clamp(nanos, 1000, LONGEST.toNanos())));
    try {
      int length = socket.recvInto(bytes);
      return CanFrameCodec.decode(Unpooled.wrappedBuffer(bytes), 0, length);
    } catch (SocketTimeoutException e) {
      return null;
    }
  }

  /** Drives a state machine until a condition is met. */
  void drive(Receiver receiver, LongConsumer run, LongUnaryOperator timeLeft, Condition done)
      throws IOException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!done.isMet()) {
      assertTrue(System.nanoTime() - end < 0, "nothing comes");
      // Though nothing is left: a frame that is there came before the time was over.
      CanFrame frame = receive(timeLeft.applyAsLong(System.nanoTime()));
      if (frame != null) {
        receiver.receive(frame, System.nanoTime());
      }
      run.accept(System.nanoTime());
    }
  }

  static Process start(String... command) throws IOException {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin", command[0])), "can-utils are not installed");
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  /** Until it sleeps in a call that receives: nothing else tells that a program has a socket. */
  static void awaitReceiving(Process process) throws IOException {
    Path sleepsIn = Path.of("/proc", Long.toString(process.pid()), "wchan");
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!RECEIVING.matcher(Files.readString(sleepsIn)).find()) {
      assertTrue(process.isAlive(), "it has ended");
      assertTrue(System.nanoTime() - end < 0, "it never receives");
      LockSupport.parkNanos(1_000_000); // the program has work to do
    }
  }

  static void assertEnds(Process process) throws InterruptedException {
    boolean ended = process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    if (!ended) {
      process.destroy();
    }
    assertTrue(ended, "it does not end");
    assertEquals(0, process.exitValue());
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
