package io.gatun.transport.epoll;

import io.gatun.address.Address;
import io.gatun.channel.Bootstrap;
import io.gatun.channel.Channel;
import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.channel.ChannelOption;
import io.gatun.channel.EventLoop;
import io.gatun.channel.EventLoopGroup;
import io.gatun.channel.Sharable;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A process of clients of an echo server, each of which checks every byte that comes back. They are
 * busy until the standard input ends; then the process says what it has seen.
 */
final class EnduranceClients {
  private static final int TICK_MILLIS = 10;

  /** Connections that do something in one tick: two processors have to do for all. */
  private static final int PER_TICK = 20;

  /** A slow reader may have so many bytes under way, more than the sockets' buffers hold. */
  private static final int SLOW_READERS_BYTES = 8 << 20;

  private final Bootstrap bootstrap;
  private final Address server;
  private final List<Client> clients = new ArrayList<>();
  private final Random random;
  private boolean ending;
  private int open;
  private long bytes;
  private long connections;
  private long resets;
  private long halves;
  private @Nullable String failure;

  private EnduranceClients(EventLoop loop, Address server, int seed) {
    this.server = server;
    this.random = new Random(seed);
    this.bootstrap = new Bootstrap(loop);
  }

  public static void main(String[] args) throws Exception {
    EventLoopGroup group =
        EventLoopGroup.builder().loops(1).transport(new EpollTransport()).build();
    EnduranceClients all =
        new EnduranceClients(group.next(), Address.parse(args[0]), Integer.parseInt(args[2]));
    int count = Integer.parseInt(args[1]);
    for (int i = 0; i < count; i++) {
      int number = i;
      group.next().submit(() -> all.add(number)).get().get();
    }
    System.out.println("connected");
    Future<?> ticks =
        group
            .next()
            .scheduleAtFixedRate(all::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    while (System.in.read() >= 0) {
      // until the end
    }
    ticks.cancel(false);
    group.next().execute(all::end);
    synchronized (all) {
      while (!all.ending || (all.open > 0 && all.failure == null)) {
        all.wait();
      }
    }
    System.out.printf(
        "%d connections, %d resets, %d ended by halves, %d bytes, %s%n",
        all.connections,
        all.resets,
        all.halves,
        all.bytes,
        all.failure == null ? "exact" : all.failure);
    System.exit(0);
  }

  private Future<Channel> add(int number) {
    Client client = new Client(number);
    clients.add(client);
    return client.connect();
  }

  private void tick() {
    for (int i = 0; i < PER_TICK; i++) {
      clients.get(random.nextInt(clients.size())).act();
    }
  }

  private void end() {
    synchronized (this) {
      ending = true;
      notifyAll();
    }
    clients.forEach(Client::finish);
  }

  private synchronized void closed() {
    open--;
    notifyAll();
  }

  private synchronized void fail(String what) {
    failure = what;
    ending = true;
    notifyAll();
  }

  /** One connection after the other. Loop's thread only. */
  @Sharable
  private final class Client implements ChannelHandler {
    private final int number;
    private final boolean slow;
    private @Nullable Channel channel;
    private long sent;
    private long received;
    private boolean finishing;
    private boolean resetting;

    Client(int number) {
      this.number = number;
      this.slow = number % 50 == 0;
    }

    Future<Channel> connect() {
      synchronized (EnduranceClients.this) {
        open++;
      }
      connections++;
      sent = 0;
      received = 0;
      finishing = false;
      resetting = false;
      return bootstrap
          .option(ChannelOption.AUTO_READ, !slow)
          .handler(made -> made.pipeline().addLast(this))
          .connect(server)
          .addListener(done -> {
            if (!done.isSuccess()) {
              fail("client " + number + ": " + done.cause());
            }
          });
    }

    void act() {
      Channel channel = this.channel;
      if (channel == null || finishing || resetting) {
        return;
      }
      int what = random.nextInt(100);
      if (what < 2) {
        finish();
      } else if (what < 4) {
        resetting = true;
        resets++;
        channel.abort();
      } else {
        if (slow) {
          channel.read();
        }
        if (channel.isWritable() && sent - received < SLOW_READERS_BYTES) {
          send(channel, 1 + random.nextInt(slow ? 256 << 10 : 4096));
        }
      }
    }

    private void send(Channel channel, int length) {
      ByteBuf buffer = channel.alloc().directBuffer(length);
      for (int i = 0; i < length; i++) {
        buffer.writeByte(byteAt(sent++));
      }
      channel.writeAndFlush(buffer, null);
    }

    private byte byteAt(long position) {
      return (byte) (number + position * 31 + (position >>> 8));
    }

    /** Ends the own half, and checks that all comes back before the other one ends. */
    void finish() {
      Channel channel = this.channel;
      if (channel == null || finishing || resetting) {
        return;
      }
      finishing = true;
      halves++;
      channel.shutdownOutput();
      try {
        channel.setOption(ChannelOption.AUTO_READ, true);
      } catch (java.io.IOException e) {
        fail("client " + number + ": " + e);
      }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      channel = ctx.channel();
      send(ctx.channel(), 1 + random.nextInt(100));
      if (ending) {
        finish();
      }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf buffer = (ByteBuf) message;
      while (buffer.isReadable()) {
        byte expected = byteAt(received);
        byte is = buffer.readByte();
        if (is != expected) {
          fail("client " + number + ": byte " + received + " is " + is + ", not " + expected);
          break;
        }
        received++;
        bytes++;
      }
      buffer.release();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      if (finishing && received != sent) {
        fail("client " + number + ": " + sent + " bytes sent, " + received + " came back");
      } else if (!finishing && !resetting) {
        fail("client " + number + ": the server has closed");
      }
      channel = null;
      closed();
      if (!ending) {
        connect();
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      if (!resetting) {
        fail("client " + number + ": " + cause);
      }
    }
  }
}
