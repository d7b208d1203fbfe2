package io.gatun.handler;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.fuzz.Texts;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;

/** The decoders of handlers, given any bytes. A buffer ends where its bytes do. */
public final class HandlerDecoders {
  private HandlerDecoders() {}

  /** A client's first message; the same as when it comes in two pieces. */
  public static void clientHello(byte[] data) {
    String name = serverName(new ClientHello(), Unpooled.wrappedBuffer(data));
    if (data.length > 0) {
      ClientHello hello = new ClientHello();
      String begun = serverName(hello, Unpooled.wrappedBuffer(data, 0, data.length / 2));
      if (begun.equals("none yet")) {
        begun = serverName(hello, Unpooled.wrappedBuffer(data));
      }
      assertEquals(name, begun);
    }
  }

  private static String serverName(ClientHello hello, ByteBuf in) {
    try {
      String name = hello.serverName(in);
      return name == null ? "none yet" : "name " + name;
    } catch (SSLException e) {
      Texts.checkLine(e);
      return "error";
    }
  }

  /** What the JDK's client sends, and that in small records. */
  public static List<byte[]> clientHelloSeeds() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, null, null);
      SSLEngine engine = context.createSSLEngine("example.org", 443);
      engine.setUseClientMode(true);
      SSLParameters parameters = engine.getSSLParameters();
      parameters.setServerNames(List.of(new SNIHostName("example.org")));
      engine.setSSLParameters(parameters);
      ByteBuf hello = Unpooled.buffer(engine.getSession().getPacketBufferSize());
      java.nio.ByteBuffer out = hello.nioBuffer(0, hello.capacity());
      engine.wrap(java.nio.ByteBuffer.allocate(0), out);
      byte[] whole = ByteBufUtil.getBytes(hello, 0, out.position());
      ByteBuf records = Unpooled.buffer();
      for (int at = 5; at < whole.length; at += 50) {
        int length = Math.min(50, whole.length - at);
        records.writeByte(22).writeShort(0x303).writeShort(length).writeBytes(whole, at, length);
      }
      return List.of(whole, ByteBufUtil.getBytes(records));
    } catch (GeneralSecurityException | SSLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Five bytes choose the field; the rest is the stream. */
  public static void lengthField(byte[] data) {
    if (data.length < 5) {
      return;
    }
    LengthField field;
    try {
      ByteOrder order = data[4] < 0 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
      field =
          new LengthField(
              1 + (data[0] & 0xff) * 64, data[1], data[2], data[3], data[4] & 15, order);
    } catch (IllegalArgumentException e) {
      Texts.checkLine(e);
      return;
    }
    ByteBuf in = Unpooled.wrappedBuffer(data, 5, data.length - 5);
    if (in.readableBytes() < field.end()) {
      return; // the decoder waits for the field
    }
    try {
      long length = field.frameLength(in, 0);
      assertTrue(length >= field.end() && length >= field.strip() && length <= field.maxFrame());
      ByteBuf written = Unpooled.buffer().writeZero(field.offset());
      field.write(written, (int) length - field.end());
      assertEquals(length, field.frameLength(written, 0));
    } catch (FrameException e) {
      Texts.checkLine(e);
    }
  }

  /** Fields of all sizes. */
  public static List<byte[]> lengthFieldSeeds() {
    return List.of(
        "\1\0\1\0\1\5hello".getBytes(ISO_8859_1),
        "\20\2\2\0\4xx\0\5hello".getBytes(ISO_8859_1),
        "\20\0\3\0\3\0\0\5hello".getBytes(ISO_8859_1),
        "\20\0\4\0\u0084\5\0\0\0hello".getBytes(ISO_8859_1),
        "\20\0\10\u00fe\0\0\0\0\0\0\0\0\7hello".getBytes(ISO_8859_1));
  }
}
