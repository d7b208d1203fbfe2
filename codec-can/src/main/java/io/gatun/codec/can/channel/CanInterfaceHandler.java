package io.gatun.codec.can.channel;

import io.gatun.address.CanAddress;
import io.gatun.address.Interfaces;
import io.gatun.address.NetlinkAddress;
import io.gatun.address.Protocol;
import io.gatun.address.SocketType;
import io.gatun.channel.Bootstrap;
import io.gatun.channel.Channel;
import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.channel.Message;
import io.gatun.error.SocketError;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a channel of CAN_RAW on an interface that goes down, is removed, and comes back: it belongs
 * before the {@link CanFrameHandler}, and tells {@link CanEvent.Link}.
 *
 * <p>A socket outlives its interface. One that went down is told ENETDOWN once; binding and filters
 * stay, and the socket works again when it is up. One that was removed (ENODEV) takes both along:
 * the handler looks the name's new index up when it is there again, binds anew, and the filters are
 * set anew. When that is, the kernel tells by rtnetlink(7); where there is no such socket, the
 * handler looks each 500 ms.
 *
 * <p>A channel can be opened before there is an interface ({@code Bootstrap.open}): it is bound
 * when there is one.
 */
public final class CanInterfaceHandler implements ChannelHandler {
  private static final long LOOK_MILLIS = 500;
  private static final int NETLINK_ROUTE = 0;
  private static final int RTMGRP_LINK = 1;
  private static final int RTM_NEWLINK = 16;
  private static final int RTM_DELLINK = 17;

  // struct nlmsghdr { __u32 nlmsg_len; __u16 nlmsg_type; ... } of 16 bytes; behind it
  // struct ifinfomsg { u8 family, pad; u16 type; s32 index; u32 flags; u32 change; } of 16;
  // behind it struct rtattr { u16 length; u16 type; } and data, aligned to 4.
  private static final int NLMSG_TYPE = 4;
  private static final int NLMSG_HEAD = 16;
  private static final int IFI_INDEX = 20;
  private static final int IFI_FLAGS = 24;
  private static final int ATTRIBUTES = 32;
  private static final int IFLA_IFNAME = 3;
  private static final int IFF_UP = 1;

  private final String name;
  private @Nullable Channel monitor;
  private @Nullable Future<?> timer;
  private int index;
  private CanEvent.Link state = CanEvent.Link.UP;

  /**
   * Makes a handler.
   *
   * @param name the interface's, such as {@code can0}
   */
  public CanInterfaceHandler(String name) {
    this.name = name;
  }

  /** Returns the state that was told last. On the loop. */
  public CanEvent.Link state() {
    return state;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    ctx.fireChannelActive();
    index = ctx.channel().localAddress() instanceof CanAddress.Raw raw ? raw.interfaceIndex() : 0;
    new Bootstrap(ctx.eventLoop())
        .type(SocketType.RAW, new Protocol(NETLINK_ROUTE))
        .handler(channel -> channel.pipeline().addLast(new Monitor(ctx)))
        .bind(new NetlinkAddress(0, RTMGRP_LINK))
        .addListener((Future<Channel> bound) -> {
          if (!bound.isSuccess()) {
            look(ctx);
          } else if (ctx.isRemoved()) {
            bound.getNow().close();
          } else {
            monitor = bound.getNow();
            look(ctx); // what happened before it listened
          }
        });
  }

  /** Binds if there is an interface, and the channel is bound to none or to one that is gone. */
  private void look(ChannelHandlerContext ctx) {
    if (ctx.isRemoved() || !ctx.channel().isOpen()) {
      return;
    }
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
    int now;
    try {
      now = Interfaces.index(name);
    } catch (IOException e) {
      tell(ctx, CanEvent.Link.REMOVED);
      lookLater(ctx);
      return;
    }
    if (now == index && state != CanEvent.Link.REMOVED) {
      return;
    }
    Promise<Void> promise = ctx.newPromise();
    promise.addListener(bound -> {
      if (bound.isSuccess()) {
        index = now;
        tell(ctx, CanEvent.Link.UP);
      } else {
        lookLater(ctx);
      }
    });
    ctx.bind(new CanAddress.Raw(now), promise);
  }

  private void lookLater(ChannelHandlerContext ctx) {
    if (monitor == null && timer == null) {
      timer = ctx.eventLoop().schedule(() -> look(ctx), LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private void tell(ChannelHandlerContext ctx, CanEvent.Link now) {
    if (now != state) {
      state = now;
      ctx.fireUserEvent(now);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    switch (cause instanceof SocketError error ? error.errnoName() : "") {
      case "ENETDOWN" -> tell(ctx, CanEvent.Link.DOWN);
      case "ENODEV", "ENXIO" -> {
        tell(ctx, CanEvent.Link.REMOVED);
        lookLater(ctx);
      }
      default -> ctx.fireExceptionCaught(cause);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    end();
    ctx.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    end();
  }

  private void end() {
    if (monitor != null) {
      monitor.close();
      monitor = null;
    }
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }

  /** Hears what happens to interfaces. */
  private final class Monitor implements ChannelHandler {
    private final ChannelHandlerContext of;

    Monitor(ChannelHandlerContext of) {
      this.of = of;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      if (message instanceof Message m) {
        try {
          ByteBuf bytes = m.content();
          for (int at = bytes.readerIndex(); at + ATTRIBUTES <= bytes.writerIndex(); ) {
            int length = getInt(bytes, at);
            if (length < NLMSG_HEAD) {
              break;
            }
            heard(bytes, at, Math.min(bytes.writerIndex(), at + length));
            at += length + 3 & -4;
          }
        } finally {
          m.release();
        }
      }
    }

    private void heard(ByteBuf bytes, int at, int end) {
      int type = getShort(bytes, at + NLMSG_TYPE);
      if ((type != RTM_NEWLINK && type != RTM_DELLINK)
          || end - at < ATTRIBUTES
          || !name.equals(interfaceName(bytes, at + ATTRIBUTES, end))) {
        return;
      }
      if (type == RTM_DELLINK) {
        tell(of, CanEvent.Link.REMOVED);
      } else if ((getInt(bytes, at + IFI_FLAGS) & IFF_UP) == 0) {
        tell(of, CanEvent.Link.DOWN);
      } else if (getInt(bytes, at + IFI_INDEX) != index || state == CanEvent.Link.REMOVED) {
        look(of);
      } else {
        tell(of, CanEvent.Link.UP);
      }
    }

    private @Nullable String interfaceName(ByteBuf bytes, int from, int end) {
      for (int at = from; at + 4 <= end; ) {
        int length = getShort(bytes, at);
        if (length < 4 || at + length > end) {
          return null;
        }
        if (getShort(bytes, at + 2) == IFLA_IFNAME) {
          return bytes.toString(
              at + 4, Math.max(0, length - 5), StandardCharsets.UTF_8); // less NUL
        }
        at += length + 3 & -4;
      }
      return null;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      look(of); // such as ENOBUFS: what it would have told is lost
    }
  }

  private static final boolean LITTLE = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

  private static int getInt(ByteBuf bytes, int index) {
    return LITTLE ? bytes.getIntLE(index) : bytes.getInt(index);
  }

  private static int getShort(ByteBuf bytes, int index) {
    return LITTLE ? bytes.getUnsignedShortLE(index) : bytes.getUnsignedShort(index);
  }
}
