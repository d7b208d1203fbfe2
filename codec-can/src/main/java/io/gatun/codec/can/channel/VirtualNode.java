package io.gatun.codec.can.channel;

import static io.gatun.os.Errno.EAGAIN;
import static io.gatun.os.Errno.EINPROGRESS;
import static io.gatun.os.Errno.EINVAL;
import static io.gatun.os.Errno.ENOBUFS;

import io.gatun.channel.EventLoop;
import io.gatun.codec.can.CanFormatException;
import io.gatun.codec.can.CanFrameView;
import io.gatun.codec.can.CanId;
import io.gatun.os.Abi;
import io.gatun.os.Cmsghdr;
import io.gatun.os.Constants;
import io.gatun.os.Memory;
import io.gatun.os.Mmsghdr;
import io.gatun.os.Msghdr;
import io.gatun.transport.Endpoint;
import io.gatun.transport.Registration;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;

/** A node of a {@link VirtualBus}: two queues, and what a controller keeps. */
final class VirtualNode implements Registration {
  /** On Linux, msg_flags of what this socket has sent itself: see {@link CanReceived.Origin}. */
  static final int OWN = 0x804;

  private static final int TIMESTAMPNS = Abi.HOST.valueOr("SCM_TIMESTAMPNS", -1);
  private static final int RXQ_OVFL = Abi.HOST.valueOr("SO_RXQ_OVFL", -1);
  private static final int TIMESPEC = 2 * Long.BYTES;
  private static final long SECOND = 1_000_000_000;

  // Where the parts of a received frame are in its slot.
  private static final int LENGTH = 0;
  private static final int FLAGS = 4;
  private static final int NANOS = 8;
  private static final int FRAME = 16;

  private final VirtualBus bus;
  private final EventLoop loop;
  private final Endpoint endpoint;
  private final boolean receivesOwn;
  private final CanFrameView head = new CanFrameView();
  private final CanFrameView checked = new CanFrameView();
  private final int slot;
  private final ByteBuf outgoing;
  private final ByteBuf incoming;

  private int firstOut;
  private int out;
  private int firstIn;
  private int in;
  private long order;
  private long lost;
  private boolean awaited;
  private boolean told;
  private boolean writeWaits;
  private int errors;
  private boolean off;
  private long offUntil;
  private boolean closed;

  VirtualNode(VirtualBus bus, EventLoop loop, Endpoint endpoint, boolean receivesOwn) {
    this.bus = bus;
    this.loop = loop;
    this.endpoint = endpoint;
    this.receivesOwn = receivesOwn;
    slot = FRAME + (bus.maxFrame + 7 & -8);
    outgoing = UnpooledByteBufAllocator.DEFAULT.directBuffer(slot * bus.sendQueue);
    incoming = UnpooledByteBufAllocator.DEFAULT.directBuffer(slot * bus.receiveQueue);
  }

  @Override
  public int fd() {
    return -1;
  }

  // What the bus asks

  boolean wants() {
    return out > 0 && !off;
  }

  boolean isOff() {
    return off;
  }

  long offUntil() {
    return offUntil;
  }

  boolean isFull() {
    return in == bus.receiveQueue;
  }

  /** Of the frame that is next. */
  long order() {
    return order;
  }

  CanFrameView head() {
    return head;
  }

  private void look() {
    if (out > 0) {
      int at = firstOut * slot;
      head.wrap(outgoing, at + FRAME, Memory.getInt(outgoing.memoryAddress() + at + LENGTH));
      order = head.kind() == CanFrameView.Kind.ERROR ? -1 : CanId.arbitrationOrder(head.rawId());
    }
  }

  /** A frame was on the bus. */
  void receive(VirtualNode sender, long nanos) {
    if (sender != this || receivesOwn) {
      long from = sender.outgoing.memoryAddress() + (long) sender.firstOut * slot;
      put(from + FRAME, Memory.getInt(from + LENGTH), nanos, sender == this ? OWN : 0);
    }
  }

  private void put(long frame, int length, long nanos, int flags) {
    if (isFull()) {
      lost++;
      return;
    }
    int index = firstIn + in;
    if (index >= bus.receiveQueue) {
      index -= bus.receiveQueue;
    }
    long at = incoming.memoryAddress() + (long) index * slot;
    Memory.setInt(at + LENGTH, length);
    Memory.setInt(at + FLAGS, flags);
    Memory.setLong(at + NANOS, nanos);
    Memory.copy(frame, at + FRAME, length);
    in++;
    tell();
  }

  /** The head of the queue is done. */
  void sent() {
    errors = Math.max(0, errors - 1);
    if (++firstOut == bus.sendQueue) {
      firstOut = 0;
    }
    out--;
    look();
    if (writeWaits && out <= bus.sendQueue / 2) {
      writeWaits = false;
      loop.execute(() -> {
        if (!closed) {
          endpoint.written(0);
        }
      });
    }
  }

  int countError() {
    errors += 8;
    return errors;
  }

  /** Leaves the bus until it is told, or with injected time until a time of the bus. */
  void busOff(long until) {
    off = true;
    offUntil = until;
    report(0x40, 0); // CAN_ERR_BUSOFF
  }

  void restart() {
    if (!closed) {
      off = false;
      errors = 0;
      report(0x100, 0); // CAN_ERR_RESTARTED
    }
  }

  /** An error frame, to this node alone. */
  private void report(int classes, int controller) {
    CanFrameView view = new CanFrameView();
    ByteBuf frame = UnpooledByteBufAllocator.DEFAULT.directBuffer(16);
    try {
      int size = view.putError(frame, 0, classes);
      view.setByte(1, controller);
      put(frame.memoryAddress(), size, bus.nanos(), 0);
    } finally {
      frame.release();
    }
  }

  // What the channel asks

  @Override
  public void awaitReadable() {
    awaited = true;
    if (in > 0) {
      tell();
    }
  }

  private void tell() {
    if (awaited && !told) {
      told = true;
      loop.execute(this::readable);
    }
  }

  private void readable() {
    told = false;
    if (awaited && in > 0 && !closed) {
      awaited = false;
      endpoint.readable();
    }
  }

  @Override
  public void ignoreReadable() {
    awaited = false;
  }

  @Override
  public int receive(long messages, int count) {
    if (in == 0) {
      return -EAGAIN;
    }
    boolean wasFull = isFull();
    int received = 0;
    for (; received < count && in > 0; received++) {
      long at = incoming.memoryAddress() + (long) firstIn * slot;
      long header = Mmsghdr.at(messages, received);
      Mmsghdr.setLength(
          messages, received, Msghdr.scatter(header, at + FRAME, Memory.getInt(at + LENGTH)));
      Msghdr.setAddress(header, 0, 0);
      Msghdr.setFlags(header, Memory.getInt(at + FLAGS));
      writeControl(header, Memory.getLong(at + NANOS));
      if (++firstIn == bus.receiveQueue) {
        firstIn = 0;
      }
      in--;
    }
    if (wasFull) {
      bus.schedule();
    }
    return received;
  }

  /** When it was, and how many were lost, in the form of the kernel where there is one. */
  private void writeControl(long header, long nanos) {
    long control = Msghdr.control(header);
    long end = control;
    if (TIMESTAMPNS >= 0 && bus.timestamps) {
      long data = Cmsghdr.set(end, Constants.SOL_SOCKET, TIMESTAMPNS, TIMESPEC);
      Memory.setLong(data, nanos / SECOND);
      Memory.setLong(data + Long.BYTES, nanos % SECOND);
      end = Cmsghdr.next(end, TIMESPEC);
    }
    if (RXQ_OVFL >= 0 && lost > 0) {
      Memory.setInt(Cmsghdr.set(end, Constants.SOL_SOCKET, RXQ_OVFL, Integer.BYTES), (int) lost);
      end = Cmsghdr.next(end, Integer.BYTES);
    }
    Msghdr.setControl(header, control, (int) (end - control));
  }

  @Override
  public int send(long messages, int count) {
    int taken = 0;
    for (; taken < count && out < bus.sendQueue; taken++) {
      int index = firstOut + out;
      if (index >= bus.sendQueue) {
        index -= bus.sendQueue;
      }
      int at = index * slot;
      int length =
          Msghdr.gather(
              Mmsghdr.at(messages, taken), outgoing.memoryAddress() + at + FRAME, bus.maxFrame);
      if (length > bus.maxFrame || !isFrame(at + FRAME, length)) {
        return taken > 0 ? taken : -EINVAL;
      }
      Memory.setInt(outgoing.memoryAddress() + at + LENGTH, length);
      if (out++ == 0) {
        look();
      }
    }
    if (taken > 0) {
      bus.schedule();
      return taken;
    }
    if (bus.full == VirtualBus.Full.FAIL) {
      return -ENOBUFS;
    }
    writeWaits = true;
    return -EINPROGRESS;
  }

  private boolean isFrame(int index, int length) {
    try {
      checked.wrap(outgoing, index, length);
      return true;
    } catch (CanFormatException e) {
      return false;
    }
  }

  @Override
  public int shutdown(int how) {
    return 0;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      out = 0;
      in = 0;
      bus.remove(this);
      head.unwrap();
      checked.unwrap();
      outgoing.release();
      incoming.release();
      endpoint.closed();
    }
  }

  // Streams and listeners have no bus

  @Override
  public int read(long address, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int accept() {
    throw new UnsupportedOperationException();
  }

  @Override
  public int connect(long address, int length) {
    return -EINVAL;
  }

  @Override
  public int write(long address, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int write(long iovecs, int count, int total) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int writeFile(int file, long offset, int count) {
    throw new UnsupportedOperationException();
  }
}
