package io.gatun.handler;

import io.gatun.channel.ChannelHandlerContext;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.util.ByteProcessor;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream into frames that end with a delimiter, which is not passed on. A byte is looked at
 * once, however slowly a frame comes.
 */
public final class DelimiterDecoder extends ByteDecoder {
  private final ByteBuf delimiter;
  private final int maxFrame;
  private final boolean line;

  /** Bytes of the frame under way that were looked at. */
  private int looked;

  /**
   * Decodes frames that end with a delimiter.
   *
   * @param maxFrame bytes of the longest frame, without its delimiter
   * @param delimiter at least one byte
   */
  public DelimiterDecoder(int maxFrame, byte... delimiter) {
    this(maxFrame, false, delimiter);
  }

  private DelimiterDecoder(int maxFrame, boolean line, byte... delimiter) {
    if (maxFrame < 1 || delimiter.length == 0) {
      throw new IllegalArgumentException("maxFrame and the delimiter have one byte at least");
    }
    this.maxFrame = maxFrame;
    this.line = line;
    this.delimiter = Unpooled.wrappedBuffer(delimiter.clone());
  }

  /**
   * Decodes lines, which end with LF or with CR and LF; neither is passed on.
   *
   * @param maxLine bytes of the longest line, without its end
   */
  public static DelimiterDecoder ofLines(int maxLine) {
    return new DelimiterDecoder(maxLine, true, "\n".getBytes(StandardCharsets.US_ASCII));
  }

  @Override
  protected @Nullable Object decode(ChannelHandlerContext ctx, ByteBuf in) throws FrameException {
    int found = find(in);
    int spare = line ? 1 : 0; // CR, which may belong to the line's end
    if (found < 0) {
      // The end of the bytes may be the beginning of a delimiter.
      looked = Math.max(0, in.readableBytes() - delimiter.readableBytes() + 1);
      if (looked > maxFrame + spare) {
        throw tooLong();
      }
      return null;
    }
    looked = 0;
    int length = found - in.readerIndex();
    int content = line && length > 0 && in.getByte(found - 1) == '\r' ? length - 1 : length;
    if (content > maxFrame) {
      throw tooLong();
    }
    ByteBuf frame = in.readRetainedSlice(content);
    in.skipBytes(length - content + delimiter.readableBytes());
    return frame;
  }

  private FrameException tooLong() {
    return new FrameException(
        (line ? "line" : "frame") + " too long (expected: at most " + maxFrame + " bytes)");
  }

  /** Returns the index of the next delimiter, or −1. */
  private int find(ByteBuf in) {
    int from = in.readerIndex() + looked;
    if (line) {
      return in.forEachByte(from, in.writerIndex() - from, ByteProcessor.FIND_LF);
    }
    byte first = delimiter.getByte(0);
    int size = delimiter.readableBytes();
    while ((from = in.indexOf(from, in.writerIndex(), first)) >= 0) {
      if (from + size > in.writerIndex()) {
        return -1;
      }
      if (ByteBufUtil.equals(in, from, delimiter, 0, size)) {
        return from;
      }
      from++;
    }
    return -1;
  }
}
