package io.gatun.can.gateway;

import io.gatun.channel.ChannelHandlerContext;
import io.gatun.handler.ByteDecoder;
import io.netty.buffer.ByteBuf;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream into socketcand's elements, in whatever pieces they come: {@code < ... >}, of which
 * the text between is passed on. Anything else but space ends the connection, as does an element
 * that is too long.
 */
final class SocketcandDecoder extends ByteDecoder {
  /** The longest is a muxfilter of 257 frames of 8 bytes, in 24 characters each. */
  static final int LONGEST = 8 * 1024;

  /** Bytes that have no end of an element. */
  private int looked;

  @Override
  protected @Nullable Object decode(ChannelHandlerContext ctx, ByteBuf in)
      throws ProtocolException {
    while (looked == 0 && in.isReadable() && isSpace(in.getByte(in.readerIndex()))) {
      in.skipBytes(1);
    }
    if (!in.isReadable()) {
      return null;
    }
    int start = in.readerIndex();
    if (in.getByte(start) != '<') {
      throw new ProtocolException("no element of socketcand");
    }
    int end = in.indexOf(start + looked, in.writerIndex(), (byte) '>');
    if (end < 0 || end - start > LONGEST) {
      looked = in.readableBytes();
      if (end >= 0 || looked > LONGEST) {
        throw new ProtocolException("an element of more than " + LONGEST + " bytes");
      }
      return null;
    }
    looked = 0;
    String text = in.toString(start + 1, end - start - 1, StandardCharsets.US_ASCII);
    in.readerIndex(end + 1);
    return text.strip();
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || b == '\r' || b == '\n' || b == '\t' || b == 0;
  }
}
