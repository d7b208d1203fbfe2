package io.gatun.handler;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Looks for the host's name in a client's first message, as it comes: each byte is looked at once,
 * however small the pieces.
 *
 * <pre>{@code
 * struct { ContentType type; ProtocolVersion version; uint16 length; opaque fragment[length]; }
 * struct { HandshakeType type; uint24 length; ClientHello; }
 * struct {
 *   ProtocolVersion legacy_version; Random random; opaque session_id<0..32>;
 *   CipherSuite cipher_suites<2..2^16-2>; opaque compression_methods<1..2^8-1>;
 *   Extension extensions<8..2^16-1>;
 * }
 * struct { ExtensionType type; opaque data<0..2^16-1>; }
 * struct { NameType name_type; opaque host_name<1..2^16-1>; } ServerNameList<1..2^16-1>
 * }</pre>
 *
 * RFC 8446, 4 and 5.1; RFC 6066, 3.
 */
final class ClientHello {
  static final int RECORD_HEADER = 5;
  private static final int HANDSHAKE = 22;
  private static final int CLIENT_HELLO = 1;
  private static final int SERVER_NAME = 0;
  private static final int HOST_NAME = 0;
  private static final int VERSION_AND_RANDOM = 2 + 32;

  /** Browsers send less than 2 KiB; nobody may have more kept before there is an engine. */
  private static final int LONGEST = 64 * 1024;

  /** RFC 8446, 5.1: what a record may hold. */
  private static final int LONGEST_FRAGMENT = 16 * 1024;

  /** Those who cut the message in pieces make a handful of them. */
  private static final int MOST_RECORDS = 64;

  private final ByteBuf message = Unpooled.buffer();

  /** What was looked at of the bytes that have come. */
  private int seen;

  private int records;

  /**
   * Returns the name in lower case, an empty string when there is none, or null when the message
   * has not come in full. Reads nothing away.
   *
   * @param in all that has come, the same as the last time and more
   */
  @Nullable String serverName(ByteBuf in) throws SSLException {
    while (in.readableBytes() >= seen + RECORD_HEADER) {
      int record = in.readerIndex() + seen;
      int length = in.getUnsignedShort(record + RECORD_HEADER - 2);
      if (in.getUnsignedByte(record) != HANDSHAKE || length == 0 || length > LONGEST_FRAGMENT) {
        throw new SSLException("not a TLS client: its first message is no handshake");
      }
      if (in.readableBytes() < seen + RECORD_HEADER + length) {
        break;
      }
      message.writeBytes(in, record + RECORD_HEADER, length);
      seen += RECORD_HEADER + length;
      records++;
      if (message.readableBytes() >= 4) {
        int size = message.getUnsignedMedium(1);
        if (message.getUnsignedByte(0) != CLIENT_HELLO || size > LONGEST) {
          throw new SSLException("not a TLS client: its first message is no ClientHello");
        }
        if (message.readableBytes() >= 4 + size) {
          return nameOf(message.slice(4, size));
        }
      }
      if (records == MOST_RECORDS) {
        throw new SSLException("the ClientHello comes in more than " + MOST_RECORDS + " records");
      }
    }
    return null;
  }

  private static String nameOf(ByteBuf hello) throws SSLException {
    try {
      hello.skipBytes(VERSION_AND_RANDOM);
      hello.skipBytes(hello.readUnsignedByte());
      hello.skipBytes(hello.readUnsignedShort());
      hello.skipBytes(hello.readUnsignedByte());
      if (!hello.isReadable()) {
        return ""; // before TLS 1.2 a ClientHello may have no extensions
      }
      ByteBuf extensions = hello.readSlice(hello.readUnsignedShort());
      while (extensions.isReadable()) {
        int type = extensions.readUnsignedShort();
        ByteBuf data = extensions.readSlice(extensions.readUnsignedShort());
        if (type == SERVER_NAME) {
          data.skipBytes(2);
          if (data.readUnsignedByte() == HOST_NAME) {
            return data.readCharSequence(data.readUnsignedShort(), StandardCharsets.US_ASCII)
                .toString()
                .toLowerCase(Locale.ROOT);
          }
        }
      }
      return "";
    } catch (IndexOutOfBoundsException e) {
      throw new SSLException("corrupt ClientHello", e);
    }
  }
}
