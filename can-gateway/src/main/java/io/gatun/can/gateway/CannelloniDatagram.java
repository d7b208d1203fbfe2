package io.gatun.can.gateway;

import io.gatun.codec.can.CanFrame;
import io.netty.buffer.ByteBuf;
import java.net.ProtocolException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * cannelloni over UDP: version, operation, a sequence number of 8 bits, the number of frames, and
 * those. A number that is missing is a datagram that was lost, and told; one that comes late or
 * twice has frames of the past, which are dropped.
 */
final class CannelloniDatagram implements DatagramEndpoint.Protocol {
  private static final int VERSION = 2;
  private static final int DATA = 0;
  private static final int HEAD = 5;

  /** What fits into a frame of Ethernet, less the headers of IPv6 and UDP. */
  private static final int MOST = (1500 - 48 - HEAD) / Cannelloni.LONGEST;

  private static final int NONE = -1;

  private final long waitNanos;
  private int sequence;
  private int expected = NONE;

  CannelloniDatagram(long waitNanos) {
    this.waitNanos = waitNanos;
  }

  @Override
  public int framesAtMost() {
    return MOST;
  }

  @Override
  public long waitNanos() {
    return waitNanos;
  }

  @Override
  public void begin(ByteBuf out, int frames) {
    // Called for room first, and again with the number.
    out.writeByte(VERSION).writeByte(DATA).writeByte(frames == 0 ? 0 : sequence++);
    out.writeShort(frames);
  }

  @Override
  public boolean encode(CanFrame frame, ByteBuf out) {
    return Cannelloni.encode(frame, out);
  }

  @Override
  public void decode(ByteBuf in, Consumer<CanFrame> frames, Counters counters)
      throws ProtocolException {
    if (in.readableBytes() < HEAD || in.readUnsignedByte() != VERSION) {
      throw new ProtocolException("no datagram of cannelloni");
    }
    int operation = in.readUnsignedByte();
    int number = in.readUnsignedByte();
    int count = in.readUnsignedShort();
    if (operation != DATA) {
      return; // ACK and NACK are of no use
    }
    List<CanFrame> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      CanFrame frame = Cannelloni.decode(in);
      if (frame == null) {
        throw new ProtocolException("a datagram with fewer frames than it says");
      }
      all.add(frame);
    }
    int missing = expected == NONE ? 0 : number - expected & 0xff;
    if (missing >= 128) {
      counters.lostOutside("late-datagram-frames", count);
      return;
    }
    if (missing > 0) {
      counters.lostOutside("lost-datagrams", missing);
    }
    expected = number + 1 & 0xff;
    all.forEach(frames);
  }
}
