package io.gatun.os;

import static io.gatun.os.Constants.MSG_DONTWAIT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jctools.queues.varhandle.MpmcVarHandleArrayQueue;

/**
 * The system calls of the host, one method each.
 *
 * <p>Every method returns zero or more as the call does, or a failure as the negative errno; none
 * throws and none allocates. Memory is given by address and must stay alive during the call.
 * Descriptors are created close-on-exec.
 *
 * <p>An instance owns the memory that a call needs beside its arguments (the captured errno, an
 * address, a message header), so <b>one thread at a time</b> may use it: an event loop owns one, a
 * platform thread has one for life, and a virtual thread borrows one for the length of a call that
 * does not block.
 */
public abstract class Kernel {
  /** How many iovecs {@link #iovecs} has room for. */
  public static final int IOVECS = 256;

  /** Whether {@link #recvmmsg} is one call. */
  static final boolean RECEIVES_AT_ONCE = Mmsghdr.isThere() && Native.find("recvmmsg").isPresent();

  /**
   * Whether descriptors that come with bytes are opened here even when nobody made room for their
   * numbers, which then are lost: so does macOS (soreceive_ctl of XNU), the one system that has no
   * MSG_CMSG_CLOEXEC either. Others close them.
   */
  static final boolean INSTALLS_UNASKED =
      Abi.HOST.has("SCM_RIGHTS") && !Abi.HOST.has("MSG_CMSG_CLOEXEC");

  private static final int SCM_RIGHTS = Abi.HOST.valueOr("SCM_RIGHTS", 0);

  /** Room for more descriptors than one message passes. */
  private static final int UNASKED = 4096;

  /** The most bytes that one call moves to or from the heap. */
  public static final int TRANSFER = 64 * 1024;

  /** From how many bytes on a call that does not wait takes an array without a copy. */
  public static final int UNCOPIED = 4096;

  private static final int CAPTURE = 0;
  private static final int LENGTH = 16;
  private static final int VALUE = 32;
  private static final int ADDRESS = 64;
  private static final int ADDRESS_SIZE = 128; // sizeof(struct sockaddr_storage)
  private static final int MESSAGE = ADDRESS + ADDRESS_SIZE;
  private static final int IOVEC = MESSAGE + 64;

  private static final ThreadLocal<Kernel> BOUND = ThreadLocal.withInitial(Kernel::bind);

  /** Enough for all carriers of virtual threads; one that is not returned in time is collected. */
  private static final MpmcVarHandleArrayQueue<Kernel> POOL = new MpmcVarHandleArrayQueue<>(256);

  /** Held so that the memory lives as long as this object. */
  private final MemorySegment memory;

  private final long base;
  private boolean pooled;
  private boolean bound;
  private long owner;
  private final ArrayPart received = new ArrayPart();
  private final ArrayPart sent = new ArrayPart();
  private MemorySegment transfer = MemorySegment.NULL;
  private MemorySegment unasked = MemorySegment.NULL;

  /** The segment that downcalls leave errno in. */
  final MemorySegment capture;

  Kernel() {
    memory = Arena.ofAuto().allocate(IOVEC + (long) IOVECS * Iovec.SIZE, 64);
    base = memory.address();
    capture = memory.asSlice(CAPTURE, Native.CAPTURE.byteSize());
  }

  /** Makes an instance for one owner. */
  public static Kernel create() {
    return Abi.HOST.os() == Os.WINDOWS ? new Winsock() : new Posix();
  }

  private static Kernel bind() {
    Kernel kernel = create();
    kernel.bound = true;
    return kernel;
  }

  /**
   * The platform thread that has this instance for life, for {@link #interrupt}; 0 if it is a
   * loop's or was borrowed by a virtual thread.
   */
  public final long owner() {
    if (owner == 0 && bound) {
      owner = thread(); // asked when first needed: on Windows it costs two sockets
    }
    return owner;
  }

  /**
   * Returns an instance for the calling thread, to be given back by {@link #release}. A virtual
   * thread must not block, park or yield in between.
   */
  public static Kernel acquire() {
    if (!Thread.currentThread().isVirtual()) {
      return BOUND.get();
    }
    Kernel kernel = POOL.relaxedPoll();
    if (kernel == null) {
      kernel = create();
      kernel.pooled = true;
    }
    return kernel;
  }

  /** Gives back what {@link #acquire} returned. */
  public static void release(Kernel kernel) {
    if (kernel.pooled) {
      POOL.relaxedOffer(kernel);
    }
  }

  /**
   * Where {@link #accept}, {@link #recvfrom}, {@link #getsockname} and {@link #getpeername} leave
   * an address, and where a caller may encode one: 128 bytes.
   */
  public final long address() {
    return base + ADDRESS;
  }

  /** The length of the address that the last of those calls left, as the kernel gave it. */
  public final int addressLength() {
    return Memory.getInt(base + LENGTH);
  }

  /** Room for {@link #IOVECS} iovecs. */
  public final long iovecs() {
    return base + IOVEC;
  }

  private long transfer() {
    if (transfer.address() == 0) {
      transfer = Arena.ofAuto().allocate(TRANSFER, 64);
    }
    return transfer.address();
  }

  /** Room for 32 bytes: an option's value, a timespec. */
  final long value() {
    return base + VALUE;
  }

  final long message() {
    return base + MESSAGE;
  }

  /** Prepares the address buffer for a call that fills it, and returns the length's address. */
  final long expectAddress() {
    Memory.setInt(base + LENGTH, ADDRESS_SIZE);
    return base + LENGTH;
  }

  /** socket(2). Returns the descriptor. */
  public abstract int socket(int family, int type, int protocol, boolean nonBlocking);

  /** socketpair(2). Returns the first descriptor in the low and the second in the high half. */
  public abstract long socketpair(int family, int type, int protocol, boolean nonBlocking);

  /** bind(2). */
  public abstract int bind(int fd, long address, int length);

  /** listen(2). */
  public abstract int listen(int fd, int backlog);

  /** accept4(2). Returns the new descriptor; the peer's address is in {@link #address}. */
  public abstract int accept(int fd, boolean nonBlocking);

  /** accept4(2) that does not ask for the peer's address: AF_ALG has none, and fails when asked. */
  public int acceptUnnamed(int fd, boolean nonBlocking) {
    return accept(fd, nonBlocking);
  }

  /** connect(2). −EINPROGRESS when it goes on in the background. */
  public abstract int connect(int fd, long address, int length);

  /** recv(2). Returns the number of bytes, 0 at the end of a stream. */
  public abstract int recv(int fd, long buffer, int length, int flags);

  /** send(2), with MSG_NOSIGNAL. Returns the number of bytes taken. */
  public abstract int send(int fd, long buffer, int length, int flags);

  // What is on the heap goes, at most TRANSFER bytes at a time, by way of memory that the collector
  // does not move. Of a few bytes the copy is lost beside the call. Where it is not, a call that
  // does not wait takes an array itself: the collector waits for it then, as long as the kernel
  // takes for its own copy. A segment on the heap tells of its array in an object: it is copied.

  /** recv(2) into an array: at most {@link #TRANSFER} bytes. */
  public final int recv(int fd, byte[] buffer, int offset, int length, int flags) {
    int part = Math.min(length, TRANSFER);
    if (part >= UNCOPIED && (flags & MSG_DONTWAIT) != 0 && !INSTALLS_UNASKED) {
      return recvNow(fd, received.of(buffer, offset), part, flags);
    }
    int result = recv(fd, transfer(), part, flags);
    if (result > 0) {
      Memory.get(transfer(), buffer, offset, Math.min(result, part)); // MSG_TRUNC may tell more
    }
    return result;
  }

  /** send(2), with MSG_NOSIGNAL, from an array: at most {@link #TRANSFER} bytes. */
  public final int send(int fd, byte[] buffer, int offset, int length, int flags) {
    int part = Math.min(length, TRANSFER);
    if (part >= UNCOPIED && (flags & MSG_DONTWAIT) != 0) {
      return sendNow(fd, sent.of(buffer, offset), part, flags);
    }
    Memory.set(transfer(), buffer, offset, part);
    return send(fd, transfer(), part, flags);
  }

  /** recv(2) into a segment on the heap: at most {@link #TRANSFER} bytes. */
  public final int recv(int fd, MemorySegment buffer, long offset, int length, int flags) {
    int part = Math.min(length, TRANSFER);
    int result = recv(fd, transfer(), part, flags);
    if (result > 0) {
      Memory.get(transfer(), buffer, offset, Math.min(result, part)); // MSG_TRUNC may tell more
    }
    return result;
  }

  /** send(2), with MSG_NOSIGNAL, from a segment on the heap: at most {@link #TRANSFER} bytes. */
  public final int send(int fd, MemorySegment buffer, long offset, int length, int flags) {
    int part = Math.min(length, TRANSFER);
    Memory.set(transfer(), buffer, offset, part);
    return send(fd, transfer(), part, flags);
  }

  /** recv(2) with MSG_DONTWAIT among the flags, into an array. Not where there is no such flag. */
  abstract int recvNow(int fd, MemorySegment heap, long length, int flags);

  /** send(2), with MSG_NOSIGNAL, and with MSG_DONTWAIT among the flags, from an array. */
  abstract int sendNow(int fd, MemorySegment heap, long length, int flags);

  /** recvfrom(2). The sender's address is in {@link #address}. */
  public abstract int recvfrom(int fd, long buffer, int length, int flags);

  /** sendto(2), with MSG_NOSIGNAL. */
  public abstract int sendto(
      int fd, long buffer, int length, int flags, long address, int addressLength);

  /** recvmsg(2) with a message header that the caller filled. */
  public abstract int recvmsg(int fd, long message, int flags);

  /**
   * recvmsg(2) into one place. Descriptors that come with the bytes are closed, which MSG_CTRUNC in
   * {@link #messageFlags} tells.
   */
  public final int recvmsg(int fd, long buffer, int length, int flags) {
    Iovec.set(iovecs(), 0, buffer, length);
    return recvBytes(fd, Msghdr.ofIovecs(message(), iovecs(), 1), flags);
  }

  /** Receives what comes beside the bytes as well, where that is the only way to be rid of it. */
  final int recvBytes(int fd, long header, int flags) {
    if (!INSTALLS_UNASKED) {
      return recvmsg(fd, header, flags);
    }
    if (unasked.address() == 0) {
      unasked = Arena.ofAuto().allocate(UNASKED, 16);
    }
    long control = unasked.address();
    Msghdr.setControl(header, control, UNASKED);
    int result = recvmsg(fd, header, flags);
    long end = control + (result < 0 ? 0 : Math.clamp(Msghdr.controlLength(header), 0, UNASKED));
    for (int length; (length = Cmsghdr.dataLength(control, end)) >= 0; ) {
      if (Cmsghdr.level(control) == Constants.SOL_SOCKET && Cmsghdr.type(control) == SCM_RIGHTS) {
        for (int i = 0; i + Integer.BYTES <= length; i += Integer.BYTES) {
          int ignored = close(Memory.getInt(Cmsghdr.data(control) + i));
        }
        Msghdr.setFlags(header, Msghdr.flags(header) | Constants.MSG_CTRUNC);
      }
      control = Cmsghdr.next(control, length);
    }
    return result;
  }

  /** The flags that the last {@link #recvmsg(int, long, int, int)} left, such as MSG_CTRUNC. */
  public final int messageFlags() {
    return Msghdr.flags(message());
  }

  /** sendmsg(2), with MSG_NOSIGNAL, of a message header that the caller filled. */
  public abstract int sendmsg(int fd, long message, int flags);

  /** sendmsg(2), with MSG_NOSIGNAL, of iovecs alone: a writev(2) that raises no SIGPIPE. */
  public abstract int send(int fd, long iovecs, int count);

  /**
   * recvmmsg(2), or recvmsg(2) for each where there is none.
   *
   * @param messages an array of {@link Mmsghdr}s that the caller filled
   * @return the number of messages received; fewer than {@code count} when there are no more for
   *     now, or an error comes next. One that a system without recvmmsg(2) has told already is the
   *     {@link Mmsghdr#length} of the message behind the last
   */
  public int recvmmsg(int fd, long messages, int count, int flags) {
    for (int i = 0; i < count; i++) {
      int result = recvmsg(fd, Mmsghdr.at(messages, i), flags);
      Mmsghdr.setLength(messages, i, result);
      if (result < 0) {
        return i > 0 ? i : result;
      }
    }
    return count;
  }

  /**
   * sendmmsg(2), with MSG_NOSIGNAL, or sendmsg(2) for each where there is none.
   *
   * @param messages an array of {@link Mmsghdr}s that the caller filled
   * @return the number of messages taken, each with its length; the errno is the first one's
   */
  public int sendmmsg(int fd, long messages, int count, int flags) {
    for (int i = 0; i < count; i++) {
      int result = sendmsg(fd, Mmsghdr.at(messages, i), flags);
      Mmsghdr.setLength(messages, i, result);
      if (result < 0) {
        return i > 0 ? i : result;
      }
    }
    return count;
  }

  /** readv(2). */
  public abstract int readv(int fd, long iovecs, int count);

  /** writev(2). It raises SIGPIPE on a broken connection, which Java runtimes ignore. */
  public abstract int writev(int fd, long iovecs, int count);

  /** shutdown(2). */
  public abstract int shutdown(int fd, int how);

  /** close(2). Never repeated after EINTR: the descriptor is gone all the same. */
  public abstract int close(int fd);

  /** getsockopt(2). Returns the length of the value. */
  public abstract int getsockopt(int fd, int level, int option, long value, int length);

  /** setsockopt(2). */
  public abstract int setsockopt(int fd, int level, int option, long value, int length);

  /** Reads an option that is an int. Failures are negative errnos, so a value must not be. */
  public final int getsockopt(int fd, int level, int option) {
    Memory.setInt(value(), 0);
    int length = getsockopt(fd, level, option, value(), Integer.BYTES);
    return length < 0 ? length : Memory.getInt(value());
  }

  /** Writes an option that is an int. */
  public final int setsockopt(int fd, int level, int option, int value) {
    Memory.setInt(value(), value);
    return setsockopt(fd, level, option, value(), Integer.BYTES);
  }

  /** Reads SO_LINGER: 0 when off, else the seconds plus 1; or a negative errno. */
  public final int getLinger(int fd) {
    Struct linger = Linger.STRUCT;
    int length = getsockopt(fd, Constants.SOL_SOCKET, Constants.SO_LINGER, value(), linger.size());
    if (length < 0) {
      return length;
    }
    return linger.get(value(), "l_onoff") == 0 ? 0 : (int) linger.get(value(), "l_linger") + 1;
  }

  /** Writes SO_LINGER: seconds, negative for off. */
  public final int setLinger(int fd, int seconds) {
    Struct linger = Linger.STRUCT;
    linger.set(value(), "l_onoff", seconds < 0 ? 0 : 1);
    linger.set(value(), "l_linger", Math.max(0, seconds));
    return setsockopt(fd, Constants.SOL_SOCKET, Constants.SO_LINGER, value(), linger.size());
  }

  private static final class Linger {
    static final Struct STRUCT = Abi.HOST.struct("linger");
  }

  /** getsockname(2) into {@link #address}. */
  public abstract int getsockname(int fd);

  /** getpeername(2) into {@link #address}. */
  public abstract int getpeername(int fd);

  /** fcntl(2) with an int argument. */
  public abstract int fcntl(int fd, int command, int argument);

  /** Returns 1 when the descriptor is non-blocking, 0 when not; −EOPNOTSUPP on Windows. */
  public abstract int isNonBlocking(int fd);

  /** Sets or clears O_NONBLOCK, with one call more only where the flag has to change. */
  public abstract int setNonBlocking(int fd, boolean nonBlocking);

  /** ioctl(2) with an argument that is a number or an address. */
  public abstract int ioctl(int fd, long request, long argument);

  /** Returns how many bytes a request of ioctl reads at its argument at least; 0: nobody knows. */
  public int ioctlBytes(long request) {
    return 0;
  }

  /**
   * WSADuplicateSocketW: leaves in {@code info}, a WSAPROTOCOL_INFOW, what a process needs for
   * {@link #fromShare}. −EOPNOTSUPP where there is none, and descriptors are passed by messages.
   */
  public int share(int fd, int process, long info) {
    return -Abi.HOST.errno("EOPNOTSUPP");
  }

  /**
   * Makes a socket that somebody else has opened behave as one of {@link #socket}: on Windows, a
   * socket of datagrams hears that nobody took one if it has one peer, and else does not.
   */
  public void adopt(int fd) {}

  /** WSASocketW of what {@link #share} left for this process. Returns the descriptor. */
  public int fromShare(long info, boolean nonBlocking) {
    return -Abi.HOST.errno("EOPNOTSUPP");
  }

  /**
   * ppoll(2), or poll(2) with the time rounded up where there is none.
   *
   * @param fds an array of struct pollfd
   * @param timeoutNanos negative to wait without end
   */
  public abstract int poll(long fds, int count, long timeoutNanos);

  /**
   * poll(2) on one descriptor. Returns its revents, 0 when the time is over, −EINTR after an {@link
   * #interrupt}.
   */
  public int poll(int fd, int events, long timeoutNanos) {
    long pollfd = message();
    Pollfd.set(pollfd, fd, events);
    int ready = poll(pollfd, 1, timeoutNanos);
    return ready <= 0 ? ready : Pollfd.revents(pollfd);
  }

  /**
   * Opens a descriptor to wait on and one with which {@link #signal} makes it readable, both
   * non-blocking: an eventfd(2), which is both, or a connected pair where there is none.
   *
   * @return the one to wait on in the low, the one to signal in the high half
   */
  public abstract long wakeup();

  /** pipe2(2), non-blocking. Returns the read end in the low and the write end in the high half. */
  public abstract long pipe();

  /** read(2). */
  public abstract int read(int fd, long buffer, int length);

  /**
   * Makes the other end of a {@link #wakeup} readable. Any thread may call this on any instance: it
   * captures nothing, since its one failure, EAGAIN, means that a wake-up is under way.
   */
  public abstract void signal(int fd);

  /** dup3(2) with close-on-exec: {@code to} becomes a second name of {@code from}. */
  public abstract int dup(int from, int to);

  /** pthread_self(3), or what takes its place: the calling thread, for {@link #interrupt}. */
  public abstract long thread();

  /**
   * pthread_kill(3) with a signal whose handler does nothing: a call that the thread is blocked in
   * returns EINTR. Where there are no signals, only {@link #poll(int, int, long)} does, that or the
   * next one. Any thread may call this on any instance.
   */
  public abstract void interrupt(long thread);

  /** getaddrinfo(3). Returns 0 or the EAI code, as it is; {@link #errno} belongs to EAI_SYSTEM. */
  public abstract int getaddrinfo(long node, long service, long hints, long result);

  /** freeaddrinfo(3). */
  public abstract void freeaddrinfo(long result);

  /**
   * The errno that the last call left, for a call whose own result is another number: EAI_SYSTEM of
   * getaddrinfo(3).
   */
  public final int errno() {
    return capture.get(ValueLayout.JAVA_INT, Native.capturedOffset());
  }

  // What a system lacks fails with ENOSYS.

  private static int lacking() {
    return -Errno.ENOSYS;
  }

  /** fcntl(2) with F_DUPFD_CLOEXEC: another descriptor of the same socket. */
  public int duplicate(int fd) {
    return lacking();
  }

  /** Returns 1 when the descriptor outlives execve(2), 0 when not. */
  public int isInheritable(int fd) {
    return lacking();
  }

  /** Sets or clears what {@link #isInheritable} tells. */
  public int setInheritable(int fd, boolean inheritable) {
    return lacking();
  }

  /**
   * open(2) for reading, close-on-exec; the path is a string of C. It does not wait for the writer
   * of a FIFO. See {@link #closeFile}.
   */
  public abstract int open(long path);

  /** Closes what {@link #open} opened: on Windows that is no descriptor of a socket. */
  public abstract int closeFile(int file);

  /** pread(2) of what {@link #open} opened. */
  public int pread(int file, long buffer, int length, long offset) {
    return lacking();
  }

  /**
   * Whether a negative errno of {@link #sendfile} says that this file cannot be sent so, or no file
   * can: then it is to be read.
   */
  public static boolean isFileRefused(int errno) {
    return errno == -Errno.EINVAL
        || errno == -Errno.ENOSYS
        || errno == -Errno.ESPIPE
        || errno == -Errno.EOPNOTSUPP // FreeBSD
        || Errno.name(-errno).equals("ENOTSUP"); // macOS, where it is another number
  }

  /**
   * sendfile(2). Returns the number of bytes sent.
   *
   * @param offset the address of the place in the file, a long, which is advanced
   */
  public int sendfile(int socket, int file, long offset, int count) {
    return lacking();
  }

  /** gethostname(2) into a buffer; the name ends with a NUL if it fits. */
  public abstract int gethostname(long buffer, int length);

  /** sethostname(2). */
  public int sethostname(long name, int length) {
    return lacking();
  }

  /** if_nametoindex(3). Returns the index, above 0. */
  public int ifNametoindex(long name) {
    return lacking();
  }

  /** if_indextoname(3) into a buffer of IF_NAMESIZE bytes. */
  public int ifIndextoname(int index, long name) {
    return lacking();
  }

  // struct if_nameindex { unsigned int if_index; char *if_name; };  so on all systems of 64 bits

  /** The size of an entry of {@link #ifNameindex}, whose index is at its beginning. */
  public static final int IF_NAMEINDEX_SIZE = 16;

  /** Where an entry of {@link #ifNameindex} has the address of its name; the last has none. */
  public static final int IF_NAME = 8;

  /** if_nameindex(3). Returns the address of the list, or a negative errno. */
  public long ifNameindex() {
    return lacking();
  }

  /** if_freenameindex(3). */
  public void ifFreenameindex(long list) {}

  /** getnameinfo(3). Returns 0 or the EAI code, as it is; {@link #errno} belongs to EAI_SYSTEM. */
  public abstract int getnameinfo(
      long address,
      int length,
      long host,
      int hostLength,
      long service,
      int serviceLength,
      int flags);

  /**
   * gethostbyname_r(3).
   *
   * @param entry the address of a struct hostent
   * @param result where the address of the entry is left, or 0
   * @param hostErrno where h_errno is left
   * @return 0, or a negative errno: ERANGE when the buffer is too small
   */
  public int gethostbyname(
      long name, long entry, long buffer, int length, long result, long hostErrno) {
    return lacking();
  }

  /** gethostbyaddr_r(3) of a struct in_addr or in6_addr; as {@link #gethostbyname}. */
  public int gethostbyaddr(
      long address,
      int addressLength,
      int family,
      long entry,
      long buffer,
      int length,
      long result,
      long hostErrno) {
    return lacking();
  }

  /** getservbyname_r(3) with a struct servent; as {@link #gethostbyname}. */
  public int getservbyname(
      long name, long protocol, long entry, long buffer, int length, long result) {
    return lacking();
  }

  /** getservbyport_r(3) of a port in network order; as {@link #getservbyname}. */
  public int getservbyport(
      int port, long protocol, long entry, long buffer, int length, long result) {
    return lacking();
  }

  /** getprotobyname_r(3) with a struct protoent; as {@link #getservbyname}. */
  public int getprotobyname(long name, long entry, long buffer, int length, long result) {
    return lacking();
  }
}
