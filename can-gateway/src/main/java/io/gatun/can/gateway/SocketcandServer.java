package io.gatun.can.gateway;

import io.gatun.address.AddressFamily;
import io.gatun.address.Ipv4Address;
import io.gatun.address.SocketType;
import io.gatun.channel.Bootstrap;
import io.gatun.channel.Channel;
import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.channel.EventLoopGroup;
import io.gatun.channel.Message;
import io.gatun.channel.MessageOptions;
import io.gatun.codec.can.CanData;
import io.gatun.codec.can.CanFrame;
import io.gatun.codec.can.CanId;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Serves buses by socketcand's protocol, to any number of clients. */
final class SocketcandServer extends Endpoint {
  /** A client that has not said which bus it wants by then is no client. */
  private static final int OPEN_SECONDS = 30;

  /**
   * python-can expects an answer alone in what it reads: frames go this much later at first. They
   * wait in the channel.
   */
  private static final long HOLD_MILLIS = 20;

  private static final int BEACON_SECONDS = 3;
  private static final int BEACON_PORT = 42000;

  private final EventLoopGroup group;
  private final Map<String, Bus> buses;
  private final boolean tells;
  private final Listener listener;
  private @Nullable Channel beacon;

  /**
   * A server.
   *
   * @param tells whether it makes itself known on the network
   */
  SocketcandServer(
      String name,
      EventLoopGroup group,
      Listener.Settings settings,
      Map<String, Bus> buses,
      boolean tells) {
    super(name);
    this.group = group;
    this.buses = buses;
    this.tells = tells;
    listener =
        new Listener(group, settings, past, () -> List.of(new SocketcandDecoder(), new Greeter()));
  }

  @Override
  void start() throws Exception {
    listener.start();
    if (tells && listener.address() instanceof Ipv4Address address) {
      Channel channel =
          new Bootstrap(group)
              .type(SocketType.DGRAM)
              .option(MessageOptions.SO_BROADCAST, true)
              .open(AddressFamily.INET)
              .sync()
              .getNow();
      beacon = channel;
      channel
          .eventLoop()
          .scheduleAtFixedRate(() -> tell(channel, address), 0, BEACON_SECONDS, TimeUnit.SECONDS);
    }
  }

  /** To the loopback alone where only that can connect. */
  private void tell(Channel channel, Ipv4Address address) {
    if (!channel.isOpen()) {
      return;
    }
    StringBuilder text = new StringBuilder(200);
    text.append("<CANBeacon name=\"gatun\" type=\"SocketCAN\" description=\"Gatun\">\n<URL>can://")
        .append(address)
        .append("</URL>");
    buses.keySet().forEach(bus -> text.append("<Bus name=\"").append(bus).append("\"/>"));
    ByteBuf out = channel.alloc().directBuffer(text.length() + 16);
    out.writeCharSequence(text.append("</CANBeacon>"), StandardCharsets.US_ASCII);
    channel.writeAndFlush(
        Message.to(
            Network.isLoopback(address)
                ? Ipv4Address.loopback(BEACON_PORT)
                : Ipv4Address.broadcast(BEACON_PORT),
            out),
        channel.newPromise()); // a network that is not there is no reason to say so each time
  }

  @Override
  void close() {
    listener.close();
    if (beacon != null) {
      beacon.close();
    }
    super.close();
  }

  @Override
  String listens() {
    return String.valueOf(listener.address());
  }

  /** Until a client has opened a bus. */
  private final class Greeter implements ChannelHandler {
    private @Nullable Future<?> timer;

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      say(ctx, "< hi >");
      timer = ctx.eventLoop().schedule(() -> ctx.close(), OPEN_SECONDS, TimeUnit.SECONDS);
      ctx.fireChannelActive();
    }

    private void say(ChannelHandlerContext ctx, String text) {
      ByteBuf out = ctx.alloc().directBuffer(text.length());
      out.writeCharSequence(text, StandardCharsets.US_ASCII);
      ctx.writeAndFlush(out, null);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
      String element = (String) message;
      String[] words = element.split("\\s+", -1);
      if (element.equals("echo")) {
        say(ctx, "< echo >");
      } else if (words.length == 2 && words[0].equals("open")) {
        Bus bus = buses.get(words[1]);
        if (bus == null) {
          say(ctx, "< error could not open bus >");
          past.lostOutside("unknown-bus", 1);
          ctx.close();
          return;
        }
        Session session = new Session(bus, String.valueOf(ctx.channel().remoteAddress()));
        ctx.pipeline().replace(this, "session", session);
        session.open(ctx.pipeline().context(session));
      } else {
        say(ctx, "< error unknown command >");
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      past.lostOutside("malformed", 1);
      ctx.close();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
      if (timer != null) {
        timer.cancel(false);
      }
    }
  }

  private enum Mode {
    BCM,
    RAW,
    CONTROL
  }

  /** A client that has opened a bus. */
  private final class Session extends StreamMember {
    private final BusFrame given = new BusFrame();
    private Mode mode = Mode.BCM;
    private @Nullable BcmJobs jobs;
    private @Nullable Future<?> statistics;
    private @Nullable Future<?> hold;

    Session(Bus bus, String client) {
      super(client, bus, null);
    }

    void open(@Nullable ChannelHandlerContext ctx) {
      this.ctx = ctx;
      add(this);
      if (ctx != null) {
        jobs = new BcmJobs(ctx.eventLoop(), this::received, this::give, this::drop);
      }
      bus.join(this);
      say("< ok >");
    }

    @Override
    boolean encode(CanFrame frame, ByteBuf out) {
      return SocketcandText.encode(frame, Instant.now(), mode == Mode.BCM, out);
    }

    @Override
    void deliver(BusFrame frame, long visited) {
      if (mode == Mode.RAW) {
        super.deliver(frame, visited);
      } else if (mode == Mode.BCM && jobs != null) {
        jobs.received(frame.record());
      } else {
        drop("filtered");
      }
    }

    /** What a job has for the client. */
    private void give(CanFrame frame) {
      super.deliver(given.of(frame), 0);
    }

    @Override
    void sendWritten(ChannelHandlerContext ctx) {
      if (hold == null) {
        ctx.flush();
      }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      String element = (String) message;
      String[] words = element.split("\\s+", -1);
      switch (words[0]) {
        case "echo" -> say("< echo >");
        case "rawmode" -> change(ctx, Mode.RAW);
        case "bcmmode" -> change(ctx, Mode.BCM);
        case "controlmode" -> change(ctx, Mode.CONTROL);
        case "send" -> {
          CanFrame frame = SocketcandText.frame(words, 1);
          if (frame == null || mode == Mode.CONTROL) {
            counters.lostOutside("malformed", 1);
          } else {
            received(frame);
          }
        }
        case "statistics" -> statistics(ctx, words);
        default -> {
          if (mode != Mode.BCM || jobs == null) {
            say("< error unknown command >");
          } else {
            try {
              if (!bcm(jobs, words)) {
                say("< error unknown command >");
              }
            } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
              counters.lostOutside("malformed", 1);
            }
          }
        }
      }
    }

    private void change(ChannelHandlerContext ctx, Mode mode) {
      this.mode = mode;
      if (jobs != null) {
        jobs.close();
      }
      if (statistics != null) {
        statistics.cancel(false);
        statistics = null;
      }
      say("< ok >");
      if (mode == Mode.RAW && hold == null) {
        hold =
            ctx.eventLoop()
                .schedule(
                    () -> {
                      hold = null;
                      ctx.flush();
                    },
                    HOLD_MILLIS,
                    TimeUnit.MILLISECONDS);
      }
    }

    private boolean bcm(BcmJobs jobs, String[] words) {
      switch (words[0]) {
        case "add" -> check(jobs.add(frame(words, 3), nanos(words)));
        case "update" -> jobs.update(frame(words, 1));
        case "delete" -> jobs.delete(SocketcandText.id(words[1]));
        case "subscribe" -> check(jobs.watch(SocketcandText.id(words[3]), nanos(words), null));
        case "unsubscribe" -> jobs.unwatch(SocketcandText.id(words[1]));
        case "filter" -> {
          CanFrame.Classic mask = frame(words, 3);
          check(jobs.watch(mask.id(), nanos(words), List.of(mask.data())));
        }
        case "muxfilter" -> {
          int count = Integer.parseInt(words[4]);
          if (count < 2 || count > 257 || words.length != 5 + 8 * count) {
            throw new IllegalArgumentException("muxfilter");
          }
          List<CanData> masks = new ArrayList<>(count);
          for (int i = 0; i < count; i++) {
            masks.add(SocketcandText.data(words, 5 + 8 * i, 8));
          }
          CanId id = SocketcandText.id(words[3]);
          check(jobs.watch(id, nanos(words), masks));
        }
        default -> {
          return false;
        }
      }
      return true;
    }

    private void check(boolean done) {
      if (!done) {
        say("< error too many jobs >");
      }
    }

    private static CanFrame.Classic frame(String[] words, int at) {
      CanFrame.Classic frame = SocketcandText.frame(words, at);
      if (frame == null) {
        throw new IllegalArgumentException("no frame");
      }
      return frame;
    }

    /** Seconds and microseconds. */
    private static long nanos(String[] words) {
      long seconds = Long.parseLong(words[1]);
      long micros = Long.parseLong(words[2]);
      if (seconds < 0 || seconds > Integer.MAX_VALUE || micros < 0 || micros > Integer.MAX_VALUE) {
        throw new IllegalArgumentException("interval");
      }
      return seconds * 1_000_000_000 + micros * 1000;
    }

    private void statistics(ChannelHandlerContext ctx, String[] words) {
      if (mode != Mode.CONTROL) {
        say("< error unknown command >");
        return;
      }
      if (statistics != null) {
        statistics.cancel(false);
        statistics = null;
      }
      try {
        int millis = Integer.parseInt(words[1]);
        if (millis > 0) {
          statistics =
              ctx.eventLoop()
                  .scheduleAtFixedRate(this::tellStatistics, 0, millis, TimeUnit.MILLISECONDS);
        }
      } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
        counters.lostOutside("malformed", 1);
      }
    }

    /** What the clients of the bus have been given, and have sent: all of it is on the bus. */
    private void tellStatistics() {
      ChannelHandlerContext ctx = this.ctx;
      if (ctx != null && ctx.channel().isWritable()) {
        say("< stat %1$d %2$d %1$d %2$d >".formatted(bus.bytes(), bus.frames()));
      }
    }

    @Override
    void disconnected() {
      if (jobs != null) {
        jobs.close();
      }
      if (statistics != null) {
        statistics.cancel(false);
      }
      if (hold != null) {
        hold.cancel(false);
        hold = null;
      }
      bus.leave(this);
      ctx = null;
      SocketcandServer.this.remove(this);
    }
  }
}
