package io.gatun.can.gateway;

import io.gatun.codec.can.CanData;
import io.gatun.codec.can.CanFrame;
import io.gatun.codec.can.CanId;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Frames in socketcand's text. It has classic data frames, and of error frames the classes. */
final class SocketcandText {
  private SocketcandText() {}

  /**
   * {@code < frame 123 1700000000.000000 1122 >}; without bytes two spaces stand before the end,
   * which python-can relies on.
   *
   * @param spaced as the BCM mode has it: a space behind each byte
   */
  static boolean encode(CanFrame frame, Instant now, boolean spaced, ByteBuf out) {
    StringBuilder text = new StringBuilder(64);
    switch (frame) {
      case CanFrame.Classic classic -> {
        text.append("< frame ").append(classic.id()).append(' ');
        time(text, now).append(' ');
        if (spaced) {
          for (int i = 0; i < classic.data().length(); i++) {
            text.append(classic.data().slice(i, i + 1)).append(' ');
          }
        } else {
          text.append(classic.data());
        }
        text.append(" >");
      }
      case CanFrame.ErrorFrame error -> {
        String classes = Integer.toHexString(error.classes() | Frames.ERR).toUpperCase(Locale.ROOT);
        text.append("< error ").append(classes).append(' ');
        time(text, now).append(" >");
      }
      case CanFrame.Fd _, CanFrame.Xl _, CanFrame.Remote _ -> {
        return false;
      }
    }
    out.writeCharSequence(text, StandardCharsets.US_ASCII);
    return true;
  }

  /** Seconds and six digits of microseconds. */
  private static StringBuilder time(StringBuilder text, Instant now) {
    text.append(now.getEpochSecond()).append('.');
    int micros = now.getNano() / 1000;
    for (int unit = 100_000; unit > micros && unit > 1; unit /= 10) {
      text.append('0');
    }
    return text.append(micros);
  }

  /** Three digits and fewer are a standard identifier, eight an extended one. */
  static CanId id(String digits) {
    int value = Integer.parseUnsignedInt(digits, 16);
    return digits.length() == 8
        ? CanId.extended(value & CanId.MAX_EXTENDED)
        : CanId.standard(value);
  }

  /**
   * {@code id len b b ...}, from a word on.
   *
   * @return null if it is none
   */
  static CanFrame.@Nullable Classic frame(String[] words, int at) {
    try {
      CanId id = id(words[at]);
      int length = Integer.parseInt(words[at + 1], 16);
      if (length > 8 || words.length != at + 2 + length) {
        return null;
      }
      return new CanFrame.Classic(id, data(words, at + 2, length));
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      return null;
    }
  }

  static CanData data(String[] words, int at, int length) {
    int[] bytes = new int[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = Integer.parseInt(words[at + i], 16);
    }
    return CanData.ofInts(bytes);
  }

  /** {@code < send 123 2 11 22 >}, as a client says it. */
  static boolean encodeSend(CanFrame frame, ByteBuf out) {
    if (!(frame instanceof CanFrame.Classic classic)) {
      return false;
    }
    CanData data = classic.data();
    StringBuilder text = new StringBuilder(48).append("< send ").append(classic.id());
    text.append(' ').append(data.length());
    for (int i = 0; i < data.length(); i++) {
      text.append(' ').append(data.slice(i, i + 1));
    }
    out.writeCharSequence(text.append(" >"), StandardCharsets.US_ASCII);
    return true;
  }

  /**
   * {@code frame 123 1.000000 1122}, as a server says it, without the brackets.
   *
   * @return null if it is none
   */
  static @Nullable CanFrame received(String element) {
    String[] words = element.split("\\s+", -1);
    try {
      return switch (words[0].toLowerCase(Locale.ROOT)) {
        case "frame" -> {
          String data = String.join("", Arrays.asList(words).subList(3, words.length));
          yield new CanFrame.Classic(id(words[1]), CanData.parse(data));
        }
        case "error" -> {
          int classes = Integer.parseUnsignedInt(words[1], 16) & CanId.MAX_EXTENDED;
          yield new CanFrame.ErrorFrame(classes, CanData.of(new byte[8]));
        }
        default -> null;
      };
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      return null;
    }
  }
}
