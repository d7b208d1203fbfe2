package io.gatun.codec.can.channel;

import io.gatun.channel.Channel;
import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.channel.ChannelOption;
import io.gatun.channel.Message;
import io.gatun.channel.MessageOptions;
import io.gatun.codec.can.CanCondition;
import io.gatun.codec.can.CanFilter;
import io.gatun.codec.can.CanFormatException;
import io.gatun.codec.can.CanFrame;
import io.gatun.codec.can.CanFrameCodec;
import io.gatun.codec.can.CanFrameView;
import io.gatun.error.SocketError;
import io.gatun.os.Errno;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The first handler of a channel of CAN_RAW, or on a {@link VirtualBus}: makes {@link CanReceived}
 * of what comes, and takes {@link CanFrame}s and {@link CanFrameView}s to be written. Beside that
 * it tells {@link CanEvent}s: frames that were lost, and the controller's state.
 *
 * <p>What handlers behind it want to see ({@link Interest}) becomes the socket's filters, so that
 * other frames never leave the kernel. Where there is no kernel, or it takes no more than 512
 * filters, the handler drops what nobody asked for.
 *
 * <p>Programs that handle every frame of busy buses ask for {@link Option#VIEWS}, which make no
 * garbage. A view that is written is copied before the write returns; it is written on the loop.
 */
public final class CanFrameHandler implements ChannelHandler {
  /** A handler that wants to see some frames only. Where a pipeline has none, all are received. */
  public interface Interest extends ChannelHandler {
    /** Returns filters; a frame that one of them lets through is wanted. Called on the loop. */
    Collection<CanFilter> filters();
  }

  /** What is asked of the socket. */
  public enum Option {
    /** Frames of CAN FD: CAN_RAW_FD_FRAMES. */
    FD,
    /** Frames of CAN XL, of virtual network 0: CAN_RAW_XL_FRAMES. */
    XL,
    /** The channel's own frames, once they were on the bus: CAN_RAW_RECV_OWN_MSGS. */
    OWN,
    /** Error frames, as {@link CanFrame.ErrorFrame} and for {@link CanEvent.Bus}. */
    ERRORS,
    /** Times: SO_TIMESTAMPING, of hardware where there is one and of software. */
    TIMESTAMPS,
    /** {@link CanReceivedView}s in the place of {@link CanReceived}s. */
    VIEWS,
    /** No frames to this host's other sockets, nor theirs here: CAN_RAW_LOOPBACK off. */
    NO_LOOPBACK
  }

  private static final int SOL_CAN_RAW = 101;
  private static final int CAN_RAW_FILTER = 1;
  private static final int CAN_RAW_ERR_FILTER = 2;
  private static final int CAN_RAW_LOOPBACK = 3;
  private static final int CAN_RAW_RECV_OWN_MSGS = 4;
  private static final int CAN_RAW_FD_FRAMES = 5;
  private static final int CAN_RAW_XL_FRAMES = 7;
  private static final int CAN_ERR_MASK = 0x1fff_ffff;

  /** RX_HARDWARE, RX_SOFTWARE, SOFTWARE and RAW_HARDWARE: linux/net_tstamp.h. */
  private static final int TIMESTAMPING = 1 << 2 | 1 << 3 | 1 << 4 | 1 << 6;

  private final Set<Option> options;
  private final CanReceivedView view;
  private final boolean views;
  private @Nullable ChannelHandlerContext ctx;
  private List<CanFilter> wanted = List.of(CanFilter.ALL);
  private boolean wantsAll = true;
  private long lost;

  /**
   * Makes a handler.
   *
   * @param options what the socket is asked for; a kernel that lacks one goes without it
   */
  public CanFrameHandler(Option... options) {
    this.options = EnumSet.noneOf(Option.class);
    this.options.addAll(List.of(options));
    view = new CanReceivedView(this.options.contains(Option.TIMESTAMPS));
    views = this.options.contains(Option.VIEWS);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws IOException {
    this.ctx = ctx;
    Channel channel = ctx.channel();
    set(channel, "CAN_RAW_FD_FRAMES", CAN_RAW_FD_FRAMES, options.contains(Option.FD), 1);
    set(channel, "CAN_RAW_XL_FRAMES", CAN_RAW_XL_FRAMES, options.contains(Option.XL), 1);
    set(channel, "CAN_RAW_RECV_OWN_MSGS", CAN_RAW_RECV_OWN_MSGS, options.contains(Option.OWN), 1);
    set(channel, "CAN_RAW_LOOPBACK", CAN_RAW_LOOPBACK, options.contains(Option.NO_LOOPBACK), 0);
    set(channel, MessageOptions.SO_RXQ_OVFL, true);
    if (options.contains(Option.TIMESTAMPS)) {
      set(channel, MessageOptions.SO_TIMESTAMPING, TIMESTAMPING);
    }
    if (channel.isActive()) {
      updateFilters();
    }
  }

  private static void set(Channel channel, String name, int number, boolean asked, int value)
      throws IOException {
    if (asked) {
      set(channel, ChannelOption.ofInt(name, SOL_CAN_RAW, number), value);
    }
  }

  /** A virtual bus has no options, and old kernels lack some. */
  private static <T> boolean set(Channel channel, ChannelOption<T> option, T value)
      throws IOException {
    try {
      channel.setOption(option, value);
      return true;
    } catch (IOException e) {
      if (e instanceof SocketError error && error.errno() == Errno.ENOPROTOOPT) {
        return false;
      }
      throw e;
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    updateFilters();
    ctx.fireChannelActive();
  }

  @Override
  public void userEvent(ChannelHandlerContext ctx, Object event) {
    if (event == CanEvent.Interest.CHANGED || event == CanEvent.Link.UP) {
      updateFilters(); // which an interface that was removed has taken along
    }
    ctx.fireUserEvent(event);
  }

  /** Asks all handlers anew what they want to see. On the loop. */
  public void updateFilters() {
    ChannelHandlerContext ctx = this.ctx;
    if (ctx == null) {
      return;
    }
    Set<CanFilter> union = new LinkedHashSet<>();
    boolean some = false;
    for (String name : ctx.pipeline().names()) {
      if (ctx.pipeline().get(name) instanceof Interest interest) {
        some = true;
        union.addAll(interest.filters());
      }
    }
    wanted = some ? List.copyOf(union) : List.of(CanFilter.ALL);
    wantsAll = wanted.contains(CanFilter.ALL);
    setFilters(ctx);
  }

  private void setFilters(ChannelHandlerContext ctx) {
    List<CanFilter> filters =
        wantsAll || wanted.size() > CanFilter.MAX_FILTERS ? List.of(CanFilter.ALL) : wanted;
    ByteBuf bytes = ctx.alloc().buffer(filters.size() * CanFilter.SIZE);
    try {
      CanFilter.encode(filters, bytes);
      byte[] value = new byte[bytes.readableBytes()];
      bytes.readBytes(value);
      if (set(
          ctx.channel(),
          ChannelOption.ofBytes("CAN_RAW_FILTER", SOL_CAN_RAW, CAN_RAW_FILTER, value.length),
          value)) {
        int errors = options.contains(Option.ERRORS) ? CAN_ERR_MASK : 0;
        set(
            ctx.channel(),
            ChannelOption.ofInt("CAN_RAW_ERR_FILTER", SOL_CAN_RAW, CAN_RAW_ERR_FILTER),
            errors);
      }
    } catch (IOException e) {
      ctx.fireUserEvent(new CanEvent.FiltersRefused(e));
    } finally {
      bytes.release();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!(message instanceof Message m)) {
      ctx.fireChannelRead(message);
      return;
    }
    CanReceived kept = null;
    try {
      view.wrap(m);
      tellLost(ctx, m.dropped());
      if (isWanted(ctx)) {
        if (views) {
          ctx.fireChannelRead(view);
        } else {
          kept = view.copy();
        }
      }
    } finally {
      view.unwrap();
      m.release();
    }
    if (kept != null) {
      ctx.fireChannelRead(kept);
    }
  }

  private void tellLost(ChannelHandlerContext ctx, long dropped) {
    if (dropped != lost) {
      long more = dropped - lost & 0xffff_ffffL;
      lost = dropped;
      ctx.fireUserEvent(new CanEvent.Lost(more));
    }
  }

  /** An error frame tells the controller's state, too. */
  private boolean isWanted(ChannelHandlerContext ctx) {
    CanFrameView frame = view.frame();
    if (frame.kind() != CanFrameView.Kind.ERROR) {
      return wantsAll || CanFilter.matches(wanted, false, frame.rawId());
    }
    if (frame.toFrame() instanceof CanFrame.ErrorFrame error) {
      CanEvent.Bus state = state(error);
      if (state != null) {
        ctx.fireUserEvent(state);
      }
    }
    return options.contains(Option.ERRORS);
  }

  private static CanEvent.@Nullable Bus state(CanFrame.ErrorFrame error) {
    Set<CanCondition> conditions = error.conditions();
    if (conditions.contains(CanCondition.BUS_OFF)) {
      return CanEvent.Bus.OFF;
    } else if (conditions.contains(CanCondition.RESTARTED)
        || conditions.contains(CanCondition.ERROR_ACTIVE)) {
      return CanEvent.Bus.ACTIVE;
    } else if (conditions.contains(CanCondition.RX_PASSIVE)
        || conditions.contains(CanCondition.TX_PASSIVE)) {
      return CanEvent.Bus.PASSIVE;
    } else if (conditions.contains(CanCondition.RX_WARNING)
        || conditions.contains(CanCondition.TX_WARNING)) {
      return CanEvent.Bus.WARNING;
    }
    return null;
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof CanFormatException) {
      return; // one message that was no frame, and no other is hurt
    }
    ctx.fireExceptionCaught(cause);
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, @Nullable Promise<Void> promise) {
    if (message instanceof CanFrame frame) {
      ByteBuf bytes = ctx.alloc().directBuffer(CanFrameCodec.size(frame));
      CanFrameCodec.encode(frame, bytes);
      ctx.write(bytes, promise);
    } else if (message instanceof CanFrameView frame) {
      ByteBuf bytes = ctx.alloc().directBuffer(frame.size());
      frame.writeTo(bytes);
      ctx.write(bytes, promise);
    } else {
      ctx.write(message, promise);
    }
  }
}
