package io.gatun.codec.can;

import java.util.Arrays;

/** The text form of frames: that of can-utils' logs. */
final class FrameText {
  private final CharSequence text;
  private final int end;
  private int at;

  private FrameText(CharSequence text, int from, int to) {
    this.text = text;
    this.at = from;
    this.end = to;
  }

  // ---- Formatting

  static StringBuilder appendHex(StringBuilder out, int value, int digits) {
    for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
      out.append(hexDigit(value >>> shift));
    }
    return out;
  }

  private static char hexDigit(int value) {
    return "0123456789ABCDEF".charAt(value & 0xf);
  }

  private static StringBuilder append(StringBuilder out, CanData data) {
    for (int i = 0; i < data.length(); i++) {
      appendHex(out, data.get(i), 2);
    }
    return out;
  }

  private static StringBuilder append(StringBuilder out, CanId id) {
    return appendHex(out, id.value(), id.isExtended() ? 8 : 3);
  }

  static String format(CanFrame frame) {
    StringBuilder out = new StringBuilder(28);
    switch (frame) {
      case CanFrame.Classic classic -> {
        append(append(out, classic.id()).append('#'), classic.data());
        if (classic.dlc() > 8) {
          out.append('_').append(hexDigit(classic.dlc()));
        }
      }
      case CanFrame.Fd fd -> {
        int flags =
            (fd.bitRateSwitch() ? Layout.BRS : 0) | (fd.errorStateIndicator() ? Layout.ESI : 0);
        append(append(out, fd.id()).append("##").append(hexDigit(flags)), fd.data());
      }
      case CanFrame.Xl xl -> {
        int flags =
            Layout.XLF
                | (xl.simpleExtendedContent() ? Layout.SEC : 0)
                | (xl.remoteRequestSubstitution() ? Layout.RRS : 0);
        appendHex(appendHex(out, xl.vcid(), 2), xl.priority(), 3).append('#');
        appendHex(appendHex(out, flags, 2).append(':'), xl.sdt(), 2).append(':');
        append(appendHex(out, xl.acceptance(), 8).append('#'), xl.data());
      }
      case CanFrame.Remote remote -> {
        append(out, remote.id()).append("#R");
        if (remote.dlc() > 0) {
          out.append(hexDigit(Math.min(remote.dlc(), 8)));
        }
        if (remote.dlc() > 8) {
          out.append('_').append(hexDigit(remote.dlc()));
        }
      }
      case CanFrame.ErrorFrame error ->
          append(appendHex(out, error.classes() | Layout.ERR, 8).append('#'), error.data());
    }
    return out.toString();
  }

  // ---- Parsing

  /** The value of digits that are known to be hexadecimal, up to eight. */
  static int hex(CharSequence text, int from, int to) {
    int value = 0;
    for (int i = from; i < to; i++) {
      value = value << 4 | Character.digit(text.charAt(i), 16);
    }
    return value;
  }

  static void checkIdDigits(CharSequence text, int length) {
    if (length != 3 && length != 8) {
      throw new CanFormatException(text, length, "an identifier has 3 or 8 digits");
    }
    checkHex(text, 0, length);
  }

  private static void checkHex(CharSequence text, int from, int to) {
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (c > 'f' || Character.digit(c, 16) < 0) {
        throw new CanFormatException(text, i, "not a hexadecimal digit");
      }
    }
  }

  /**
   * Parses what stands from one index to another. An error's index counts from the text's start.
   */
  static CanFrame parse(CharSequence text, int from, int to) {
    return new FrameText(text, from, to).frame();
  }

  private CanFrame frame() {
    int start = at;
    while (at < end && text.charAt(at) != '#') {
      at++;
    }
    if (at == end) {
      throw error(end, "no # behind the identifier");
    }
    int digits = at - start;
    if (digits != 3 && digits != 5 && digits != 8) {
      throw error(at, "an identifier has 3 or 8 digits");
    }
    checkHex(text, start, at);
    int id = hex(text, start, at++);
    if (digits == 5) {
      return xl(start, id);
    }
    if (digits == 8 && (id & Layout.ERR) != 0) {
      return errorFrame(start, id);
    }
    if (Integer.compareUnsigned(id, digits == 8 ? CanId.MAX_EXTENDED : CanId.MAX_STANDARD) > 0) {
      throw error(start, "the identifier is too large");
    }
    CanId canId = new CanId(id, digits == 8);
    if (at < end && text.charAt(at) == '#') {
      at++;
      int flags = digit();
      return new CanFrame.Fd(
          canId, (flags & Layout.BRS) != 0, (flags & Layout.ESI) != 0, data(end, Layout.FD_DATA));
    }
    if (at < end && (text.charAt(at) == 'R' || text.charAt(at) == 'r')) {
      at++;
      return new CanFrame.Remote(canId, remoteLength());
    }
    int dataEnd = end;
    for (int i = at; i < end; i++) {
      if (text.charAt(i) == '_') {
        dataEnd = i;
        break;
      }
    }
    CanData data = data(dataEnd, Layout.CLASSIC_DATA);
    return dataEnd == end
        ? new CanFrame.Classic(canId, data)
        : new CanFrame.Classic(canId, rawLength(data.length()), data);
  }

  private int remoteLength() {
    if (at == end) {
      return 0;
    }
    int length = digit();
    if (length > 8) {
      throw error(at - 1, "a remote frame asks for up to 8 bytes");
    }
    return at == end ? length : rawLength(length);
  }

  /** The length code behind an underscore, which is the last. */
  private int rawLength(int length) {
    if (text.charAt(at) != '_') {
      throw error(at, "more than a frame");
    }
    at++;
    int dlc = digit();
    if (dlc < 9 || length != 8) {
      throw error(at - 1, "a length code of 9 to F goes with 8 bytes");
    }
    if (at < end) {
      throw error(at, "more than a frame");
    }
    return dlc;
  }

  private CanFrame errorFrame(int start, int id) {
    // Beside the flag of errors no other makes sense: not the extended one, nor the remote one.
    if ((id & (Layout.EFF | Layout.RTR)) != 0) {
      throw error(start, "an error frame is neither extended nor remote");
    }
    // python-can writes none: what is missing is 0.
    byte[] bytes = Arrays.copyOf(data(end, Layout.CLASSIC_DATA).toArray(), Layout.CLASSIC_DATA);
    return new CanFrame.ErrorFrame(id & ~Layout.ERR, CanData.of(bytes));
  }

  private CanFrame xl(int start, int id) {
    int priority = id & 0xfff;
    if (priority > CanId.MAX_STANDARD) {
      throw error(start + 2, "the priority is too large");
    }
    int flags = field(2, ':');
    if ((flags & Layout.XLF) == 0) {
      throw error(at - 3, "the flags of a CAN XL frame contain 80");
    }
    int sdt = field(2, ':');
    int acceptance = field(8, '#');
    if (at == end) {
      throw error(end, "a CAN XL frame has data");
    }
    return new CanFrame.Xl(
        priority,
        id >>> 12,
        (flags & Layout.SEC) != 0,
        (flags & Layout.RRS) != 0,
        sdt,
        acceptance,
        data(end, Layout.XL_MAX_DATA));
  }

  /** So many digits and what ends them. */
  private int field(int digits, char last) {
    int start = at;
    if (end - start <= digits) {
      throw error(end, "the frame is cut off");
    }
    checkHex(text, start, start + digits);
    at = start + digits;
    if (text.charAt(at) != last) {
      throw error(at, "no " + last);
    }
    at++;
    return hex(text, start, start + digits);
  }

  private int digit() {
    if (at == end) {
      throw error(end, "the frame is cut off");
    }
    checkHex(text, at, at + 1);
    return hex(text, at, ++at);
  }

  private CanData data(int to, int most) {
    if (to - at > 2 * most) {
      throw error(at + 2 * most, "more than " + most + " bytes");
    }
    CanData data = CanData.parse(text, at, to);
    at = to;
    return data;
  }

  private CanFormatException error(int index, String problem) {
    return new CanFormatException(text, index, problem);
  }
}
