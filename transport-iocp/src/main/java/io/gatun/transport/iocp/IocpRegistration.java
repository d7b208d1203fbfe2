package io.gatun.transport.iocp;

import static io.gatun.os.Constants.IPPROTO_TCP;
import static io.gatun.os.Constants.SOL_SOCKET;
import static io.gatun.os.Constants.TCP_NODELAY;
import static io.gatun.os.Errno.EAGAIN;
import static io.gatun.os.Errno.ECONNABORTED;
import static io.gatun.os.Errno.EINPROGRESS;
import static io.gatun.os.Errno.EINVAL;
import static io.gatun.transport.iocp.IocpCalls.PENDING;

import io.gatun.os.Abi;
import io.gatun.os.Constants;
import io.gatun.os.Iovec;
import io.gatun.os.Kernel;
import io.gatun.os.Memory;
import io.gatun.os.Mmsghdr;
import io.gatun.transport.Driver.Kind;
import io.gatun.transport.Endpoint;
import io.gatun.transport.Registration;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * One socket of a port. Of its operations one is for what comes in (a receive of no bytes, an
 * accept), the other for what goes out (a connect, a send).
 */
final class IocpRegistration implements Registration {
  private static final int UPDATE_ACCEPT = Abi.HOST.value("SO_UPDATE_ACCEPT_CONTEXT");
  private static final int UPDATE_CONNECT = Abi.HOST.value("SO_UPDATE_CONNECT_CONTEXT");
  private static final int EMSGSIZE = Abi.HOST.errno("EMSGSIZE");
  private static final int EIO = Abi.HOST.errno("EIO");
  private static final int NONE = -1;

  private final IocpDriver driver;
  private final Slot slot;
  private final Kernel kernel;
  private final IocpCalls calls;
  private final int fd;
  private final Kind kind;
  private final Endpoint endpoint;

  /** An operation that is done at once has no packet. */
  private final boolean skips;

  /** A negative errno with which the port refused the socket: each operation returns it. */
  private final int refusal;

  private final Operation in;
  private final Operation out;
  private boolean awaitsReadable;

  /** There may be something to read; {@link #failure}, if not 0, is what a read will find. */
  private boolean readable;

  private int failure;

  /** The last receive found something at once: a read finds the next so, without one. */
  private boolean busy;

  /** Stands in the driver's queue. */
  private boolean queued;

  /** With what a later part of a write failed, of which earlier ones were taken; to be told. */
  private int writeFailure;

  private boolean connecting;

  /** The bytes of a file that are under way, or 0. */
  private int transmitting;

  private boolean closed;

  /** Of a listener: the socket that the next connection becomes, and whether it has. */
  private int accepted = NONE;

  private boolean hasAccepted;

  /** Of a listener: its family, and where AcceptEx leaves two addresses. */
  private int family;

  private @Nullable MemorySegment addresses;

  IocpRegistration(IocpDriver driver, int fd, Kind kind, Endpoint endpoint) {
    this.driver = driver;
    this.kernel = driver.kernel;
    this.calls = driver.calls;
    this.fd = fd;
    this.kind = kind;
    this.endpoint = endpoint;
    this.slot = driver.take(this);
    this.in = slot.in;
    this.out = slot.out;
    this.refusal = Math.min(calls.associate(fd, driver.port, slot.key), 0);
    // Not for messages: one that is longer than the buffer is an error at once, and yet has a
    // packet. Go leaves UDP out, too.
    this.skips =
        refusal == 0 && !kind.isMessages() && driver.isHandle(fd) && calls.skipOnSuccess(fd) == 0;
  }

  @Override
  public int fd() {
    return fd;
  }

  /**
   * Notes what became of a call that started an operation.
   *
   * @return whether it is over already: failed, or done without a packet
   */
  private boolean isOver(Operation operation, int result) {
    // A message longer than the buffer is a warning to the kernel, which sends a packet for it.
    boolean warned = result == -EMSGSIZE && operation == in && kind.isMessages();
    operation.pending = result == PENDING || warned || (result >= 0 && !skips);
    return !operation.pending;
  }

  // What comes in

  @Override
  public void awaitReadable() {
    awaitsReadable = true;
    queue();
  }

  private void queue() {
    if (!queued) {
      queued = true;
      driver.waiting.add(this);
    }
  }

  /**
   * The next round has begun: tells if there is something to read, or was at the last turn, so that
   * a read shows it as well. Otherwise the port will tell.
   *
   * @return whether it told
   */
  boolean ask() {
    queued = false;
    if (writeFailure != 0 && !closed) {
      int result = writeFailure;
      writeFailure = 0;
      if (awaitsReadable) {
        queue(); // its own turn comes next
      }
      endpoint.written(result);
      return true;
    }
    if (!awaitsReadable || closed) {
      return false;
    }
    if (!readable && busy && !in.pending) {
      readable = true;
    } else if (!readable) {
      startReading();
      busy = readable && failure == 0;
    }
    return tellReadable();
  }

  /** Starts what ends when there is something to read, unless that is under way. */
  private void startReading() {
    if (in.pending) {
      return;
    }
    int result = refusal != 0 ? refusal : kind == Kind.LISTENER ? startAccept() : startReceive();
    if (isOver(in, result)) {
      readable = true;
      read(result);
    }
  }

  /** A receive of no bytes: it ends when there are some, and no buffer is held until then. */
  private int startReceive() {
    long buffer = kernel.iovecs();
    Iovec.set(buffer, 0, 0, 0);
    // A message of which nothing is read would be gone.
    int flags = kind.isMessages() ? Constants.MSG_PEEK : 0;
    int result = calls.receive(fd, buffer, flags, in.begin(0));
    if (result == -EINVAL
        && kind.isMessages()
        && kernel.recv(fd, kernel.address(), 1, flags) != -EINVAL) {
      result = calls.receive(fd, buffer, flags, in.begin(0)); // that call bound it, if it was not
    }
    return result;
  }

  private int startAccept() {
    if (addresses == null) {
      int result = kernel.getsockname(fd);
      if (result < 0) {
        return result;
      }
      family = Memory.getShort(kernel.address());
      addresses = Arena.ofAuto().allocate(2L * Operation.ADDRESS_SLOT, Long.BYTES);
    }
    if (accepted == NONE) {
      int result = kernel.socket(family, Constants.SOCK_STREAM, 0, true);
      if (result < 0) {
        return result;
      }
      accepted = result;
    }
    return calls.accept(fd, accepted, addresses.address(), Operation.ADDRESS_SLOT, in.begin(0));
  }

  /** What the operation for what comes in ended with. */
  private void read(int result) {
    failure = result < 0 && result != -EMSGSIZE ? result : 0;
    if (kind == Kind.LISTENER) {
      hasAccepted = result >= 0;
      if (!hasAccepted) {
        closeAccepted();
      }
    }
  }

  private boolean tellReadable() {
    if (!awaitsReadable || !readable) {
      return false;
    }
    awaitsReadable = false;
    endpoint.readable();
    return true;
  }

  @Override
  public void ignoreReadable() {
    awaitsReadable = false; // should the operation end meanwhile, it is remembered
  }

  @Override
  public int read(long address, int length) {
    int result = orFailure(kernel.recv(fd, address, length, 0));
    // Fewer bytes than there was room for: the next receive of no bytes sees whatever comes now.
    if (kind == Kind.STREAM && result > 0 && result < length) {
      readable = false;
    }
    return result;
  }

  @Override
  public int receive(long messages, int count) {
    int result = orFailure(kernel.recvmmsg(fd, messages, count, 0));
    if (result > 0 && result < count) {
      int behind = Mmsghdr.failureBehind(messages, result);
      failure = behind == 0 ? failure : behind;
      readable = failure != 0; // else the next peek sees whatever comes now
    }
    return result;
  }

  /** Nothing is there any more: what the wait for it failed with is told then, once. */
  private int orFailure(int result) {
    if (result != -EAGAIN) {
      if (result < 0) {
        failure = 0; // that is it: a peek leaves it to be told by who receives
      }
      return result;
    }
    readable = false;
    busy = false;
    int instead = failure == 0 ? -EAGAIN : failure;
    failure = 0;
    return instead;
  }

  @Override
  public int accept() {
    if (!hasAccepted && failure == 0) {
      startReading(); // the next connection may be there
    }
    if (!hasAccepted) {
      return orFailure(-EAGAIN);
    }
    hasAccepted = false;
    readable = false;
    int connection = accepted;
    accepted = NONE;
    // Without it, the socket would not know whose it is: no shutdown, no addresses, no options.
    Memory.setLong(kernel.iovecs(), fd);
    int result =
        kernel.setsockopt(connection, SOL_SOCKET, UPDATE_ACCEPT, kernel.iovecs(), Long.BYTES);
    inheritNoDelay(connection);
    if (result < 0 || kernel.getpeername(connection) < 0) { // gone again
      kernel.close(connection);
      return -ECONNABORTED;
    }
    return connection;
  }

  /** It is documented of Winsock's own options that they are the listener's; this one is TCP's. */
  private void inheritNoDelay(int connection) {
    if (kernel.getsockopt(connection, IPPROTO_TCP, TCP_NODELAY) == 0
        && kernel.getsockopt(fd, IPPROTO_TCP, TCP_NODELAY) > 0) {
      kernel.setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, 1);
    }
  }

  // What goes out

  @Override
  public int connect(long address, int length) {
    if (refusal != 0) {
      return refusal;
    }
    if (kind.isMessages()) {
      return kernel.connect(fd, address, length);
    }
    if (Memory.getShort(address) == Constants.AF_UNIX) {
      return connectUnix(address, length);
    }
    int result = bindToAny(address, length);
    if (result < 0) {
      return result;
    }
    result = calls.connect(fd, address, length, out.begin(0));
    if (isOver(out, result)) {
      return result < 0 ? result : updateConnected();
    }
    connecting = true;
    return -EINPROGRESS;
  }

  /**
   * ConnectEx knows no Unix sockets (with the address of one, others saw it write beyond its own
   * memory), and of a plain connect that goes on nobody would hear. So it may block: such a
   * connection is made, or refused, at once.
   */
  private int connectUnix(long address, int length) {
    int result = kernel.setNonBlocking(fd, false);
    result = result < 0 ? result : kernel.connect(fd, address, length);
    int again = kernel.setNonBlocking(fd, true);
    return result < 0 ? result : again;
  }

  /** ConnectEx wants a socket that is bound: to any address of the family, if to none yet. */
  private int bindToAny(long address, int length) {
    long any = kernel.iovecs();
    Memory.clear(any, length);
    Memory.setShort(any, Memory.getShort(address));
    int result = kernel.bind(fd, any, length);
    return result == -EINVAL ? 0 : result; // it is bound
  }

  /** Without it, a connected socket could neither be shut down nor asked for its addresses. */
  private int updateConnected() {
    return kernel.setsockopt(fd, SOL_SOCKET, UPDATE_CONNECT, 0, 0);
  }

  /**
   * The most bytes that are under way at once. A send is told of when all of it is sent: with more,
   * a writer would hear late that there is room again, and much memory would be pinned.
   */
  static final int PART = 256 * 1024;

  @Override
  public int write(long address, int length) {
    int taken = 0;
    int part;
    int result;
    do {
      part = Math.min(length - taken, PART);
      long buffer = kernel.address(); // the iovecs may hold what the caller is writing
      Iovec.set(buffer, 0, address + taken, part);
      result = sendBytes(buffer, 1);
      taken += Math.max(result, 0);
    } while (result == part && taken < length);
    return result < 0 ? failed(result, taken) : taken;
  }

  /** What was taken counts: a failure behind it is told of as if it had been under way. */
  private int failed(int result, int taken) {
    if (taken == 0) {
      return result;
    }
    writeFailure = result;
    queue();
    return taken;
  }

  @Override
  public int write(long iovecs, int count, int total) {
    int taken = 0;
    for (int i = 0; i < count; ) {
      int first = i;
      int part = Iovec.length(iovecs, i++);
      while (i < count && Iovec.length(iovecs, i) <= PART - part) {
        part += Iovec.length(iovecs, i++);
      }
      int result =
          i == first + 1
              ? write(Iovec.base(iovecs, first), part)
              : sendBytes(iovecs + (long) first * Iovec.SIZE, i - first);
      if (result < part || out.pending) { // pending with no bytes: of empty buffers
        // Behind all of the bytes, empty buffers may have failed: the next write will, too.
        return result >= 0 ? taken + result : taken == total ? total : failed(result, taken);
      }
      taken += part;
    }
    return taken;
  }

  /** Returns how many bytes were taken at once, or 0 if they are under way. */
  private int sendBytes(long buffers, int count) {
    if (refusal != 0) {
      return refusal;
    }
    int result = calls.send(fd, buffers, count, out.begin(0));
    return isOver(out, result) ? result : 0;
  }

  /** In parts, as a write from memory, for whoever watches how it goes on. */
  @Override
  public int writeFile(int file, long offset, int count) {
    if (refusal != 0) {
      return refusal;
    }
    int taken = 0;
    while (taken < count) { // to TransmitFile, 0 would be all of the file
      int part = Math.min(count - taken, PART);
      int result = calls.transmit(fd, file, part, out.begin(offset + taken));
      if (!isOver(out, result)) {
        transmitting = part;
        return taken;
      }
      result = transmitted(result < 0 ? result : out.transferred(), part);
      if (result < 0) { // what has gone is not to be sent again by reading the file
        return failed(taken > 0 && Kernel.isFileRefused(result) ? -EIO : result, taken);
      }
      taken += result;
    }
    return taken;
  }

  /** The system may take it for no failure that the file ends before its part does. */
  private static int transmitted(int result, int part) {
    return result >= 0 && result < part ? -EIO : result;
  }

  /** Without overlapping: a datagram finds room nearly always, or else is tried again. */
  @Override
  public int send(long messages, int count) {
    return refusal != 0 ? refusal : kernel.sendmmsg(fd, messages, count, 0);
  }

  @Override
  public int shutdown(int how) {
    return kernel.shutdown(fd, how);
  }

  // The end of operations

  /**
   * The packet has come of the operation with that block.
   *
   * @return false if there is no such operation
   */
  boolean ended(long overlapped) {
    Operation operation = overlapped == in.overlapped() ? in : out;
    if (overlapped != operation.overlapped() || !operation.pending) {
      return false;
    }
    operation.pending = false;
    if (closed) {
      release();
      return true;
    }
    int result =
        operation.failed() ? calls.failure(fd, operation.overlapped()) : operation.transferred();
    if (operation == in) {
      readable = true;
      read(result);
      tellReadable();
    } else if (connecting) {
      connecting = false;
      endpoint.connected(result < 0 ? result : updateConnected());
    } else {
      if (transmitting != 0) {
        result = transmitted(result, transmitting);
        transmitting = 0;
      }
      endpoint.written(result);
    }
    return true;
  }

  /** Each operation's packet comes all the same, and may carry bytes; the last one ends it. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (in.pending || out.pending) {
      int ignored = calls.cancel(fd); // closesocket does not, where the socket has another handle
    }
    kernel.close(fd);
    release();
  }

  /** Of a closed socket: gives back what it has, once the kernel has none of it. */
  private void release() {
    if (in.pending || out.pending) {
      return;
    }
    driver.giveBack(slot);
    closeAccepted();
    endpoint.closed();
  }

  private void closeAccepted() {
    if (accepted != NONE) {
      kernel.close(accepted);
      accepted = NONE;
    }
  }
}
