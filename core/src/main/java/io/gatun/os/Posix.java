package io.gatun.os;

import static io.gatun.os.Constants.MSG_NOSIGNAL;
import static io.gatun.os.Errno.EOPNOTSUPP;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/** The calls of a POSIX C library, beside those that Windows has too. */
final class Posix extends Berkeley {
  private static final Abi ABI = Abi.HOST;

  /**
   * Whether a descriptor is made with its flags. Where SOCK_CLOEXEC is, so are accept4(2), pipe2(2)
   * and dup3(2); elsewhere (macOS) fcntl(2) follows, and a program started in between inherits it.
   */
  private static final boolean FLAGS_AT_ONCE = ABI.has("SOCK_CLOEXEC");

  private static final int SOCK_CLOEXEC = ABI.valueOr("SOCK_CLOEXEC", 0);
  private static final int SOCK_NONBLOCK = ABI.valueOr("SOCK_NONBLOCK", 0);

  /** What keeps a socket from raising SIGPIPE where no flag of a call does; −1 for none. */
  private static final int NO_SIGPIPE =
      ABI.has("MSG_NOSIGNAL") ? -1 : ABI.valueOr("SO_NOSIGPIPE", -1);

  private static final int O_CLOEXEC = ABI.value("O_CLOEXEC");
  private static final int O_NONBLOCK = ABI.value("O_NONBLOCK");
  private static final int FD_CLOEXEC = ABI.value("FD_CLOEXEC");
  private static final int F_SETFD = ABI.value("F_SETFD");
  private static final int F_GETFL = ABI.value("F_GETFL");
  private static final int F_SETFL = ABI.value("F_SETFL");

  private static int flags(boolean nonBlocking) {
    return nonBlocking ? SOCK_CLOEXEC | SOCK_NONBLOCK : SOCK_CLOEXEC;
  }

  /** Gives a new socket the flags that it was not made with. */
  int finishSocket(int fd, boolean nonBlocking) {
    int result = finish(fd, nonBlocking);
    if (result >= 0 && NO_SIGPIPE >= 0) {
      // EINVAL from one whose peer has gone already: a write to it fails soon enough.
      int ignored = setsockopt(fd, Constants.SOL_SOCKET, NO_SIGPIPE, 1);
    }
    return result;
  }

  private int finish(int fd, boolean nonBlocking) {
    if (FLAGS_AT_ONCE || fd < 0) {
      return fd;
    }
    int result = fcntl(fd, F_SETFD, FD_CLOEXEC);
    if (result >= 0) {
      // Both ways: an accepted socket has its listener's flag on macOS.
      result = setNonBlocking(fd, nonBlocking);
    }
    if (result < 0) {
      int ignored = close(fd);
      return result;
    }
    return fd;
  }

  /** The same for two at once, the second of which is in the high half. */
  private long finishPair(long pair, boolean nonBlocking, boolean sockets) {
    if (FLAGS_AT_ONCE || pair < 0) {
      return pair;
    }
    int one = (int) pair;
    int other = (int) (pair >>> 32);
    int result = sockets ? finishSocket(one, nonBlocking) : finish(one, nonBlocking);
    if (result < 0) {
      int ignored = close(other);
      return result;
    }
    result = sockets ? finishSocket(other, nonBlocking) : finish(other, nonBlocking);
    if (result < 0) {
      int ignored = close(one);
      return result;
    }
    return pair;
  }

  private static final class Socket {
    static final MethodHandle CALL =
        Native.capturing("socket", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
  }

  @Override
  public int socket(int family, int type, int protocol, boolean nonBlocking) {
    try {
      int fd =
          result(
              (int) Socket.CALL.invokeExact(capture, family, type | flags(nonBlocking), protocol));
      return finishSocket(fd, nonBlocking);
    } catch (Throwable t) {
      throw Native.unexpected(t, "socket", family, type, protocol);
    }
  }

  private static final class Socketpair {
    static final MethodHandle CALL =
        Native.capturing("socketpair", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
  }

  @Override
  public long socketpair(int family, int type, int protocol, boolean nonBlocking) {
    try {
      int result =
          (int)
              Socketpair.CALL.invokeExact(
                  capture, family, type | flags(nonBlocking), protocol, value());
      long pair = result < 0 ? error() : Memory.getLong(value());
      return finishPair(pair, nonBlocking, true);
    } catch (Throwable t) {
      throw Native.unexpected(t, "socketpair", family, type, protocol);
    }
  }

  private static final class Accept {
    static final MethodHandle CALL =
        FLAGS_AT_ONCE
            ? Native.capturing("accept4", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT)
            : Native.capturing("accept", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
  }

  @Override
  public int accept(int fd, boolean nonBlocking) {
    return accept(fd, address(), expectAddress(), nonBlocking);
  }

  @Override
  public int acceptUnnamed(int fd, boolean nonBlocking) {
    return accept(fd, 0, 0, nonBlocking);
  }

  private int accept(int fd, long address, long length, boolean nonBlocking) {
    try {
      if (FLAGS_AT_ONCE) {
        return result(
            (int) Accept.CALL.invokeExact(capture, fd, address, length, flags(nonBlocking)));
      }
      int accepted = result((int) Accept.CALL.invokeExact(capture, fd, address, length));
      return finishSocket(accepted, nonBlocking);
    } catch (Throwable t) {
      throw Native.unexpected(t, "accept", fd);
    }
  }

  @Override
  public int recv(int fd, long buffer, int length, int flags) {
    return INSTALLS_UNASKED
        ? recvmsg(fd, buffer, length, flags)
        : super.recv(fd, buffer, length, flags);
  }

  private static final class RecvNow {
    static MethodHandle CALL =
        Native.critical("recv", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
  }

  private static final class SendNow {
    static MethodHandle CALL =
        Native.critical("send", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
  }

  @Override
  int recvNow(int fd, MemorySegment heap, long length, int flags) {
    try {
      return result((long) RecvNow.CALL.invokeExact(capture, fd, heap, length, flags));
    } catch (Throwable t) {
      throw Native.unexpected(t, "recv", fd);
    }
  }

  @Override
  int sendNow(int fd, MemorySegment heap, long length, int flags) {
    int result = sendNowAsTold(fd, heap, length, flags | MSG_NOSIGNAL);
    return sent( // as send does
        result == -EOPNOTSUPP ? sendNowAsTold(fd, heap, length, flags) : result);
  }

  private int sendNowAsTold(int fd, MemorySegment heap, long length, int flags) {
    try {
      return result((long) SendNow.CALL.invokeExact(capture, fd, heap, length, flags));
    } catch (Throwable t) {
      throw Native.unexpected(t, "send", fd);
    }
  }

  @Override
  public int recvfrom(int fd, long buffer, int length, int flags) {
    if (!INSTALLS_UNASKED) {
      return super.recvfrom(fd, buffer, length, flags);
    }
    Iovec.set(iovecs(), 0, buffer, length);
    long header = Msghdr.ofIovecs(message(), iovecs(), 1);
    Msghdr.setAddress(header, address(), Memory.getInt(expectAddress()));
    int result = recvBytes(fd, header, flags);
    Memory.setInt(expectAddress(), Msghdr.addressLength(header));
    return result;
  }

  private static final class Recvmsg {
    static final MethodHandle CALL =
        Native.capturing("recvmsg", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
  }

  @Override
  public int recvmsg(int fd, long message, int flags) {
    try {
      return result((long) Recvmsg.CALL.invokeExact(capture, fd, message, flags));
    } catch (Throwable t) {
      throw Native.unexpected(t, "recvmsg", fd);
    }
  }

  private static final class Sendmsg {
    static MethodHandle CALL =
        Native.capturing("sendmsg", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
  }

  @Override
  public int sendmsg(int fd, long message, int flags) {
    int result = sendmsgAsTold(fd, message, flags | MSG_NOSIGNAL);
    return result == -EOPNOTSUPP ? sendmsgAsTold(fd, message, flags) : result; // as send does
  }

  private int sendmsgAsTold(int fd, long message, int flags) {
    try {
      return result((long) Sendmsg.CALL.invokeExact(capture, fd, message, flags));
    } catch (Throwable t) {
      throw Native.unexpected(t, "sendmsg", fd);
    }
  }

  @Override
  public int send(int fd, long iovecs, int count) {
    return sent(sendmsg(fd, Msghdr.ofIovecs(message(), iovecs, count), 0));
  }

  // Linux has both calls; where the struct is missing, Kernel's own ways serve.

  private static final class RecvmmsgCall {
    static MethodHandle CALL =
        Native.capturing("recvmmsg", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG);
  }

  @Override
  public int recvmmsg(int fd, long messages, int count, int flags) {
    if (!RECEIVES_AT_ONCE) {
      return super.recvmmsg(fd, messages, count, flags);
    }
    try {
      return result((int) RecvmmsgCall.CALL.invokeExact(capture, fd, messages, count, flags, 0L));
    } catch (Throwable t) {
      throw Native.unexpected(t, "recvmmsg", fd, count);
    }
  }

  private static final class Sendmmsg {
    static final boolean THERE = Mmsghdr.isThere() && Native.find("sendmmsg").isPresent();
  }

  private static final class SendmmsgCall {
    static MethodHandle CALL =
        Native.capturing("sendmmsg", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT);
  }

  @Override
  public int sendmmsg(int fd, long messages, int count, int flags) {
    if (!Sendmmsg.THERE) {
      return super.sendmmsg(fd, messages, count, flags);
    }
    int result = sendmmsgAsTold(fd, messages, count, flags | MSG_NOSIGNAL);
    return result == -EOPNOTSUPP ? sendmmsgAsTold(fd, messages, count, flags) : result; // as send
  }

  private int sendmmsgAsTold(int fd, long messages, int count, int flags) {
    try {
      return result((int) SendmmsgCall.CALL.invokeExact(capture, fd, messages, count, flags));
    } catch (Throwable t) {
      throw Native.unexpected(t, "sendmmsg", fd, count);
    }
  }

  private static final class Readv {
    static final MethodHandle CALL =
        Native.capturing("readv", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
  }

  @Override
  public int readv(int fd, long iovecs, int count) {
    try {
      return result((long) Readv.CALL.invokeExact(capture, fd, iovecs, count));
    } catch (Throwable t) {
      throw Native.unexpected(t, "readv", fd);
    }
  }

  private static final class Writev {
    static final MethodHandle CALL =
        Native.capturing("writev", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
  }

  @Override
  public int writev(int fd, long iovecs, int count) {
    try {
      return result((long) Writev.CALL.invokeExact(capture, fd, iovecs, count));
    } catch (Throwable t) {
      throw Native.unexpected(t, "writev", fd);
    }
  }

  private static final class Close {
    static final MethodHandle CALL = Native.capturing("close", JAVA_INT, JAVA_INT);
  }

  @Override
  public int close(int fd) {
    try {
      return result((int) Close.CALL.invokeExact(capture, fd));
    } catch (Throwable t) {
      throw Native.unexpected(t, "close", fd);
    }
  }

  private static final class Fcntl {
    static final MethodHandle CALL =
        Native.capturing("fcntl", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
  }

  @Override
  public int fcntl(int fd, int command, int argument) {
    try {
      return result((int) Fcntl.CALL.invokeExact(capture, fd, command, argument));
    } catch (Throwable t) {
      throw Native.unexpected(t, "fcntl", fd, command, argument);
    }
  }

  @Override
  public int isNonBlocking(int fd) {
    int flags = fcntl(fd, F_GETFL, 0);
    return flags < 0 ? flags : (flags & O_NONBLOCK) == 0 ? 0 : 1;
  }

  @Override
  public int setNonBlocking(int fd, boolean nonBlocking) {
    int flags = fcntl(fd, F_GETFL, 0);
    if (flags < 0) {
      return flags;
    }
    int wanted = nonBlocking ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
    return wanted == flags ? 0 : fcntl(fd, F_SETFL, wanted);
  }

  private static final class Ioctl {
    static final MethodHandle CALL =
        Native.capturing("ioctl", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
  }

  @Override
  public int ioctl(int fd, long request, long argument) {
    try {
      // Requests have 32 bits, and as ints some are negative: their sign must not go along.
      return result((int) Ioctl.CALL.invokeExact(capture, fd, request & 0xffff_ffffL, argument));
    } catch (Throwable t) {
      throw Native.unexpected(t, "ioctl", fd, request);
    }
  }

  private static final class Poll {
    /** macOS has no ppoll: there time is rounded up to whole milliseconds. */
    static final boolean PRECISE = Native.find("ppoll").isPresent();

    static MethodHandle CALL =
        PRECISE
            ? Native.capturing("ppoll", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG)
            : Native.capturing("poll", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);
  }

  @Override
  public int poll(long fds, int count, long timeoutNanos) {
    try {
      if (Poll.PRECISE) {
        long timeout = timeoutNanos < 0 ? 0 : Timespec.set(value(), timeoutNanos);
        return result((int) Poll.CALL.invokeExact(capture, fds, (long) count, timeout, 0L));
      }
      return result(
          (int) Poll.CALL.invokeExact(capture, fds, (long) count, Timespec.millis(timeoutNanos)));
    } catch (Throwable t) {
      throw Native.unexpected(t, "poll", count);
    }
  }

  private static final class Eventfd {
    /** Newer BSDs have it too; their older versions lack the function alone. */
    static final boolean THERE = ABI.has("EFD_NONBLOCK") && Native.find("eventfd").isPresent();

    static final int FLAGS = ABI.valueOr("EFD_NONBLOCK", 0) | ABI.valueOr("EFD_CLOEXEC", 0);
  }

  private static final class EventfdCall {
    static final MethodHandle CALL = Native.capturing("eventfd", JAVA_INT, JAVA_INT, JAVA_INT);
  }

  @Override
  public long wakeup() {
    if (!Eventfd.THERE) {
      return pipe();
    }
    try {
      int fd = result((int) EventfdCall.CALL.invokeExact(capture, 0, Eventfd.FLAGS));
      return fd < 0 ? fd : (long) fd << 32 | fd;
    } catch (Throwable t) {
      throw Native.unexpected(t, "eventfd");
    }
  }

  private static final class Pipe {
    static final MethodHandle CALL =
        FLAGS_AT_ONCE
            ? Native.capturing("pipe2", JAVA_INT, JAVA_LONG, JAVA_INT)
            : Native.capturing("pipe", JAVA_INT, JAVA_LONG);
  }

  @Override
  public long pipe() {
    try {
      int result =
          FLAGS_AT_ONCE
              ? (int) Pipe.CALL.invokeExact(capture, value(), O_NONBLOCK | O_CLOEXEC)
              : (int) Pipe.CALL.invokeExact(capture, value());
      return finishPair(result < 0 ? error() : Memory.getLong(value()), true, false);
    } catch (Throwable t) {
      throw Native.unexpected(t, "pipe");
    }
  }

  private static final class Read {
    static final MethodHandle CALL =
        Native.capturing("read", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);
  }

  @Override
  public int read(int fd, long buffer, int length) {
    try {
      return result((long) Read.CALL.invokeExact(capture, fd, buffer, (long) length));
    } catch (Throwable t) {
      throw Native.unexpected(t, "read", fd);
    }
  }

  private static final class Signal {
    static final MethodHandle CALL =
        Native.plain("write", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);
    static final MemorySegment ONE = Arena.global().allocateFrom(JAVA_LONG, 1L);
  }

  @Override
  public void signal(int fd) {
    try {
      long ignored = (long) Signal.CALL.invokeExact(fd, Signal.ONE.address(), (long) Long.BYTES);
    } catch (Throwable t) {
      throw Native.unexpected(t, "write", fd);
    }
  }

  private static final class Dup {
    static final MethodHandle CALL =
        FLAGS_AT_ONCE
            ? Native.capturing("dup3", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT)
            : Native.capturing("dup2", JAVA_INT, JAVA_INT, JAVA_INT);
  }

  @Override
  public int dup(int from, int to) {
    try {
      if (FLAGS_AT_ONCE) {
        return result((int) Dup.CALL.invokeExact(capture, from, to, O_CLOEXEC));
      }
      int result = result((int) Dup.CALL.invokeExact(capture, from, to));
      int flagged = result < 0 ? result : fcntl(to, F_SETFD, FD_CLOEXEC);
      return flagged < 0 ? flagged : to;
    } catch (Throwable t) {
      throw Native.unexpected(t, "dup", from, to);
    }
  }

  private static final class Pthread {
    static final MethodHandle SELF = Native.plain("pthread_self", JAVA_LONG);

    /**
     * On Linux the JDK itself wakes blocked threads by SIGRTMAX - 2; the next one down is ours.
     * Signal 61 does nothing unless someone sends it. macOS has no such signals, and the JDK uses
     * SIGIO there: SIGURG is ignored unless it is handled, and comes only to who asked by F_SETOWN.
     */
    static final int SIGNAL = ABI.valueOr("SIGURG", 61);

    static {
      install();
    }

    /** Points the signal at abs(3), a handler that changes nothing, without SA_RESTART. */
    private static void install() {
      MethodHandle sigaction = Native.plain("sigaction", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
      Struct struct = ABI.struct("sigaction");
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment action = arena.allocate(struct.size(), 8);
        struct.set(action.address(), "sa_handler", Native.find("abs").orElseThrow().address());
        int result = (int) sigaction.invokeExact(SIGNAL, action.address(), 0L);
        if (result != 0) {
          throw new AssertionError("sigaction(" + SIGNAL + ") failed");
        }
      } catch (Throwable t) {
        throw Native.unexpected(t, "sigaction", SIGNAL);
      }
    }
  }

  /** Linked when a thread is first woken. */
  private static final class PthreadKill {
    static final MethodHandle CALL = Native.plain("pthread_kill", JAVA_INT, JAVA_LONG, JAVA_INT);
  }

  @Override
  public long thread() {
    try {
      return (long) Pthread.SELF.invokeExact();
    } catch (Throwable t) {
      throw Native.unexpected(t, "pthread_self");
    }
  }

  @Override
  public void interrupt(long thread) {
    try {
      int ignored = (int) PthreadKill.CALL.invokeExact(thread, Pthread.SIGNAL);
    } catch (Throwable t) {
      throw Native.unexpected(t, "pthread_kill");
    }
  }

  // Descriptors and files

  private static final class Duplicate {
    static final int COMMAND = ABI.value("F_DUPFD_CLOEXEC");
  }

  @Override
  public int duplicate(int fd) {
    return fcntl(fd, Duplicate.COMMAND, 0);
  }

  private static final class Inherit {
    static final int GET = ABI.value("F_GETFD");
    static final int SET = ABI.value("F_SETFD");
    static final int CLOEXEC = ABI.value("FD_CLOEXEC");
  }

  @Override
  public int isInheritable(int fd) {
    int flags = fcntl(fd, Inherit.GET, 0);
    return flags < 0 ? flags : (flags & Inherit.CLOEXEC) == 0 ? 1 : 0;
  }

  @Override
  public int setInheritable(int fd, boolean inheritable) {
    int flags = fcntl(fd, Inherit.GET, 0);
    if (flags < 0) {
      return flags;
    }
    int wanted = inheritable ? flags & ~Inherit.CLOEXEC : flags | Inherit.CLOEXEC;
    return wanted == flags ? 0 : fcntl(fd, Inherit.SET, wanted);
  }

  private static final class Open {
    static final MethodHandle CALL =
        Native.capturing("open", JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT);
  }

  @Override
  public int open(long path) {
    try {
      return result((int) Open.CALL.invokeExact(capture, path, O_CLOEXEC | O_NONBLOCK, 0));
    } catch (Throwable t) {
      throw Native.unexpected(t, "open");
    }
  }

  @Override
  public int closeFile(int file) {
    return close(file);
  }

  private static final class Pread {
    static final MethodHandle CALL =
        Native.capturing("pread", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
  }

  @Override
  public int pread(int file, long buffer, int length, long offset) {
    try {
      return result((long) Pread.CALL.invokeExact(capture, file, buffer, (long) length, offset));
    } catch (Throwable t) {
      throw Native.unexpected(t, "pread", file);
    }
  }

  private static final class SendfileCall {
    static final Sendfile FORM = Sendfile.HOST.orElseThrow();
    static final MethodHandle CALL =
        FORM.inOrder(Native.capturing("sendfile", FORM.result(), FORM.layouts()));
  }

  @Override
  public int sendfile(int socket, int file, long offset, int count) {
    if (Sendfile.HOST.isEmpty()) {
      return super.sendfile(socket, file, offset, count);
    }
    if (count == 0) {
      return 0; // which on macOS and FreeBSD means all that follows
    }
    Sendfile form = SendfileCall.FORM;
    long from = Memory.getLong(offset);
    long cell = form.countIsResult() ? offset : value();
    Memory.setLong(cell, form.cell(from, count));
    try {
      long result =
          (long) SendfileCall.CALL.invokeExact(capture, socket, file, from, (long) count, cell);
      if (form.countIsResult()) {
        return result(result);
      }
      // A part may have been sent before the failure, EAGAIN most often.
      int sent = (int) Memory.getLong(cell);
      Memory.setLong(offset, from + sent);
      return result < 0 && sent == 0 ? error() : sent;
    } catch (Throwable t) {
      throw Native.unexpected(t, "sendfile", socket, file);
    }
  }

  // Names

  private static final class Sethostname {
    static final MethodHandle CALL =
        Native.capturing("sethostname", JAVA_INT, JAVA_LONG, JAVA_LONG);
  }

  @Override
  public int sethostname(long name, int length) {
    try {
      return result((int) Sethostname.CALL.invokeExact(capture, name, (long) length));
    } catch (Throwable t) {
      throw Native.unexpected(t, "sethostname");
    }
  }

  private static final class Interfaces {
    static final MethodHandle INDEX = Native.capturing("if_nametoindex", JAVA_INT, JAVA_LONG);
    static final MethodHandle NAME =
        Native.capturing("if_indextoname", JAVA_LONG, JAVA_INT, JAVA_LONG);
    static final MethodHandle LIST = Native.capturing("if_nameindex", JAVA_LONG);
    static final MethodHandle FREE = Native.plainVoid("if_freenameindex", JAVA_LONG);
  }

  @Override
  public int ifNametoindex(long name) {
    try {
      int index = (int) Interfaces.INDEX.invokeExact(capture, name);
      return index == 0 ? error() : index;
    } catch (Throwable t) {
      throw Native.unexpected(t, "if_nametoindex");
    }
  }

  @Override
  public int ifIndextoname(int index, long name) {
    try {
      return (long) Interfaces.NAME.invokeExact(capture, index, name) == 0 ? error() : 0;
    } catch (Throwable t) {
      throw Native.unexpected(t, "if_indextoname", index);
    }
  }

  @Override
  public long ifNameindex() {
    try {
      long list = (long) Interfaces.LIST.invokeExact(capture);
      return list == 0 ? error() : list;
    } catch (Throwable t) {
      throw Native.unexpected(t, "if_nameindex");
    }
  }

  @Override
  public void ifFreenameindex(long list) {
    try {
      Interfaces.FREE.invokeExact(list);
    } catch (Throwable t) {
      throw Native.unexpected(t, "if_freenameindex");
    }
  }

  /** The thread-safe calls, which glibc has all, and others in part; they return errno. */
  private static final class Entries {
    static final @Nullable MethodHandle HOST_BY_NAME =
        find("gethostbyname_r", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    static final @Nullable MethodHandle HOST_BY_ADDRESS =
        find(
            "gethostbyaddr_r",
            JAVA_LONG,
            JAVA_INT,
            JAVA_INT,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG);
    static final @Nullable MethodHandle SERVICE_BY_NAME =
        find("getservbyname_r", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    static final @Nullable MethodHandle SERVICE_BY_PORT =
        find("getservbyport_r", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    static final @Nullable MethodHandle PROTOCOL_BY_NAME =
        find("getprotobyname_r", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);

    /** FreeBSD's have the same arguments, OpenBSD's others; macOS has none. */
    private static @Nullable MethodHandle find(String symbol, MemoryLayout... arguments) {
      return Native.find(symbol).isPresent() ? Native.plain(symbol, JAVA_INT, arguments) : null;
    }
  }

  @Override
  public int gethostbyname(
      long name, long entry, long buffer, int length, long result, long hostErrno) {
    MethodHandle call = Entries.HOST_BY_NAME;
    if (call == null) {
      return super.gethostbyname(name, entry, buffer, length, result, hostErrno);
    }
    try {
      return -(int) call.invokeExact(name, entry, buffer, (long) length, result, hostErrno);
    } catch (Throwable t) {
      throw Native.unexpected(t, "gethostbyname_r");
    }
  }

  @Override
  public int gethostbyaddr(
      long address,
      int addressLength,
      int family,
      long entry,
      long buffer,
      int length,
      long result,
      long hostErrno) {
    MethodHandle call = Entries.HOST_BY_ADDRESS;
    if (call == null) {
      return super.gethostbyaddr(
          address, addressLength, family, entry, buffer, length, result, hostErrno);
    }
    try {
      return -(int)
          call.invokeExact(
              address, addressLength, family, entry, buffer, (long) length, result, hostErrno);
    } catch (Throwable t) {
      throw Native.unexpected(t, "gethostbyaddr_r");
    }
  }

  @Override
  public int getservbyname(
      long name, long protocol, long entry, long buffer, int length, long result) {
    MethodHandle call = Entries.SERVICE_BY_NAME;
    if (call == null) {
      return super.getservbyname(name, protocol, entry, buffer, length, result);
    }
    try {
      return -(int) call.invokeExact(name, protocol, entry, buffer, (long) length, result);
    } catch (Throwable t) {
      throw Native.unexpected(t, "getservbyname_r");
    }
  }

  @Override
  public int getservbyport(
      int port, long protocol, long entry, long buffer, int length, long result) {
    MethodHandle call = Entries.SERVICE_BY_PORT;
    if (call == null) {
      return super.getservbyport(port, protocol, entry, buffer, length, result);
    }
    try {
      return -(int) call.invokeExact(port, protocol, entry, buffer, (long) length, result);
    } catch (Throwable t) {
      throw Native.unexpected(t, "getservbyport_r");
    }
  }

  @Override
  public int getprotobyname(long name, long entry, long buffer, int length, long result) {
    MethodHandle call = Entries.PROTOCOL_BY_NAME;
    if (call == null) {
      return super.getprotobyname(name, entry, buffer, length, result);
    }
    try {
      return -(int) call.invokeExact(name, entry, buffer, (long) length, result);
    } catch (Throwable t) {
      throw Native.unexpected(t, "getprotobyname_r");
    }
  }
}
