package io.gatun.socket;

import io.gatun.address.Address;
import io.gatun.address.Protocol;
import io.gatun.address.RawAddress;
import io.gatun.address.Sockaddr;
import io.gatun.message.Ancillary;
import io.gatun.message.AncillaryData;
import io.gatun.os.Abi;
import io.gatun.os.Iovec;
import io.gatun.os.Kernel;
import io.gatun.os.Memory;
import io.gatun.os.Msghdr;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A sendmsg(2) or recvmsg(2): its header, iovecs, address and ancillary data lie in an arena of its
 * maker's, which closes it whether the call was made or its arguments were refused. Buffers on the
 * heap are copied there. It is the calling thread's.
 */
final class MessageCall implements Operations.Call {
  /** A received descriptor does not outlive execve(2); 0 where that has to be set on each. */
  private static final int CLOEXEC = Abi.HOST.valueOr("MSG_CMSG_CLOEXEC", 0);

  private final Arena arena;
  private final List<ByteBuffer> buffers;
  private final boolean sends;
  private final long header;

  /** Where each buffer's bytes are for the kernel. */
  private final MemorySegment[] places;

  private final @Nullable Address destination;
  private final long address;
  private int addressLength;
  private final long control;
  private final int controlSize;

  private MessageCall(
      Arena arena,
      List<ByteBuffer> buffers,
      boolean sends,
      @Nullable Address destination,
      long controlSize) {
    if (controlSize > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(controlSize + " bytes of ancillary data are too many");
    }
    checkDistinct(buffers);
    this.arena = arena;
    this.buffers = buffers;
    this.sends = sends;
    this.destination = destination;
    this.controlSize = (int) controlSize;
    header = allocate(Msghdr.SIZE);
    places = new MemorySegment[buffers.size()];
    long iovecs = allocate((long) buffers.size() * Iovec.SIZE);
    for (int i = 0; i < places.length; i++) {
      places[i] = place(buffers.get(i));
      Iovec.set(iovecs, i, places[i].address(), (int) places[i].byteSize());
    }
    Msghdr.ofIovecs(header, iovecs, places.length);
    address = allocate(Sockaddr.SIZE);
    control = allocate(controlSize);
  }

  /** A buffer has one position: of one that stands there twice, bytes would be lost. */
  private static void checkDistinct(List<ByteBuffer> buffers) {
    if (buffers.size() < 2) {
      return;
    }
    Set<ByteBuffer> known = Collections.newSetFromMap(new IdentityHashMap<>());
    for (ByteBuffer buffer : buffers) {
      if (!known.add(buffer)) {
        throw new IllegalArgumentException("a buffer is given twice");
      }
    }
  }

  private long allocate(long size) {
    return arena.allocate(Math.max(size, 1), Long.BYTES).address();
  }

  private MemorySegment place(ByteBuffer buffer) {
    if (!sends && buffer.isReadOnly()) {
      throw new ReadOnlyBufferException();
    }
    MemorySegment bytes = MemorySegment.ofBuffer(buffer);
    Memory.check(bytes);
    if (bytes.isNative()) {
      return bytes;
    }
    MemorySegment copy = arena.allocate(Math.max(bytes.byteSize(), 1)).asSlice(0, bytes.byteSize());
    if (sends) {
      copy.copyFrom(bytes);
    }
    return copy;
  }

  static MessageCall sending(
      Arena arena,
      List<ByteBuffer> buffers,
      List<AncillaryData> ancillary,
      @Nullable Address destination) {
    long size = ancillary.stream().mapToLong(Ancillary::space).sum();
    MessageCall call = new MessageCall(arena, buffers, true, destination, size);
    long head = call.control;
    for (AncillaryData piece : ancillary) {
      head = Ancillary.write(head, piece);
    }
    if (destination != null) {
      call.addressLength = Sockaddr.encode(destination, call.address);
    }
    return call;
  }

  static MessageCall receiving(Arena arena, List<ByteBuffer> buffers, int ancillarySize) {
    if (ancillarySize < 0) {
      throw new IllegalArgumentException(
          "ancillary size: " + ancillarySize + " (expected: 0 or more)");
    }
    MessageCall call = new MessageCall(arena, buffers, false, null, ancillarySize);
    call.addressLength = Sockaddr.SIZE;
    return call;
  }

  @Override
  public @Nullable Address subject() {
    return destination;
  }

  @Override
  public int make(Kernel kernel, int fd, int flags) {
    if (addressLength < 0) {
      return addressLength;
    }
    Msghdr.setAddress(header, addressLength == 0 ? 0 : address, addressLength);
    Msghdr.setControl(header, controlSize == 0 ? 0 : control, controlSize);
    try {
      return sends
          ? kernel.sendmsg(fd, header, flags)
          : kernel.recvmsg(fd, header, flags | CLOEXEC);
    } finally {
      Reference.reachabilityFence(buffers); // they hold their memory
    }
  }

  /** Advances the buffers by what was moved; what was received goes to those on the heap. */
  void moved(int count) {
    int left = count;
    for (int i = 0; i < places.length; i++) {
      ByteBuffer buffer = buffers.get(i);
      int part = (int) Math.min(left, places[i].byteSize());
      if (!sends && !buffer.isDirect()) {
        MemorySegment.copy(places[i], 0, MemorySegment.ofBuffer(buffer), 0, part);
      }
      buffer.position(buffer.position() + part);
      left -= part;
    }
  }

  /** What came, apart from what lies in the buffers. */
  ReceivedMessage received(byte[] data, int count, int askedFlags, Protocol protocol) {
    int controlLength = Math.clamp(Msghdr.controlLength(header), 0, controlSize);
    var descriptors =
        new ReceivedMessage.Descriptors(Ancillary.descriptors(control, controlLength));
    try {
      int length = Msghdr.addressLength(header);
      Address sender = length <= 0 ? RawAddress.NONE : Sockaddr.decode(address, length, protocol);
      int flags = Msghdr.flags(header) & ~(CLOEXEC & ~askedFlags);
      List<AncillaryData> ancillary = Ancillary.decode(control, controlLength);
      return new ReceivedMessage(data, count, ancillary, descriptors, flags, sender);
    } catch (Throwable t) {
      descriptors.run();
      throw t;
    }
  }
}
