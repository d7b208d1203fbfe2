package io.gatun.os;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SendfileTest {
  private static String got = "";

  static int macOs(
      MemorySegment capture, int file, int socket, long offset, long count, long extra, int flags) {
    got = "%d %d %d @%d %d %d".formatted(file, socket, offset, count, extra, flags);
    return -1;
  }

  static int freeBsd(
      MemorySegment capture,
      int file,
      int socket,
      long offset,
      long count,
      long extra,
      long sent,
      int flags) {
    got = "%d %d %d %d %d @%d %d".formatted(file, socket, offset, count, extra, sent, flags);
    return 0;
  }

  static long linux(MemorySegment capture, int socket, int file, long offset, long count) {
    got = "%d %d @%d %d".formatted(socket, file, offset, count);
    return 42;
  }

  private static long call(Os os, String function, MethodType type) throws Throwable {
    String prototype = Abi.of(os, Arch.AARCH64).prototypes().get("sendfile");
    MethodHandle handle =
        Sendfile.of(String.valueOf(prototype))
            .inOrder(MethodHandles.lookup().findStatic(SendfileTest.class, function, type));
    return (long) handle.invokeExact(MemorySegment.NULL, 3, 4, 500L, 600L, 7000L);
  }

  @Test
  void eachSystemGetsTheArgumentsInItsOrder() throws Throwable {
    Class<?> i = int.class;
    Class<?> l = long.class;
    Class<?> m = MemorySegment.class;
    assertEquals(-1, call(Os.MACOS, "macOs", MethodType.methodType(i, m, i, i, l, l, l, i)));
    assertEquals("4 3 500 @7000 0 0", got);
    assertEquals(0, call(Os.FREEBSD, "freeBsd", MethodType.methodType(i, m, i, i, l, l, l, l, i)));
    assertEquals("4 3 500 600 0 @7000 0", got);
    assertEquals(42, call(Os.LINUX, "linux", MethodType.methodType(l, m, i, i, l, l)));
    assertEquals("3 4 @7000 600", got);
  }

  @Test
  void theNumberByAddressIsWhatTheSystemReadsThere() {
    assertEquals(5, form(Os.LINUX).cell(5, 6));
    assertEquals(6, form(Os.MACOS).cell(5, 6));
    assertEquals(0, form(Os.FREEBSD).cell(5, 6));
  }

  private static Sendfile form(Os os) {
    return Sendfile.of(String.valueOf(Abi.of(os, Arch.X86_64).prototypes().get("sendfile")));
  }

  @Test
  void aPartOfAFileIsSent(@TempDir Path folder) throws Exception {
    assumeTrue(Sendfile.HOST.isPresent(), "this system has no sendfile");
    Path file = Files.writeString(folder.resolve("file"), "0123456789");
    Kernel kernel = Kernel.create();
    long pair = kernel.socketpair(Constants.AF_UNIX, Constants.SOCK_STREAM, 0, true);
    try (Arena arena = Arena.ofConfined()) {
      int fd = kernel.open(arena.allocateFrom(file.toString()).address());
      assertTrue(fd >= 0);
      long place = arena.allocate(Long.BYTES, Long.BYTES).address();
      Memory.setLong(place, 3);
      assertEquals(4, kernel.sendfile((int) pair, fd, place, 4));
      assertEquals(7, Memory.getLong(place));
      assertEquals(0, kernel.sendfile((int) pair, fd, place, 0), "nothing, and not all the rest");
      assertEquals(7, Memory.getLong(place));
      byte[] got = new byte[10];
      assertEquals(4, kernel.recv((int) (pair >>> 32), got, 0, 10, 0));
      assertArrayEquals(
          "3456".getBytes(StandardCharsets.US_ASCII), java.util.Arrays.copyOf(got, 4));
      kernel.close(fd);
    } finally {
      kernel.close((int) pair);
      kernel.close((int) (pair >>> 32));
    }
  }
}
