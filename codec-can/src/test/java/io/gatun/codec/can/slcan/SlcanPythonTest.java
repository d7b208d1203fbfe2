package io.gatun.codec.can.slcan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gatun.codec.can.CanFrame;
import io.gatun.codec.can.Frames;
import io.gatun.codec.can.slcan.SlcanMessage.Command;
import io.gatun.testkit.Python;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** python-can's slcan interface, over TCP in the place of a serial line, is answered by Gatun. */
final class SlcanPythonTest {
  private static final int FRAMES = 300;

  /** Sends back each frame that comes, and tells the versions and the number at the end. */
  private static final String SCRIPT =
      """
      import sys, can
      bus = can.Bus(interface='slcan', channel='socket://127.0.0.1:' + sys.argv[1],
                    bitrate=500000, sleep_after_open=0)
      for _ in range(int(sys.argv[2])):
          message = bus.recv(60)
          bus.send(message)
      print(bus.get_version(60), bus.get_serial_number(60))
      bus.shutdown()
      """;

  private static List<CanFrame> frames() {
    Random random = new Random(7);
    List<CanFrame> frames = new ArrayList<>();
    while (frames.size() < FRAMES) {
      switch (random.nextInt(3)) {
        case 0 ->
            frames.add(
                new CanFrame.Classic(Frames.id(random), Frames.data(random, random.nextInt(9))));
        case 1 -> frames.add(new CanFrame.Remote(Frames.id(random), random.nextInt(9)));
        default ->
            frames.add(
                new CanFrame.Fd(
                    Frames.id(random),
                    random.nextBoolean(),
                    false,
                    Frames.data(random, CanFrame.Fd.length(random.nextInt(16)))));
      }
    }
    return frames;
  }

  @Test
  void commandsAndFramesGoBothWays() throws IOException, InterruptedException {
    List<CanFrame> frames = frames();
    List<CanFrame> back = new ArrayList<>();
    List<SlcanMessage> commands = new ArrayList<>();
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Process python =
          new Python("python-can==4.6.1", "pyserial==3.5")
              .start(SCRIPT, server.getLocalPort(), FRAMES);
      server.setSoTimeout(60_000);
      try (Socket socket = server.accept()) {
        socket.setSoTimeout(60_000);
        SlcanDecoder decoder = new SlcanDecoder();
        byte[] chunk = new byte[4096];
        for (int n = socket.getInputStream().read(chunk);
            n > 0;
            n = socket.getInputStream().read(chunk)) {
          ByteBuf in = Unpooled.wrappedBuffer(chunk, 0, n);
          ByteBuf out = Unpooled.buffer();
          for (SlcanMessage m = decoder.decode(in); m != null; m = decoder.decode(in)) {
            switch (m) {
              case SlcanMessage.Frame frame -> {
                back.add(frame.frame());
                (extended(frame.frame())
                        ? SlcanMessage.Reply.SENT_EXTENDED
                        : SlcanMessage.Reply.SENT)
                    .encode(out);
              }
              case Command.VERSION -> new SlcanMessage.Version(0x10, 0x25).encode(out);
              case Command.SERIAL_NUMBER -> new SlcanMessage.SerialNumber("A987").encode(out);
              default -> {
                SlcanMessage.OK.encode(out);
                commands.add(m);
              }
            }
            if (m == Command.OPEN && Collections.frequency(commands, m) == 2) {
              frames.forEach(frame -> SlcanMessage.frame(frame).encode(out));
            }
          }
          out.readBytes(socket.getOutputStream(), out.readableBytes());
        }
      }
      String printed = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(true, python.waitFor(60, TimeUnit.SECONDS));
      assertEquals("(10, 25) A987", printed.lines().reduce((_, last) -> last).orElse(""), printed);
    }
    assertEquals(frames, back);
    // It sends an empty line for no second bit rate.
    assertEquals(
        List.of(
            Command.CLOSE,
            SlcanMessage.BitRate.of(500_000),
            SlcanMessage.OK,
            Command.OPEN,
            Command.OPEN,
            Command.CLOSE),
        commands);
  }

  private static boolean extended(CanFrame frame) {
    return switch (frame) {
      case CanFrame.Classic classic -> classic.id().isExtended();
      case CanFrame.Remote remote -> remote.id().isExtended();
      case CanFrame.Fd fd -> fd.id().isExtended();
      default -> false;
    };
  }
}
