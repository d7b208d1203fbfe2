package io.gatun.handler;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Looks for the host's name in a client's first message.
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

  private ClientHello() {}

  /**
   * Returns the name in lower case, an empty string when there is none, or null when the message
   * has not come in full. Reads nothing away.
   */
  static @Nullable String serverName(ByteBuf in) throws SSLException {
    ByteBuf message = Unpooled.buffer(in.readableBytes());
    ByteBuf records = in.duplicate();
    while (records.readableBytes() >= RECORD_HEADER) {
      if (records.readUnsignedByte() != HANDSHAKE) {
        throw new SSLException("not a TLS client: its first message is no handshake");
      }
      records.skipBytes(2);
      int length = records.readUnsignedShort();
      int here = Math.min(length, records.readableBytes());
      message.writeBytes(records, here);
      if (message.readableBytes() >= 4) {
        int size = message.getUnsignedMedium(1);
        if (message.getUnsignedByte(0) != CLIENT_HELLO || size > LONGEST) {
          throw new SSLException("not a TLS client: its first message is no ClientHello");
        }
        if (message.readableBytes() >= 4 + size) {
          return nameOf(message.slice(4, size));
        }
      }
      if (here < length) {
        break;
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
