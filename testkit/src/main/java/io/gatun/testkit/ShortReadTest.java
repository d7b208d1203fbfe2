package io.gatun.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.address.Ipv4Address;
import io.gatun.address.Sockaddr;
import io.gatun.os.Abi;
import io.gatun.os.Constants;
import io.gatun.os.Iovec;
import io.gatun.os.Kernel;
import io.gatun.os.Memory;
import io.gatun.os.Struct;
import io.gatun.transport.Driver;
import io.gatun.transport.Endpoint;
import io.gatun.transport.Registration;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Reads that bring less than there was room for, and yet leave something behind: an edge-triggered
 * loop is not told of that again. The descriptor is closed, which nobody takes.
 */
@OnEachTransport
public final class ShortReadTest extends Lab {
  private static final int MSG_OOB = 1;
  private static final int SCM_RIGHTS = 1;

  private final Kernel kernel = Kernel.create();
  private final Arena arena = Arena.ofConfined();
  private final StringBuilder got = new StringBuilder();
  private final Driver driver;

  @SuppressWarnings("NullAway.Init") // by register, in each test
  private Registration registration;

  private int peer;

  ShortReadTest(Lane lane) throws IOException {
    super(lane.family());
    driver = lane.transport().open();
  }

  @AfterEach
  void closeDriver() {
    if (registration != null) { // a test that could not run
      registration.close();
      kernel.close(peer);
    }
    driver.close();
    arena.close();
  }

  @Test
  void bytesBehindAPassedDescriptorAreRead() {
    Family.UNIX_PATH.assume();
    long pair = kernel.socketpair(Constants.AF_UNIX, Constants.SOCK_STREAM, 0, true);
    peer = (int) pair;
    register((int) (pair >>> 32), Driver.Kind.LOCAL_STREAM);
    sendWithDescriptor("one");
    send("two", 0);
    assertEquals("onetwo", readAll(6));
  }

  @Test
  void bytesBehindUrgentDataAreRead() {
    int listener = kernel.socket(Constants.AF_INET, Constants.SOCK_STREAM, 0, false);
    int length = Sockaddr.encode(Ipv4Address.loopback(0), kernel.address());
    assertEquals(0, kernel.bind(listener, kernel.address(), length));
    assertEquals(0, kernel.listen(listener, 1));
    peer = kernel.socket(Constants.AF_INET, Constants.SOCK_STREAM, 0, false);
    assertEquals(0, kernel.getsockname(listener));
    assertEquals(0, kernel.connect(peer, kernel.address(), kernel.addressLength()));
    register(kernel.accept(listener, true), Driver.Kind.STREAM);
    kernel.close(listener);
    send("one", 0);
    send("!", MSG_OOB);
    send("two", 0);
    assertEquals("onetwo", readAll(6));
  }

  private void send(String text, int flags) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    long memory = arena.allocate(bytes.length).address();
    Memory.set(memory, bytes, 0, bytes.length);
    assertEquals(bytes.length, kernel.send(peer, memory, bytes.length, flags));
  }

  private void sendWithDescriptor(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    long memory = arena.allocate(bytes.length).address();
    Memory.set(memory, bytes, 0, bytes.length);
    long iovec = arena.allocate(Iovec.SIZE, 8).address();
    Iovec.set(iovec, 0, memory, bytes.length);
    Struct cmsghdr = Abi.HOST.struct("cmsghdr");
    int controlLength = cmsghdr.size() + Integer.BYTES;
    long control = arena.allocate(64, 8).address();
    cmsghdr.set(control, "cmsg_len", controlLength);
    cmsghdr.set(control, "cmsg_level", Constants.SOL_SOCKET);
    cmsghdr.set(control, "cmsg_type", SCM_RIGHTS);
    Memory.setInt(control + cmsghdr.size(), peer);
    Struct msghdr = Abi.HOST.struct("msghdr");
    long message = arena.allocate(msghdr.size(), 8).address();
    msghdr.set(message, "msg_iov", iovec);
    msghdr.set(message, "msg_iovlen", 1);
    msghdr.set(message, "msg_control", control);
    msghdr.set(message, "msg_controllen", controlLength);
    assertEquals(bytes.length, kernel.sendmsg(peer, message, 0));
  }

  private void register(int fd, Driver.Kind kind) {
    registration = driver.register(fd, kind, new Reader());
    registration.awaitReadable();
    driver.run(0); // watched from now on
  }

  /** All was sent before the first round, so that one edge tells of it all. */
  private String readAll(int length) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (got.length() < length && System.nanoTime() < end) {
      assertTrue(driver.run(TimeUnit.SECONDS.toNanos(1)) >= 0);
    }
    return got.toString();
  }

  private final class Reader implements Endpoint {
    private static final int ROOM = 100;
    private final long memory = arena.allocate(ROOM).address();

    @Override
    public void readable() {
      int count = registration.read(memory, ROOM);
      byte[] bytes = new byte[Math.max(0, count)];
      Memory.get(memory, bytes, 0, bytes.length);
      got.append(new String(bytes, StandardCharsets.US_ASCII));
      registration.awaitReadable();
    }

    @Override
    public void connected(int result) {}

    @Override
    public void written(int result) {}

    @Override
    public void closed() {}
  }
}
