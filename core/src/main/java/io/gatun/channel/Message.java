package io.gatun.channel;

import io.gatun.address.Address;
import io.gatun.message.Ancillary;
import io.gatun.message.AncillaryData;
import io.gatun.message.Credentials;
import io.gatun.os.Abi;
import io.gatun.os.Kernel;
import io.netty.buffer.ByteBuf;
import io.netty.util.AbstractReferenceCounted;
import io.netty.util.Recycler;
import io.netty.util.ReferenceCounted;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A message of a channel whose socket carries messages: its bytes, the peer it came from or goes
 * to, and what the kernel says or is told beside them.
 *
 * <p>Who reads one owns it, and releases it or writes it on, as with a {@link ByteBuf}; its memory
 * is used again after that. Written back as it came, it goes to its sender: what the kernel told of
 * it on its way in is not sent. What came beside the bytes is read only when asked for, and only
 * where an option of the channel made the kernel tell it.
 *
 * <p>Not for several threads at once.
 */
public final class Message extends AbstractReferenceCounted {
  private static final Recycler<Message> RECYCLER =
      new Recycler<>() {
        @Override
        protected Message newObject(Handle<Message> handle) {
          return new Message(handle);
        }
      };

  private static final int MSG_TRUNC = Abi.HOST.value("MSG_TRUNC");
  private static final int UNSET = -1;

  private final Recycler.Handle<Message> handle;
  private @Nullable ByteBuf content;
  private @Nullable Address address;

  // What came with it.

  private int flags;

  /** Ancillary data as the kernel left them. */
  private @Nullable ByteBuf control;

  /** Descriptors that came and are nobody's yet. */
  private boolean hasDescriptors;

  // What is to go with it. Whether there is anything at all is the one thing a plain message asks.

  private boolean special;
  private int trafficClass = UNSET;
  private int hopLimit = UNSET;
  private int segmentSize;
  private @Nullable Address source;
  private int interfaceIndex;
  private List<AncillaryData> pieces = List.of();

  private Message(Recycler.Handle<Message> handle) {
    this.handle = handle;
  }

  private static Message make(@Nullable Address address, ByteBuf content) {
    Message message = RECYCLER.get();
    message.setRefCnt(1);
    message.content = content;
    message.address = address;
    return message;
  }

  /**
   * Makes a message to send.
   *
   * @param address where to: an address, no name; a connected channel's may be {@link #of} none
   * @param content the bytes, perhaps none, which the message then owns
   */
  public static Message to(Address address, ByteBuf content) {
    return make(address, content);
  }

  /** Makes a message to the peer of a connected channel; its bytes alone may be written as well. */
  public static Message of(ByteBuf content) {
    return make(null, content);
  }

  /** A message that came; {@code control} and its descriptors are the message's from now on. */
  static Message from(
      @Nullable Address sender, ByteBuf content, int flags, @Nullable ByteBuf control) {
    Message message = make(sender, content);
    message.flags = flags;
    message.control = control;
    message.hasDescriptors =
        control != null && Ancillary.hasDescriptors(control.memoryAddress(), control.writerIndex());
    return message;
  }

  /** The same message with other memory for its bytes; this one is released. */
  Message withContent(ByteBuf other) {
    Message copy = make(address, other);
    copy.special = special;
    copy.trafficClass = trafficClass;
    copy.hopLimit = hopLimit;
    copy.segmentSize = segmentSize;
    copy.source = source;
    copy.interfaceIndex = interfaceIndex;
    copy.pieces = pieces;
    release();
    return copy;
  }

  /** Returns the bytes, which stay this message's: retain them to keep them longer. */
  public ByteBuf content() {
    ByteBuf content = this.content;
    if (content == null) {
      throw new io.netty.util.IllegalReferenceCountException("the message was released");
    }
    return content;
  }

  /**
   * Returns whom it came from or goes to; null where there is no such address: the sender's on a
   * connected Unix socket, say, or the receiver's on any connected channel.
   */
  public @Nullable Address address() {
    return address;
  }

  // What came with it

  /** Returns MSG_TRUNC, MSG_CTRUNC, MSG_EOR and the like: what recvmsg(2) left in msg_flags. */
  public int flags() {
    return flags;
  }

  /** Returns whether the message was longer than the channel reads, and its end is lost. */
  public boolean isTruncated() {
    return (flags & MSG_TRUNC) != 0;
  }

  private long control() {
    return control == null ? 0 : control.memoryAddress();
  }

  private int controlLength() {
    return control == null ? 0 : control.writerIndex();
  }

  /** Returns all that came beside the bytes; descriptors among them stay this message's. */
  public List<AncillaryData> ancillary() {
    return Ancillary.decode(control(), controlLength());
  }

  /**
   * Returns when the kernel received it, in nanoseconds since 1970: SO_TIMESTAMP, SO_TIMESTAMPNS or
   * SO_TIMESTAMPING; 0 when that was not told.
   */
  public long timestamp() {
    return Ancillary.timestamp(control(), controlLength());
  }

  /**
   * Returns when the network device received it, in nanoseconds of the device's clock:
   * SO_TIMESTAMPING; 0 when that was not told.
   */
  public long hardwareTimestamp() {
    return Ancillary.hardwareTimestamp(control(), controlLength());
  }

  /**
   * Returns the type of service or traffic class that it came with, 0 to 255: IP_RECVTOS,
   * IPV6_RECVTCLASS; −1 when that was not told.
   */
  public int trafficClass() {
    return Ancillary.trafficClass(control(), controlLength());
  }

  /** Returns the congestion bits that it came with, 0 to 3 (RFC 3168); −1 when not told. */
  public int ecn() {
    int trafficClass = trafficClass();
    return trafficClass < 0 ? trafficClass : trafficClass & 3;
  }

  /**
   * Returns the time to live or hop limit that it came with, 0 to 255: IP_RECVTTL,
   * IPV6_RECVHOPLIMIT; −1 when that was not told.
   */
  public int hopLimit() {
    return Ancillary.hopLimit(control(), controlLength());
  }

  /**
   * Returns the address it was sent to, with port 0: IP_PKTINFO, IPV6_RECVPKTINFO; null when that
   * was not told.
   */
  public @Nullable Address destination() {
    return Ancillary.destination(control(), controlLength());
  }

  /** Returns the index of the interface it came by, as {@link #destination}; 0 when not told. */
  public int interfaceIndex() {
    return Ancillary.interfaceIndex(control(), controlLength());
  }

  /** Returns how many messages the socket has lost so far: SO_RXQ_OVFL; 0 when not told. */
  public long dropped() {
    return Ancillary.dropped(control(), controlLength());
  }

  /**
   * Returns the bytes of each datagram that the kernel put together to this one, but for the last,
   * which may be shorter: UDP_GRO; 0 when it is a single one.
   */
  public int segmentSize() {
    return Ancillary.segmentSize(control(), controlLength());
  }

  /** Returns who sent it: SO_PASSCRED; null when that was not told. */
  public @Nullable Credentials credentials() {
    return Ancillary.credentials(control(), controlLength());
  }

  /**
   * Returns the descriptors that came with it, which are the caller's to close from now on; none
   * when asked again. Those that nobody takes are closed when the message is released.
   */
  public int[] takeDescriptors() {
    if (!hasDescriptors) {
      return new int[0];
    }
    hasDescriptors = false;
    return Ancillary.descriptors(control(), controlLength());
  }

  // What is to go with it

  /**
   * Sends it with a type of service or traffic class; its low two bits are ECN.
   *
   * @param value 0 to 255
   */
  public Message withTrafficClass(int value) {
    trafficClass = check("traffic class", value, 255);
    special = true;
    return this;
  }

  /**
   * Sends it with a time to live or hop limit.
   *
   * @param value 0 to 255
   */
  public Message withHopLimit(int value) {
    hopLimit = check("hop limit", value, 255);
    special = true;
    return this;
  }

  /**
   * Has the kernel cut it into datagrams of so many bytes, the last perhaps shorter: UDP_SEGMENT of
   * Linux. Elsewhere the write fails with EOPNOTSUPP; the kernel refuses more than 64 datagrams or
   * 64 KiB with EINVAL or EMSGSIZE.
   *
   * @param bytes 1 to 65,535
   */
  public Message withSegmentSize(int bytes) {
    if (bytes == 0) {
      throw new IllegalArgumentException("segment size: 0 (expected: 1 to 65535)");
    }
    segmentSize = check("segment size", bytes, 0xffff);
    special = true;
    return this;
  }

  /** Sends it from one of the host's addresses; its port is not looked at. */
  public Message withSource(Address source) {
    this.source = source;
    special = true;
    return this;
  }

  /**
   * Sends it by an interface.
   *
   * @param index see {@link io.gatun.address.Interfaces}
   */
  public Message withInterface(int index) {
    interfaceIndex = index;
    special = true;
    return this;
  }

  /** Sends descriptors along, on a Unix socket; they stay open here until it is sent, at least. */
  public Message withDescriptors(int... descriptors) {
    return with(AncillaryData.rights(descriptors));
  }

  /** Sends any piece of ancillary data along. */
  public Message with(AncillaryData piece) {
    List<AncillaryData> more = new ArrayList<>(pieces);
    more.add(piece);
    pieces = List.copyOf(more);
    special = true;
    return this;
  }

  private static int check(String what, int value, int max) {
    if (value < 0 || value > max) {
      throw new IllegalArgumentException(what + ": " + value + " (expected: 0 to " + max + ")");
    }
    return value;
  }

  /** The bytes of its content; 0 after its release. */
  int length() {
    ByteBuf content = this.content;
    return content == null ? 0 : content.readableBytes();
  }

  /** The memory that it holds; 0 after its release. */
  int weight() {
    ByteBuf content = this.content;
    return content == null ? 0 : content.capacity();
  }

  /** Whether there is anything that {@link #writeControl} would write. */
  boolean hasControl() {
    return special;
  }

  /** The bytes that {@link #writeControl} needs at most. */
  long controlSpace() {
    long space = 4 * MessageBatch.LARGEST_OWN_PIECE;
    for (AncillaryData piece : pieces) {
      space += Ancillary.space(piece);
    }
    return space;
  }

  /**
   * Writes what is to go with it.
   *
   * @param family that of its destination, IPv4 for an address that IPv6 maps to it
   * @return the address behind it, or a negative errno where the system has no such thing
   */
  long writeControl(long head, int family) {
    long end = head;
    for (AncillaryData piece : pieces) {
      end = Ancillary.write(end, piece);
    }
    if (trafficClass != UNSET) {
      end = Ancillary.writeTrafficClass(end, family, trafficClass);
    }
    if (hopLimit != UNSET && end > 0) {
      end = Ancillary.writeHopLimit(end, family, hopLimit);
    }
    if ((source != null || interfaceIndex != 0) && end > 0) {
      end = Ancillary.writeSource(end, family, source, interfaceIndex);
    }
    if (segmentSize != 0 && end > 0) {
      end = Ancillary.writeSegmentSize(end, segmentSize);
    }
    return end;
  }

  // Counting references

  @Override
  public Message retain() {
    super.retain();
    return this;
  }

  @Override
  public Message retain(int increment) {
    super.retain(increment);
    return this;
  }

  @Override
  public Message touch() {
    super.touch();
    return this;
  }

  @Override
  public ReferenceCounted touch(Object hint) {
    content().touch(hint);
    return this;
  }

  @Override
  protected void deallocate() {
    ByteBuf content = content();
    if (hasDescriptors) {
      closeDescriptors();
    }
    ByteBuf control = this.control;
    this.control = null;
    this.content = null;
    address = null;
    flags = 0;
    if (special) {
      special = false;
      trafficClass = UNSET;
      hopLimit = UNSET;
      segmentSize = 0;
      source = null;
      interfaceIndex = 0;
      pieces = List.of();
    }
    if (control != null) {
      control.release();
    }
    content.release();
    handle.recycle(this);
  }

  private void closeDescriptors() {
    Kernel kernel = Kernel.acquire();
    try {
      for (int fd : takeDescriptors()) {
        kernel.close(fd);
      }
    } finally {
      Kernel.release(kernel);
    }
  }

  @Override
  public String toString() {
    ByteBuf content = this.content;
    return content == null
        ? "Message (released)"
        : "Message of " + content.readableBytes() + " bytes, " + address;
  }
}
