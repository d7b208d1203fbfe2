package io.gatun.codec.can.slcan;

import io.gatun.codec.can.CanData;
import io.gatun.codec.can.CanFormatException;
import io.gatun.codec.can.CanFrame;
import io.gatun.codec.can.CanId;
import io.gatun.codec.can.slcan.SlcanMessage.Command;
import io.gatun.codec.can.slcan.SlcanMessage.Malformed;
import io.gatun.codec.can.slcan.SlcanMessage.Reply;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Makes messages of SLCAN's bytes, in whatever pieces they come. It throws nothing: a line that
 * says nothing known is {@link SlcanMessage.Malformed}, and the next line is read as if it had not
 * been. It keeps the beginning of one line, of at most {@value #LONGEST} bytes; of a longer one the
 * rest is thrown away up to its end. A line feed is passed over.
 *
 * <p>One thread at a time may use it.
 */
public final class SlcanDecoder {
  /** The longest line without its end: 29 bits of identifier, 64 bytes, and the time. */
  public static final int LONGEST = 1 + 8 + 1 + 128 + 4;

  private final byte[] line = new byte[LONGEST];
  private int length;
  private boolean tooLong;

  /** What of the line is ahead. */
  private int at;

  /** Makes a decoder at the beginning of a line. */
  public SlcanDecoder() {}

  /**
   * Reads up to the end of a line.
   *
   * @param in what came; its reader index moves
   * @return what the line says; null if the bytes end before it does
   */
  public @Nullable SlcanMessage decode(ByteBuf in) {
    while (in.isReadable()) {
      byte b = in.readByte();
      if (b == SlcanText.END) {
        return line();
      }
      if (b == SlcanText.BELL) {
        if (length == 0) {
          return Reply.ERROR;
        }
        // What stands before it was never ended. It comes again, with nothing before it.
        in.readerIndex(in.readerIndex() - 1);
        return fail("no end");
      }
      if (b == '\n') {
        continue;
      }
      if (length < LONGEST) {
        line[length++] = b;
      } else {
        tooLong = true;
      }
    }
    return null;
  }

  private SlcanMessage line() {
    if (length == 0) {
      return Reply.OK;
    }
    if (tooLong) {
      return fail("longer than " + LONGEST + " bytes");
    }
    at = 1;
    try {
      SlcanMessage message = parse((char) line[0]);
      if (at < length) {
        return fail("something behind its end");
      }
      length = 0;
      return message;
    } catch (IllegalArgumentException e) {
      return fail(e instanceof CanFormatException c ? c.problem() : String.valueOf(e.getMessage()));
    }
  }

  private SlcanMessage fail(String problem) {
    String text = new String(line, 0, Math.min(length, LONGEST), StandardCharsets.US_ASCII);
    length = 0;
    tooLong = false;
    return new Malformed(String.valueOf(new CanFormatException(text, at, problem).getMessage()));
  }

  private SlcanMessage parse(char letter) {
    return switch (letter) {
      case 't', 'T', 'x' -> classic(letter != 't');
      case 'r', 'R' -> remote(letter == 'R');
      case 'd', 'D', 'b', 'B' -> fd(letter == 'b' || letter == 'B', letter < 'a');
      case 'S' -> new SlcanMessage.BitRate(digit());
      case 'Y' -> new SlcanMessage.DataBitRate(digit());
      case 's' ->
          length == 5
              ? new SlcanMessage.BitTiming(hex(4))
              : new SlcanMessage.State(letter(), decimal(), decimal());
      case 'e' -> new SlcanMessage.Errors(text(digit()));
      case 'M' -> new SlcanMessage.AcceptanceCode(hex(8));
      case 'm' -> new SlcanMessage.AcceptanceMask(hex(8));
      case 'O' -> Command.OPEN;
      case 'L' -> Command.LISTEN;
      case 'C' -> Command.CLOSE;
      case 'P' -> Command.POLL;
      case 'A' -> Command.POLL_ALL;
      case 'V' -> length == 1 ? Command.VERSION : new SlcanMessage.Version(hex(2), hex(2));
      case 'N' ->
          length == 1 ? Command.SERIAL_NUMBER : new SlcanMessage.SerialNumber(text(length - 1));
      case 'F' -> length == 1 ? Command.STATUS : new SlcanMessage.Status(hex(2));
      case 'z' -> Reply.SENT;
      case 'Z' -> length == 1 ? Reply.SENT_EXTENDED : timestamps();
      default -> throw new CanFormatException("no such command");
    };
  }

  private SlcanMessage timestamps() {
    int on = digit();
    if (on > 1) {
      throw new CanFormatException("neither 0 nor 1");
    }
    return new SlcanMessage.Timestamps(on == 1);
  }

  private SlcanMessage classic(boolean extended) {
    CanId id = new CanId(hex(extended ? 8 : 3), extended);
    return timed(new CanFrame.Classic(id, data(length())));
  }

  private SlcanMessage remote(boolean extended) {
    CanId id = new CanId(hex(extended ? 8 : 3), extended);
    return timed(new CanFrame.Remote(id, length()));
  }

  private SlcanMessage fd(boolean brs, boolean extended) {
    CanId id = new CanId(hex(extended ? 8 : 3), extended);
    return timed(new CanFrame.Fd(id, brs, false, data(CanFrame.Fd.length(hex(1)))));
  }

  private SlcanMessage timed(CanFrame frame) {
    return new SlcanMessage.Frame(frame, at == length ? SlcanMessage.Frame.NO_TIMESTAMP : hex(4));
  }

  // ---- Digits

  private int length() {
    int length = hex(1);
    if (length > 8) {
      throw new CanFormatException("a classic frame has up to 8 bytes");
    }
    return length;
  }

  private CanData data(int count) {
    byte[] data = new byte[count];
    for (int i = 0; i < count; i++) {
      data[i] = (byte) hex(2);
    }
    return CanData.of(data);
  }

  private char letter() {
    if (at == length) {
      throw new CanFormatException("cut off");
    }
    return (char) (line[at++] & 0xff);
  }

  private String text(int count) {
    if (length - at < count) {
      throw new CanFormatException("cut off");
    }
    at += count;
    return new String(line, at - count, count, StandardCharsets.US_ASCII);
  }

  private int hex(int digits) {
    int value = 0;
    for (int i = 0; i < digits; i++) {
      value = value << 4 | digit(16);
    }
    return value;
  }

  private int digit() {
    return digit(10);
  }

  /** Three digits. */
  private int decimal() {
    return 100 * digit(10) + 10 * digit(10) + digit(10);
  }

  private int digit(int radix) {
    int digit = Character.digit(letter(), radix);
    if (digit < 0) {
      at--;
      throw new CanFormatException("no digit");
    }
    return digit;
  }
}
