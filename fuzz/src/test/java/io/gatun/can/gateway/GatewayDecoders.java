package io.gatun.can.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.codec.can.CanFrame;
import io.gatun.fuzz.Texts;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.net.ProtocolException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What clients of the gateway send, and its file. */
public final class GatewayDecoders {
  /** Elements of socketcand's clients and servers. */
  public static final List<String> SOCKETCAND_TEXTS =
      List.of(
          "< open vcan0 >< rawmode > < send 123 2 11 22 >",
          "< send 1ABCDEF0 8 1 2 3 4 5 6 7 8 >\n< send 7FF 0  >",
          "< frame 123 1700000000.000001 0102 >< frame 00000123 1.000000  >",
          "< error 20000004 1.000000 >< add 1 0 123 2 1 2 >");

  /** Files of gateways. */
  public static final List<String> CONFIGS =
      List.of(
          """
          [bus.a]
          interface = "can0"
          ttl = "50ms"
          latest = ["300:700"]
          order = "priority"
          [bus.b]
          [[route]]
          from = "a"
          to = "b"
          both = true
          filter = ["100:700", "18DAF110", "1~7"]
          hops = 2
          rate = 1.5
          and = { data = "F0" }
          set = { len = 8 }
          [[route.checksum]]
          type = "j1850"
          to = -2
          """,
          """
          [bus.a]
          [[endpoint]]
          type = "socketcand"
          listen = "127.0.0.1:0"
          allow = ["127.0.0.0/8"]
          [[endpoint]]
          type = "cannelloni-udp"
          bus = "a"
          listen = "127.0.0.1:20000"
          connect = "[::1]:20001"
          wait = "2ms"
          [status]
          listen = "unix:/tmp/x"
          """);

  private GatewayDecoders() {}

  private static String message(Exception e) {
    Texts.checkLine(e);
    return "!";
  }

  /** Elements that come whole, and in two pieces. */
  public static void socketcand(byte[] data) {
    List<String> whole = elements(data, data.length);
    assertEquals(whole, elements(data, data.length / 2));
    for (String element : whole) {
      assertTrue(element.length() <= SocketcandDecoder.LONGEST);
      CanFrame said = SocketcandText.received(element);
      if (said instanceof CanFrame.Classic) {
        ByteBuf out = Unpooled.buffer();
        assertTrue(SocketcandText.encode(said, Instant.EPOCH, false, out));
        String text = out.toString(UTF_8);
        assertEquals(said, SocketcandText.received(text.substring(2, text.length() - 2)));
      }
      String[] words = element.split("\\s+", -1);
      CanFrame sent = words.length == 0 ? null : SocketcandText.frame(words, 1);
      if (sent != null) {
        ByteBuf out = Unpooled.buffer();
        assertTrue(SocketcandText.encodeSend(sent, out));
        String[] again = out.toString(UTF_8).split(" ", -1);
        assertEquals(sent, SocketcandText.frame(Arrays.copyOfRange(again, 1, again.length - 1), 1));
      }
    }
  }

  @SuppressWarnings("NullAway") // it asks nothing of a context
  private static List<String> elements(byte[] data, int cut) {
    SocketcandDecoder decoder = new SocketcandDecoder();
    ByteBuf in = Unpooled.buffer(Math.max(1, data.length));
    List<String> found = new ArrayList<>();
    try {
      for (int end : new int[] {cut, data.length}) {
        in.writeBytes(data, in.writerIndex(), end - in.writerIndex());
        for (Object element; (element = decoder.decode(null, in)) != null; ) {
          found.add((String) element);
        }
      }
    } catch (ProtocolException e) {
      found.add(message(e));
    }
    return found;
  }

  /** The first byte says whether it is a datagram or a stream. */
  public static void cannelloni(byte[] data) {
    if (data.length == 0) {
      return;
    }
    ByteBuf in = Unpooled.wrappedBuffer(data, 1, data.length - 1);
    List<CanFrame> frames = new ArrayList<>();
    try {
      if (data[0] == 0) {
        new CannelloniDatagram(0).decode(in, frames::add, new Counters());
      } else {
        for (CanFrame frame; (frame = Cannelloni.decode(in)) != null; ) {
          frames.add(frame);
        }
      }
    } catch (ProtocolException e) {
      message(e);
    }
    ByteBuf out = Unpooled.buffer();
    for (CanFrame frame : frames) {
      assertTrue(Cannelloni.encode(frame, out));
    }
    try {
      for (CanFrame frame : frames) {
        assertEquals(frame, Cannelloni.decode(out));
      }
    } catch (ProtocolException e) {
      throw new AssertionError(e);
    }
  }

  /** A datagram, and a stream of frames of all kinds. */
  public static List<byte[]> cannelloniSeeds() {
    ByteBuf frames = Unpooled.buffer();
    for (String text :
        List.of("123#1122", "18DAF110#", "123#R3", "123##3001122", "20000004#0000000000000000")) {
      Cannelloni.encode(CanFrame.parse(text), frames);
    }
    String all = frames.toString(ISO_8859_1);
    return List.of(("\0\2\0\1\0\5" + all).getBytes(ISO_8859_1), ("\1" + all).getBytes(ISO_8859_1));
  }

  /** A datagram of python-can. */
  public static void multicast(byte[] data) {
    PythonMulticast protocol = new PythonMulticast();
    List<CanFrame> frames = new ArrayList<>();
    try {
      protocol.decode(Unpooled.wrappedBuffer(data), frames::add, new Counters());
      for (CanFrame frame : List.copyOf(frames)) {
        ByteBuf out = Unpooled.buffer();
        assertTrue(protocol.encode(frame, out));
        protocol.decode(out, frames::add, new Counters());
        assertTrue(frame.equals(frames.getLast()) || frame instanceof CanFrame.Remote);
      }
    } catch (ProtocolException e) {
      assertTrue(frames.isEmpty(), "what was decoded is not, once encoded");
      message(e);
    }
  }

  /** As the gateway itself writes them. */
  public static List<byte[]> multicastSeeds() {
    List<byte[]> seeds = new ArrayList<>();
    for (String text : List.of("123#1122", "18DAF110#", "123#R3", "123##3001122")) {
      ByteBuf out = Unpooled.buffer();
      new PythonMulticast().encode(CanFrame.parse(text), out);
      seeds.add(ByteBufUtil.getBytes(out));
    }
    return seeds;
  }

  /** The text of a file: nothing is begun. */
  public static void config(byte[] data) {
    try {
      Config.parse("gateway.toml", Path.of("/"), new String(data, UTF_8));
    } catch (ConfigException e) {
      Texts.checkLine(e);
    }
  }
}
