package io.gatun.socket;

import static io.gatun.socket.Operations.FOREVER;

import io.gatun.address.Address;
import io.gatun.address.AddressFamily;
import io.gatun.address.Protocol;
import io.gatun.address.Sockaddr;
import io.gatun.address.SocketType;
import io.gatun.channel.ChannelOption;
import io.gatun.error.ClosedException;
import io.gatun.error.SocketError;
import io.gatun.error.SocketErrors;
import io.gatun.error.TimedOutException;
import io.gatun.message.AncillaryData;
import io.gatun.os.Abi;
import io.gatun.os.Constants;
import io.gatun.os.Errno;
import io.gatun.os.Kernel;
import io.gatun.os.Memory;
import io.gatun.socket.Operations.Op;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A socket in the three modes of Python's: blocking (no timeout), with a timeout, and non-blocking
 * (a timeout of zero).
 *
 * <p>Any number of threads may use one at once, platform and virtual; {@link #close} by any of them
 * ends the calls of the others with a {@link ClosedException}. A platform thread waits in the
 * kernel, a virtual thread parks and never holds its carrier. An interrupt ends the wait of a
 * virtual thread with an {@link InterruptedIOException}, and leaves the socket open; a platform
 * thread's wait it does not end.
 *
 * <p>Failures are {@link IOException}s, each a {@link SocketError} that names the call, the address
 * and errno: {@link io.gatun.error.WouldBlockException} in non-blocking mode, {@link
 * TimedOutException} when the timeout is over, {@link ClosedException} of every call on a socket
 * that is closed, and so on; all classes stand at {@link SocketError}. What a method throws is said
 * here where it is more than that: what the system call of its name may fail with.
 *
 * <p>A TCP connection to a host is {@link Sockets#createConnection}, a listener {@link
 * Sockets#createServer}; {@link #openFor} opens a stream for any address:
 *
 * <pre>{@code
 * Address server = Address.parse("127.0.0.1:7777");
 * try (Socket socket = Socket.openFor(server)) {
 *   socket.setTimeout(Duration.ofSeconds(5));
 *   socket.connect(server);
 *   socket.sendAll("Hello".getBytes(UTF_8));
 *   byte[] answer = socket.recv(1024);
 * }
 * }</pre>
 *
 * <p>Families, types and protocols are told at {@link Sockets}, flags (MSG_PEEK …) and the numbers
 * of options stand in {@link SocketConstants}.
 *
 * <p>As in Python, O_NONBLOCK is clear exactly while there is no timeout; but a virtual thread that
 * accepts, connects or sends a file without one sets it, and on Windows it is always set. Whoever
 * holds a duplicate of the descriptor may set or clear it: timeouts are kept all the same.
 */
public final class Socket implements AutoCloseable {
  private static final int SOCK_NONBLOCK = Abi.HOST.valueOr("SOCK_NONBLOCK", 0);
  private static final int SOCK_CLOEXEC = Abi.HOST.valueOr("SOCK_CLOEXEC", 0);
  private static final int DOMAIN = Abi.HOST.valueOr("SO_DOMAIN", -1);
  private static final int PROTOCOL = Abi.HOST.valueOr("SO_PROTOCOL", -1);
  private static final int AF_ALG = Abi.HOST.valueOr("AF_ALG", -1);

  private final AddressFamily family;
  private final SocketType type;
  private final Protocol protocol;
  private final Operations operations;
  private final Descriptor descriptor;
  private final Options options;
  private final Transfer transfer;

  /** Guarded by operations, which nobody else locks. */
  private int files;

  private volatile boolean closed;

  private Socket(
      AddressFamily family, SocketType type, Protocol protocol, int fd, boolean nonBlocking) {
    this.family = family;
    this.type = type;
    this.protocol = protocol;
    this.operations = new Operations(fd, family, type, nonBlocking);
    this.descriptor = operations.descriptor;
    this.options = new Options(operations, family);
    this.transfer = new Transfer(operations, type, protocol);
  }

  // Life

  /**
   * Opens a socket: socket(2). It has the timeout of {@link Sockets#getDefaultTimeout}; of zero, if
   * the type has SOCK_NONBLOCK.
   *
   * @param protocol {@link Protocol#DEFAULT} for the family's own
   * @throws IOException as socket(2) fails: EAFNOSUPPORT, EPROTONOSUPPORT or ESOCKTNOSUPPORT for
   *     what the system lacks, EPERM or EACCES without a privilege that is needed, EMFILE
   */
  public static Socket open(AddressFamily family, SocketType type, Protocol protocol)
      throws IOException {
    long timeout = (type.number() & SOCK_NONBLOCK) == 0 ? Operations.defaultTimeout : 0;
    boolean nonBlocking = Operations.isNonBlocking(timeout);
    SocketType bare = bare(type);
    Kernel kernel = Kernel.acquire();
    int fd;
    try {
      fd = kernel.socket(family.number(), bare.number(), protocol.number(), nonBlocking);
    } finally {
      Kernel.release(kernel);
    }
    if (fd < 0) {
      throw SocketErrors.of("socket", family + " " + type, fd);
    }
    Socket socket = new Socket(family, bare, protocol, fd, nonBlocking);
    socket.operations.timeout = timeout;
    return socket;
  }

  /** Without the flags that Linux allows beside the type. */
  private static SocketType bare(SocketType type) {
    int bare = type.number() & ~(SOCK_NONBLOCK | SOCK_CLOEXEC);
    return bare == type.number() ? type : new SocketType(bare);
  }

  /** Two sockets that are connected with each other. */
  static Socket[] openPair(AddressFamily family, SocketType type, Protocol protocol)
      throws IOException {
    long timeout = (type.number() & SOCK_NONBLOCK) != 0 ? 0 : Operations.defaultTimeout;
    boolean nonBlocking = Operations.isNonBlocking(timeout);
    SocketType bare = bare(type);
    Kernel kernel = Kernel.acquire();
    long pair;
    try {
      pair = kernel.socketpair(family.number(), bare.number(), protocol.number(), nonBlocking);
    } finally {
      Kernel.release(kernel);
    }
    if (pair < 0) {
      throw SocketErrors.of("socketpair", family + " " + type, (int) pair);
    }
    Socket one = new Socket(family, bare, protocol, (int) pair, nonBlocking);
    Socket other = new Socket(family, bare, protocol, (int) (pair >>> 32), nonBlocking);
    one.operations.timeout = timeout;
    other.operations.timeout = timeout;
    return new Socket[] {one, other};
  }

  /**
   * Takes over a descriptor, whose family, type and protocol the system tells.
   *
   * @param fd a socket's descriptor, which is this object's from now on
   * @throws IOException if it is none (ENOTSOCK, or EBADF if it is not open); it stays the caller's
   *     then
   */
  public static Socket ofDescriptor(int fd) throws IOException {
    Kernel kernel = Kernel.acquire();
    try {
      int type = typeOf(kernel, fd);
      int family = DOMAIN < 0 ? -1 : getInt(kernel, fd, DOMAIN);
      int protocol = PROTOCOL < 0 ? 0 : getInt(kernel, fd, PROTOCOL);
      if (family == -1 && ProtocolInfo.SIZE != 0) {
        family = ProtocolInfo.family(kernel, fd);
      } else if (family == -1) { // no option tells it
        int result = kernel.getsockname(fd);
        family =
            result < 0
                ? result
                : Sockaddr.decode(kernel.address(), kernel.addressLength()).family().number();
      }
      if (family < 0) {
        throw SocketErrors.ofDescriptor("getsockopt", fd, family);
      }
      return of(
          kernel,
          fd,
          new AddressFamily(family),
          new SocketType(type),
          new Protocol(Math.max(protocol, 0)));
    } finally {
      Kernel.release(kernel);
    }
  }

  /** Returns SO_TYPE, which the system tells of sockets alone. */
  private static int typeOf(Kernel kernel, int fd) throws IOException {
    int type = getInt(kernel, fd, Constants.SO_TYPE);
    if (type < 0) {
      throw SocketErrors.ofDescriptor("getsockopt", fd, type);
    }
    return type;
  }

  private static int getInt(Kernel kernel, int fd, int option) {
    return kernel.getsockopt(fd, Constants.SOL_SOCKET, option);
  }

  /**
   * Takes over a descriptor, of a family, type and protocol that nobody checks. It becomes
   * non-blocking only if there is a default timeout.
   *
   * @param fd a socket's descriptor, which is this object's from now on
   * @throws IOException if it is none (ENOTSOCK, or EBADF if it is not open); it stays the caller's
   *     then
   */
  public static Socket ofDescriptor(
      int fd, AddressFamily family, SocketType type, Protocol protocol) throws IOException {
    Kernel kernel = Kernel.acquire();
    try {
      int ignored = typeOf(kernel, fd);
      return of(kernel, fd, family, type, protocol);
    } finally {
      Kernel.release(kernel);
    }
  }

  private static Socket of(
      Kernel kernel, int fd, AddressFamily family, SocketType type, Protocol protocol) {
    int is = kernel.isNonBlocking(fd);
    if (is == 0 && Operations.isNonBlocking(Operations.defaultTimeout)) {
      is = kernel.setNonBlocking(fd, true) < 0 ? is : 1;
    }
    kernel.adopt(fd);
    // Where nobody can tell, every descriptor is made non-blocking.
    return new Socket(family, bare(type), protocol, fd, is != 0);
  }

  /** As {@link #ofDescriptor}, for a descriptor that has no other owner: a failure closes it. */
  static Socket taking(int fd, AddressFamily family, SocketType type, Protocol protocol)
      throws IOException {
    try {
      return ofDescriptor(fd, family, type, protocol);
    } catch (Throwable t) {
      Kernel kernel = Kernel.acquire();
      kernel.close(fd);
      Kernel.release(kernel);
      throw t;
    }
  }

  /**
   * Opens a socket with the family's own protocol for the type; see {@link #open(AddressFamily,
   * SocketType, Protocol)}.
   */
  public static Socket open(AddressFamily family, SocketType type) throws IOException {
    return open(family, type, Protocol.DEFAULT);
  }

  /** Opens a stream socket of the family of an address, which it neither binds nor connects. */
  public static Socket openFor(Address address) throws IOException {
    return open(address.family(), SocketType.STREAM);
  }

  /** Sets what is called when a signal interrupts a platform thread's call; null for nothing. */
  public static void setInterruptHook(@Nullable InterruptHook hook) {
    Operations.interruptHook = hook;
  }

  /**
   * Closes the socket; calls of other threads on it end at once. Closing again does nothing. While
   * there are files of {@link #makeFile}, the descriptor stays open until the last of them closes;
   * so do, as in Python, all calls.
   */
  @Override
  public void close() {
    synchronized (operations) {
      closed = true;
      if (files > 0) {
        return;
      }
    }
    descriptor.close();
  }

  /** Returns whether {@link #close} or {@link #detach} was called. */
  public boolean isClosed() {
    return closed || descriptor.isClosed();
  }

  /**
   * Begins to make a file of the socket: Python's {@code makefile}, with all its arguments. {@link
   * SocketFile.Builder#open} makes it.
   */
  public SocketFile.Builder makeFile() {
    return SocketFile.builder(this);
  }

  /**
   * Makes a file of the socket, with the usual buffers; {@link SocketFile} tells what it has in
   * which mode.
   *
   * @param mode {@code r}, {@code w} or {@code rw}; with a {@code b} behind it for bytes
   * @throws IllegalArgumentException for any other mode
   */
  public SocketFile makeFile(String mode) throws IOException {
    return SocketFile.builder(this).mode(mode).open();
  }

  void fileOpened() throws ClosedException {
    synchronized (operations) {
      if (descriptor.isClosed() || (closed && files == 0)) {
        throw new ClosedException("makefile");
      }
      files++;
    }
  }

  void fileClosed() {
    synchronized (operations) {
      files--;
      if (files > 0 || !closed) {
        return;
      }
    }
    descriptor.close();
  }

  /** Returns the descriptor, or −1 when the socket is closed. */
  public int fileno() {
    return descriptor.isClosed() ? -1 : descriptor.fd;
  }

  /** Returns the family. */
  public AddressFamily family() {
    return family;
  }

  /** Returns the type. */
  public SocketType type() {
    return type;
  }

  /** Returns the protocol. */
  public Protocol protocol() {
    return protocol;
  }

  // Modes

  /**
   * Sets how long each call may take from now on: connecting, accepting, receiving and sending, and
   * each wait of {@link #sendFile(Path)}.
   *
   * @param timeout in nanoseconds at best; null to block, zero for non-blocking
   * @throws IllegalArgumentException if it is negative
   */
  public void setTimeout(@Nullable Duration timeout) throws IOException {
    long nanos = nanos(timeout);
    if (descriptor.isClosed()) {
      throw new ClosedException("settimeout");
    }
    operations.setNonBlocking("settimeout", nanos != FOREVER);
    operations.timeout = nanos;
  }

  /** The nanoseconds of a timeout; {@link Operations#FOREVER} for null. */
  static long nanos(@Nullable Duration timeout) {
    if (timeout == null) {
      return FOREVER;
    }
    if (timeout.isNegative()) {
      throw new IllegalArgumentException("timeout: " + timeout + " (expected: 0 or more)");
    }
    try {
      return timeout.toNanos();
    } catch (ArithmeticException e) { // beyond 292 years
      return Long.MAX_VALUE;
    }
  }

  /** Returns the timeout; null when the socket blocks. */
  public @Nullable Duration getTimeout() {
    return duration(operations.timeout);
  }

  static @Nullable Duration duration(long nanos) {
    return nanos == FOREVER ? null : Duration.ofNanos(nanos);
  }

  /** Sets no timeout (true), or one of zero (false). */
  public void setBlocking(boolean blocking) throws IOException {
    setTimeout(blocking ? null : Duration.ZERO);
  }

  /** Returns whether the timeout is other than zero. */
  public boolean getBlocking() {
    return operations.timeout != 0;
  }

  // Addresses and options

  /**
   * Takes a local address: bind(2). Port 0 lets the system choose; {@link #getSockName} tells.
   *
   * @throws io.gatun.error.BindErrorException as bind(2) fails: EADDRINUSE, EADDRNOTAVAIL, EACCES …
   */
  public void bind(Address address) throws IOException {
    bind(address, address);
  }

  /** Binds to an address that errors show in another form. */
  void bind(Address address, Address shown) throws IOException {
    descriptor.with(
        "bind",
        kernel -> {
          int length = Sockaddr.encode(address, kernel.address());
          int result = length < 0 ? length : kernel.bind(descriptor.fd, kernel.address(), length);
          if (result < 0) {
            throw SocketErrors.of("bind", shown, result);
          }
          return result;
        });
  }

  /** Takes connections from now on: listen(2) with SOMAXCONN, the system's largest backlog. */
  public void listen() throws IOException {
    listen(Constants.SOMAXCONN);
  }

  /**
   * Takes connections from now on: listen(2).
   *
   * @param backlog how many may wait for {@link #accept}; a negative one is 0, and the system has a
   *     limit of its own
   * @throws io.gatun.error.BindErrorException as listen(2) fails
   */
  public void listen(int backlog) throws IOException {
    descriptor.with(
        "listen",
        kernel -> operations.settle("listen", kernel.listen(descriptor.fd, Math.max(0, backlog))));
  }

  /**
   * Returns the address that the socket is bound to: getsockname(2). One that is not bound has the
   * family's empty one, {@code 0.0.0.0:0} say.
   */
  public Address getSockName() throws IOException {
    return descriptor.with(
        "getsockname",
        kernel -> {
          operations.settle("getsockname", kernel.getsockname(descriptor.fd));
          return Sockaddr.decode(kernel.address(), kernel.addressLength(), protocol);
        });
  }

  /**
   * Returns the address of the peer: getpeername(2). {@link #peer} does not ask the system.
   *
   * @throws io.gatun.error.SocketErrorException if it is not connected: ENOTCONN
   */
  public Address getPeerName() throws IOException {
    return descriptor.with(
        "getpeername",
        kernel -> {
          operations.settle("getpeername", kernel.getpeername(descriptor.fd));
          return Sockaddr.decode(kernel.address(), kernel.addressLength(), protocol);
        });
  }

  /**
   * Returns an option that is an int, which may be negative: getsockopt(2). {@link #getOption} has
   * names and types. VSOCK's own options, which are numbers of 8 bytes, are read as such.
   *
   * @param level such as {@link SocketConstants#SOL_SOCKET}
   * @param option such as {@link SocketConstants#SO_REUSEADDR}
   * @throws ArithmeticException if one of those is no int
   * @throws IOException that names option and level: ENOPROTOOPT where there is none
   */
  public int getSockOpt(int level, int option) throws IOException {
    return options.get(level, option);
  }

  /**
   * Returns the bytes of any option: getsockopt(2); see {@link #getSockOpt(int, int)}.
   *
   * @param size how much room it gets: 0 to 65536 bytes
   * @return its bytes, in the host's order and layout: no more than it has
   */
  public byte[] getSockOpt(int level, int option, int size) throws IOException {
    return options.get(level, option, size);
  }

  /**
   * Returns an option of the kernel, by its name and type: getsockopt(2).
   *
   * @param option one of {@link ChannelOption}'s or {@link io.gatun.channel.MessageOptions}'
   *     constants that the kernel has, or any by its numbers, as {@link ChannelOption#ofInt} makes
   * @throws IllegalArgumentException if it is an option of channels alone
   * @throws IOException as getsockopt(2) fails; ENOPROTOOPT where the system lacks the option
   */
  public <T> T getOption(ChannelOption<T> option) throws IOException {
    return options.get(option);
  }

  /**
   * Sets an option of the kernel, by its name and type: setsockopt(2). A multicast group is joined
   * so: {@link io.gatun.channel.MessageOptions#JOIN_GROUP}.
   *
   * @param option see {@link #getOption}
   * @throws IllegalArgumentException if it is an option of channels alone
   * @throws IOException as setsockopt(2) fails; see {@link #getOption}
   */
  public <T> void setOption(ChannelOption<T> option, T value) throws IOException {
    options.set(option, value);
  }

  /**
   * Sets an option that is an int: setsockopt(2). {@link #setOption} has names and types. VSOCK's
   * own options, which are numbers of 8 bytes, are set as such.
   *
   * @param level such as {@link SocketConstants#SOL_SOCKET}
   * @param option such as {@link SocketConstants#SO_REUSEADDR}
   * @throws IOException that names option, level and value: ENOPROTOOPT where there is none, EINVAL
   *     for a value that it cannot have
   */
  public void setSockOpt(int level, int option, int value) throws IOException {
    options.set(level, option, value);
  }

  /**
   * Sets any option, given by its bytes in the host's order and layout: setsockopt(2); see {@link
   * #setSockOpt(int, int, int)}.
   *
   * <p>SO_RCVTIMEO and SO_SNDTIMEO are not for use here. The kernel minds them in calls that wait
   * inside of it, which are those of a platform thread on a socket without a timeout: they fail
   * with EAGAIN then. A virtual thread never waits there, nor does a socket with a timeout, and
   * neither takes notice of them. {@link #setTimeout} is for all.
   */
  public void setSockOpt(int level, int option, byte[] value) throws IOException {
    options.set(level, option, value);
  }

  /**
   * Sets an option by a null pointer and a length: setsockopt(2), as ALG_SET_AEAD_AUTHSIZE wants
   * it.
   */
  public void setSockOptNull(int level, int option, int length) throws IOException {
    options.setNull(level, option, length);
  }

  /**
   * ioctl(2) with a number. Windows's requests take an address alone: there it is that of the
   * number, of 4 bytes.
   *
   * @return what the call returned, which is 0 as a rule
   */
  public int ioctl(long request, long argument) throws IOException {
    return options.ioctl(request, argument);
  }

  /**
   * ioctl(2) with a struct, which the call may change.
   *
   * @param struct its bytes, in the host's order and layout; behind them the kernel finds zeros, up
   *     to 1024 bytes in all, and what it writes there is dropped
   * @return what the call returned, which is 0 as a rule
   * @throws IllegalArgumentException for fewer bytes than a request of Windows reads
   */
  public int ioctl(long request, byte[] struct) throws IOException {
    return options.ioctl(request, struct);
  }

  /** Returns SO_LINGER: seconds, −1 when off. */
  int getLinger() throws IOException {
    return options.getLinger();
  }

  /** Sets SO_LINGER: seconds, negative for off. */
  void setLinger(int seconds) throws IOException {
    options.setLinger(seconds);
  }

  /** Returns how many bytes can be received without waiting. */
  int available() throws IOException {
    return options.available();
  }

  /** Returns whether the descriptor outlives execve(2): no, unless it was set so. */
  public boolean getInheritable() throws IOException {
    return descriptor.with(
        "fcntl", kernel -> operations.settle("fcntl", kernel.isInheritable(descriptor.fd)) != 0);
  }

  /** Sets whether the descriptor outlives execve(2). */
  public void setInheritable(boolean inheritable) throws IOException {
    descriptor.with(
        "fcntl",
        kernel -> operations.settle("fcntl", kernel.setInheritable(descriptor.fd, inheritable)));
  }

  /** Returns another socket object for the same socket, with a descriptor of its own. */
  public Socket dup() throws IOException {
    int fd =
        descriptor.with("dup", kernel -> operations.settle("dup", kernel.duplicate(descriptor.fd)));
    boolean nonBlocking = Operations.isNonBlocking(operations.timeout);
    Socket other = new Socket(family, type, protocol, fd, nonBlocking);
    other.operations.timeout = operations.timeout;
    other.operations.peer = operations.peer;
    return other;
  }

  /**
   * WSADuplicateSocketW: shares the socket with a process, which takes it over by {@link
   * Sockets#fromShare}. Elsewhere than on Windows this fails with EOPNOTSUPP: there descriptors are
   * passed by messages.
   *
   * @param process the process's number
   * @return what that process needs, once
   */
  public byte[] share(int process) throws IOException {
    return descriptor.with(
        "WSADuplicateSocketW",
        kernel -> {
          try (Arena arena = Arena.ofConfined()) {
            byte[] shared = new byte[ProtocolInfo.SIZE];
            long info = arena.allocate(Math.max(shared.length, 1), Long.BYTES).address();
            operations.settle("WSADuplicateSocketW", kernel.share(descriptor.fd, process, info));
            Memory.get(info, shared, 0, shared.length);
            return shared;
          }
        });
  }

  /**
   * Closes this object, and leaves its descriptor open. Calls of other threads on it end.
   *
   * @return the descriptor, which is the caller's
   */
  public int detach() throws IOException {
    int fd = descriptor.detach();
    if (fd < 0) {
      throw new ClosedException("detach");
    }
    return fd;
  }

  /**
   * Ends one half of the connection, or both, and leaves the descriptor open: shutdown(2).
   *
   * @throws IOException as shutdown(2) fails: ENOTCONN if the peer has gone already, on some
   *     systems
   */
  public void shutdown(Shutdown how) throws IOException {
    descriptor.with(
        "shutdown",
        kernel -> operations.settle("shutdown", kernel.shutdown(descriptor.fd, how.number)));
  }

  // Connections

  /**
   * Connects: connect(2). The timeout is for the whole. A socket for messages is not connected by
   * this, but has one peer afterwards, whom it sends to and hears alone.
   *
   * <p>Once it failed, most systems want another socket for the next attempt.
   *
   * @throws io.gatun.error.ConnectionRefusedException if nobody listens there
   * @throws TimedOutException if the timeout is over
   * @throws io.gatun.error.WouldBlockException if there is a timeout of zero, with EINPROGRESS:
   *     connecting goes on in the background
   * @throws io.gatun.error.UnreachableException if there is no way to the host
   * @throws io.gatun.error.ConnectErrorException as connect(2) fails otherwise; {@link SocketError}
   *     has the table
   */
  public void connect(Address address) throws IOException {
    connect(address, address);
  }

  /** Connects to an address that errors show in another form. */
  void connect(Address address, Address shown) throws IOException {
    operations.connect(address, shown);
  }

  /**
   * Connects, and returns errno instead of throwing: 0 when it is done, EINPROGRESS when it goes on
   * in the background, EAGAIN when the timeout is over.
   */
  public int connectEx(Address address) {
    try {
      connect(address);
      return 0;
    } catch (TimedOutException e) {
      return Errno.EAGAIN;
    } catch (IOException e) {
      return e instanceof SocketError error ? error.errno() : Errno.EINTR;
    }
  }

  /**
   * Waits for a connection: accept(2).
   *
   * @return the connection, with the default timeout: blocking, as a rule; its {@link #peer} is the
   *     address that accept(2) told
   * @throws ClosedException if the listener is closed, or another thread closes it meanwhile
   * @throws io.gatun.error.ConnectionAbortedException on some systems, if the connection went
   *     before it was accepted: accept the next one
   * @throws IOException as accept(2) fails: EMFILE or ENFILE if there is no descriptor left, in
   *     which case the connection waits, EINVAL if this does not listen
   */
  public Socket accept() throws IOException {
    long timeout = Operations.defaultTimeout;
    boolean named = family.number() != AF_ALG;
    AcceptCall call = new AcceptCall(protocol, Operations.isNonBlocking(timeout), named);
    int fd = operations.run(Op.ACCEPT, call, 0);
    Socket accepted = new Socket(family, type, protocol, fd, call.nonBlocking);
    accepted.operations.timeout = timeout;
    accepted.operations.peer = call.peer;
    return accepted;
  }

  private static final class AcceptCall implements Operations.Call {
    private final Protocol protocol;
    final boolean nonBlocking;
    private final boolean named;
    @Nullable Address peer;

    AcceptCall(Protocol protocol, boolean nonBlocking, boolean named) {
      this.protocol = protocol;
      this.nonBlocking = nonBlocking;
      this.named = named;
    }

    @Override
    public int make(Kernel kernel, int fd, int flags) {
      int accepted = named ? kernel.accept(fd, nonBlocking) : kernel.acceptUnnamed(fd, nonBlocking);
      if (named && accepted >= 0) {
        peer = Sockaddr.decode(kernel.address(), kernel.addressLength(), protocol);
      }
      return accepted;
    }
  }

  /** Sets what errors show as the peer. */
  void name(Address peer) {
    operations.peer = peer;
  }

  /**
   * Returns whom accept(2) told or {@link #connect} was given, without asking the system as {@link
   * #getPeerName} does. Null if there was neither, or the connect failed.
   */
  public @Nullable Address peer() {
    return operations.peer;
  }

  // Receiving

  /**
   * Receives at most {@code size} bytes; an empty array is the end of the stream. No bytes are
   * there at any time: as in Python, the system is not asked for them, and a message stays. (With
   * MSG_TRUNC it is, for the length of the message.)
   */
  public byte[] recv(int size) throws IOException {
    return recv(size, 0);
  }

  /**
   * Receives at most {@code size} bytes, with MSG flags.
   *
   * @param flags of {@link SocketConstants}, MSG_PEEK say; 0 for none
   */
  public byte[] recv(int size, int flags) throws IOException {
    byte[] buffer = room(size);
    int count = recvInto(buffer, 0, size, flags);
    return count >= size ? buffer : Arrays.copyOf(buffer, count);
  }

  private static byte[] room(int size) {
    if (size < 0) {
      throw new IllegalArgumentException("size: " + size + " (expected: 0 or more)");
    }
    return new byte[size];
  }

  /**
   * Receives into an array.
   *
   * @return the number of bytes; 0 at the end of the stream
   */
  public int recvInto(byte[] buffer) throws IOException {
    return recvInto(buffer, 0, buffer.length, 0);
  }

  /** Receives into a part of an array; 0 is the end of the stream. */
  public int recvInto(byte[] buffer, int offset, int length) throws IOException {
    return recvInto(buffer, offset, length, 0);
  }

  /**
   * Receives into a part of an array, with MSG flags.
   *
   * @return the number of bytes; with MSG_TRUNC that of the whole message, which may be more
   */
  public int recvInto(byte[] buffer, int offset, int length, int flags) throws IOException {
    Objects.checkFromIndexSize(offset, length, buffer.length);
    return transfer.receive(buffer, offset, length, flags, operations.timeout);
  }

  /** Receives within a time that is not the socket's: java.net's SO_TIMEOUT is reading's alone. */
  int recvWithin(long timeout, byte[] buffer, int offset, int length) throws IOException {
    return transfer.receive(buffer, offset, length, 0, timeout);
  }

  /** Receives into a buffer from its position to its limit, and advances the position. */
  public int recvInto(ByteBuffer buffer) throws IOException {
    return recvInto(buffer, 0);
  }

  /** Receives into a buffer from its position to its limit, with MSG flags. */
  public int recvInto(ByteBuffer buffer, int flags) throws IOException {
    return transfer.receive(buffer, flags);
  }

  /** Receives into a segment, native or on the heap, that stays open during the call. */
  public int recvInto(MemorySegment segment) throws IOException {
    return recvInto(segment, 0);
  }

  /** Receives into a segment, with MSG flags. */
  public int recvInto(MemorySegment segment, int flags) throws IOException {
    return transfer.receive(segment, flags);
  }

  /** Receives into a buffer's writable bytes, and advances its writer index. */
  public int recvInto(ByteBuf buffer) throws IOException {
    return transfer.receive(buffer);
  }

  // Receiving, with the sender's address

  /** Receives a message of at most {@code size} bytes, and who sent it: recvfrom(2). */
  public Datagram recvFrom(int size) throws IOException {
    return recvFrom(size, 0);
  }

  /** Receives a message of at most {@code size} bytes, and who sent it, with MSG flags. */
  public Datagram recvFrom(int size, int flags) throws IOException {
    byte[] buffer = room(size);
    Received received = recvFromInto(buffer, 0, size, flags);
    byte[] data = received.length() >= size ? buffer : Arrays.copyOf(buffer, received.length());
    return new Datagram(data, received.address());
  }

  /** Receives a message into an array: recvfrom(2). */
  public Received recvFromInto(byte[] buffer) throws IOException {
    return recvFromInto(buffer, 0, buffer.length, 0);
  }

  /** Receives a message into a part of an array, with MSG flags. */
  public Received recvFromInto(byte[] buffer, int offset, int length, int flags)
      throws IOException {
    Objects.checkFromIndexSize(offset, length, buffer.length);
    return recvFromInto(MemorySegment.ofArray(buffer).asSlice(offset, length), flags);
  }

  /** Receives a message into a buffer from its position to its limit, and advances the position. */
  public Received recvFromInto(ByteBuffer buffer, int flags) throws IOException {
    return transfer.receiveFrom(buffer, flags);
  }

  /** Receives a message into a segment, native or on the heap, with MSG flags. */
  public Received recvFromInto(MemorySegment segment, int flags) throws IOException {
    return transfer.receiveFrom(segment, flags);
  }

  // Receiving, with ancillary data

  /**
   * Receives a message and what comes beside it: recvmsg(2).
   *
   * @param size the room for bytes
   * @param ancillarySize the room for ancillary data: {@link Sockets#cmsgSpace} of each piece
   * @param flags MSG flags
   */
  public ReceivedMessage recvMsg(int size, int ancillarySize, int flags) throws IOException {
    byte[] data = room(size);
    return transfer.receiveMessage(List.of(ByteBuffer.wrap(data)), ancillarySize, flags, data);
  }

  /** Receives a message without ancillary data: recvmsg(2). */
  public ReceivedMessage recvMsg(int size) throws IOException {
    return recvMsg(size, 0, 0);
  }

  /**
   * Receives a message into buffers, one after the other, and advances their positions.
   *
   * @param buffers no buffer twice
   * @param ancillarySize the room for ancillary data; see {@link #recvMsg}
   * @param flags MSG flags
   */
  public ReceivedMessage recvMsgInto(List<ByteBuffer> buffers, int ancillarySize, int flags)
      throws IOException {
    return transfer.receiveMessage(buffers, ancillarySize, flags, null);
  }

  // Sending

  /**
   * Sends an array, or its beginning; {@link #sendAll(byte[])} sends all. A message goes whole or
   * not at all.
   *
   * @return the number of bytes taken
   * @throws io.gatun.error.BrokenPipeException if nobody can read any more what is sent
   */
  public int send(byte[] buffer) throws IOException {
    return send(buffer, 0, buffer.length, 0);
  }

  /** Sends a part of an array, or the beginning of that. Returns the number of bytes taken. */
  public int send(byte[] buffer, int offset, int length) throws IOException {
    return send(buffer, offset, length, 0);
  }

  /** Sends a part of an array, or the beginning of that, with MSG flags. */
  public int send(byte[] buffer, int offset, int length, int flags) throws IOException {
    Objects.checkFromIndexSize(offset, length, buffer.length);
    return transfer.send(buffer, offset, length, flags);
  }

  /** Sends a buffer from its position on, and advances the position by what was taken. */
  public int send(ByteBuffer buffer) throws IOException {
    return send(buffer, 0);
  }

  /** Sends a buffer from its position on, with MSG flags. */
  public int send(ByteBuffer buffer, int flags) throws IOException {
    return transfer.send(buffer, flags);
  }

  /** Sends a segment, native or on the heap, that stays open during the call. */
  public int send(MemorySegment segment) throws IOException {
    return send(segment, 0);
  }

  /** Sends a segment, with MSG flags. */
  public int send(MemorySegment segment, int flags) throws IOException {
    return transfer.send(segment, flags);
  }

  /** Sends a buffer's readable bytes, and advances its reader index by what was taken. */
  public int send(ByteBuf buffer) throws IOException {
    return transfer.send(buffer);
  }

  /**
   * Sends all of an array. The timeout is for the whole; when it is over, nothing tells how much
   * was taken.
   */
  public void sendAll(byte[] buffer) throws IOException {
    sendAll(buffer, 0, buffer.length, 0);
  }

  /** Sends all of a part of an array; see {@link #sendAll(byte[])}. */
  public void sendAll(byte[] buffer, int offset, int length) throws IOException {
    sendAll(buffer, offset, length, 0);
  }

  /** Sends all of a part of an array, with MSG flags; see {@link #sendAll(byte[])}. */
  public void sendAll(byte[] buffer, int offset, int length, int flags) throws IOException {
    Objects.checkFromIndexSize(offset, length, buffer.length);
    transfer.sendAll(buffer, offset, length, flags);
  }

  /**
   * Sends all of a segment, native or on the heap, that stays open during the call; see {@link
   * #sendAll(byte[])}.
   */
  public void sendAll(MemorySegment segment) throws IOException {
    sendAll(segment, 0);
  }

  /** Sends all of a segment, with MSG flags; see {@link #sendAll(byte[])}. */
  public void sendAll(MemorySegment segment, int flags) throws IOException {
    transfer.sendAll(segment, flags);
  }

  /**
   * Sends all of a buffer from its position on. The timeout is for the whole; should it be over,
   * the position tells how much was taken.
   */
  public void sendAll(ByteBuffer buffer) throws IOException {
    sendAll(buffer, 0);
  }

  /** Sends all of a buffer from its position on, with MSG flags. */
  public void sendAll(ByteBuffer buffer, int flags) throws IOException {
    transfer.sendAll(buffer, flags);
  }

  /**
   * Sends all of a buffer's readable bytes. The timeout is for the whole; should it be over, the
   * reader index tells how much was taken.
   */
  public void sendAll(ByteBuf buffer) throws IOException {
    transfer.sendAll(buffer);
  }

  // Sending to an address

  /** Sends a message to an address: sendto(2). Returns the number of bytes taken. */
  public int sendTo(byte[] buffer, Address address) throws IOException {
    return sendTo(buffer, 0, buffer.length, 0, address);
  }

  /** Sends a part of an array as a message to an address, with MSG flags. */
  public int sendTo(byte[] buffer, int offset, int length, int flags, Address address)
      throws IOException {
    Objects.checkFromIndexSize(offset, length, buffer.length);
    return sendTo(MemorySegment.ofArray(buffer).asSlice(offset, length), flags, address);
  }

  /** Sends a buffer from its position on as a message, and advances the position. */
  public int sendTo(ByteBuffer buffer, int flags, Address address) throws IOException {
    return transfer.sendTo(buffer, flags, address);
  }

  /** Sends a segment, native or on the heap, as a message to an address, with MSG flags. */
  public int sendTo(MemorySegment segment, int flags, Address address) throws IOException {
    return transfer.sendTo(segment, flags, address);
  }

  /**
   * Sends buffers as one message, or as a part of a stream: sendmsg(2). Their positions advance by
   * what was taken.
   *
   * @param buffers no buffer twice; a {@link ByteBuffer#duplicate} of one is another
   */
  public int sendMsg(List<ByteBuffer> buffers) throws IOException {
    return sendMsg(buffers, List.of(), 0, null);
  }

  /**
   * Sends buffers and ancillary data: sendmsg(2). The buffers' positions advance by what was taken.
   *
   * @param buffers no buffer twice; a {@link ByteBuffer#duplicate} of one is another
   * @param flags MSG flags
   * @param address whom to send to; null for whom the socket is connected to
   * @return the number of bytes taken
   */
  public int sendMsg(
      List<ByteBuffer> buffers, List<AncillaryData> ancillary, int flags, @Nullable Address address)
      throws IOException {
    return transfer.sendMessage(buffers, ancillary, flags, address);
  }

  /**
   * Sends buffers to a socket of the kernel's cryptography, with what is to be done with them.
   *
   * @param operation ALG_OP_ENCRYPT or ALG_OP_DECRYPT
   * @param iv the initialization vector; null if the algorithm takes none
   * @param associatedLength how many of the bytes are associated data; negative to say nothing
   * @param flags MSG flags: MSG_MORE if more of the same follows
   * @return the number of bytes taken
   */
  public int sendMsgAfalg(
      List<ByteBuffer> buffers,
      int operation,
      byte @Nullable [] iv,
      int associatedLength,
      int flags)
      throws IOException {
    return sendMsg(buffers, Afalg.ancillary(operation, iv, associatedLength), flags, null);
  }

  // Sending a file

  /** Sends all of a file over a stream; see {@link #sendFile(Path, long, long)}. */
  public long sendFile(Path file) throws IOException {
    return sendFile(file, 0, -1);
  }

  /**
   * Sends a part of a file over a stream: sendfile(2), or where that cannot be, by reading it. The
   * timeout is for each wait, as in Python.
   *
   * @param offset where to begin
   * @param count how many bytes; negative for all that follow
   * @return the number of bytes sent: fewer if the file ends
   * @throws IllegalStateException if the socket is non-blocking or no stream
   */
  public long sendFile(Path file, long offset, long count) throws IOException {
    checkSendFile(offset);
    return FileSending.send(this, operations, file, offset, count);
  }

  /**
   * Sends a part of a file that is open already, by reading it; see {@link #sendFile(Path, long,
   * long)}. The channel's position is behind what was sent then.
   */
  public long sendFile(FileChannel file, long offset, long count) throws IOException {
    checkSendFile(offset);
    return FileSending.byReading(this, file, offset, count);
  }

  /**
   * Sends a part of a file by its descriptor: sendfile(2); see {@link #sendFile(Path, long, long)}.
   *
   * @throws IOException as sendfile(2) fails: EINVAL where the descriptor cannot be read so
   */
  public long sendFile(int fd, long offset, long count) throws IOException {
    checkSendFile(offset);
    long sent = FileSending.bySendfile(operations, fd, offset, count);
    if (sent < 0) {
      throw SocketErrors.of("sendfile", null, (int) sent);
    }
    return sent;
  }

  private void checkSendFile(long offset) throws ClosedException {
    if (!type.equals(SocketType.STREAM)) {
      throw new IllegalStateException("sendFile needs a stream, and this is " + type);
    }
    if (operations.timeout == 0) {
      throw new IllegalStateException("sendFile on a non-blocking socket");
    }
    if (offset < 0) {
      throw new IllegalArgumentException("offset: " + offset + " (expected: 0 or more)");
    }
    if (descriptor.isClosed()) {
      throw new ClosedException("sendfile", "the socket is closed"); // though there be no bytes
    }
  }

  @Override
  public String toString() {
    Address peer = operations.peer;
    return "Socket "
        + descriptor.fd
        + " "
        + family
        + " "
        + type
        + (peer == null ? "" : " to " + peer)
        + (isClosed() ? " (closed)" : "");
  }
}
