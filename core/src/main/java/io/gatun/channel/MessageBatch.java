package io.gatun.channel;

import io.gatun.address.Address;
import io.gatun.address.Ipv6Address;
import io.gatun.address.Sockaddr;
import io.gatun.os.Constants;
import io.gatun.os.Errno;
import io.gatun.os.Iovec;
import io.gatun.os.Memory;
import io.gatun.os.Mmsghdr;
import io.gatun.os.Msghdr;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A loop's headers, addresses and ancillary data of the messages that one call receives or sends,
 * whichever channel makes it. Made for the first channel of a loop that carries messages.
 */
final class MessageBatch {
  /** Messages of one call. */
  static final int SIZE = 16;

  /**
   * What a message may be longer than its buffer, and then is copied. As long as a datagram of IP
   * gets: so what a buffer was guessed too small for is not cut off.
   */
  static final int SPILL = 64 * 1024;

  /** What any piece that {@link Message} writes by itself takes at most: IPv6's packet info. */
  static final int LARGEST_OWN_PIECE = 48;

  /** SCM_MAX_FD, 253 descriptors, and beside them all that the kernel tells. */
  private static final int CONTROL = 2 * 1024;

  /** Held so that the memory lives as long as this object. */
  @SuppressWarnings("UnusedVariable")
  private final MemorySegment memory;

  private final long headers;
  private final long iovecs;
  private final long addresses;
  private final long controls;
  private @Nullable MemorySegment spill;
  private final @Nullable ByteBuf[] buffers = new ByteBuf[SIZE];
  private final ReadBuffers readBuffers;

  MessageBatch(ReadBuffers readBuffers) {
    this.readBuffers = readBuffers;
    long iovecsAt = (long) SIZE * Mmsghdr.SIZE;
    long addressesAt = iovecsAt + 2L * SIZE * Iovec.SIZE;
    long controlsAt = addressesAt + (long) SIZE * Sockaddr.SIZE;
    memory = Arena.ofAuto().allocate(controlsAt + (long) SIZE * CONTROL, 16);
    headers = memory.address();
    iovecs = headers + iovecsAt;
    addresses = headers + addressesAt;
    controls = headers + controlsAt;
  }

  /** The array of {@link Mmsghdr}. */
  long headers() {
    return headers;
  }

  private long address(int i) {
    return addresses + (long) i * Sockaddr.SIZE;
  }

  private long control(int i) {
    return controls + (long) i * CONTROL;
  }

  private long spill() {
    MemorySegment spill = this.spill;
    if (spill == null) {
      spill = Arena.ofAuto().allocate((long) SIZE * SPILL, 64);
      this.spill = spill;
    }
    return spill.address();
  }

  /**
   * Prepares to receive.
   *
   * @param count how many messages
   * @param room the bytes of each one's buffer
   * @param spilled how much longer a message may be, 0 to {@link #SPILL}
   */
  void expect(int count, ByteBufAllocator alloc, int room, int spilled) {
    for (int i = 0; i < count; i++) {
      ByteBuf buffer = readBuffers.take(alloc, room);
      buffers[i] = buffer;
      Iovec.set(iovecs, 2 * i, buffer.memoryAddress(), room);
      if (spilled > 0) {
        Iovec.set(iovecs, 2 * i + 1, spill() + (long) i * SPILL, spilled);
      }
      long header = Mmsghdr.at(headers, i);
      Msghdr.ofIovecs(header, iovecs + 2L * i * Iovec.SIZE, spilled > 0 ? 2 : 1);
      Msghdr.setAddress(header, address(i), Sockaddr.SIZE);
      Msghdr.setControl(header, control(i), CONTROL);
    }
  }

  /**
   * Makes a message of one that was received.
   *
   * @param cache null to leave out who sent it
   */
  Message received(int i, ByteBufAllocator alloc, @Nullable AddressCache cache) {
    long header = Mmsghdr.at(headers, i);
    int length = Mmsghdr.length(headers, i);
    int controlLength = Math.clamp(Msghdr.controlLength(header), 0, CONTROL);
    ByteBuf control = null;
    if (controlLength > 0) {
      control = readBuffers.take(alloc, Math.max(64, Integer.highestOneBit(2 * controlLength - 1)));
      Memory.copy(control(i), control.memoryAddress(), controlLength);
      control.writerIndex(controlLength);
    }
    ByteBuf content = takeBuffer(i);
    int room = content.capacity();
    if (length > room) {
      content = joined(content, i, length, alloc);
    } else {
      content.writerIndex(length);
    }
    int addressLength = Msghdr.addressLength(header);
    Address sender =
        cache == null || addressLength <= 0 ? null : cache.get(address(i), addressLength);
    return Message.from(sender, content, Msghdr.flags(header), control);
  }

  private ByteBuf joined(ByteBuf beginning, int i, int length, ByteBufAllocator alloc) {
    int room = beginning.capacity();
    ByteBuf whole = alloc.directBuffer(length);
    Memory.copy(beginning.memoryAddress(), whole.memoryAddress(), room);
    Memory.copy(spill() + (long) i * SPILL, whole.memoryAddress() + room, length - room);
    whole.writerIndex(length);
    beginning.release();
    return whole;
  }

  private ByteBuf takeBuffer(int i) {
    ByteBuf buffer = buffers[i];
    if (buffer == null) {
      throw new IllegalStateException("no buffer " + i);
    }
    buffers[i] = null;
    return buffer;
  }

  /** Gives back the buffers that nothing was received into. */
  void release() {
    for (int i = 0; i < SIZE; i++) {
      ByteBuf buffer = buffers[i];
      if (buffer != null) {
        buffers[i] = null;
        buffer.release();
      }
    }
  }

  /**
   * Prepares to send a message.
   *
   * @param address where to; null for the peer of a connected socket
   * @param peer that peer, which decides on the form of what goes along; null if there is none
   * @return 0, or a negative errno
   */
  int fill(
      int i, ByteBuf content, @Nullable Address address, @Nullable Address peer, Message message) {
    int result = fill(i, content, address);
    if (result < 0 || !message.hasControl()) {
      return result;
    }
    if (message.controlSpace() > CONTROL) {
      return -Errno.ENOBUFS;
    }
    long control = control(i);
    long end = message.writeControl(control, family(address == null ? peer : address));
    if (end < 0) {
      return (int) end;
    }
    Msghdr.setControl(Mmsghdr.at(headers, i), control, (int) (end - control));
    return 0;
  }

  int fill(int i, ByteBuf content, @Nullable Address address) {
    Iovec.set(
        iovecs, 2 * i, content.memoryAddress() + content.readerIndex(), content.readableBytes());
    long header = Msghdr.ofIovecs(Mmsghdr.at(headers, i), iovecs + 2L * i * Iovec.SIZE, 1);
    if (address != null) {
      int length = Sockaddr.encode(address, address(i));
      if (length < 0) {
        return length;
      }
      Msghdr.setAddress(header, address(i), length);
    }
    return 0;
  }

  /** IPv6's form of an IPv4 address is the IPv4 layer's business. */
  private static int family(@Nullable Address address) {
    if (address == null) {
      return Constants.AF_UNSPEC;
    }
    return address instanceof Ipv6Address ip && ip.high() == 0 && ip.low() >>> 32 == 0xffff
        ? Constants.AF_INET
        : address.family().number();
  }
}
