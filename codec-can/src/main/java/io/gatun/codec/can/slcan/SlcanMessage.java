package io.gatun.codec.can.slcan;

import io.gatun.codec.can.CanData;
import io.gatun.codec.can.CanFrame;
import io.gatun.codec.can.CanId;
import io.netty.buffer.ByteBuf;

/**
 * What one line of SLCAN says: a frame, a command to an adapter, or its answer. The two directions
 * share letters and no line: {@code V} asks for the version and {@code V1013} tells it.
 *
 * <p>A line ends with a carriage return; the answer "no" is a single BEL (0x07).
 */
public sealed interface SlcanMessage {
  /** The answer to a command that was done: an empty line. */
  SlcanMessage OK = Reply.OK;

  /** The answer to a command that was not. */
  SlcanMessage ERROR = Reply.ERROR;

  /**
   * Writes the line with its end at a buffer's writer index.
   *
   * @param buf the buffer
   * @throws IllegalArgumentException if it is a frame that SLCAN cannot carry; nothing is written
   */
  void encode(ByteBuf buf);

  /** {@return a frame without a time} */
  static Frame frame(CanFrame frame) {
    return new Frame(frame, Frame.NO_TIMESTAMP);
  }

  /**
   * A frame: {@code t} and {@code T}, {@code r} and {@code R}, of CAN FD {@code d} and {@code D},
   * with the second bit rate {@code b} and {@code B}; the large letters with 29 bits.
   *
   * <p>Lost on the way are the ESI flag of CAN FD and length codes above 8 of CAN 2.0. A CAN FD
   * frame of a length that the bus does not know gets zeros at its end. CAN XL and error frames
   * cannot be carried.
   *
   * @param frame what goes over the bus
   * @param timestamp when it was received, in milliseconds of an adapter's clock that goes round
   *     after a minute, 0 to 59999 ({@code Z1}); {@link #NO_TIMESTAMP} if it does not say
   */
  record Frame(CanFrame frame, int timestamp) implements SlcanMessage {
    /** No time came with the frame. */
    public static final int NO_TIMESTAMP = -1;

    /**
     * Makes a message.
     *
     * @throws IllegalArgumentException if the time does not fit in 16 bits
     */
    public Frame {
      if (timestamp < NO_TIMESTAMP || timestamp > 0xffff) {
        throw new IllegalArgumentException("timestamp " + timestamp + " is not in 0..65535");
      }
    }

    @Override
    public void encode(ByteBuf buf) {
      CanData data = frame.data();
      switch (frame) {
        case CanFrame.Classic classic -> head(buf, 't', classic.id(), data.length());
        case CanFrame.Remote remote -> head(buf, 'r', remote.id(), Math.min(remote.dlc(), 8));
        case CanFrame.Fd fd -> head(buf, fd.bitRateSwitch() ? 'b' : 'd', fd.id(), fd.dlc());
        case CanFrame.Xl _, CanFrame.ErrorFrame _ ->
            throw new IllegalArgumentException("SLCAN does not carry " + frame);
      }
      int padded = frame instanceof CanFrame.Fd fd ? CanFrame.Fd.length(fd.dlc()) : data.length();
      for (int i = 0; i < padded; i++) {
        SlcanText.writeHex(buf, i < data.length() ? data.get(i) : 0, 2);
      }
      if (timestamp != NO_TIMESTAMP) {
        SlcanText.writeHex(buf, timestamp, 4);
      }
      buf.writeByte(SlcanText.END);
    }

    private static void head(ByteBuf buf, char letter, CanId id, int dlc) {
      buf.writeByte(id.isExtended() ? Character.toUpperCase(letter) : letter);
      SlcanText.writeHex(buf, id.value(), id.isExtended() ? 8 : 3);
      SlcanText.writeHex(buf, dlc, 1);
    }
  }

  /** Commands of a single letter. */
  enum Command implements SlcanMessage {
    /** Go on the bus. */
    OPEN('O'),
    /** Go on the bus to listen: send nothing, acknowledge nothing. */
    LISTEN('L'),
    /** Leave the bus. */
    CLOSE('C'),
    /** Tell the versions: {@link SlcanMessage.Version}. */
    VERSION('V'),
    /** Tell the serial number: {@link SlcanMessage.SerialNumber}. */
    SERIAL_NUMBER('N'),
    /** Tell the status and forget it: {@link SlcanMessage.Status}. */
    STATUS('F'),
    /** Send the one frame that has waited longest, where nothing is sent unasked. */
    POLL('P'),
    /** Send all frames that wait, then {@code A}. */
    POLL_ALL('A');

    private final char letter;

    Command(char letter) {
      this.letter = letter;
    }

    @Override
    public void encode(ByteBuf buf) {
      SlcanText.write(buf, letter);
    }
  }

  /** Answers of at most one letter. */
  enum Reply implements SlcanMessage {
    /** Done. */
    OK,
    /** Not done. */
    ERROR,
    /** The frame with 11 bits of identifier will be sent. */
    SENT,
    /** The frame with 29 bits of identifier will be sent. */
    SENT_EXTENDED;

    @Override
    public void encode(ByteBuf buf) {
      switch (this) {
        case OK -> buf.writeByte(SlcanText.END);
        case ERROR -> buf.writeByte(SlcanText.BELL);
        case SENT -> SlcanText.write(buf, 'z');
        case SENT_EXTENDED -> SlcanText.write(buf, 'Z');
      }
    }
  }

  /**
   * {@code S}: one of the bit rates that have a number.
   *
   * @param number 0 to 8; 9 in newer adapters
   */
  record BitRate(int number) implements SlcanMessage {
    private static final int[] RATES = {
      10_000, 20_000, 50_000, 100_000, 125_000, 250_000, 500_000, 750_000, 1_000_000, 83_300
    };

    /**
     * Makes a command.
     *
     * @throws IllegalArgumentException if there is no such number
     */
    public BitRate {
      if (number < 0 || number > 9) {
        throw new IllegalArgumentException("bit rate " + number + " is not in 0..9");
      }
    }

    /** {@return the command for bits a second, from 10,000 to 1,000,000} */
    public static BitRate of(int bitsPerSecond) {
      for (int i = 0; i < RATES.length; i++) {
        if (RATES[i] == bitsPerSecond) {
          return new BitRate(i);
        }
      }
      throw new IllegalArgumentException("no number stands for " + bitsPerSecond + " bit/s");
    }

    /** {@return bits a second} */
    public int bitsPerSecond() {
      return RATES[number];
    }

    @Override
    public void encode(ByteBuf buf) {
      buf.writeByte('S');
      SlcanText.write(buf, (char) ('0' + number));
    }
  }

  /**
   * {@code Y}: the second bit rate of CAN FD.
   *
   * @param megabits millions of bits a second, 1 to 9
   */
  record DataBitRate(int megabits) implements SlcanMessage {
    /**
     * Makes a command.
     *
     * @throws IllegalArgumentException if it is not one digit
     */
    public DataBitRate {
      if (megabits < 1 || megabits > 9) {
        throw new IllegalArgumentException("data bit rate " + megabits + " is not in 1..9");
      }
    }

    @Override
    public void encode(ByteBuf buf) {
      buf.writeByte('Y');
      SlcanText.write(buf, (char) ('0' + megabits));
    }
  }

  /**
   * {@code s}: the bit timing as registers of the SJA1000.
   *
   * @param registers BTR0 in the upper byte, BTR1 in the lower
   */
  record BitTiming(int registers) implements SlcanMessage {
    /**
     * Makes a command.
     *
     * @throws IllegalArgumentException if the value has more than 16 bits
     */
    public BitTiming {
      SlcanText.check("bit timing", registers, 0xffff);
    }

    @Override
    public void encode(ByteBuf buf) {
      SlcanText.write(buf, 's', registers, 4);
    }
  }

  /**
   * {@code Z0} and {@code Z1}: whether frames come with a time.
   *
   * @param on whether they do
   */
  record Timestamps(boolean on) implements SlcanMessage {
    @Override
    public void encode(ByteBuf buf) {
      buf.writeByte('Z');
      SlcanText.write(buf, on ? '1' : '0');
    }
  }

  /**
   * {@code M}: the acceptance code of the SJA1000's filter.
   *
   * @param code 32 bits
   */
  record AcceptanceCode(int code) implements SlcanMessage {
    @Override
    public void encode(ByteBuf buf) {
      SlcanText.write(buf, 'M', code, 8);
    }
  }

  /**
   * {@code m}: the acceptance mask of the SJA1000's filter.
   *
   * @param mask 32 bits; a set one does not matter
   */
  record AcceptanceMask(int mask) implements SlcanMessage {
    @Override
    public void encode(ByteBuf buf) {
      SlcanText.write(buf, 'm', mask, 8);
    }
  }

  /**
   * The answer to {@code V}.
   *
   * @param hardware two hexadecimal digits, 0x10 being 1.0
   * @param software the same
   */
  record Version(int hardware, int software) implements SlcanMessage {
    /**
     * Makes an answer.
     *
     * @throws IllegalArgumentException if a value has more than 8 bits
     */
    public Version {
      SlcanText.check("version", hardware, 0xff);
      SlcanText.check("version", software, 0xff);
    }

    @Override
    public void encode(ByteBuf buf) {
      SlcanText.write(buf, 'V', hardware << 8 | software, 4);
    }
  }

  /**
   * The answer to {@code N}.
   *
   * @param text 1 to 32 printable characters of ASCII, four on Lawicel's
   */
  record SerialNumber(String text) implements SlcanMessage {
    /**
     * Makes an answer.
     *
     * @throws IllegalArgumentException if the text is empty, long, or not printable
     */
    public SerialNumber {
      if (text.isEmpty() || text.length() > 32 || text.chars().anyMatch(c -> c < 33 || c > 126)) {
        throw new IllegalArgumentException("no serial number of 1 to 32 printable characters");
      }
    }

    @Override
    public void encode(ByteBuf buf) {
      buf.writeByte('N');
      for (int i = 0; i < text.length(); i++) {
        buf.writeByte(text.charAt(i));
      }
      buf.writeByte(SlcanText.END);
    }
  }

  /**
   * The answer to {@code F}.
   *
   * @param flags bits: 0 receive queue full, 1 transmit queue full, 2 error warning, 3 data
   *     overrun, 5 error passive, 6 arbitration lost, 7 bus error
   */
  record Status(int flags) implements SlcanMessage {
    /**
     * Makes an answer.
     *
     * @throws IllegalArgumentException if the value has more than 8 bits
     */
    public Status {
      SlcanText.check("status", flags, 0xff);
    }

    @Override
    public void encode(ByteBuf buf) {
      SlcanText.write(buf, 'F', flags, 2);
    }
  }

  /**
   * {@code s}: the state of the controller has changed, as Linux's slcan driver takes it.
   *
   * @param state {@code a} active, {@code w} warning, {@code p} passive, {@code b} off the bus
   * @param receiveErrors the counter, 0 to 999
   * @param transmitErrors the counter, 0 to 999
   */
  record State(char state, int receiveErrors, int transmitErrors) implements SlcanMessage {
    /**
     * Makes a report.
     *
     * @throws IllegalArgumentException if there is no such state, or a counter is out of range
     */
    public State {
      if ("awpb".indexOf(state) < 0) {
        throw new IllegalArgumentException("no state has the letter " + (int) state);
      }
      SlcanText.check("counter", receiveErrors, 999);
      SlcanText.check("counter", transmitErrors, 999);
    }

    @Override
    public void encode(ByteBuf buf) {
      buf.writeByte('s').writeByte(state);
      SlcanText.writeDecimal(buf, receiveErrors);
      SlcanText.writeDecimal(buf, transmitErrors);
      buf.writeByte(SlcanText.END);
    }
  }

  /**
   * {@code e}: errors on the bus, as Linux's slcan driver takes them.
   *
   * @param errors 1 to 9 letters: {@code a} no acknowledgement, {@code b} bit 0, {@code B} bit 1,
   *     {@code c} checksum, {@code f} form, {@code o} receive overrun, {@code O} transmit overrun,
   *     {@code s} stuff
   */
  record Errors(String errors) implements SlcanMessage {
    /**
     * Makes a report.
     *
     * @throws IllegalArgumentException if there is no such error, or there are too many
     */
    public Errors {
      if (errors.isEmpty()
          || errors.length() > 9
          || errors.chars().anyMatch(c -> "abBcfoOs".indexOf(c) < 0)) {
        throw new IllegalArgumentException("no list of 1 to 9 errors");
      }
    }

    @Override
    public void encode(ByteBuf buf) {
      buf.writeByte('e').writeByte('0' + errors.length());
      for (int i = 0; i < errors.length(); i++) {
        buf.writeByte(errors.charAt(i));
      }
      buf.writeByte(SlcanText.END);
    }
  }

  /**
   * A line that says nothing known. The lines behind it are not affected; the one who sent it is
   * answered with {@link #ERROR}.
   *
   * @param problem what is wrong with which line
   */
  record Malformed(String problem) implements SlcanMessage {
    /**
     * Does nothing but to refuse.
     *
     * @throws IllegalArgumentException always
     */
    @Override
    public void encode(ByteBuf buf) {
      throw new IllegalArgumentException("nobody sends what is malformed");
    }
  }
}
