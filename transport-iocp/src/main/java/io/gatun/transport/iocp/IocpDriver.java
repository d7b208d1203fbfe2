package io.gatun.transport.iocp;

import io.gatun.error.SocketErrors;
import io.gatun.os.Abi;
import io.gatun.os.Kernel;
import io.gatun.os.Memory;
import io.gatun.os.Struct;
import io.gatun.os.Timespec;
import io.gatun.transport.Driver;
import io.gatun.transport.Endpoint;
import io.gatun.transport.Registration;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Arrays;

/** One completion port, and the blocks of its operations. */
final class IocpDriver implements Driver {
  private static final Struct ENTRY = Abi.HOST.struct("_OVERLAPPED_ENTRY");
  private static final int OVERLAPPED = ENTRY.offset("lpOverlapped");

  /** Packets that one call can take: with more, tasks and timers have their turn in between. */
  private static final int CAPACITY = 256;

  final Kernel kernel = Kernel.create(); // first: it starts Winsock
  final IocpCalls calls = new IocpCalls();
  private final long port;
  private final MemorySegment packets =
      Arena.ofAuto().allocate((long) CAPACITY * ENTRY.size(), Long.BYTES);

  /** All blocks, by their number. */
  private Operation[] operations = new Operation[0];

  /** The blocks that are nobody's. */
  private final ArrayDeque<Operation> free = new ArrayDeque<>();

  /**
   * Those who began to wait since the last round. Their receives start with the next one, all at
   * once: what has come by then needs no packet.
   */
  private final ArrayDeque<IocpRegistration> waiting = new ArrayDeque<>();

  /** Those who wait for what is known to be there: told in the next round, without the port. */
  private ArrayDeque<IocpRegistration> due = new ArrayDeque<>();

  private ArrayDeque<IocpRegistration> telling = new ArrayDeque<>();

  IocpDriver() throws IOException {
    port = calls.createPort();
    if (port == 0) {
      throw SocketErrors.of("CreateIoCompletionPort", null, calls.failure());
    }
  }

  @Override
  public Kernel kernel() {
    return kernel;
  }

  @Override
  public Registration register(int fd, Kind kind, Endpoint endpoint) {
    int refusal = calls.associate(fd, port);
    // Not for messages: one that is longer than the buffer is an error at once, and yet has a
    // packet. Go leaves UDP out, too.
    boolean skips =
        refusal == 0
            && !kind.isMessages()
            && IocpCalls.SKIPS_ON_SUCCESS
            && calls.skipOnSuccess(fd) == 0;
    return new IocpRegistration(this, fd, kind, endpoint, skips, refusal);
  }

  @Override
  public int run(long timeoutNanos) {
    for (IocpRegistration registration; (registration = waiting.poll()) != null; ) {
      if (registration.isReadable()) {
        due.add(registration);
      }
    }
    int millis = due.isEmpty() ? Timespec.millis(timeoutNanos) : 0;
    int count = calls.await(port, packets.address(), CAPACITY, millis);
    if (count < 0) {
      return count;
    }
    int told = tell(0, count);
    return due.isEmpty() ? told : told + tellDue();
  }

  /**
   * Tells the owners of the packets from one on. Should an owner throw, the rest are told all the
   * same: a packet comes only once.
   *
   * @return how many were no wake-ups
   */
  private int tell(int i, int count) {
    int told = 0;
    try {
      while (i < count) {
        long packet = packets.address() + (long) i++ * ENTRY.size();
        long overlapped = Memory.getLong(packet + OVERLAPPED);
        if (overlapped != 0) { // else a wake-up
          told++;
          Operation operation = operations[Operation.number(overlapped)];
          operation.pending = false;
          IocpRegistration owner = operation.owner;
          if (owner != null) {
            owner.ended(operation);
          }
        }
      }
    } finally {
      if (i < count) {
        int ignored = tell(i, count);
      }
    }
    return told;
  }

  /** Has a registration asked in the next round whether what it waits for is there. */
  void askLater(IocpRegistration registration) {
    waiting.add(registration);
  }

  /** Tells those who were due when the round began; who becomes so meanwhile waits for the next. */
  private int tellDue() {
    ArrayDeque<IocpRegistration> now = due;
    due = telling;
    telling = now;
    int count = now.size();
    try {
      for (IocpRegistration registration; (registration = now.poll()) != null; ) {
        registration.tell();
      }
    } finally {
      if (!now.isEmpty()) { // an owner threw
        due.addAll(now);
        now.clear();
      }
    }
    return count;
  }

  /** Lends a block. */
  Operation take(IocpRegistration owner) {
    if (free.isEmpty()) {
      int first = operations.length;
      Operation[] slab = Operation.slab(first);
      operations = Arrays.copyOf(operations, first + slab.length);
      System.arraycopy(slab, 0, operations, first, slab.length);
      free.addAll(Arrays.asList(slab));
    }
    Operation operation = free.removeLast();
    operation.owner = owner;
    return operation;
  }

  /** Takes back a block whose packet has come. */
  void giveBack(Operation operation) {
    operation.owner = null;
    free.addLast(operation);
  }

  /** How many blocks there are, for tests. */
  int blocks() {
    return operations.length;
  }

  @Override
  public void wakeup() {
    IocpCalls.post(port);
  }

  @Override
  public void close() {
    calls.close(port);
  }
}
