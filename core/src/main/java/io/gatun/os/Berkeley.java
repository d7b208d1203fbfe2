package io.gatun.os;

import static io.gatun.os.Constants.MSG_NOSIGNAL;
import static io.gatun.os.Errno.EOPNOTSUPP;
import static io.gatun.os.Errno.EPIPE;
import static io.gatun.os.Errno.EPROTOTYPE;
import static io.gatun.os.Native.DESCRIPTOR;
import static io.gatun.os.Native.SIZE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.invoke.MethodHandle;

/**
 * The calls that all systems have from Berkeley's sockets, Windows too. They differ in the width of
 * a descriptor and of a length, which {@link Native} evens out.
 *
 * <p>Each handle sits in a class of its own, so that a program links only what it calls: linking
 * one costs up to a millisecond at start-up.
 *
 * <p>The handles of the hot path are not final, which keeps the compiler from putting the call into
 * its callers. There it may be nested too deep (MaxInlineLevel) for the segment that the JDK makes
 * of the capture segment at each call to be removed: 40 bytes a call, against 7 ns for the jump.
 */
abstract class Berkeley extends Kernel {
  private static final long ERRNO = Native.capturedOffset();

  /** A failed call's errno, negative. */
  final int error() {
    return -capture.get(JAVA_INT, ERRNO);
  }

  final int result(int result) {
    return result >= 0 ? result : error();
  }

  final int result(long result) {
    return result >= 0 ? (int) result : error();
  }

  private static final class Bind {
    static final MethodHandle CALL =
        Native.capturing("bind", JAVA_INT, DESCRIPTOR, JAVA_LONG, JAVA_INT);
  }

  @Override
  public int bind(int fd, long address, int length) {
    try {
      return result((int) Bind.CALL.invokeExact(capture, fd, address, length));
    } catch (Throwable t) {
      throw Native.unexpected(t, "bind", fd);
    }
  }

  private static final class Listen {
    static final MethodHandle CALL = Native.capturing("listen", JAVA_INT, DESCRIPTOR, JAVA_INT);
  }

  @Override
  public int listen(int fd, int backlog) {
    try {
      return result((int) Listen.CALL.invokeExact(capture, fd, backlog));
    } catch (Throwable t) {
      throw Native.unexpected(t, "listen", fd, backlog);
    }
  }

  private static final class Connect {
    static final MethodHandle CALL =
        Native.capturing("connect", JAVA_INT, DESCRIPTOR, JAVA_LONG, JAVA_INT);
  }

  @Override
  public int connect(int fd, long address, int length) {
    try {
      return result((int) Connect.CALL.invokeExact(capture, fd, address, length));
    } catch (Throwable t) {
      throw Native.unexpected(t, "connect", fd);
    }
  }

  private static final class Recv {
    static MethodHandle CALL =
        Native.capturing("recv", SIZE, DESCRIPTOR, JAVA_LONG, SIZE, JAVA_INT);
  }

  @Override
  public int recv(int fd, long buffer, int length, int flags) {
    try {
      return result((long) Recv.CALL.invokeExact(capture, fd, buffer, (long) length, flags));
    } catch (Throwable t) {
      throw Native.unexpected(t, "recv", fd);
    }
  }

  private static final class Send {
    static MethodHandle CALL =
        Native.capturing("send", SIZE, DESCRIPTOR, JAVA_LONG, SIZE, JAVA_INT);
  }

  /**
   * A protocol may refuse a flag that it does not know, as RDS does with MSG_NOSIGNAL: then
   * without, since the JVM lets SIGPIPE do nothing, and such a protocol raises none.
   */
  @Override
  public int send(int fd, long buffer, int length, int flags) {
    int result = sendAsTold(fd, buffer, length, flags | MSG_NOSIGNAL);
    return sent(result == -EOPNOTSUPP ? sendAsTold(fd, buffer, length, flags) : result);
  }

  /**
   * The result of a call that sends without an address. macOS may answer it with EPROTOTYPE, which
   * POSIX knows of addresses alone, while the connection is being torn down: a moment later it is
   * EPIPE, as everywhere.
   */
  static int sent(int result) {
    return result == -EPROTOTYPE ? -EPIPE : result;
  }

  private int sendAsTold(int fd, long buffer, int length, int flags) {
    try {
      return result((long) Send.CALL.invokeExact(capture, fd, buffer, (long) length, flags));
    } catch (Throwable t) {
      throw Native.unexpected(t, "send", fd);
    }
  }

  private static final class Recvfrom {
    static final MethodHandle CALL =
        Native.capturing(
            "recvfrom", SIZE, DESCRIPTOR, JAVA_LONG, SIZE, JAVA_INT, JAVA_LONG, JAVA_LONG);
  }

  @Override
  public int recvfrom(int fd, long buffer, int length, int flags) {
    try {
      return result(
          (long)
              Recvfrom.CALL.invokeExact(
                  capture, fd, buffer, (long) length, flags, address(), expectAddress()));
    } catch (Throwable t) {
      throw Native.unexpected(t, "recvfrom", fd);
    }
  }

  private static final class Sendto {
    static final MethodHandle CALL =
        Native.capturing(
            "sendto", SIZE, DESCRIPTOR, JAVA_LONG, SIZE, JAVA_INT, JAVA_LONG, JAVA_INT);
  }

  @Override
  public int sendto(int fd, long buffer, int length, int flags, long address, int addressLength) {
    int result = sendtoAsTold(fd, buffer, length, flags | MSG_NOSIGNAL, address, addressLength);
    return result == -EOPNOTSUPP
        ? sendtoAsTold(fd, buffer, length, flags, address, addressLength) // as send does
        : result;
  }

  private int sendtoAsTold(
      int fd, long buffer, int length, int flags, long address, int addressLength) {
    try {
      return result(
          (long)
              Sendto.CALL.invokeExact(
                  capture, fd, buffer, (long) length, flags, address, addressLength));
    } catch (Throwable t) {
      throw Native.unexpected(t, "sendto", fd);
    }
  }

  private static final class Shutdown {
    static final MethodHandle CALL = Native.capturing("shutdown", JAVA_INT, DESCRIPTOR, JAVA_INT);
  }

  @Override
  public int shutdown(int fd, int how) {
    try {
      return result((int) Shutdown.CALL.invokeExact(capture, fd, how));
    } catch (Throwable t) {
      throw Native.unexpected(t, "shutdown", fd, how);
    }
  }

  private static final class Getsockopt {
    static final MethodHandle CALL =
        Native.capturing(
            "getsockopt", JAVA_INT, DESCRIPTOR, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
  }

  @Override
  public int getsockopt(int fd, int level, int option, long value, int length) {
    try {
      long lengthAddress = expectAddress();
      Memory.setInt(lengthAddress, length);
      int result =
          (int) Getsockopt.CALL.invokeExact(capture, fd, level, option, value, lengthAddress);
      return result < 0 ? error() : Memory.getInt(lengthAddress);
    } catch (Throwable t) {
      throw Native.unexpected(t, "getsockopt", fd, level, option);
    }
  }

  private static final class Setsockopt {
    static final MethodHandle CALL =
        Native.capturing(
            "setsockopt", JAVA_INT, DESCRIPTOR, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT);
  }

  @Override
  public int setsockopt(int fd, int level, int option, long value, int length) {
    try {
      return result((int) Setsockopt.CALL.invokeExact(capture, fd, level, option, value, length));
    } catch (Throwable t) {
      throw Native.unexpected(t, "setsockopt", fd, level, option);
    }
  }

  private static final class Getsockname {
    static final MethodHandle CALL =
        Native.capturing("getsockname", JAVA_INT, DESCRIPTOR, JAVA_LONG, JAVA_LONG);
  }

  @Override
  public int getsockname(int fd) {
    try {
      return result((int) Getsockname.CALL.invokeExact(capture, fd, address(), expectAddress()));
    } catch (Throwable t) {
      throw Native.unexpected(t, "getsockname", fd);
    }
  }

  private static final class Getpeername {
    static final MethodHandle CALL =
        Native.capturing("getpeername", JAVA_INT, DESCRIPTOR, JAVA_LONG, JAVA_LONG);
  }

  @Override
  public int getpeername(int fd) {
    try {
      return result((int) Getpeername.CALL.invokeExact(capture, fd, address(), expectAddress()));
    } catch (Throwable t) {
      throw Native.unexpected(t, "getpeername", fd);
    }
  }

  private static final class Getaddrinfo {
    static final MethodHandle CALL =
        Native.capturing("getaddrinfo", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    static final MethodHandle FREE = Native.plainVoid("freeaddrinfo", JAVA_LONG);
  }

  @Override
  public int getaddrinfo(long node, long service, long hints, long result) {
    try {
      return (int) Getaddrinfo.CALL.invokeExact(capture, node, service, hints, result);
    } catch (Throwable t) {
      throw Native.unexpected(t, "getaddrinfo");
    }
  }

  @Override
  public void freeaddrinfo(long result) {
    try {
      Getaddrinfo.FREE.invokeExact(result);
    } catch (Throwable t) {
      throw Native.unexpected(t, "freeaddrinfo");
    }
  }

  private static final class Getnameinfo {
    static final MethodHandle CALL =
        Native.capturing(
            "getnameinfo",
            JAVA_INT,
            JAVA_LONG,
            JAVA_INT,
            JAVA_LONG,
            JAVA_INT,
            JAVA_LONG,
            JAVA_INT,
            JAVA_INT);
  }

  @Override
  public int getnameinfo(
      long address,
      int length,
      long host,
      int hostLength,
      long service,
      int serviceLength,
      int flags) {
    try {
      return (int)
          Getnameinfo.CALL.invokeExact(
              capture, address, length, host, hostLength, service, serviceLength, flags);
    } catch (Throwable t) {
      throw Native.unexpected(t, "getnameinfo");
    }
  }

  private static final class Gethostname {
    static final MethodHandle CALL = Native.capturing("gethostname", JAVA_INT, JAVA_LONG, SIZE);
  }

  @Override
  public int gethostname(long buffer, int length) {
    try {
      return result((int) Gethostname.CALL.invokeExact(capture, buffer, (long) length));
    } catch (Throwable t) {
      throw Native.unexpected(t, "gethostname");
    }
  }
}
