package io.gatun.os;

import static io.gatun.os.Native.DESCRIPTOR;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.ref.Cleaner;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The calls of Windows, beside those that it took over from Berkeley. Where they behave otherwise
 * than POSIX's, it is evened out here: a connect under way is EINPROGRESS, a message that is cut
 * off is no failure, and a thread in {@link #poll(int, int, long)} can be called back.
 *
 * <p>There is neither fork nor exec: close-on-exec is a handle that no child process inherits.
 */
final class Winsock extends Berkeley {
  private static final Abi ABI = Abi.HOST;
  private static final int FIONBIO = ABI.value("FIONBIO");
  private static final int INVALID = -1;

  /** From a thread to itself: what {@link #interrupt} makes readable, or {@link #INVALID}. */
  private int interrupts = INVALID;

  private FdSets sets = FdSets.NONE;

  static {
    startUp();
  }

  /** Winsock has to be told once a process that it is used. */
  private static void startUp() {
    MethodHandle call = Native.plain("WSAStartup", JAVA_INT, JAVA_SHORT, JAVA_LONG);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment data = arena.allocate(ABI.struct("WSAData").size(), Long.BYTES);
      int error = (int) call.invokeExact((short) 0x0202, data.address());
      if (error != 0) {
        throw new UnsupportedOperationException("WSAStartup failed with " + error);
      }
    } catch (Throwable t) {
      throw Native.unexpected(t, "WSAStartup");
    }
  }

  // Sockets

  private static final class Socket {
    static final int FLAGS =
        ABI.value("WSA_FLAG_OVERLAPPED") | ABI.value("WSA_FLAG_NO_HANDLE_INHERIT");
    static final MethodHandle CALL =
        Native.capturing(
            "WSASocketW", DESCRIPTOR, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT);
  }

  @Override
  public int socket(int family, int type, int protocol, boolean nonBlocking) {
    int fd;
    try {
      fd =
          result(
              (int) Socket.CALL.invokeExact(capture, family, type, protocol, 0L, 0, Socket.FLAGS));
    } catch (Throwable t) {
      throw Native.unexpected(t, "WSASocketW", family, type, protocol);
    }
    if (fd >= 0 && type == Constants.SOCK_DGRAM) {
      hearUnreachable(fd, false);
    }
    return fd >= 0 && nonBlocking ? nonBlocking(fd) : fd;
  }

  /** Makes a new socket non-blocking; one that cannot be is closed. */
  private int nonBlocking(int fd) {
    int result = setNonBlocking(fd, true);
    if (result < 0) {
      close(fd);
      return result;
    }
    return fd;
  }

  private static final class WsaIoctl {
    static final int UDP_CONNRESET = ABI.value("SIO_UDP_CONNRESET");
    static final int UDP_NETRESET = ABI.value("SIO_UDP_NETRESET");
    static final int EXTENSION = ABI.value("SIO_GET_EXTENSION_FUNCTION_POINTER");
    static final MethodHandle CALL =
        Native.capturing(
            "WSAIoctl",
            JAVA_INT,
            DESCRIPTOR,
            JAVA_INT,
            JAVA_LONG,
            JAVA_INT,
            JAVA_LONG,
            JAVA_INT,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG);
  }

  private int wsaIoctl(int fd, int code, long in, int inLength, long out, int outLength) {
    long returned = value() + 24;
    try {
      return result(
          (int)
              WsaIoctl.CALL.invokeExact(
                  capture, fd, code, in, inLength, out, outLength, returned, 0L, 0L));
    } catch (Throwable t) {
      throw Native.unexpected(t, "WSAIoctl", fd, code);
    }
  }

  /**
   * Whether a datagram that nobody took, or that outlived its hops, makes the next receive fail
   * with WSAECONNRESET or WSAENETRESET. At first it does, even where the socket has many peers.
   * Only datagrams of IP have it: elsewhere the call fails, and nothing is lost.
   *
   * @return whether the socket has it
   */
  private boolean hearUnreachable(int fd, boolean hears) {
    Memory.setInt(value(), hears ? 1 : 0);
    if (wsaIoctl(fd, WsaIoctl.UDP_CONNRESET, value(), Integer.BYTES, 0, 0) < 0) {
      return false;
    }
    int ignored = wsaIoctl(fd, WsaIoctl.UDP_NETRESET, value(), Integer.BYTES, 0, 0);
    return true;
  }

  private static final class WsaDuplicateSocket {
    static final MethodHandle CALL =
        Native.capturing("WSADuplicateSocketW", JAVA_INT, DESCRIPTOR, JAVA_INT, JAVA_LONG);
  }

  @Override
  public int share(int fd, int process, long info) {
    try {
      int result = (int) WsaDuplicateSocket.CALL.invokeExact(capture, fd, process, info);
      return result == 0 ? 0 : error();
    } catch (Throwable t) {
      throw Native.unexpected(t, "WSADuplicateSocketW", fd, process);
    }
  }

  /** Family, type and protocol are those of the socket that was shared. */
  @Override
  public int fromShare(long info, boolean nonBlocking) {
    int any = -1; // FROM_PROTOCOL_INFO
    int fd;
    try {
      fd = result((int) Socket.CALL.invokeExact(capture, any, any, any, info, 0, Socket.FLAGS));
    } catch (Throwable t) {
      throw Native.unexpected(t, "WSASocketW", info);
    }
    return fd >= 0 && nonBlocking ? nonBlocking(fd) : fd;
  }

  @Override
  public void adopt(int fd) {
    if (getsockopt(fd, Constants.SOL_SOCKET, Constants.SO_TYPE) == Constants.SOCK_DGRAM) {
      hearUnreachable(fd, getpeername(fd) >= 0);
    }
  }

  /** Finds a function that Winsock's provider hands out by its GUID alone. */
  static MemorySegment extension(UUID guid) {
    Winsock kernel = new Winsock();
    int fd = kernel.socket(Constants.AF_INET, Constants.SOCK_STREAM, 0, false);
    if (fd < 0) {
      throw new UnsupportedOperationException("no socket to ask: " + Errno.name(-fd));
    }
    try {
      // struct GUID { unsigned long Data1; unsigned short Data2; unsigned short Data3;
      //   unsigned char Data4[8]; };
      long in = kernel.address();
      long most = guid.getMostSignificantBits();
      Memory.setInt(in, (int) (most >>> 32));
      Memory.setShort(in + 4, (short) (most >>> 16));
      Memory.setShort(in + 6, (short) most);
      Memory.setLong(in + 8, Long.reverseBytes(guid.getLeastSignificantBits()));
      int result = kernel.wsaIoctl(fd, WsaIoctl.EXTENSION, in, 16, in + 16, Long.BYTES);
      if (result < 0) {
        throw new UnsupportedOperationException("Winsock lacks " + guid);
      }
      return MemorySegment.ofAddress(Memory.getLong(in + 16));
    } finally {
      kernel.close(fd);
    }
  }

  /** Shares with this process; the mode is the socket's, and so that of both descriptors. */
  @Override
  public int duplicate(int fd) {
    try (Arena arena = Arena.ofConfined()) {
      long info = arena.allocate(INFO_SIZE, Long.BYTES).address();
      int result = share(fd, OWN_PROCESS, info);
      return result < 0 ? result : fromShare(info, false);
    }
  }

  private static final Struct INFO = ABI.struct("_WSAPROTOCOL_INFOW");
  private static final int INFO_SIZE = INFO.size();
  private static final int OWN_PROCESS = (int) ProcessHandle.current().pid();

  private static final class HandleInformation {
    static final int INHERIT = ABI.value("HANDLE_FLAG_INHERIT");
    static final MethodHandle GET =
        Native.plain("GetHandleInformation", JAVA_INT, DESCRIPTOR, JAVA_LONG);
    static final MethodHandle SET =
        Native.plain("SetHandleInformation", JAVA_INT, DESCRIPTOR, JAVA_INT, JAVA_INT);
  }

  // These two fail with errors of handles, not of sockets; a handle that is none is what there is.

  @Override
  public int isInheritable(int fd) {
    try {
      if ((int) HandleInformation.GET.invokeExact(fd, value()) == 0) {
        return -Errno.EBADF;
      }
      return (Memory.getInt(value()) & HandleInformation.INHERIT) == 0 ? 0 : 1;
    } catch (Throwable t) {
      throw Native.unexpected(t, "GetHandleInformation", fd);
    }
  }

  @Override
  public int setInheritable(int fd, boolean inheritable) {
    int flag = HandleInformation.INHERIT;
    try {
      int done = (int) HandleInformation.SET.invokeExact(fd, flag, inheritable ? flag : 0);
      return done == 0 ? -Errno.EBADF : 0;
    } catch (Throwable t) {
      throw Native.unexpected(t, "SetHandleInformation", fd);
    }
  }

  private static final class Accept {
    static final MethodHandle CALL =
        Native.capturing("accept", DESCRIPTOR, DESCRIPTOR, JAVA_LONG, JAVA_LONG);
  }

  @Override
  public int accept(int fd, boolean nonBlocking) {
    int accepted;
    try {
      accepted = result((int) Accept.CALL.invokeExact(capture, fd, address(), expectAddress()));
    } catch (Throwable t) {
      throw Native.unexpected(t, "accept", fd);
    }
    if (accepted < 0) {
      return accepted;
    }
    int ignored = setInheritable(accepted, false);
    // It has the listener's mode; what that is, nothing tells.
    if (nonBlocking) {
      return nonBlocking(accepted);
    }
    ignored = setNonBlocking(accepted, false);
    return accepted;
  }

  /**
   * A connect that goes on in the background is WSAEWOULDBLOCK, by the names of POSIX EAGAIN. With
   * one peer a datagram socket hears that nobody is there, as elsewhere, and no more once that
   * connection is dissolved.
   */
  @Override
  public int connect(int fd, long address, int length) {
    int result = super.connect(fd, address, length);
    if (result == 0 && hearUnreachable(fd, true) && getpeername(fd) < 0) {
      hearUnreachable(fd, false);
    }
    return result == -Errno.EAGAIN ? -Errno.EINPROGRESS : result;
  }

  private static final class Closesocket {
    static final MethodHandle CALL = Native.capturing("closesocket", JAVA_INT, DESCRIPTOR);

    /** For threads that have no instance at hand. */
    static final MethodHandle PLAIN = Native.plain("closesocket", JAVA_INT, DESCRIPTOR);
  }

  /**
   * A socket that does not block and lingers cannot be closed at once: closesocket then fails, and
   * the socket is as before. As on other systems, closing it waits for as long as it lingers.
   */
  @Override
  public int close(int fd) {
    int result = closeOnce(fd);
    if (result == -Errno.EAGAIN) {
      setNonBlocking(fd, false);
      result = closeOnce(fd);
    }
    return result;
  }

  private int closeOnce(int fd) {
    try {
      return result((int) Closesocket.CALL.invokeExact(capture, fd));
    } catch (Throwable t) {
      throw Native.unexpected(t, "closesocket", fd);
    }
  }

  /**
   * A pair of TCP sockets of the loopback interface: the system has no other. Between listen and
   * accept another process could connect, so it is made sure that the two belong together.
   */
  @Override
  public long socketpair(int family, int type, int protocol, boolean nonBlocking) {
    if (family != Constants.AF_INET || type != Constants.SOCK_STREAM) {
      return -Errno.EAFNOSUPPORT;
    }
    int listener = socket(family, type, protocol, false);
    if (listener < 0) {
      return listener;
    }
    int first = socket(family, type, protocol, false);
    long result = first < 0 ? first : connectPair(listener, first, nonBlocking);
    if (first >= 0 && result < 0) {
      close(first);
    }
    close(listener);
    return result;
  }

  private long connectPair(int listener, int first, boolean nonBlocking) {
    Struct in = ABI.struct("sockaddr_in");
    Memory.clear(address(), in.size());
    in.set(address(), "sin_family", Constants.AF_INET);
    in.set(address(), "sin_addr", 0x0100007f); // 127.0.0.1, the lowest byte first
    int result = bind(listener, address(), in.size());
    result = result < 0 ? result : listen(listener, 1);
    result = result < 0 ? result : getsockname(listener);
    result = result < 0 ? result : connect(first, address(), addressLength());
    result = result < 0 ? result : getsockname(first);
    long port = in.get(address(), "sin_port");
    result = result < 0 ? result : setsockopt(first, Constants.IPPROTO_TCP, TCP_NODELAY, 1);
    result = result < 0 || !nonBlocking ? result : setNonBlocking(first, true);
    while (result >= 0) {
      int second = accept(listener, nonBlocking);
      if (second < 0) {
        return second;
      }
      if (in.get(address(), "sin_port") == port) {
        int ignored = setsockopt(second, Constants.IPPROTO_TCP, TCP_NODELAY, 1);
        return (long) second << 32 | first;
      }
      close(second); // a stranger
    }
    return result;
  }

  private static final int TCP_NODELAY = Constants.TCP_NODELAY;

  // Bytes

  /**
   * A message that is longer than the buffer is cut off, as elsewhere, and no failure. Neither is
   * receiving after one's own shutdown, which is the end of the stream.
   */
  private static int cutOff(int result, int length) {
    return result == -EMSGSIZE ? length : result == -Errno.ESHUTDOWN ? 0 : result;
  }

  private static final int EMSGSIZE = ABI.errno("EMSGSIZE");

  @Override
  int recvNow(int fd, MemorySegment heap, long length, int flags) {
    throw new AssertionError("no call has a flag not to wait");
  }

  @Override
  int sendNow(int fd, MemorySegment heap, long length, int flags) {
    throw new AssertionError("no call has a flag not to wait");
  }

  @Override
  public int recv(int fd, long buffer, int length, int flags) {
    int result = super.recv(fd, buffer, length, flags);
    if (result == -Errno.EINVAL && bindUnbound(fd)) {
      result = super.recv(fd, buffer, length, flags);
    }
    return cutOff(result, length);
  }

  @Override
  public int recvfrom(int fd, long buffer, int length, int flags) {
    int result = super.recvfrom(fd, buffer, length, flags);
    if (result == -Errno.EINVAL && bindUnbound(fd)) {
      result = super.recvfrom(fd, buffer, length, flags);
    }
    return cutOff(result, length);
  }

  private static final int PROTOCOL_INFO = ABI.value("SO_PROTOCOL_INFOW");
  private static final int SOCKADDR_IN6 = ABI.struct("sockaddr_in6").size();
  private static final int SOCKADDR_IN = ABI.struct("sockaddr_in").size();

  /**
   * Receiving, and sending a WSAMSG, are WSAEINVAL on a socket of messages that is not bound.
   * Elsewhere it has a port of the system's choice from then on, or waits: so it is bound to that,
   * in memory of its own, since the call that is to be repeated may have its own in use.
   *
   * @return whether it is bound now, and was not before
   */
  private boolean bindUnbound(int fd) {
    try (Arena arena = Arena.ofConfined()) {
      long memory = arena.allocate(INFO_SIZE, Long.BYTES).address();
      if (getsockopt(fd, Constants.SOL_SOCKET, PROTOCOL_INFO, memory, INFO_SIZE) < 0
          || INFO.get(memory, "iSocketType") == Constants.SOCK_STREAM) {
        return false;
      }
      int family = (int) INFO.get(memory, "iAddressFamily");
      int length = family == Constants.AF_INET6 ? SOCKADDR_IN6 : SOCKADDR_IN;
      Memory.clear(memory, length);
      Memory.setShort(memory, (short) family);
      return bind(fd, memory, length) == 0; // else EINVAL meant something else
    }
  }

  private boolean isStream(int fd) {
    return getsockopt(fd, Constants.SOL_SOCKET, Constants.SO_TYPE) == Constants.SOCK_STREAM;
  }

  /**
   * How many of some buffers one call may take: it tells in a DWORD how many bytes it has moved,
   * and more than an int holds would look like a failure. A stream takes the others next time; for
   * a message they are too many: −EMSGSIZE.
   */
  private int countable(int fd, long iovecs, int count) {
    long total = 0;
    for (int i = 0; i < count; i++) {
      total += Iovec.length(iovecs, i);
      if (total > Integer.MAX_VALUE) { // never of the first alone
        return isStream(fd) ? i : -EMSGSIZE;
      }
    }
    return count;
  }

  private static final class WsaSend {
    static MethodHandle CALL =
        Native.capturing(
            "WSASend",
            JAVA_INT,
            DESCRIPTOR,
            JAVA_LONG,
            JAVA_INT,
            JAVA_LONG,
            JAVA_INT,
            JAVA_LONG,
            JAVA_LONG);
  }

  @Override
  public int send(int fd, long iovecs, int count) {
    return wsaSend(fd, iovecs, count, 0);
  }

  private int wsaSend(int fd, long iovecs, int count, int flags) {
    int some = countable(fd, iovecs, count);
    if (some < 0) {
      return some;
    }
    try {
      int result =
          (int) WsaSend.CALL.invokeExact(capture, fd, iovecs, some, value(), flags, 0L, 0L);
      return result < 0 ? error() : Memory.getInt(value());
    } catch (Throwable t) {
      throw Native.unexpected(t, "WSASend", fd);
    }
  }

  @Override
  public int writev(int fd, long iovecs, int count) {
    return send(fd, iovecs, count);
  }

  private static final class WsaRecv {
    static final MethodHandle CALL =
        Native.capturing(
            "WSARecv",
            JAVA_INT,
            DESCRIPTOR,
            JAVA_LONG,
            JAVA_INT,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG);
  }

  @Override
  public int readv(int fd, long iovecs, int count) {
    int result = wsaRecv(fd, iovecs, count, 0);
    return result == -Errno.EINVAL && bindUnbound(fd) ? wsaRecv(fd, iovecs, count, 0) : result;
  }

  private int wsaRecv(int fd, long iovecs, int count, int flags) {
    int some = countable(fd, iovecs, count);
    if (some < 0) {
      return some;
    }
    long received = value();
    Memory.setInt(received + Integer.BYTES, flags);
    try {
      int result =
          (int)
              WsaRecv.CALL.invokeExact(
                  capture, fd, iovecs, some, received, received + Integer.BYTES, 0L, 0L);
      return result < 0 ? error() : Memory.getInt(received);
    } catch (Throwable t) {
      throw Native.unexpected(t, "WSARecv", fd);
    }
  }

  private static final class WsaSendMsg {
    static MethodHandle CALL =
        Native.capturing(
            "WSASendMsg",
            JAVA_INT,
            DESCRIPTOR,
            JAVA_LONG,
            JAVA_INT,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG);
  }

  /** The calls for messages are documented for no stream, which has bytes alone to send. */
  @Override
  public int sendmsg(int fd, long message, int flags) {
    int result = wsaSendMsg(fd, message, flags);
    if (!isRefusal(result)) {
      return result;
    }
    if (!isStream(fd)) {
      return result == -Errno.EINVAL && bindUnbound(fd) ? wsaSendMsg(fd, message, flags) : result;
    }
    return Msghdr.controlLength(message) > 0
        ? -EOPNOTSUPP
        : wsaSend(fd, Msghdr.iovecs(message), Msghdr.iovecCount(message), flags);
  }

  /** What a call may fail with that is not for this kind of socket, or not before it is bound. */
  private static boolean isRefusal(int result) {
    return result == -Errno.EINVAL || result == -EOPNOTSUPP;
  }

  private int wsaSendMsg(int fd, long message, int flags) {
    try {
      int result = (int) WsaSendMsg.CALL.invokeExact(capture, fd, message, flags, value(), 0L, 0L);
      return result < 0 ? error() : Memory.getInt(value());
    } catch (Throwable t) {
      throw Native.unexpected(t, "WSASendMsg", fd);
    }
  }

  private static final class WsaRecvMsg {
    static final int FLAGS = ABI.struct("msghdr").offset("msg_flags");
    static final int TRUNC = ABI.value("MSG_TRUNC");

    static final MethodHandle CALL =
        Native.extension(
            "WSARecvMsg", JAVA_INT, DESCRIPTOR, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
  }

  /** Of a stream: the bytes, and that nothing has come beside them. */
  @Override
  public int recvmsg(int fd, long message, int flags) {
    int result = wsaRecvMsg(fd, message, flags);
    if (!isRefusal(result)) {
      return result;
    }
    if (!isStream(fd)) {
      return result == -Errno.EINVAL && bindUnbound(fd) ? wsaRecvMsg(fd, message, flags) : result;
    }
    Msghdr.setAddress(message, 0, 0);
    Msghdr.setControl(message, 0, 0);
    Msghdr.setFlags(message, 0);
    return cutOff(wsaRecv(fd, Msghdr.iovecs(message), Msghdr.iovecCount(message), flags), 0);
  }

  /** What is cut off is reported as elsewhere: by MSG_TRUNC. */
  private int wsaRecvMsg(int fd, long message, int flags) {
    Memory.setInt(message + WsaRecvMsg.FLAGS, flags);
    try {
      int result = (int) WsaRecvMsg.CALL.invokeExact(capture, fd, message, value(), 0L, 0L);
      if (result == 0) {
        return Memory.getInt(value());
      }
      int error = error();
      if (error == -EMSGSIZE) {
        Memory.setInt(message + WsaRecvMsg.FLAGS, Msghdr.flags(message) | WsaRecvMsg.TRUNC);
      }
      return cutOff(error, error == -EMSGSIZE ? Msghdr.room(message) : 0);
    } catch (Throwable t) {
      throw Native.unexpected(t, "WSARecvMsg", fd);
    }
  }

  /** Winsock has no read(2) for sockets, and this is for nothing else. */
  @Override
  public int read(int fd, long buffer, int length) {
    return recv(fd, buffer, length, 0);
  }

  // Modes

  private static final class Ioctlsocket {
    static final MethodHandle CALL =
        Native.capturing("ioctlsocket", JAVA_INT, DESCRIPTOR, JAVA_INT, JAVA_LONG);
  }

  // Requests of WSAIoctl alone.
  private static final int SIO_KEEPALIVE_VALS = ABI.value("SIO_KEEPALIVE_VALS");
  private static final int SIO_RCVALL = ABI.value("SIO_RCVALL");
  private static final int SIO_LOOPBACK_FAST_PATH = ABI.value("SIO_LOOPBACK_FAST_PATH");

  @Override
  public int ioctl(int fd, long request, long argument) {
    int code = (int) request;
    if (code == SIO_KEEPALIVE_VALS || code == SIO_RCVALL || code == SIO_LOOPBACK_FAST_PATH) {
      return wsaIoctl(fd, code, argument, ioctlBytes(request), 0, 0);
    }
    try {
      return result((int) Ioctlsocket.CALL.invokeExact(capture, fd, (int) request, argument));
    } catch (Throwable t) {
      throw Native.unexpected(t, "ioctlsocket", fd, request);
    }
  }

  /** struct tcp_keepalive { u_long onoff, keepalivetime, keepaliveinterval; }; or one u_long. */
  @Override
  public int ioctlBytes(long request) {
    return ((int) request == SIO_KEEPALIVE_VALS ? 3 : 1) * Integer.BYTES;
  }

  @Override
  public int setNonBlocking(int fd, boolean nonBlocking) {
    Memory.setInt(value(), nonBlocking ? 1 : 0);
    return ioctl(fd, FIONBIO, value());
  }

  @Override
  public int isNonBlocking(int fd) {
    return -EOPNOTSUPP; // it can be set, and not be asked for
  }

  private static final int EOPNOTSUPP = ABI.errno("EOPNOTSUPP");

  @Override
  public int fcntl(int fd, int command, int argument) {
    return -EOPNOTSUPP;
  }

  @Override
  public int dup(int from, int to) {
    return -EOPNOTSUPP;
  }

  @Override
  public long pipe() {
    return -EOPNOTSUPP; // its pipes are no sockets, and cannot be polled
  }

  // Files

  private static final class Files {
    static final int READ = ABI.value("GENERIC_READ");
    static final int SHARED =
        ABI.value("FILE_SHARE_READ")
            | ABI.value("FILE_SHARE_WRITE")
            | ABI.value("FILE_SHARE_DELETE");
    static final int EXISTING = ABI.value("OPEN_EXISTING");
    static final int FLAGS =
        ABI.value("FILE_FLAG_OVERLAPPED") | ABI.value("FILE_FLAG_SEQUENTIAL_SCAN");
    static final MethodHandle OPEN =
        Native.capturing(
            "CreateFileW",
            DESCRIPTOR,
            JAVA_LONG,
            JAVA_INT,
            JAVA_INT,
            JAVA_LONG,
            JAVA_INT,
            JAVA_INT,
            JAVA_LONG);
    static final MethodHandle CLOSE = Native.plain("CloseHandle", JAVA_INT, DESCRIPTOR);

    // Of Windows's own numbers, those that opening a file is documented to fail with.
    static final int NOT_FOUND = 2;
    static final int NO_PATH = 3;
    static final int TOO_MANY = 4;
    static final int DENIED = 5;
    static final int NO_DRIVE = 15;
    static final int SHARING_VIOLATION = 32;
    static final int NO_NETWORK_PATH = 53;
    static final int NO_NAME = 123;
  }

  @Override
  public int open(long path) {
    try (Arena arena = Arena.ofConfined()) {
      long name = arena.allocateFrom(Memory.getString(path), StandardCharsets.UTF_16LE).address();
      int file =
          (int)
              Files.OPEN.invokeExact(
                  capture, name, Files.READ, Files.SHARED, 0L, Files.EXISTING, Files.FLAGS, 0L);
      if (file != INVALID) {
        return file;
      }
    } catch (Throwable t) {
      throw Native.unexpected(t, "CreateFileW");
    }
    return switch (-error()) {
      case Files.NOT_FOUND, Files.NO_PATH, Files.NO_DRIVE, Files.NO_NETWORK_PATH, Files.NO_NAME ->
          -Errno.ENOENT;
      case Files.TOO_MANY -> -Errno.EMFILE;
      case Files.DENIED, Files.SHARING_VIOLATION -> -Errno.EACCES;
      default -> -EIO;
    };
  }

  private static final int EIO = ABI.errno("EIO");

  @Override
  public int closeFile(int file) {
    try {
      return (int) Files.CLOSE.invokeExact(file) != 0 ? 0 : -Errno.EBADF;
    } catch (Throwable t) {
      throw Native.unexpected(t, "CloseHandle", file);
    }
  }

  // Interfaces: their numbers and names are POSIX's, the list of them is not.

  private static final class Interfaces {
    static final Struct TABLE = ABI.struct("_MIB_IF_TABLE2");
    static final Struct ROW = ABI.struct("_MIB_IF_ROW2");
    static final int NAME_SIZE = 257; // NDIS_IF_MAX_STRING_SIZE + 1
    static final MethodHandle INDEX = Native.plain("if_nametoindex", JAVA_INT, JAVA_LONG);
    static final MethodHandle NAME = Native.plain("if_indextoname", JAVA_LONG, JAVA_INT, JAVA_LONG);
    static final MethodHandle LIST = Native.plain("GetIfTable2", JAVA_INT, JAVA_LONG);
    static final MethodHandle FREE = Native.plainVoid("FreeMibTable", JAVA_LONG);
  }

  @Override
  public int ifNametoindex(long name) {
    try {
      int index = (int) Interfaces.INDEX.invokeExact(name);
      return index == 0 ? -ENODEV : index;
    } catch (Throwable t) {
      throw Native.unexpected(t, "if_nametoindex");
    }
  }

  private static final int ENODEV = ABI.errno("ENODEV");

  @Override
  public int ifIndextoname(int index, long name) {
    try {
      return (long) Interfaces.NAME.invokeExact(index, name) == 0 ? -ENXIO : 0;
    } catch (Throwable t) {
      throw Native.unexpected(t, "if_indextoname", index);
    }
  }

  private static final int ENXIO = ABI.errno("ENXIO");

  /** Holds the list that {@link #ifNameindex} returned last until that is freed. */
  private @Nullable Arena interfaces;

  /** GetIfTable2, made into an array of struct if_nameindex. */
  @Override
  public long ifNameindex() {
    long table;
    try {
      int error = (int) Interfaces.LIST.invokeExact(value());
      if (error != 0) {
        return -error; // ENOENT and ENOMEM have the numbers of Windows's own
      }
      table = Memory.getLong(value());
    } catch (Throwable t) {
      throw Native.unexpected(t, "GetIfTable2");
    }
    int count = (int) Interfaces.TABLE.get(table, "NumEntries");
    long row = table + Interfaces.TABLE.offset("Table");
    interfaces = Arena.ofAuto();
    long list = interfaces.allocate((count + 1L) * IF_NAMEINDEX_SIZE, Long.BYTES).address();
    long entry = list;
    for (int i = 0; i < count; i++, row += Interfaces.ROW.size()) {
      int index = (int) Interfaces.ROW.get(row, "InterfaceIndex");
      long name = interfaces.allocate(Interfaces.NAME_SIZE).address();
      if (ifIndextoname(index, name) == 0) { // else it has gone meanwhile
        Memory.setInt(entry, index);
        Memory.setLong(entry + IF_NAME, name);
        entry += IF_NAMEINDEX_SIZE;
      }
    }
    try {
      Interfaces.FREE.invokeExact(table);
    } catch (Throwable t) {
      throw Native.unexpected(t, "FreeMibTable");
    }
    return list;
  }

  @Override
  public void ifFreenameindex(long list) {
    interfaces = null;
  }

  // Waiting

  private static final class WsaPoll {
    static MethodHandle CALL = Native.capturing("WSAPoll", JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT);
  }

  private int wsaPoll(long fds, int count, int millis) {
    try {
      return result((int) WsaPoll.CALL.invokeExact(capture, fds, count, millis));
    } catch (Throwable t) {
      throw Native.unexpected(t, "WSAPoll", count);
    }
  }

  /**
   * WSAPoll, but for who waits for room. There it has two faults: before Windows 10 2004 it never
   * tells that a connect has failed (its documentation says so), and once the peer has ended its
   * half it tells POLLHUP at every call, which cannot be masked, so that a writer without room
   * would spin. (Wine, which sends in the background what it took, drops that as soon as it tells
   * POLLHUP.) So select is asked then.
   */
  @Override
  public int poll(long fds, int count, long timeoutNanos) {
    return watchesRoom(fds, count)
        ? select(fds, count, timeoutNanos)
        : wsaPoll(fds, count, Timespec.millis(timeoutNanos));
  }

  private static boolean watchesRoom(long fds, int count) {
    long end = fds + (long) count * Pollfd.SIZE;
    for (long pollfd = fds; pollfd < end; pollfd += Pollfd.SIZE) {
      if (Pollfd.fd(pollfd) >= 0 && (Pollfd.events(pollfd) & Constants.POLLOUT) != 0) {
        return true; // so that select has a set that is not empty: it fails without
      }
    }
    return false;
  }

  private static final class Select {
    static final MethodHandle CALL =
        Native.capturing("select", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
  }

  private int select(long fds, int count, long timeoutNanos) {
    FdSets sets = this.sets.withRoomFor(count);
    this.sets = sets;
    sets.fill(fds, count, this::mayFailToConnect);
    long timeval = timeoutNanos < 0 ? 0 : Timespec.setTimeval(value(), timeoutNanos);
    int result;
    try {
      result =
          result(
              (int)
                  Select.CALL.invokeExact(
                      capture, 0, sets.readable(), sets.writable(), sets.failed(), timeval));
    } catch (Throwable t) {
      throw Native.unexpected(t, "select", count);
    }
    return result > 0 ? sets.report(fds, count) : result < 0 ? reportInvalid(fds, count) : 0;
  }

  private static final int CONNECT_TIME = ABI.value("SO_CONNECT_TIME");

  /** Of a connected socket the third set tells urgent data instead, which is no error. */
  private boolean mayFailToConnect(int fd) {
    return getsockopt(fd, Constants.SOL_SOCKET, CONNECT_TIME) < 0; // ULONG_MAX: it has no peer
  }

  /** One descriptor that is none fails select as a whole: tells which. */
  private int reportInvalid(long fds, int count) {
    int invalid = 0;
    int failure = error();
    long end = fds + (long) count * Pollfd.SIZE;
    for (long pollfd = fds; pollfd < end; pollfd += Pollfd.SIZE) {
      int fd = Pollfd.fd(pollfd);
      if (fd >= 0 && getsockopt(fd, Constants.SOL_SOCKET, Constants.SO_TYPE) < 0) {
        Pollfd.report(pollfd, Constants.POLLNVAL);
        invalid++;
      }
    }
    return invalid > 0 ? invalid : failure;
  }

  @Override
  public int poll(int fd, int events, long timeoutNanos) {
    if (interrupts == INVALID || timeoutNanos == 0) {
      return super.poll(fd, events, timeoutNanos);
    }
    long pollfds = message();
    long second = pollfds + Pollfd.SIZE;
    Pollfd.set(pollfds, fd, events);
    Pollfd.set(second, interrupts, Constants.POLLIN);
    int ready = poll(pollfds, 2, timeoutNanos);
    if (ready > 0 && Pollfd.revents(second) != 0) {
      int ignored = recv(interrupts, value(), 32, 0);
      return -Errno.EINTR;
    }
    return ready <= 0 ? ready : Pollfd.revents(pollfds);
  }

  // Waking

  @Override
  public long wakeup() {
    return socketpair(Constants.AF_INET, Constants.SOCK_STREAM, 0, true);
  }

  private static final class Signal {
    static final MethodHandle CALL =
        Native.plain("send", JAVA_INT, DESCRIPTOR, JAVA_LONG, JAVA_INT, JAVA_INT);
    static final MemorySegment ONE = Arena.global().allocate(1);
  }

  @Override
  public void signal(int fd) {
    try {
      int ignored = (int) Signal.CALL.invokeExact(fd, Signal.ONE.address(), 1, 0);
    } catch (Throwable t) {
      throw Native.unexpected(t, "send", fd);
    }
  }

  /** Closes the two ends of a wake-up when their thread is gone. */
  private record Ends(long pair) implements Runnable {
    static final Cleaner CLEANER = Cleaner.create();

    @Override
    public void run() {
      try {
        int ignored = (int) Closesocket.PLAIN.invokeExact((int) pair);
        ignored = (int) Closesocket.PLAIN.invokeExact((int) (pair >>> 32));
      } catch (Throwable t) {
        throw Native.unexpected(t, "closesocket");
      }
    }
  }

  /**
   * A thread is the descriptor by which {@link #interrupt} makes its poll return. Should there be
   * none left, it is a number that signals nobody.
   */
  @Override
  public long thread() {
    long pair = wakeup();
    if (pair < 0) {
      return INVALID;
    }
    Ends.CLEANER.register(this, new Ends(pair));
    interrupts = (int) pair;
    return pair >>> 32;
  }

  @Override
  public void interrupt(long thread) {
    signal((int) thread);
  }
}
