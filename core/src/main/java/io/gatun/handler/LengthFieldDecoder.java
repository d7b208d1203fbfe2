package io.gatun.handler;

import io.gatun.channel.ChannelHandlerContext;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream into frames whose length stands in a field of theirs. A frame is passed on as a
 * part of the buffer that was read, without a copy.
 */
public final class LengthFieldDecoder extends ByteDecoder {
  private final LengthField field;

  /** Decodes frames of the form that is described. */
  public LengthFieldDecoder(LengthField field) {
    this.field = field;
  }

  @Override
  protected @Nullable Object decode(ChannelHandlerContext ctx, ByteBuf in) throws FrameException {
    if (in.readableBytes() < field.end()) {
      return null;
    }
    long length = field.frameLength(in, in.readerIndex());
    if (in.readableBytes() < length) {
      return null;
    }
    in.skipBytes(field.strip());
    return in.readRetainedSlice((int) length - field.strip());
  }
}
