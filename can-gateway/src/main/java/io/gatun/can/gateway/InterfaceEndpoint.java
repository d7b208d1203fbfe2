package io.gatun.can.gateway;

import io.gatun.address.AddressFamily;
import io.gatun.address.CanAddress;
import io.gatun.address.Protocol;
import io.gatun.address.SocketType;
import io.gatun.channel.Bootstrap;
import io.gatun.channel.Channel;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.channel.ChannelOption;
import io.gatun.channel.EventLoop;
import io.gatun.codec.can.channel.CanEvent;
import io.gatun.codec.can.channel.CanFrameHandler;
import io.gatun.codec.can.channel.CanFrameHandler.Option;
import io.gatun.codec.can.channel.CanInterfaceHandler;
import io.gatun.codec.can.channel.CanReceived;
import io.gatun.codec.can.channel.CanReceivedView;
import io.gatun.codec.can.channel.CanSendQueue;
import io.gatun.os.Constants;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A SocketCAN interface. */
final class InterfaceEndpoint extends Endpoint {
  private static final int CAN_RAW = 1;
  private static final int RECEIVE_BYTES = 4 << 20;

  /** As SO_RCVBUF, beyond net.core.rmem_max: socket(7). */
  private static final ChannelOption<Integer> SO_RCVBUFFORCE =
      ChannelOption.ofInt("SO_RCVBUFFORCE", Constants.SOL_SOCKET, 33);

  private final EventLoop loop;
  private final String device;
  private final boolean local;
  private final CanSendQueue.Builder queue;
  private final Bus bus;

  /**
   * An interface that is a member of a bus.
   *
   * @param local whether frames of this host's other programs count
   */
  InterfaceEndpoint(
      String name,
      EventLoop loop,
      String device,
      boolean local,
      CanSendQueue.Builder queue,
      Bus bus) {
    super(name);
    this.loop = loop;
    this.device = device;
    this.local = local;
    this.queue = queue;
    this.bus = bus;
  }

  @Override
  void start() throws Exception {
    Bootstrap bootstrap =
        new Bootstrap(loop).type(SocketType.RAW, new Protocol(CAN_RAW)).handler(this::equip);
    CanAddress.Raw address;
    try {
      address = CanAddress.raw(device);
    } catch (IOException e) {
      // It may come later: until then the socket is given nothing, and what is sent waits.
      bootstrap.open(AddressFamily.of("AF_CAN")).sync();
      return;
    }
    bootstrap.bind(address).sync();
  }

  /** Makes a channel the interface's. */
  void equip(Channel channel) {
    channel
        .pipeline()
        .addLast(
            new CanInterfaceHandler(device),
            new CanFrameHandler(Option.VIEWS, Option.FD, Option.XL, Option.ERRORS),
            queue.build(),
            new Device());
  }

  private final class Device extends ChannelMember implements Runnable {
    private CanEvent.Link link = CanEvent.Link.UP;
    private CanEvent.@Nullable Bus controller;
    private boolean flushes;

    Device() {
      super(InterfaceEndpoint.this.name, InterfaceEndpoint.this.bus);
    }

    /** A burst may be longer than what the system's default of some 200 frames has room for. */
    @Override
    public void handlerAdded(ChannelHandlerContext ctx) throws IOException {
      try {
        ctx.channel().setOption(SO_RCVBUFFORCE, RECEIVE_BYTES);
      } catch (IOException e) { // it needs CAP_NET_ADMIN
        ctx.channel().setOption(ChannelOption.SO_RCVBUF, RECEIVE_BYTES);
      }
    }

    @Override
    void connected(ChannelHandlerContext ctx) {
      join(this);
    }

    @Override
    void disconnected() {
      bus.leave(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      CanReceivedView received = (CanReceivedView) message;
      if (received.origin() == CanReceived.Origin.HOST && !local) {
        counters.lostOutside("local", 1);
      } else {
        received(received.frame());
      }
    }

    @Override
    public void userEvent(ChannelHandlerContext ctx, Object event) {
      switch (event) {
        case CanEvent.Link now -> link = now;
        case CanEvent.Bus now -> controller = now;
        case CanEvent.Lost lost -> counters.lostOutside("receive-overflow", lost.frames());
        default -> {}
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      counters.lostOutside(reason(cause), 1);
    }

    @Override
    void deliver(BusFrame frame, long visited) {
      ChannelHandlerContext ctx = this.ctx;
      if (ctx == null) {
        drop("closed");
      } else if (frame.isError()) {
        drop("not-carried"); // which tells of another bus
      } else {
        ctx.write(frame.view(), written);
        if (!flushes) {
          flushes = true;
          ctx.eventLoop().execute(this);
        }
      }
    }

    /** Sends what the round has brought. */
    @Override
    public void run() {
      flushes = false;
      ChannelHandlerContext ctx = this.ctx;
      if (ctx != null) {
        ctx.flush();
      }
    }

    @Override
    String state() {
      return device
          + " "
          + link.name().toLowerCase(Locale.ROOT)
          + (controller == null ? "" : ", bus " + controller.name().toLowerCase(Locale.ROOT));
    }
  }
}
