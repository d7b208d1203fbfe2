package io.gatun.codec.can.handler;

import io.gatun.channel.ChannelHandlerContext;
import io.gatun.codec.can.CanFilter;
import io.gatun.codec.can.CanFrame;
import io.gatun.codec.can.channel.CanFrameHandler;
import io.gatun.codec.can.channel.CanReceived;
import io.gatun.codec.can.isotp.IsoTpAddress;
import io.gatun.codec.can.isotp.IsoTpError;
import io.gatun.codec.can.isotp.IsoTpLink;
import io.gatun.codec.can.isotp.IsoTpOptions;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.Promise;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Drives an {@link IsoTpLink} on a channel of frames, behind a {@link CanFrameHandler}: a {@link
 * ByteBuf} that is written goes as a message, and a message that has come is read as one. Frames of
 * other identifiers pass, where other handlers ask for them ({@link CanFrameHandler.Interest}).
 *
 * <p>Messages wait for those before them, and count as what waits to be sent; a promise is done
 * when the last frame is handed on, and fails with an {@link IsoTpException}. Of a message that was
 * coming and is given up, a user event tells: {@link ReceiveFailed}.
 */
public final class IsoTpHandler extends ProtocolHandler {
  /**
   * A message that was coming is given up.
   *
   * @param error why
   */
  public record ReceiveFailed(IsoTpError error) {}

  private record Entry(ByteBuf message, @Nullable Promise<Void> promise, int pending) {}

  private final IsoTpAddress address;
  private final IsoTpLink link;
  private final Queue<Entry> waiting = new ArrayDeque<>();

  /** Of the message that is being sent. */
  private @Nullable Promise<Void> promise;

  /**
   * Makes a handler.
   *
   * @param address who speaks with whom
   * @param options how
   */
  public IsoTpHandler(IsoTpAddress address, IsoTpOptions options) {
    this.address = address;
    this.link = new IsoTpLink(address, options, new Listener());
  }

  private final class Listener implements IsoTpLink.Listener {
    @Override
    public void transmit(CanFrame frame) {
      IsoTpHandler.this.transmit(frame);
    }

    @Override
    public void received(byte[] message) {
      context().fireChannelRead(Unpooled.wrappedBuffer(message));
    }

    @Override
    public void sent() {
      Promise<Void> done = promise;
      promise = null;
      if (done != null) {
        done.trySuccess(null);
      }
    }

    @Override
    public void failed(IsoTpError error) {
      if (!error.isOfSending()) {
        context().fireUserEvent(new ReceiveFailed(error));
        return;
      }
      Promise<Void> done = promise;
      promise = null;
      if (done != null) {
        done.tryFailure(new IsoTpException(address, error));
      }
    }
  }

  /** {@return a filter of the identifier that comes} */
  @Override
  public Collection<CanFilter> filters() {
    return List.of(CanFilter.exact(address.receive()));
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof CanReceived received && link.receive(received.frame(), now(ctx))) {
      drive();
    } else {
      ctx.fireChannelRead(message);
    }
  }

  /** What is no message of bytes, such as a frame, is handed on. */
  @Override
  public void write(ChannelHandlerContext ctx, Object message, @Nullable Promise<Void> promise) {
    if (message instanceof ByteBuf bytes) {
      waiting.add(new Entry(bytes, promise, ctx.countPending(bytes)));
    } else {
      ctx.write(message, promise);
    }
  }

  /**
   * Puts the other side off, or no longer: {@link IsoTpLink#hold}. On the loop.
   *
   * @param on whether to
   */
  public void hold(boolean on) {
    link.hold(on, now(context()));
    drive();
  }

  @Override
  void run(long now) {
    link.run(now);
  }

  @Override
  long timeLeft(long now) {
    return link.timeLeft(now);
  }

  @Override
  void begin(long now) {
    for (Entry entry; hasRoom() && !link.isSending() && (entry = waiting.poll()) != null; ) {
      byte[] message = new byte[entry.message.readableBytes()];
      entry.message.readBytes(message);
      entry.message.release();
      promise = entry.promise;
      try {
        link.send(message, now);
      } catch (IllegalArgumentException e) {
        promise = null;
        if (entry.promise != null) {
          entry.promise.tryFailure(e);
        } else {
          context().fireExceptionCaught(e);
        }
      }
      context().uncountPending(entry.pending);
    }
  }

  @Override
  void fail(ChannelHandlerContext ctx, ClosedChannelException closed) {
    if (promise != null) {
      promise.tryFailure(closed);
    }
    for (Entry entry; (entry = waiting.poll()) != null; ) {
      entry.message.release();
      ctx.uncountPending(entry.pending);
      if (entry.promise != null) {
        entry.promise.tryFailure(closed);
      }
    }
  }
}
