package io.gatun.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.codec.can.CanData;
import io.gatun.codec.can.CanFormatException;
import io.gatun.codec.can.CanFrame;
import io.gatun.codec.can.CanFrameCodec;
import io.gatun.codec.can.CanFrameView;
import io.gatun.codec.can.CanId;
import io.gatun.codec.can.bcm.BcmMessage;
import io.gatun.codec.can.log.CanLogEntry;
import io.gatun.codec.can.log.CanLogEntry.Direction;
import io.gatun.codec.can.log.CanLogException;
import io.gatun.codec.can.log.CanLogFormat;
import io.gatun.codec.can.log.CanLogReader;
import io.gatun.codec.can.log.CanLogWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The decoders of CAN. A buffer ends where its bytes do, so that Netty sees who reads on. */
final class CanDecoders {
  static final List<String> TEXTS =
      List.of(
          "123#DEADBEEF",
          "12345678#",
          "123#R3",
          "123#1122334455667788_E",
          "123##5112233",
          "45123#81:00:12345678#11223344",
          "20000040#0000000000000000",
          "7FF",
          "1FFFFFFF",
          "112233");

  private static final List<CanFrame> FRAMES =
      List.of(
          CanFrame.parse("123#DEADBEEF"),
          CanFrame.parse("12345678#R3"),
          CanFrame.parse("123##1112233445566778899AABBCC"),
          CanFrame.parse("20000040#0000000000000000"));

  private static final List<CanLogFormat> FORMATS = List.of(CanLogFormat.values());

  private CanDecoders() {}

  /** Reads as the socket would: bytes that are one message. */
  static void frame(byte[] data) {
    CanFrame frame;
    CanFrameView view = new CanFrameView();
    try {
      frame = CanFrameCodec.decode(Unpooled.wrappedBuffer(data));
      view.wrap(Unpooled.wrappedBuffer(data), 0, data.length);
    } catch (CanFormatException e) {
      Texts.checkLine(e);
      return;
    }
    assertEquals(frame, view.toFrame());
    checkText(frame);
    assertEquals(frame, CanFrameCodec.decode(encoded(frame)));
  }

  private static ByteBuf encoded(CanFrame frame) {
    int size = CanFrameCodec.size(frame);
    ByteBuf buf = Unpooled.buffer(size, size);
    CanFrameCodec.encode(frame, buf);
    return buf;
  }

  private static void checkText(CanFrame frame) {
    assertEquals(frame, CanFrame.parse(frame.toString()));
  }

  static List<byte[]> frameSeeds() {
    return FRAMES.stream().map(frame -> ByteBufUtil.getBytes(encoded(frame))).toList();
  }

  static void bcm(byte[] data) {
    BcmMessage message;
    try {
      message = BcmMessage.decode(Unpooled.wrappedBuffer(data));
    } catch (CanFormatException e) {
      Texts.checkLine(e);
      return;
    }
    assertEquals(data.length, message.size());
    assertEquals(message, BcmMessage.decode(encoded(message)));
  }

  private static ByteBuf encoded(BcmMessage message) {
    ByteBuf buf = Unpooled.buffer(message.size(), message.size());
    message.encode(buf);
    return buf;
  }

  static List<byte[]> bcmSeeds() {
    CanId id = CanId.parse("123");
    Duration second = Duration.ofMillis(1500);
    return List.of(
            BcmMessage.cyclic(id, second, List.of(FRAMES.get(0), FRAMES.get(1))),
            BcmMessage.cyclic(id, 3, second, second, List.of(FRAMES.get(2))),
            BcmMessage.watchAll(id, false, second),
            BcmMessage.watch(id, FRAMES.get(0), second, second))
        .stream()
        .map(message -> ByteBufUtil.getBytes(encoded(message)))
        .toList();
  }

  static void text(byte[] data) {
    String text = new String(data, UTF_8);
    try {
      checkText(CanFrame.parse(text));
    } catch (CanFormatException e) {
      Texts.checkLine(e);
    }
    try {
      CanId id = CanId.parse(text);
      assertEquals(id, CanId.parse(id.toString()));
    } catch (CanFormatException e) {
      Texts.checkLine(e);
    }
    try {
      CanData bytes = CanData.parse(text);
      assertEquals(bytes, CanData.parse(bytes.toString()));
    } catch (CanFormatException e) {
      Texts.checkLine(e);
    }
  }

  /** The first byte chooses the format. */
  static void log(byte[] data) throws IOException {
    if (data.length == 0) {
      return;
    }
    CanLogFormat format = FORMATS.get((data[0] & 0xff) % FORMATS.size());
    byte[] log = Arrays.copyOfRange(data, 1, data.length);
    for (CanLogEntry entry : entries(format, log)) {
      checkText(entry.frame());
      byte[] written;
      try {
        written = written(format, List.of(entry));
      } catch (IOException e) { // what the format does not hold
        Texts.checkLine(e);
        continue;
      }
      CanLogReader again = format.reader(new ByteArrayInputStream(written), ZoneOffset.UTC);
      CanLogEntry found = again.read();
      assertNotNull(found, () -> format + " lost " + entry);
      // CSV does not tell short frames of CAN FD from others, nor most formats errors apart.
      assertEquals(
          entry.frame().data().length(), found.frame().data().length(), () -> format + " " + entry);
      assertNull(again.read());
    }
  }

  /** Reads all, on after each error, of which there can be no more than bytes. */
  private static List<CanLogEntry> entries(CanLogFormat format, byte[] log) throws IOException {
    List<CanLogEntry> entries = new ArrayList<>();
    try (CanLogReader reader = format.reader(new ByteArrayInputStream(log), ZoneOffset.UTC)) {
      for (int calls = 0; ; calls++) {
        assertTrue(calls <= log.length + 1, () -> format + " does not end");
        try {
          CanLogEntry entry = reader.read();
          if (entry == null) {
            return entries;
          }
          entries.add(entry);
        } catch (CanLogException e) {
          Texts.checkLine(e);
          if (e.line() == 0) { // a binary log cannot be gone on with
            return entries;
          }
        }
      }
    }
  }

  private static byte[] written(CanLogFormat format, List<CanLogEntry> entries) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (CanLogWriter writer = format.writer(out, ZoneOffset.UTC)) {
      for (CanLogEntry entry : entries) {
        writer.write(entry);
      }
    }
    return out.toByteArray();
  }

  static List<byte[]> logSeeds() {
    List<byte[]> seeds = new ArrayList<>();
    List<CanLogEntry> entries = new ArrayList<>();
    for (CanFrame frame : FRAMES) {
      Instant time = Instant.ofEpochSecond(1_700_000_000, 123_456_000);
      entries.add(new CanLogEntry(time, "can0", Direction.RECEIVED, frame));
    }
    for (CanLogFormat format : FORMATS) {
      try {
        String log = new String(written(format, entries), ISO_8859_1);
        seeds.add(((char) FORMATS.indexOf(format) + log).getBytes(ISO_8859_1));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return seeds;
  }
}
