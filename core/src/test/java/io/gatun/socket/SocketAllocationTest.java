package io.gatun.socket;

import io.gatun.address.Address;
import io.gatun.address.Ipv4Address;
import io.gatun.os.Kernel;
import io.gatun.socket.Allocations.Call;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetector.Level;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a socket moves on a platform thread costs no garbage, whatever it is moved from or to. */
@TestMethodOrder(OrderAnnotation.class)
@DisabledIfSystemProperty(
    named = "gatun.test.wine",
    matches = ".*",
    disabledReason = "Wine takes minutes for so many calls")
final class SocketAllocationTest {
  private static final int SIZE = 64;
  private static final int LARGE = Kernel.UNCOPIED;

  private final Level level = ResourceLeakDetector.getLevel();
  private Socket left;
  private Socket right;

  enum Mode {
    BLOCKING(null),
    TIMEOUT(Duration.ofMinutes(1)),
    NON_BLOCKING(Duration.ZERO);

    final @Nullable Duration timeout;

    Mode(@Nullable Duration timeout) {
      this.timeout = timeout;
    }
  }

  /** Whoever looks for leaks notes down each use of a buffer. */
  @BeforeEach
  void lookForNoLeaks() {
    ResourceLeakDetector.setLevel(Level.DISABLED);
  }

  @AfterEach
  void lookForLeaks() {
    ResourceLeakDetector.setLevel(level);
  }

  @BeforeEach
  void connect() throws IOException {
    try (Socket listener = Socket.openFor(Ipv4Address.loopback(0))) {
      listener.bind(Ipv4Address.loopback(0));
      listener.listen(1);
      Address address = listener.getSockName();
      left = Socket.openFor(address);
      left.connect(address);
      right = listener.accept();
    }
  }

  @AfterEach
  void close() {
    left.close();
    right.close();
  }

  private void assertNone(Mode mode, Call call) throws Throwable {
    if (mode == Mode.NON_BLOCKING) { // on a Unix socket what was sent is there at once
      close();
      SocketPair pair = Sockets.socketpair();
      left = pair.first();
      right = pair.second();
    }
    left.setTimeout(mode.timeout);
    right.setTimeout(mode.timeout);
    Allocations.assertNone(Thread.currentThread().threadId(), call);
  }

  @ParameterizedTest
  @EnumSource
  void ofArrays(Mode mode) throws Throwable {
    assertNoneOf(mode, new byte[SIZE]);
  }

  /** Which the kernel takes as they are. */
  @ParameterizedTest
  @EnumSource
  void ofLargeArrays(Mode mode) throws Throwable {
    assertNoneOf(mode, new byte[LARGE]);
  }

  private void assertNoneOf(Mode mode, byte[] array) throws Throwable {
    assertNone(
        mode,
        () -> {
          left.sendAll(array);
          for (int count = 0; count < array.length; ) {
            count += right.recvInto(array);
          }
        });
  }

  @ParameterizedTest
  @EnumSource
  void ofHeapBuffers(Mode mode) throws Throwable {
    assertNoneOf(mode, ByteBuffer.allocate(2 * SIZE).slice(SIZE, SIZE));
  }

  /** First: the segment that tells the address is removed by a compiler that has seen no other. */
  @Order(1)
  @ParameterizedTest
  @EnumSource
  void ofDirectBuffers(Mode mode) throws Throwable {
    assertNoneOf(mode, ByteBuffer.allocateDirect(SIZE));
  }

  private void assertNoneOf(Mode mode, ByteBuffer buffer) throws Throwable {
    assertNone(
        mode,
        () -> {
          left.sendAll(buffer.clear());
          buffer.clear();
          for (int count = 0; count < SIZE; ) {
            count += right.recvInto(buffer);
          }
        });
  }

  @ParameterizedTest
  @EnumSource
  void ofHeapSegments(Mode mode) throws Throwable {
    assertNoneOf(mode, MemorySegment.ofArray(new byte[2 * SIZE]).asSlice(SIZE));
  }

  @ParameterizedTest
  @EnumSource
  void ofLargeHeapSegments(Mode mode) throws Throwable {
    assertNoneOf(mode, MemorySegment.ofArray(new byte[2 * LARGE]).asSlice(LARGE));
  }

  @ParameterizedTest
  @EnumSource
  void ofNativeSegments(Mode mode) throws Throwable {
    assertNoneOf(mode, Arena.ofAuto().allocate(SIZE));
  }

  private void assertNoneOf(Mode mode, MemorySegment segment) throws Throwable {
    assertNone(
        mode,
        () -> {
          left.sendAll(segment);
          for (long count = 0; count < segment.byteSize(); ) {
            count += right.recvInto(segment);
          }
        });
  }

  @ParameterizedTest
  @EnumSource
  void ofDirectByteBufs(Mode mode) throws Throwable {
    assertNoneOf(mode, PooledByteBufAllocator.DEFAULT.directBuffer(SIZE, SIZE));
  }

  @ParameterizedTest
  @EnumSource
  void ofHeapByteBufs(Mode mode) throws Throwable {
    assertNoneOf(mode, PooledByteBufAllocator.DEFAULT.heapBuffer(SIZE, SIZE));
  }

  private void assertNoneOf(Mode mode, ByteBuf buffer) throws Throwable {
    try {
      assertNone(
          mode,
          () -> {
            left.sendAll(buffer.setIndex(0, SIZE));
            buffer.clear();
            for (int count = 0; count < SIZE; ) {
              count += right.recvInto(buffer);
            }
          });
    } finally {
      buffer.release();
    }
  }

  @ParameterizedTest
  @EnumSource
  void ofAnAdaptersStreams(Mode mode) throws Throwable {
    try (ServerSocket server =
            new GatunServerSocketFactory()
                .createServerSocket(0, 1, InetAddress.getLoopbackAddress());
        java.net.Socket client =
            new GatunSocketFactory().createSocket(server.getInetAddress(), server.getLocalPort());
        java.net.Socket served = server.accept()) {
      served.setSoTimeout(mode.timeout == null ? 0 : (int) mode.timeout.toMillis());
      OutputStream out = client.getOutputStream();
      InputStream in = served.getInputStream();
      byte[] array = new byte[SIZE];
      assertNone(
          mode,
          () -> {
            out.write(array);
            for (int count = 0; count < SIZE; ) {
              count += in.read(array);
            }
            out.write(1);
            in.read();
          });
    }
  }

  @Test
  void whenBlockingCallsWait() throws Throwable {
    assertNoneOfWaiting(Mode.BLOCKING);
  }

  @Test
  void whenCallsWithTimeoutsWait() throws Throwable {
    assertNoneOfWaiting(Mode.TIMEOUT);
  }

  /** Here another thread answers, so that the answer has to be waited for. */
  private void assertNoneOfWaiting(Mode mode) throws Throwable {
    Thread echo = Thread.ofPlatform().start(this::echo);
    byte[] array = new byte[SIZE];
    assertNone(
        mode,
        () -> {
          left.sendAll(array);
          for (int count = 0; count < SIZE; ) {
            count += left.recvInto(array);
          }
        });
    left.shutdown(Shutdown.WR);
    echo.join();
  }

  private void echo() {
    byte[] array = new byte[SIZE];
    try {
      for (int count; (count = right.recvInto(array)) > 0; ) {
        right.sendAll(array, 0, count);
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
