package io.gatun.can.gateway;

import io.gatun.codec.can.CanData;
import io.gatun.codec.can.CanFrame;
import io.gatun.codec.can.CanId;
import io.netty.buffer.ByteBuf;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * python-can's bus over UDP multicast: each datagram is a map of its message's fields in
 * MessagePack, of which there are the types that such a map has.
 */
final class PythonMulticast implements DatagramEndpoint.Protocol {
  /** More fields than a message has are nobody's message. */
  private static final int MOST_FIELDS = 32;

  @Override
  public int framesAtMost() {
    return 1;
  }

  @Override
  public long waitNanos() {
    return 0;
  }

  @Override
  public void begin(ByteBuf out, int frames) {}

  // Writing: https://github.com/msgpack/msgpack/blob/master/spec.md

  @Override
  public boolean encode(CanFrame frame, ByteBuf out) {
    if (frame instanceof CanFrame.Xl) {
      return false;
    }
    Instant now = Instant.now();
    int raw = Frames.rawId(frame);
    boolean error = frame instanceof CanFrame.ErrorFrame;
    boolean extended = error || (raw & Frames.EFF) != 0;
    CanData data = frame.data();
    int dlc =
        switch (frame) {
          case CanFrame.Remote remote -> Math.min(8, remote.dlc());
          default -> data.length();
        };
    out.writeByte(0x80 | 11); // a map of so many
    text(out, "timestamp");
    out.writeByte(0xcb).writeDouble(now.getEpochSecond() + now.getNano() / 1e9);
    text(out, "arbitration_id");
    out.writeByte(0xce).writeInt(raw & (extended ? CanId.MAX_EXTENDED : CanId.MAX_STANDARD));
    bool(out, "is_extended_id", extended);
    bool(out, "is_remote_frame", frame instanceof CanFrame.Remote);
    bool(out, "is_error_frame", error);
    text(out, "channel");
    out.writeByte(0xc0);
    text(out, "dlc");
    out.writeByte(dlc);
    text(out, "data");
    out.writeByte(0xc4).writeByte(data.length());
    data.writeTo(out);
    bool(out, "is_fd", frame instanceof CanFrame.Fd);
    bool(out, "bitrate_switch", frame instanceof CanFrame.Fd fd && fd.bitRateSwitch());
    bool(out, "error_state_indicator", frame instanceof CanFrame.Fd fd && fd.errorStateIndicator());
    return true;
  }

  private static void text(ByteBuf out, String text) {
    out.writeByte(0xa0 | text.length()); // up to 31 bytes
    out.writeCharSequence(text, StandardCharsets.US_ASCII);
  }

  private static void bool(ByteBuf out, String name, boolean value) {
    text(out, name);
    out.writeByte(value ? 0xc3 : 0xc2);
  }

  // Reading

  @Override
  public void decode(ByteBuf in, Consumer<CanFrame> frames, Counters counters)
      throws ProtocolException {
    CanFrame frame;
    try {
      frame = frame(map(in));
    } catch (IndexOutOfBoundsException | IllegalArgumentException | ArithmeticException e) {
      throw malformed(e);
    }
    frames.accept(frame);
  }

  private static ProtocolException malformed(@Nullable Exception cause) {
    ProtocolException e = new ProtocolException("no message of python-can");
    if (cause != null) {
      e.initCause(cause);
    }
    return e;
  }

  private static Map<String, Object> map(ByteBuf in) throws ProtocolException {
    int type = in.readUnsignedByte();
    int size = (type & 0xf0) == 0x80 ? type & 0xf : type == 0xde ? in.readUnsignedShort() : -1;
    if (size < 0 || size > MOST_FIELDS) {
      throw malformed(null);
    }
    Map<String, Object> map = new HashMap<>();
    for (int i = 0; i < size; i++) {
      Object key = value(in);
      Object value = value(in);
      if (key instanceof String name && value != null) {
        map.put(name, value);
      }
    }
    return map;
  }

  private static @Nullable Object value(ByteBuf in) throws ProtocolException {
    int type = in.readUnsignedByte();
    if (type < 0x80) {
      return (long) type;
    } else if ((type & 0xe0) == 0xa0) {
      return string(in, type & 0x1f);
    } else if (type >= 0xe0) {
      return (long) (byte) type;
    }
    return switch (type) {
      case 0xc0 -> null;
      case 0xc2 -> false;
      case 0xc3 -> true;
      case 0xc4 -> bytes(in, in.readUnsignedByte());
      case 0xc5 -> bytes(in, in.readUnsignedShort());
      case 0xca -> (double) in.readFloat();
      case 0xcb -> in.readDouble();
      case 0xcc -> (long) in.readUnsignedByte();
      case 0xcd -> (long) in.readUnsignedShort();
      case 0xce -> in.readUnsignedInt();
      case 0xcf, 0xd3 -> in.readLong();
      case 0xd0 -> (long) in.readByte();
      case 0xd1 -> (long) in.readShort();
      case 0xd2 -> (long) in.readInt();
      case 0xd9 -> string(in, in.readUnsignedByte());
      case 0xda -> string(in, in.readUnsignedShort());
      default -> throw malformed(null);
    };
  }

  private static String string(ByteBuf in, int length) {
    return in.readCharSequence(length, StandardCharsets.UTF_8).toString();
  }

  private static CanData bytes(ByteBuf in, int length) {
    CanData data = CanData.of(in, in.readerIndex(), length);
    in.skipBytes(length);
    return data;
  }

  private static CanFrame frame(Map<String, Object> fields) throws ProtocolException {
    if (!(fields.get("arbitration_id") instanceof Long id)) {
      throw malformed(null);
    }
    CanData data = fields.get("data") instanceof CanData there ? there : CanData.EMPTY;
    if (is(fields, "is_error_frame")) {
      byte[] eight = java.util.Arrays.copyOf(data.toArray(), 8);
      return new CanFrame.ErrorFrame((int) (id & CanId.MAX_EXTENDED), CanData.of(eight));
    }
    CanId canId = new CanId(Math.toIntExact(id), is(fields, "is_extended_id"));
    if (is(fields, "is_remote_frame")) {
      long dlc = fields.get("dlc") instanceof Long there ? there : 0;
      return new CanFrame.Remote(canId, Math.toIntExact(dlc));
    }
    return is(fields, "is_fd")
        ? new CanFrame.Fd(
            canId, is(fields, "bitrate_switch"), is(fields, "error_state_indicator"), data)
        : new CanFrame.Classic(canId, data);
  }

  private static boolean is(Map<String, Object> fields, String name) {
    return Boolean.TRUE.equals(fields.get(name));
  }
}
