package io.gatun.codec.can.log;

import java.io.InputStream;
import java.io.OutputStream;
import java.time.ZoneId;

/** The formats of logs. */
public enum CanLogFormat {
  /**
   * What can-utils' candump prints. Read are its log form ({@code candump -L}) and its lines for
   * people, with or without times, directions and ASCII; of these CAN XL and the binary view are
   * not. Written is the log form, with nanoseconds if an entry has them.
   */
  CANDUMP,
  /**
   * Vector's ASC. It holds no CAN XL, of an error frame only that there was one, and of a channel a
   * number: where a channel's name is none, the channels are numbered as they come.
   */
  ASC,
  /**
   * python-can's CSV. It holds no channels, no directions, no CAN XL, and of CAN FD neither flags
   * nor, up to 8 bytes, that it was CAN FD.
   */
  CSV,
  /**
   * pcap with LINKTYPE_CAN_SOCKETCAN (227), in micro- or nanoseconds and either byte order; pcapng
   * is read too. Written is pcap in nanoseconds, which holds neither channels nor directions.
   */
  PCAP;

  /**
   * {@return a reader} Dates without a time zone are of the machine's.
   *
   * @param in the log; the reader closes it
   */
  public CanLogReader reader(InputStream in) {
    return reader(in, ZoneId.systemDefault());
  }

  /**
   * {@return a reader}
   *
   * @param in the log; the reader closes it
   * @param zone the time zone of dates that name none
   */
  public CanLogReader reader(InputStream in, ZoneId zone) {
    return switch (this) {
      case CANDUMP -> new CandumpReader(in, zone);
      case ASC -> new AscReader(in, zone);
      case CSV -> new CsvReader(in);
      case PCAP -> new PcapReader(in);
    };
  }

  /**
   * {@return a writer} Dates are of the machine's time zone.
   *
   * @param out where to; the writer closes it
   */
  public CanLogWriter writer(OutputStream out) {
    return writer(out, ZoneId.systemDefault());
  }

  /**
   * {@return a writer}
   *
   * @param out where to; the writer closes it
   * @param zone the time zone of dates that name none
   */
  public CanLogWriter writer(OutputStream out, ZoneId zone) {
    return switch (this) {
      case CANDUMP -> new CandumpWriter(out);
      case ASC -> new AscWriter(out, zone);
      case CSV -> new CsvWriter(out);
      case PCAP -> new PcapWriter(out);
    };
  }
}
