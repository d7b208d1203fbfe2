package io.gatun.codec.can.log;

import io.gatun.codec.can.CanFrameCodec;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Instant;

/** pcap with nanoseconds. */
final class PcapWriter implements CanLogWriter {
  private final OutputStream out;
  private boolean begun;

  PcapWriter(OutputStream out) {
    this.out = new BufferedOutputStream(out);
  }

  private void begin() throws IOException {
    if (!begun) {
      begun = true;
      out.write(
          ByteBuffer.allocate(PcapReader.HEADER)
              .putInt(PcapReader.NANOS)
              .putShort((short) 2)
              .putShort((short) 4)
              .putLong(0)
              .putInt(CanFrameCodec.MAX_SIZE)
              .putInt(PcapReader.LINKTYPE)
              .array());
    }
  }

  @Override
  public void write(CanLogEntry entry) throws IOException {
    begin();
    Instant time = entry.time();
    long seconds = time.getEpochSecond();
    int nanos = time.getNano();
    if (seconds < 0 || seconds > 0xffff_ffffL) {
      throw new IOException("pcap has no times before 1970 or after 2106, such as " + time);
    }
    byte[] packet = PcapFrame.encode(entry.frame());
    out.write(
        ByteBuffer.allocate(PcapReader.PACKET_HEADER)
            .putInt((int) seconds)
            .putInt(nanos)
            .putInt(packet.length)
            .putInt(packet.length)
            .array());
    out.write(packet);
  }

  @Override
  public void flush() throws IOException {
    out.flush();
  }

  @Override
  public void close() throws IOException {
    begin();
    out.close();
  }
}
