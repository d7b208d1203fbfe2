package io.gatun.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Holds an {@link Abi} against the headers of the system that it describes. */
final class AbiTest {
  private static final String LINUX_HEADERS =
      """
      #define _GNU_SOURCE
      #include <stddef.h>
      #include <errno.h>
      #include <fcntl.h>
      #include <netdb.h>
      #include <netinet/in.h>
      #include <netinet/tcp.h>
      #include <poll.h>
      #include <signal.h>
      #include <sys/epoll.h>
      #include <sys/eventfd.h>
      #include <sys/ioctl.h>
      #include <sys/socket.h>
      #include <sys/time.h>
      #include <sys/uio.h>
      #include <sys/un.h>
      """;

  /** By the names that {@link WindowsAbi} gives to what Windows calls otherwise. */
  private static final String WINDOWS_HEADERS =
      """
      #define WIN32_LEAN_AND_MEAN
      #define _WIN32_WINNT 0x0A00
      #include <winsock2.h>
      #include <windows.h>
      #include <ws2tcpip.h>
      #include <mswsock.h>
      #include <mstcpip.h>
      #include <afunix.h>
      #include <errno.h>
      #include <stddef.h>
      #ifndef TCP_MAXSEG // Debian 12's headers are older; newer ones are held against these
      #define TCP_KEEPIDLE 3
      #define TCP_MAXSEG 4
      #define TCP_FASTOPEN 15
      #define TCP_KEEPCNT 16
      #define TCP_KEEPINTVL 17
      #endif
      #define SHUT_RD SD_RECEIVE
      #define SHUT_WR SD_SEND
      #define SHUT_RDWR SD_BOTH
      #define iovec _WSABUF
      #define iov_base buf
      #define iov_len len
      #define msghdr _WSAMSG
      #define msg_name name
      #define msg_namelen namelen
      #define msg_iov lpBuffers
      #define msg_iovlen dwBufferCount
      #define msg_control Control.buf
      #define msg_controllen Control.len
      #define msg_flags dwFlags
      #define cmsghdr _WSACMSGHDR
      """;

  /** What Microsoft's errno.h numbers otherwise than Winsock does. */
  private static String windowsErrnos() {
    StringBuilder c = new StringBuilder();
    Abi.of(Os.WINDOWS, Arch.X86_64)
        .errnos()
        .forEach((name, number) -> {
          if (number >= 10000) {
            String winsocks = name.equals("EAGAIN") ? "WSAEWOULDBLOCK" : "WSA" + name;
            c.append("#undef %s\n#define %s %s\n".formatted(name, name, winsocks));
          }
        });
    return c
        + """
        #undef ENOMEM
        #define ENOMEM WSA_NOT_ENOUGH_MEMORY
        #undef ECANCELED
        #define ECANCELED WSA_OPERATION_ABORTED
        """;
  }

  /** The compilers that carry the headers of a system, by Debian's names. */
  enum Compiler {
    HOST(Os.LINUX, Abi.HOST.arch(), "cc", "gcc and libc6-dev"),
    LINUX_X86_64(Os.LINUX, Arch.X86_64, "x86_64-linux-gnu-gcc", "gcc-x86-64-linux-gnu"),
    LINUX_AARCH64(Os.LINUX, Arch.AARCH64, "aarch64-linux-gnu-gcc", "gcc-aarch64-linux-gnu"),
    WINDOWS_X86_64(Os.WINDOWS, Arch.X86_64, "x86_64-w64-mingw32-gcc", "gcc-mingw-w64-x86-64-win32");

    private final Os os;
    private final Arch arch;
    private final String command;
    private final String packages;

    Compiler(Os os, Arch arch, String command, String packages) {
      this.os = os;
      this.arch = arch;
      this.command = command;
      this.packages = packages;
    }

    void assumeInstalled() throws InterruptedException {
      boolean installed;
      try {
        installed = run(Path.of("."), command, "--version").isEmpty();
      } catch (IOException e) {
        installed = false;
      }
      assumeTrue(installed, command + " is not installed; Debian has it in " + packages);
    }

    String compile(Path folder, String c) throws IOException, InterruptedException {
      Files.writeString(folder.resolve("abi.c"), c);
      return run(folder, command, "-fsyntax-only", "-w", "abi.c");
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyNumberIsThatOfTheSystemsHeaders(Compiler compiler, @TempDir Path folder)
      throws Exception {
    compiler.assumeInstalled();
    assertEquals("", compiler.compile(folder, assertions(Abi.of(compiler.os, compiler.arch))));
  }

  @Test
  void aWrongNumberIsFound(@TempDir Path folder) throws Exception {
    assumeTrue(Abi.HOST.os() == Os.LINUX, "the host's compiler is looked for on Linux alone");
    Compiler.HOST.assumeInstalled();
    String right = assertions(Abi.HOST);
    String wrong = right.replace("SO_ERROR == 4,", "SO_ERROR == 5,");
    assertTrue(Compiler.HOST.compile(folder, wrong).contains("SO_ERROR"));
  }

  /** One static assertion for each constant, errno, size and offset. */
  private static String assertions(Abi abi) {
    StringBuilder c =
        new StringBuilder(
            abi.os() == Os.WINDOWS ? WINDOWS_HEADERS + windowsErrnos() : LINUX_HEADERS);
    abi.constants().forEach((name, value) -> assertion(c, "(int) " + name, value));
    abi.errnos().forEach((name, value) -> assertion(c, name, value));
    for (Struct struct : abi.structs().values()) {
      assertion(c, "sizeof(" + struct.name() + ")", struct.size());
      struct
          .fields()
          .forEach((name, field) -> {
            String member = "((" + struct.name() + " *) 0)->" + name;
            assertion(c, "offsetof(" + struct.name() + ", " + name + ")", field.offset());
            assertion(c, "sizeof(" + member + ")", field.size());
          });
    }
    return c.toString();
  }

  private static void assertion(StringBuilder c, String expression, int value) {
    c.append("_Static_assert(%s == %d, \"%s\");\n".formatted(expression, value, expression));
  }

  /** Returns what a program writes to its standard error. */
  private static String run(Path folder, String... command)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    String errors = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    return errors;
  }

  @Test
  void aNameTheSystemLacksIsAnErrorThatNamesIt() {
    Exception e =
        assertThrows(IllegalArgumentException.class, () -> Abi.HOST.value("SO_NO_SUCH_OPTION"));
    assertEquals(Abi.HOST.os() + " has no constant SO_NO_SUCH_OPTION", e.getMessage());
  }

  @Test
  void aFieldOutsideItsStructIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> Struct.of("struct x", 8).field("y", 6, 4));
  }

  @Test
  void anErrnoHasItsNameAndText() {
    assertEquals("ECONNREFUSED", Errno.name(Errno.ECONNREFUSED));
    assertEquals("Connection refused", Errno.message(Errno.ECONNREFUSED));
    assertEquals("errno 4242", Errno.name(4242));
  }
}
