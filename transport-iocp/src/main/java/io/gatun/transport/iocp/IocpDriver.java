package io.gatun.transport.iocp;

import io.gatun.error.SocketErrors;
import io.gatun.os.Abi;
import io.gatun.os.Constants;
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
import org.jspecify.annotations.Nullable;

/** One completion port, and the slots of its sockets. */
final class IocpDriver implements Driver {
  private static final Struct ENTRY = Abi.HOST.struct("_OVERLAPPED_ENTRY");
  private static final int KEY = ENTRY.offset("lpCompletionKey");
  private static final int OVERLAPPED = ENTRY.offset("lpOverlapped");

  private static final Struct INFO = Abi.HOST.struct("_WSAPROTOCOL_INFOW");
  private static final int PROTOCOL_INFO = Abi.HOST.value("SO_PROTOCOL_INFOW");
  private static final int IFS_HANDLES = Abi.HOST.value("XP1_IFS_HANDLES");

  /** Packets that one call can take: with more, tasks and timers have their turn in between. */
  private static final int CAPACITY = 256;

  final Kernel kernel = Kernel.create(); // first: it starts Winsock
  final IocpCalls calls = new IocpCalls();
  final int port;
  private final MemorySegment packets =
      Arena.ofAuto().allocate((long) CAPACITY * ENTRY.size(), Long.BYTES);

  /** All slots, by the key that the packets of their sockets have. */
  Slot[] slots = new Slot[0];

  /** The slots that are nobody's. */
  private final ArrayDeque<Slot> free = new ArrayDeque<>();

  /**
   * Those who began to wait since the last round. Their receives start with the next one: what has
   * come by then needs no packet.
   */
  final ArrayDeque<IocpRegistration> waiting = new ArrayDeque<>();

  /** The packets that have come and were not told yet: should an owner throw, the rest keep. */
  private int next;

  private int end;

  IocpDriver() throws IOException {
    port = calls.associate(-1, 0, 0);
    if (port < 0) {
      throw SocketErrors.of("CreateIoCompletionPort", null, port);
    }
  }

  @Override
  public Kernel kernel() {
    return kernel;
  }

  @Override
  public Registration register(int fd, Kind kind, Endpoint endpoint) {
    return new IocpRegistration(this, fd, kind, endpoint);
  }

  /**
   * Whether the socket is the kernel's own. One of a provider that stands between (a firewall's,
   * say) sends a packet even for what is done at once.
   */
  boolean isHandle(int fd) {
    long value = kernel.iovecs(); // has room for it
    int result = kernel.getsockopt(fd, Constants.SOL_SOCKET, PROTOCOL_INFO, value, INFO.size());
    return result >= 0 && (INFO.get(value, "dwServiceFlags1") & IFS_HANDLES) != 0;
  }

  @Override
  public int run(long timeoutNanos) {
    int told = 0;
    // Who waits again meanwhile has its turn in the next round.
    for (int i = waiting.size(); i > 0; i--) {
      if (waiting.remove().ask()) {
        told++;
      }
    }
    if (next == end) {
      next = 0;
      int millis = told > 0 ? 0 : Timespec.millis(timeoutNanos);
      int count = calls.await(port, packets.address(), CAPACITY, millis);
      end = Math.max(count, 0);
      if (count < 0) {
        return count;
      }
    }
    while (next < end) {
      long packet = packets.address() + (long) next++ * ENTRY.size();
      long key = Memory.getLong(packet + KEY);
      // A socket may have another handle, whose owner's operations end here as well: with blocks
      // of that owner, perhaps in another process. So nothing is read at an address in a packet.
      IocpRegistration owner = key >= 0 && key < slots.length ? slots[(int) key].owner : null;
      if (owner != null && owner.ended(Memory.getLong(packet + OVERLAPPED))) {
        told++; // else a wake-up, which has no block, or a stranger's packet
      }
    }
    return told;
  }

  /** Lends a slot. */
  Slot take(@Nullable IocpRegistration owner) {
    if (free.isEmpty()) {
      int first = slots.length;
      slots = Arrays.copyOf(slots, first + Slot.SLAB);
      Slot.fill(slots, first);
      free.addAll(Arrays.asList(slots).subList(first, slots.length));
    }
    Slot slot = free.removeLast();
    slot.owner = owner;
    return slot;
  }

  /** Takes back a slot whose last packet has come. */
  void giveBack(Slot slot) {
    slot.owner = null;
    free.addLast(slot);
  }

  @Override
  public void wakeup() {
    IocpCalls.post(port);
  }

  @Override
  public void close() {
    int ignored = kernel.closeFile(port);
  }
}
