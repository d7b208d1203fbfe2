package io.gatun.error;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.os.Abi;
import io.gatun.os.Errno;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SocketErrorsTest {
  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "the numbers are Linux's")
  void theLineNamesCallAddressAndErrno() {
    assertEquals(
        "bind 127.0.0.1:80: EACCES (13) Permission denied",
        SocketErrors.of("bind", "127.0.0.1:80", 13).getMessage());
    assertEquals(
        "connect unix:/x/y: ECONNREFUSED (111) Connection refused",
        SocketErrors.of("connect", "unix:/x/y", Errno.ECONNREFUSED).getMessage());
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "the numbers are Linux's")
  void theLineLeavesOutAnAddressThatIsNotThere() {
    assertEquals(
        "recv: ECONNRESET (104) Connection reset by peer",
        SocketErrors.of("recv", null, Errno.ECONNRESET).getMessage());
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "the numbers are Linux's")
  void aNegativeResultMeansTheSameErrno() {
    IOException error = SocketErrors.of("recv", null, -Errno.ECONNRESET);
    assertEquals("recv: ECONNRESET (104) Connection reset by peer", error.getMessage());
    assertEquals(Errno.ECONNRESET, ((SocketError) error).errno());
  }

  @Test
  void anUnknownErrnoIsStillReported() {
    SocketErrorException error =
        assertInstanceOf(SocketErrorException.class, SocketErrors.of("recv", null, -4000));
    assertEquals(4000, error.errno());
    assertTrue(error.toString().contains("(4000)"), error.getMessage());
  }

  @Test
  void numbersDoNotFollowTheLocale() {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
    try {
      assertTrue(SocketErrors.of("recv", null, 104).toString().contains("(104)"));
      assertTrue(new ResolveException("getaddrinfo", null, -2).toString().contains("(-2)"));
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "the numbers are Linux's")
  void anAddressCanAddWhatErrnoDoesNotSay() {
    ErrorDetail address = errno -> errno == Errno.ENAMETOOLONG ? "108 bytes are too many" : null;
    assertTrue(
        SocketErrors.of("bind", address, Errno.ENAMETOOLONG)
            .toString()
            .endsWith(": ENAMETOOLONG (36) File name too long: 108 bytes are too many"));
    assertTrue(
        SocketErrors.of("bind", address, Errno.EACCES).toString().endsWith("Permission denied"));
  }

  @ParameterizedTest
  @CsvSource({
    "bind, EADDRINUSE, BindErrorException",
    "bind, EINVAL, BindErrorException",
    "bind, EAGAIN, BindErrorException",
    "listen, EADDRINUSE, BindErrorException",
    "listen, EOPNOTSUPP, BindErrorException",
    "bind, EBADF, ClosedException",
    "connect, EADDRINUSE, BindErrorException",
    "connect, EADDRNOTAVAIL, BindErrorException",
    "connect, ECONNREFUSED, ConnectionRefusedException",
    "recv, ECONNREFUSED, ConnectionRefusedException",
    "connect, ETIMEDOUT, ConnectErrorException",
    "connect, ENOENT, ConnectErrorException",
    "connect, ENETDOWN, ConnectErrorException",
    "connect, EHOSTUNREACH, UnreachableException",
    "connect, ENETUNREACH, UnreachableException",
    "sendto, EHOSTDOWN, UnreachableException",
    "connect, EINPROGRESS, WouldBlockException",
    "connect, EALREADY, WouldBlockException",
    "recv, EAGAIN, WouldBlockException",
    "connect, ECONNRESET, ConnectionResetException",
    "recv, ECONNRESET, ConnectionResetException",
    "accept, ECONNABORTED, ConnectionAbortedException",
    "send, EPIPE, BrokenPipeException",
    "send, ESHUTDOWN, BrokenPipeException",
    "recv, EBADF, ClosedException",
    "recv, ETIMEDOUT, SocketErrorException",
    "recv, ENETDOWN, SocketErrorException",
    "sendto, EADDRNOTAVAIL, SocketErrorException",
    "setsockopt, ENOPROTOOPT, SocketErrorException",
  })
  void theClassFitsCallAndErrno(String call, String errno, String name) {
    IOException error = SocketErrors.of(call, null, Abi.HOST.errno(errno));
    assertEquals(name, error.getClass().getSimpleName());
  }

  @Test
  void codeForTheJdkCatchesTheClassItKnows() {
    assertInstanceOf(BindException.class, SocketErrors.of("bind", null, Errno.EADDRINUSE));
    assertInstanceOf(ConnectException.class, SocketErrors.of("connect", null, Errno.ECONNREFUSED));
    assertInstanceOf(ConnectException.class, SocketErrors.of("connect", null, Errno.ETIMEDOUT));
    assertInstanceOf(
        NoRouteToHostException.class, SocketErrors.of("connect", null, Errno.EHOSTUNREACH));
    assertInstanceOf(SocketException.class, SocketErrors.of("recv", null, Errno.ECONNRESET));
    assertInstanceOf(SocketException.class, SocketErrors.of("send", null, Errno.EPIPE));
    assertInstanceOf(ClosedChannelException.class, SocketErrors.of("send", null, Errno.EBADF));
    assertInstanceOf(SocketTimeoutException.class, new TimedOutException("recv", null, 1));
    assertInstanceOf(UnknownHostException.class, new ResolveException("getaddrinfo", null, -2));
  }

  @Test
  void everyErrorOfTheHostKeepsItsCallAndNumber() {
    for (String call : List.of("bind", "connect", "recv")) {
      Abi.HOST
          .errnos()
          .forEach((name, number) -> {
            SocketError error =
                assertInstanceOf(SocketError.class, SocketErrors.of(call, null, number));
            assertEquals(call, error.call());
            assertEquals(number, error.errno(), name);
            assertEquals(name, error.errnoName());
          });
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1500000000, 1.5 s",
    "60000000000, 60 s",
    "250000000, 250 ms",
    "1000000, 1 ms",
    "999999, 999.999 µs",
    "1500, 1.5 µs",
    "0, 0 s",
  })
  void aTimeoutIsToldInFittingUnits(long nanos, String text) {
    assertEquals(
        "connect 192.0.2.1:80: timed out after " + text,
        new TimedOutException("connect", "192.0.2.1:80", nanos).getMessage());
  }

  @Test
  void aTimeoutHasAnErrno() {
    assertEquals("ETIMEDOUT", new TimedOutException("recv", null, 1).errnoName());
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "the numbers are Linux's")
  void aClosedSocketSaysHowItClosed() {
    assertEquals("recv: the socket is closed", new ClosedException("recv").getMessage());
    ClosedException error = new ClosedException("recv", "closed by another thread");
    assertEquals("recv: closed by another thread", error.getMessage());
    assertEquals("EBADF", error.errnoName());
    assertEquals(
        "recv: EBADF (9) Bad file descriptor",
        SocketErrors.of("recv", null, Errno.EBADF).getMessage());
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "the numbers are Linux's")
  void aNameThatDoesNotResolveHasTheResolversOwnCode() {
    ResolveException error =
        new ResolveException("getaddrinfo", "no.such.host:80", Abi.HOST.value("EAI_NONAME"));
    assertEquals(
        "getaddrinfo no.such.host:80: EAI_NONAME (-2) Name or service not known",
        error.getMessage());
    assertEquals("EAI_NONAME", error.errnoName());
    assertEquals(-2, error.gaiCode());
    assertEquals(-2, error.errno());
    assertTrue(new ResolveException("getaddrinfo", null, -99).toString().contains("(-99)"));
  }

  @Test
  void everyCodeOfTheResolverHasItsText() {
    Abi.HOST
        .constants()
        .forEach((name, code) -> {
          if (name.startsWith("EAI_")) {
            String message = new ResolveException("getaddrinfo", null, code).toString();
            assertTrue(message.contains(name), message);
            assertTrue(!message.contains("Unknown error"), message);
          }
        });
  }

  @Test
  void errorsCanBeSerialized() throws Exception {
    for (IOException error :
        List.of(
            SocketErrors.of("connect", new Object(), Errno.ECONNREFUSED),
            new ClosedException("recv"),
            new ResolveException("getaddrinfo", new Object(), -2),
            new TimedOutException("recv", new Object(), 1))) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
        out.writeObject(error);
      }
      try (ObjectInputStream in =
          new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
        IOException copy = (IOException) in.readObject();
        assertSame(error.getClass(), copy.getClass());
        assertEquals(error.getMessage(), copy.getMessage());
        assertEquals(((SocketError) error).errno(), ((SocketError) copy).errno());
        assertEquals(((SocketError) error).call(), ((SocketError) copy).call());
      }
    }
  }
}
