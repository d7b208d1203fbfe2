package io.gatun.codec.can.log;

import io.gatun.codec.can.CanFormatException;
import io.gatun.codec.can.CanFrame;
import io.gatun.codec.can.log.CanLogEntry.Direction;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** pcap and pcapng (draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng). */
final class PcapReader implements CanLogReader {
  // struct pcap_hdr { u32 magic; u16 major, minor; u32 reserved1, reserved2, snaplen, linktype; };
  static final int MICROS = 0xa1b2c3d4;
  static final int NANOS = 0xa1b23c4d;
  static final int HEADER = 24;

  // struct pcap_pkthdr { u32 seconds, fraction, captured, length; };
  static final int PACKET_HEADER = 16;

  /** LINKTYPE_CAN_SOCKETCAN. */
  static final int LINKTYPE = 227;

  /** A block of pcapng: its type, its length, what its type says, its length again. */
  private static final int SECTION = 0x0a0d0d0a;

  private static final int INTERFACE = 1;
  private static final int ENHANCED_PACKET = 6;
  private static final int BYTE_ORDER = 0x1a2b3c4d;

  /** Options of an interface. */
  private static final int OPTION_NAME = 2;

  private static final int OPTION_RESOLUTION = 9;

  /** More than any frame and the blocks around it; what is longer is malformed. */
  private static final int LONGEST = 64 * 1024;

  private static final long[] TENS = {
    1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000
  };

  private static final int MOST_INTERFACES = 1024;

  /**
   * An interface of pcapng.
   *
   * @param name its name, or none
   * @param unit how many units of time are a second
   * @param isCan whether its packets are frames
   */
  private record Interface(String name, long unit, boolean isCan) {}

  private final InputStream in;
  private final List<Interface> interfaces = new ArrayList<>();
  private ByteOrder order = ByteOrder.BIG_ENDIAN;
  private long offset;
  private boolean begun;
  private boolean blocks;
  private long unit = 1_000_000;

  PcapReader(InputStream in) {
    this.in = new BufferedInputStream(in);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  @Override
  public @Nullable CanLogEntry read() throws IOException {
    if (!begun) {
      begun = true;
      begin();
    }
    return blocks ? block() : packet();
  }

  private void begin() throws IOException {
    ByteBuffer magic = bytes(4);
    if (magic.getInt(0) == SECTION) {
      blocks = true;
      section();
      return;
    }
    order = ByteOrder.BIG_ENDIAN;
    int found = magic.getInt(0);
    if (found != MICROS && found != NANOS) {
      order = ByteOrder.LITTLE_ENDIAN;
      found = Integer.reverseBytes(found);
    }
    if (found != MICROS && found != NANOS) {
      throw new CanLogException(0, "neither pcap nor pcapng");
    }
    unit = found == NANOS ? 1_000_000_000 : 1_000_000;
    ByteBuffer rest = bytes(HEADER - 4);
    // The upper bits tell of a checksum behind each packet of other link types.
    int linktype = rest.getInt(16) & 0xffff;
    if (linktype != LINKTYPE) {
      throw new CanLogException(20, "the link type is " + linktype + ", not that of CAN (227)");
    }
  }

  /** {@return so many bytes; an error if the log ends before} */
  private ByteBuffer bytes(int count) throws IOException {
    byte[] bytes = in.readNBytes(count);
    offset += bytes.length;
    if (bytes.length < count) {
      throw new CanLogException(offset, "the log is cut off");
    }
    return ByteBuffer.wrap(bytes).order(order);
  }

  /** {@return so many bytes; null if the log ends right here} */
  private @Nullable ByteBuffer bytesOrEnd(int count) throws IOException {
    in.mark(1);
    if (in.read() < 0) {
      return null;
    }
    in.reset();
    return bytes(count);
  }

  private @Nullable CanLogEntry packet() throws IOException {
    ByteBuffer header = bytesOrEnd(PACKET_HEADER);
    if (header == null) {
      return null;
    }
    long start = offset - PACKET_HEADER;
    long fraction = header.getInt(4) & 0xffff_ffffL;
    int captured = length(header.getInt(8), start + 8);
    if (fraction >= unit) {
      throw new CanLogException(start + 4, "the fraction of a second is more than one");
    }
    long nanos = fraction * (1_000_000_000 / unit);
    Instant time = Instant.ofEpochSecond(header.getInt(0) & 0xffff_ffffL, nanos);
    return entry(time, "", bytes(captured), start);
  }

  private static int length(int length, long offset) throws CanLogException {
    if (length < 0 || length > LONGEST) {
      throw new CanLogException(
          offset, "a length of " + Integer.toUnsignedString(length) + " bytes");
    }
    return length;
  }

  private static CanLogEntry entry(Instant time, String channel, ByteBuffer packet, long start)
      throws CanLogException {
    try {
      CanFrame frame = PcapFrame.decode(packet);
      return new CanLogEntry(time, channel, Direction.UNKNOWN, frame);
    } catch (CanFormatException e) {
      throw new CanLogException(start, e.problem());
    }
  }

  // ---- pcapng

  /** The rest of a section's header, whose type was read: it says the byte order. */
  private void section() throws IOException {
    ByteBuffer start = bytes(8).order(ByteOrder.BIG_ENDIAN);
    if (start.getInt(4) == BYTE_ORDER) {
      order = ByteOrder.BIG_ENDIAN;
    } else if (start.getInt(4) == Integer.reverseBytes(BYTE_ORDER)) {
      order = ByteOrder.LITTLE_ENDIAN;
    } else {
      throw new CanLogException(offset - 4, "no byte order of pcapng");
    }
    int length = blockLength(start.order(order).getInt(0), offset - 8);
    if (length < 28) {
      throw new CanLogException(offset - 8, "a section's header of " + length + " bytes");
    }
    bytes(length - 12);
    interfaces.clear();
  }

  private static int blockLength(int length, long offset) throws CanLogException {
    if (length < 12 || length > LONGEST || length % 4 != 0) {
      throw new CanLogException(
          offset, "a block of " + Integer.toUnsignedString(length) + " bytes");
    }
    return length;
  }

  private @Nullable CanLogEntry block() throws IOException {
    while (true) {
      ByteBuffer head = bytesOrEnd(4);
      if (head == null) {
        return null;
      }
      int type = head.getInt(0);
      if (type == SECTION) {
        section();
        continue;
      }
      long start = offset - 4;
      int length = blockLength(bytes(4).getInt(0), offset - 4);
      ByteBuffer body = bytes(length - 8).limit(length - 12);
      if (type == INTERFACE) {
        addInterface(body, start);
      } else if (type == ENHANCED_PACKET) {
        CanLogEntry entry = enhancedPacket(body, start);
        if (entry != null) {
          return entry;
        }
      }
    }
  }

  // struct { u16 linktype, reserved; u32 snaplen; options };
  private void addInterface(ByteBuffer body, long start) throws CanLogException {
    if (body.limit() < 8 || interfaces.size() == MOST_INTERFACES) {
      throw new CanLogException(start, "an interface is cut off, or one too many");
    }
    String name = "";
    long perSecond = 1_000_000;
    int at = 8;
    while (at + 4 <= body.limit()) {
      int code = body.getShort(at) & 0xffff;
      int length = body.getShort(at + 2) & 0xffff;
      at += 4;
      if (code == 0) {
        break;
      }
      if (at + length > body.limit()) {
        throw new CanLogException(start, "an option of an interface is cut off");
      }
      if (code == OPTION_NAME) {
        byte[] text = new byte[length];
        body.get(at, text);
        name = new String(text, StandardCharsets.UTF_8);
      } else if (code == OPTION_RESOLUTION && length == 1) {
        perSecond = perSecond(body.get(at), start);
      }
      at += (length + 3) & ~3;
    }
    interfaces.add(new Interface(name, perSecond, (body.getShort(0) & 0xffff) == LINKTYPE));
  }

  /** A power of ten, or with the upper bit of two. */
  private static long perSecond(byte resolution, long start) throws CanLogException {
    int exponent = resolution & 0x7f;
    if (resolution < 0 ? exponent > 30 : exponent > 9) {
      throw new CanLogException(start, "times finer than nanoseconds");
    }
    return resolution < 0 ? 1L << exponent : TENS[exponent];
  }

  // struct { u32 interface, timestamp_high, timestamp_low, captured, length; packet; options };
  private @Nullable CanLogEntry enhancedPacket(ByteBuffer body, long start) throws CanLogException {
    int number = body.limit() < 20 ? -1 : body.getInt(0);
    if (number < 0 || number >= interfaces.size()) {
      throw new CanLogException(start, "a packet of no interface");
    }
    Interface of = interfaces.get(number);
    int captured = length(body.getInt(12), start + 20);
    if (captured > body.limit() - 20) {
      throw new CanLogException(start, "a packet is cut off");
    }
    if (!of.isCan) {
      return null;
    }
    long stamp = (long) body.getInt(4) << 32 | (body.getInt(8) & 0xffff_ffffL);
    long seconds = Long.divideUnsigned(stamp, of.unit);
    long part = Long.remainderUnsigned(stamp, of.unit);
    if (seconds < 0 || seconds > 100_000_000_000L) {
      throw new CanLogException(start, "a time of " + seconds + " s");
    }
    Instant time = Instant.ofEpochSecond(seconds, part * 1_000_000_000L / of.unit);
    return entry(time, of.name, body.slice(20, captured), start);
  }
}
