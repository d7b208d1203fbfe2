package io.gatun.handler;

import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.channel.Sharable;
import io.netty.buffer.ByteBuf;
import io.netty.util.IllegalReferenceCountException;
import io.netty.util.concurrent.Promise;
import org.jspecify.annotations.Nullable;

/**
 * Writes the length of each message before it. The message itself is not copied: the field is a
 * buffer of its own, and both go out in one call. So a write can no longer be cancelled once it is
 * here.
 */
@Sharable
public final class LengthFieldEncoder implements ChannelHandler {
  private final LengthField field;

  /**
   * Encodes what a decoder of the same description takes apart again, where the field is all of the
   * header: its offset is 0.
   */
  public LengthFieldEncoder(LengthField field) {
    if (field.offset() != 0) {
      throw new IllegalArgumentException("an encoder writes the field first: offset 0");
    }
    this.field = field;
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, @Nullable Promise<Void> promise)
      throws FrameException {
    if (message instanceof ByteBuf body) {
      if (body.refCnt() == 0) { // which the channel would find too late
        throw new IllegalReferenceCountException("a released buffer was written");
      }
      if (promise != null && !promise.setUncancellable()) { // it is both of them or neither
        body.release();
        return;
      }
      ByteBuf header = ctx.alloc().directBuffer(field.size());
      try {
        field.write(header, body.readableBytes());
      } catch (FrameException e) {
        header.release();
        body.release();
        throw e;
      }
      ctx.write(header, null);
    }
    ctx.write(message, promise);
  }
}
