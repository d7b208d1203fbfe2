package io.gatun.codec.can.log;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;

/** candump's log form. */
final class CandumpWriter extends TextWriter {
  CandumpWriter(OutputStream out) {
    super(out);
  }

  @Override
  public void write(CanLogEntry entry) throws IOException {
    Instant time = entry.time();
    long seconds = time.getEpochSecond();
    int nanos = time.getNano();
    boolean micros = nanos % 1000 == 0;
    if (seconds < 0) {
      throw new IOException("candump's log has no times before 1970, such as " + time);
    }
    String channel = entry.channel().isEmpty() ? "any" : entry.channel();
    if (channel.chars().anyMatch(c -> c <= ' ')) {
      String shown = channel.strip().replaceAll("[\\p{Cc}\\u2028\\u2029]", "?");
      throw new IOException("candump's log has no channel \"" + shown + "\" with space");
    }
    out.append('(')
        .append(
            micros
                ? format("%010d.%06d", seconds, nanos / 1000)
                : format("%010d.%09d", seconds, nanos))
        .append(") ")
        .append(channel)
        .append(' ')
        .append(entry.frame().toString());
    switch (entry.direction()) {
      case RECEIVED -> out.append(" R");
      case SENT -> out.append(" T");
      case UNKNOWN -> {}
    }
    out.append('\n');
  }
}
