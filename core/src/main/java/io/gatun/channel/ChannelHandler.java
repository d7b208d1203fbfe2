package io.gatun.channel;

import io.gatun.address.Address;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Promise;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Handles what happens on a channel, and what is asked of it. Every method has a default that hands
 * on to the next handler; a handler that overrides none of a kind is passed over at no cost.
 *
 * <p>All methods are called on the channel's loop, unless the handler was given an executor ({@link
 * #on}). Inbound events go from the head of the pipeline to its tail, outbound operations from the
 * tail to the head.
 *
 * <p>One instance is in one pipeline at a time, unless its class is {@link Sharable} or has no
 * fields at all.
 */
public interface ChannelHandler {
  /**
   * Returns a handler to add in another's place, whose methods run on an executor: for work that
   * blocks. They are called one at a time and in order, however many threads the executor has, and
   * what the handler fires and asks for goes back to the loop in order. While the executor is
   * behind, the channel is not read from. When the executor refuses a task, the message that came
   * with it is released, and the exception travels on; of its removal the handler then hears on the
   * loop.
   *
   * @param executor such as one of virtual threads
   */
  static ChannelHandler on(Executor executor, ChannelHandler handler) {
    return new Offloaded(executor, handler);
  }

  /** The handler was added to a pipeline. */
  default void handlerAdded(ChannelHandlerContext ctx) throws Exception {}

  /** The handler was removed, or its channel is closed and will tell nothing more. */
  default void handlerRemoved(ChannelHandlerContext ctx) throws Exception {}

  /** The channel is connected, or bound and listening. */
  default void channelActive(ChannelHandlerContext ctx) throws Exception {
    ctx.fireChannelActive();
  }

  /** The channel was active and is closed. */
  default void channelInactive(ChannelHandlerContext ctx) throws Exception {
    ctx.fireChannelInactive();
  }

  /**
   * A message has come: from a stream a {@link io.netty.buffer.ByteBuf}, from a listener a {@link
   * Channel}. The handler owns it and hands it on or releases it ({@link
   * ReferenceCountUtil#release}).
   */
  default void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
    ctx.fireChannelRead(message);
  }

  /** All that could be read for now was read: the time to flush. */
  default void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
    ctx.fireChannelReadComplete();
  }

  /** {@link Channel#isWritable} has changed. */
  default void channelWritabilityChanged(ChannelHandlerContext ctx) throws Exception {
    ctx.fireChannelWritabilityChanged();
  }

  /** Something that is neither data nor an error, such as a {@link ChannelEvent}. */
  default void userEvent(ChannelHandlerContext ctx, Object event) throws Exception {
    ctx.fireUserEvent(event);
  }

  /**
   * An inbound method of this handler or an earlier one threw, or reading failed. An exception that
   * no handler takes is logged, and the channel closed: what was being handled is lost, and a
   * stream cannot be trusted after that.
   */
  default void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) throws Exception {
    ctx.fireExceptionCaught(cause);
  }

  /** The channel is to be bound to an address and to listen there. */
  default void bind(ChannelHandlerContext ctx, Address local, Promise<Void> promise)
      throws Exception {
    ctx.bind(local, promise);
  }

  /** The channel is to be connected, from a local address if one is given. */
  default void connect(
      ChannelHandlerContext ctx, Address remote, @Nullable Address local, Promise<Void> promise)
      throws Exception {
    ctx.connect(remote, local, promise);
  }

  /** More is to be read; asked for once a round while {@link ChannelOption#AUTO_READ} is on. */
  default void read(ChannelHandlerContext ctx) throws Exception {
    ctx.read();
  }

  /**
   * A message is to be written with the next flush. The handler owns it.
   *
   * @param promise null when nobody waits for the outcome
   */
  default void write(ChannelHandlerContext ctx, Object message, @Nullable Promise<Void> promise)
      throws Exception {
    ctx.write(message, promise);
  }

  /** What was written before is to be sent. */
  default void flush(ChannelHandlerContext ctx) throws Exception {
    ctx.flush();
  }

  /** The sending half is to be shut down, after what was flushed before is sent. */
  default void shutdownOutput(ChannelHandlerContext ctx, @Nullable Promise<Void> promise)
      throws Exception {
    ctx.shutdownOutput(promise);
  }

  /** The channel is to be closed. */
  default void close(ChannelHandlerContext ctx, @Nullable Promise<Void> promise) throws Exception {
    ctx.close(promise);
  }
}
