package io.gatun.codec.can.log;

import io.gatun.codec.can.CanData;
import io.gatun.codec.can.CanFrame;
import io.gatun.codec.can.CanId;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Base64;

/** python-can's CSV. */
final class CsvWriter extends TextWriter {
  private boolean begun;

  CsvWriter(OutputStream out) {
    super(out);
  }

  @Override
  public void write(CanLogEntry entry) throws IOException {
    begin();
    CanFrame frame = entry.frame();
    switch (frame) {
      case CanFrame.Classic classic -> write(entry, classic.id(), 0, frame.data().length());
      case CanFrame.Fd fd -> write(entry, fd.id(), 0, frame.data().length());
      case CanFrame.Remote remote -> write(entry, remote.id(), 1, remote.dlc());
      case CanFrame.ErrorFrame error ->
          line(entry.time(), error.classes(), "1,0,1", 8, error.data());
      case CanFrame.Xl _ -> throw cannotHold("CSV", frame);
    }
  }

  private void write(CanLogEntry entry, CanId id, int remote, int dlc) throws IOException {
    String flags = (id.isExtended() ? "1," : "0,") + remote + ",0";
    line(entry.time(), id.value(), flags, dlc, entry.frame().data());
  }

  private void line(Instant time, int id, String flags, int dlc, CanData data) throws IOException {
    BigDecimal seconds =
        BigDecimal.valueOf(time.getNano(), 9).add(BigDecimal.valueOf(time.getEpochSecond()));
    out.append(seconds.toPlainString())
        .append(",0x")
        .append(Integer.toHexString(id))
        .append(',')
        .append(flags)
        .append(',')
        .append(Integer.toString(dlc))
        .append(',')
        .append(Base64.getEncoder().encodeToString(data.toArray()))
        .append('\n');
  }

  private void begin() throws IOException {
    if (!begun) {
      begun = true;
      out.append(CsvReader.HEADER).append('\n');
    }
  }

  @Override
  public void close() throws IOException {
    begin();
    super.close();
  }
}
