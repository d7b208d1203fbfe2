package io.gatun.codec.can;

import io.netty.buffer.ByteBuf;

/**
 * How long frames take on a bus, to the bit: with the stuff bits that their content makes
 * necessary, and the three bits of silence behind each (ISO 11898-1). Any thread may call.
 *
 * <p>Of CAN XL the fields are counted and the fixed stuff bits of the payload, but not the stuff
 * bits of its short arbitration phase, of which there are six at most.
 *
 * @param bitRate bits a second while frames arbitrate
 * @param dataBitRate bits a second of a CAN FD frame with BRS, and of CAN XL's payload
 */
public record CanBitTiming(int bitRate, int dataBitRate) {
  private static final int SECOND = 1_000_000_000;

  /** x^15 + x^14 + x^10 + x^8 + x^7 + x^4 + x^3 + 1. */
  private static final int CRC15 = 0x4599;

  private static final int[] CRC_TABLE = new int[256];

  /** Bits in a row that are followed by a stuff bit of the other kind. */
  private static final int RUN = 5;

  /** The state before the first bit. A run of n bits of value v is {@code 2n + v}, n below 5. */
  private static final int START = 0;

  /** For a state and a byte: the stuff bits that it makes, and in the upper bits the next state. */
  private static final int[] STUFF_TABLE = new int[2 * RUN * 256];

  private static final int STATE_SHIFT = 8;

  static {
    for (int octet = 0; octet < 256; octet++) {
      int crc = 0;
      for (int bit = 7; bit >= 0; bit--) {
        crc = crc(crc, octet >> bit & 1);
      }
      CRC_TABLE[octet] = crc;
      for (int state = 0; state < 2 * RUN; state++) {
        STUFF_TABLE[state << 8 | octet] = stuff(state, octet, 8);
      }
    }
  }

  /**
   * Makes a timing.
   *
   * @throws IllegalArgumentException if a rate is not positive
   */
  public CanBitTiming {
    if (bitRate < 1 || dataBitRate < 1) {
      throw new IllegalArgumentException("bit rates " + bitRate + " and " + dataBitRate);
    }
  }

  /**
   * Makes the timing of a bus with one bit rate.
   *
   * @param bitRate bits a second
   */
  public CanBitTiming(int bitRate) {
    this(bitRate, bitRate);
  }

  private static int crc(int crc, int bit) {
    return ((crc >> 14 & 1) != bit ? crc << 1 ^ CRC15 : crc << 1) & 0x7fff;
  }

  /** Stuff bits of the lower bits of a value, first to last, and the state behind them. */
  private static int stuff(int state, int value, int bits) {
    int stuffed = 0;
    for (int i = bits - 1; i >= 0; i--) {
      int bit = value >>> i & 1;
      int run = state >> 1;
      run = run > 0 && (state & 1) == bit ? run + 1 : 1;
      if (run == RUN) { // the stuff bit begins a run of its own
        stuffed++;
        run = 1;
        bit ^= 1;
      }
      state = run << 1 | bit;
    }
    return state << STATE_SHIFT | stuffed;
  }

  /**
   * {@return the nanoseconds that a frame takes, rounded up; 0 for an error frame}
   *
   * @param frame where it lies
   */
  public long nanos(CanFrameView frame) {
    long nominal;
    long data = 0;
    switch (frame.kind()) {
      case ERROR -> nominal = 0;
      case CLASSIC, REMOTE -> nominal = classicBits(frame);
      case FD -> {
        nominal = fdArbitrationBits(frame);
        data = fdDataBits(frame);
        if (!frame.bitRateSwitch()) {
          nominal += data;
          data = 0;
        }
      }
      default -> {
        nominal = 32 + 4 + 2 + 7 + 3;
        // SDT, SEC, DLC, SBC, PCRC, VCID and AF; the payload; FCRC and FCP; a stuff bit each ten.
        long fields = 8 + 1 + 11 + 3 + 13 + 8 + 32 + 8L * frame.length() + 32 + 4;
        data = fields + fields / 10;
      }
    }
    return nanos(nominal, bitRate) + nanos(data, dataBitRate);
  }

  private static long nanos(long bits, int rate) {
    return (bits * SECOND + rate - 1) / rate;
  }

  /**
   * {@return the bits that a frame has on the bus, whatever their rate; 0 for an error frame}
   *
   * @param frame where it lies
   */
  public static int bits(CanFrameView frame) {
    return switch (frame.kind()) {
      case ERROR -> 0;
      case CLASSIC, REMOTE -> classicBits(frame);
      case FD -> fdArbitrationBits(frame) + fdDataBits(frame);
      case XL -> (int) new CanBitTiming(SECOND).nanos(frame);
    };
  }

  /** From the start of frame to the end of the silence behind it. */
  private static int classicBits(CanFrameView frame) {
    int rtr = frame.kind() == CanFrameView.Kind.REMOTE ? 1 : 0;
    int dlc = frame.dlc();
    long header;
    int headerBits;
    if (frame.isExtended()) {
      // SOF, 11 bits, SRR, IDE, 18 bits, RTR, r1, r0, DLC
      long id = frame.id();
      header = id >>> 18 << 27 | 3L << 25 | (id & 0x3ffff) << 7 | (long) rtr << 6 | dlc;
      headerBits = 39;
    } else {
      header = (long) frame.id() << 7 | (long) rtr << 6 | dlc; // SOF, 11 bits, RTR, IDE, r0, DLC
      headerBits = 19;
    }
    int crc = 0;
    int state = START;
    int bits = headerBits % 8;
    int at = headerBits - bits;
    int first = (int) (header >>> at);
    for (int i = bits - 1; i >= 0; i--) {
      crc = crc(crc, first >> i & 1);
    }
    int entry = stuff(state, first, bits);
    int stuffed = entry & 0xff;
    state = entry >>> STATE_SHIFT;
    while (at > 0) {
      at -= 8;
      int octet = (int) (header >>> at) & 0xff;
      crc = crc8(crc, octet);
      entry = STUFF_TABLE[state << 8 | octet];
      stuffed += entry & 0xff;
      state = entry >>> STATE_SHIFT;
    }
    int length = rtr == 1 ? 0 : frame.length();
    ByteBuf buf = frame.buf();
    int index = frame.dataIndex();
    for (int i = 0; i < length; i++) {
      int octet = buf.getByte(index + i) & 0xff;
      crc = crc8(crc, octet);
      entry = STUFF_TABLE[state << 8 | octet];
      stuffed += entry & 0xff;
      state = entry >>> STATE_SHIFT;
    }
    entry = stuff(state, crc >>> 8, 7);
    stuffed += entry & 0xff;
    entry = STUFF_TABLE[entry >>> STATE_SHIFT << 8 | (crc & 0xff)];
    stuffed += entry & 0xff;
    // CRC, its delimiter, acknowledgement and its delimiter, end of frame, silence.
    return headerBits + 8 * length + 15 + stuffed + 1 + 2 + 7 + 3;
  }

  private static int crc8(int crc, int octet) {
    return (crc << 8 & 0x7fff) ^ CRC_TABLE[(crc >>> 7 & 0xff) ^ octet];
  }

  private static int fdState(CanFrameView frame) {
    int brs = frame.bitRateSwitch() ? 1 : 0;
    if (!frame.isExtended()) {
      return stuff(START, frame.id() << 5 | 1 << 2 | brs, 17); // SOF, 11, RRS, IDE, FDF, res, BRS
    }
    // SOF, 11 bits, SRR, IDE; 18 bits, RRS, FDF, res, BRS
    int entry = stuff(START, frame.id() >>> 18 << 2 | 3, 14);
    int more = stuff(entry >>> STATE_SHIFT, (frame.id() & 0x3ffff) << 4 | 1 << 2 | brs, 22);
    return more + (entry & 0xff);
  }

  private static int fdArbitrationBits(CanFrameView frame) {
    return (frame.isExtended() ? 36 : 17) + (fdState(frame) & 0xff) + 2 + 7 + 3;
  }

  private static int fdDataBits(CanFrameView frame) {
    int state = fdState(frame) >>> STATE_SHIFT;
    int dlc = CanFrame.Fd.dlc(frame.length());
    int length = CanFrame.Fd.length(dlc);
    int entry = stuff(state, (frame.errorStateIndicator() ? 16 : 0) | dlc, 5);
    int stuffed = entry & 0xff;
    ByteBuf buf = frame.buf();
    int index = frame.dataIndex();
    for (int i = 0; i < length; i++) {
      int octet = i < frame.length() ? buf.getByte(index + i) & 0xff : 0;
      entry = STUFF_TABLE[entry >>> STATE_SHIFT << 8 | octet];
      stuffed += entry & 0xff;
    }
    // The count of stuff bits and the CRC, with a fixed stuff bit before and behind each four.
    int crc = length > 16 ? 4 + 21 + 7 : 4 + 17 + 6;
    return 5 + 8 * length + stuffed + crc + 1;
  }
}
