package io.gatun.codec.can.log;

import io.gatun.codec.can.CanData;
import io.gatun.codec.can.CanFrame;
import io.gatun.codec.can.CanId;
import io.gatun.codec.can.log.CanLogEntry.Direction;
import java.io.InputStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** python-can's CSV: {@code timestamp,arbitration_id,extended,remote,error,dlc,data}. */
final class CsvReader extends TextReader {
  static final String HEADER = "timestamp,arbitration_id,extended,remote,error,dlc,data";
  private static final int COLUMNS = 7;

  private final String[] fields = new String[COLUMNS];
  private final int[] starts = new int[COLUMNS];

  CsvReader(InputStream in) {
    super(in);
  }

  @Override
  @Nullable CanLogEntry parse() throws CanLogException {
    if (lineNumber() == 1) {
      if (!line.equals(HEADER)) {
        throw error(0, "the header is not " + HEADER);
      }
      return null;
    }
    if (line.isEmpty()) {
      return null;
    }
    split();
    Instant time = seconds(fields[0], starts[0]);
    String hex = fields[1].startsWith("0x") ? fields[1].substring(2) : fields[1];
    int value = number(hex, starts[1], "identifier", 16, CanId.MAX_EXTENDED);
    boolean extended = flag(2);
    boolean remote = flag(3);
    boolean error = flag(4);
    int dlc = number(fields[5], starts[5], "length", 10, 64);
    CanData data = data();
    if (!remote && dlc != data.length()) {
      throw error(
          starts[5], "the length is " + dlc + ", and there are " + data.length() + " bytes");
    }
    return new CanLogEntry(
        time, "", Direction.UNKNOWN, frame(value, extended, remote, error, dlc, data));
  }

  private CanFrame frame(
      int value, boolean extended, boolean remote, boolean error, int dlc, CanData data)
      throws CanLogException {
    if (error) {
      return new CanFrame.ErrorFrame(
          value == 0 ? CanLogText.BUS_ERROR : value, CanData.of(Arrays.copyOf(data.toArray(), 8)));
    }
    if (!extended && value > CanId.MAX_STANDARD) {
      throw error(starts[1], "the identifier is too large");
    }
    CanId id = new CanId(value, extended);
    if (remote) {
      return new CanFrame.Remote(id, dlc);
    }
    return data.length() > 8
        ? new CanFrame.Fd(id, false, false, data)
        : new CanFrame.Classic(id, data);
  }

  private void split() throws CanLogException {
    int start = 0;
    for (int i = 0; i < COLUMNS; i++) {
      int end = i == COLUMNS - 1 ? line.length() : line.indexOf(',', start);
      if (end < 0) {
        throw error(line.length(), (i + 1) + " columns of " + COLUMNS);
      }
      fields[i] = line.substring(start, end);
      starts[i] = start;
      start = end + 1;
    }
  }

  private boolean flag(int column) throws CanLogException {
    return number(fields[column], starts[column], "flag", 10, 1) == 1;
  }

  private CanData data() throws CanLogException {
    try {
      return CanData.of(Base64.getDecoder().decode(fields[COLUMNS - 1]));
    } catch (IllegalArgumentException e) {
      throw error(starts[COLUMNS - 1], "no data in Base64");
    }
  }
}
