package io.gatun.can.gateway;

import io.gatun.address.Address;
import io.gatun.address.IpAddress;
import io.gatun.address.Ipv4Address;
import io.gatun.address.Ipv6Address;
import io.gatun.address.SocketType;
import io.gatun.channel.Bootstrap;
import io.gatun.channel.Channel;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.channel.EventLoop;
import io.gatun.channel.Message;
import io.gatun.channel.MessageOptions;
import io.gatun.codec.can.CanFrame;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ProtocolException;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A protocol over UDP, with one peer or group. */
final class DatagramEndpoint extends Endpoint {
  /** What is in a datagram. */
  interface Protocol {
    /** The frames that a datagram has room for, and how long they may wait for each other. */
    int framesAtMost();

    long waitNanos();

    /** Begins a datagram. */
    void begin(ByteBuf out, int frames);

    /** Returns false for what there is no form for. */
    boolean encode(CanFrame frame, ByteBuf out);

    void decode(ByteBuf in, Consumer<CanFrame> frames, Counters counters) throws ProtocolException;
  }

  private final EventLoop loop;
  private final Bus bus;
  private final Bootstrap bootstrap;
  private final Address local;
  private final @Nullable Address remote;
  private final List<Network> allowed;
  private final Protocol protocol;

  /** Which the datagrams leave by; 0 for whichever the system chooses. */
  private final int interfaceIndex;

  DatagramEndpoint(
      String name,
      EventLoop loop,
      Bus bus,
      Bootstrap bootstrap,
      Address local,
      @Nullable Address remote,
      List<Network> allowed,
      Protocol protocol,
      int interfaceIndex) {
    super(name);
    this.loop = loop;
    this.bus = bus;
    this.bootstrap = bootstrap;
    this.local = local;
    this.remote = remote;
    this.allowed = allowed;
    this.protocol = protocol;
    this.interfaceIndex = interfaceIndex;
  }

  private @Nullable Address bound;

  /**
   * Groups are sent to from a socket of their own: whoever is in a group hears what he has sent
   * himself, and knows it by the port alone.
   */
  private @Nullable Channel sender;

  private final Set<InetAddress> own = new HashSet<>();

  @Override
  void start() throws Exception {
    Peer peer = new Peer();
    if (interfaceIndex != 0 && remote instanceof IpAddress group) {
      Bootstrap senders = new Bootstrap(loop).type(SocketType.DGRAM);
      if (group instanceof Ipv6Address) {
        senders.option(MessageOptions.IPV6_MULTICAST_IF, interfaceIndex);
      }
      IpAddress any = group instanceof Ipv6Address ? Ipv6Address.any(0) : Ipv4Address.any(0);
      sender = senders.bind(any).sync().getNow();
      NetworkInterface device = NetworkInterface.getByIndex(interfaceIndex);
      if (device != null) {
        own.addAll(Collections.list(device.getInetAddresses()));
      }
    }
    bound =
        bootstrap
            .type(SocketType.DGRAM)
            .handler(channel -> channel.pipeline().addLast(peer))
            .bind(local)
            .sync()
            .getNow()
            .localAddress();
  }

  @Override
  String listens() {
    return String.valueOf(bound);
  }

  private final class Peer extends ChannelMember {
    /** Where the peer is not given, it is whoever has sent last. */
    private @Nullable Address peer = remote;

    private @Nullable ByteBuf batch;
    private int batched;
    private boolean timed;

    Peer() {
      super(DatagramEndpoint.this.name, DatagramEndpoint.this.bus);
    }

    @Override
    void connected(ChannelHandlerContext ctx) {
      join(this);
    }

    @Override
    void disconnected() {
      bus.leave(this);
      if (batch != null) {
        batch.release();
        batch = null;
        counters.dropped("closed", batched);
        batched = 0;
      }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws ProtocolException {
      Message m = (Message) message;
      try {
        Address from = m.address();
        if (!(from instanceof IpAddress ip) || !isAllowed(ip)) {
          counters.lostOutside("refused-peer", 1);
          return;
        }
        if (isOwn(ip)) {
          return;
        }
        if (remote == null) {
          peer = from;
        }
        protocol.decode(m.content(), this::received, counters);
      } finally {
        m.release();
      }
    }

    private boolean isOwn(IpAddress from) {
      return sender != null
          && sender.localAddress() instanceof IpAddress local
          && local.port() == from.port()
          && own.contains(from.toInetAddress());
    }

    private boolean isAllowed(IpAddress from) {
      return allowed.isEmpty() || allowed.stream().anyMatch(network -> network.contains(from));
    }

    /** Of what was in a datagram that is none, or of one that could not be sent. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      counters.lostOutside(cause instanceof ProtocolException ? "malformed" : reason(cause), 1);
    }

    @Override
    void deliver(BusFrame frame, long visited) {
      ChannelHandlerContext ctx = this.ctx;
      if (ctx == null || peer == null) {
        drop("disconnected");
        return;
      }
      if (!ctx.channel().isWritable()) {
        drop("slow");
        return;
      }
      ByteBuf out = batch;
      if (out == null) {
        out = ctx.alloc().directBuffer(1500);
        batch = out;
        protocol.begin(out, 0);
      }
      int before = out.writerIndex();
      if (!protocol.encode(frame.record(), out)) {
        out.writerIndex(before);
        drop("not-carried");
        if (batched == 0) {
          out.release();
          batch = null;
        }
        return;
      }
      if (++batched == protocol.framesAtMost()) {
        send();
      } else if (!timed) {
        timed = true;
        loop.schedule(this::late, protocol.waitNanos(), TimeUnit.NANOSECONDS);
      }
    }

    private void late() {
      timed = false;
      send();
    }

    private void send() {
      ByteBuf out = batch;
      ChannelHandlerContext ctx = this.ctx;
      Address to = peer;
      if (out == null || ctx == null || to == null) {
        return;
      }
      int frames = batched;
      batch = null;
      batched = 0;
      int end = out.writerIndex();
      out.writerIndex(0);
      protocol.begin(out, frames);
      out.writerIndex(end);
      Promise<Void> promise = ctx.newPromise();
      promise.addListener(done -> {
        if (done.isSuccess()) {
          counters.sent(frames);
        } else {
          counters.dropped(reason(done.cause()), frames);
        }
      });
      Message message = Message.to(to, out);
      if (interfaceIndex != 0) {
        message.withInterface(interfaceIndex);
      }
      if (sender == null) {
        ctx.writeAndFlush(message, promise);
      } else {
        sender.writeAndFlush(message, promise);
      }
    }

    @Override
    String state() {
      return peer == null ? "no peer yet" : String.valueOf(peer);
    }

    @Override
    void close() {
      send();
      super.close();
      if (sender != null) {
        sender.close();
      }
    }
  }
}
