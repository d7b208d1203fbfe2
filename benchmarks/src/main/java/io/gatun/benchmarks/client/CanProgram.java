package io.gatun.benchmarks.client;

import com.sun.management.OperatingSystemMXBean;
import io.gatun.address.CanAddress;
import io.gatun.address.Protocol;
import io.gatun.address.SocketType;
import io.gatun.can.gateway.Gateway;
import io.gatun.channel.Bootstrap;
import io.gatun.channel.Channel;
import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.channel.ChannelOption;
import io.gatun.channel.EventLoopGroup;
import io.gatun.channel.Message;
import io.gatun.codec.can.CanData;
import io.gatun.codec.can.CanFilter;
import io.gatun.codec.can.CanFrame;
import io.gatun.codec.can.CanFrameView;
import io.gatun.codec.can.CanId;
import io.gatun.codec.can.channel.CanFrameHandler;
import io.gatun.codec.can.channel.CanReceived;
import io.gatun.codec.can.channel.CanSendQueue;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import tel.schich.javacan.CanChannels;
import tel.schich.javacan.CanSocketOptions;
import tel.schich.javacan.NetworkDevice;
import tel.schich.javacan.RawCanChannel;

/** Frames by what the first argument names; {@code can.c} has what the others mean. */
public final class CanProgram {
  private static final int BATCH = 64;
  private static final int SOL_CAN_RAW = 101;
  private static final int CAN_RAW = 1;
  private static final int CAN_RAW_FILTER = 1;

  /** EFF, RTR and the bits of a standard identifier: one that the kernel looks up in a table. */
  private static final int EXACTLY = 0xc000_07ff;

  private final String from;
  private final String middle;
  private final String to;
  private final int id;

  /** Those received so far; only one thread counts. */
  private final AtomicLong received = new AtomicLong();

  private CanProgram(String from, String middle, String to, int id) {
    this.from = from;
    this.middle = middle;
    this.to = to;
    this.id = id;
  }

  /** Serves until standard input ends. */
  public static void main(String[] args) throws Exception {
    CanProgram program = new CanProgram(args[1], args[2], args[3], Integer.parseInt(args[4]));
    switch (args[0]) {
      case "gatun" -> program.gatun();
      case "gatun-frames" -> program.frames();
      case "javacan" -> program.javaCan();
      default -> throw new IllegalArgumentException("there is no " + args[0]);
    }
    System.exit(0);
  }

  private void count() {
    received.lazySet(received.getPlain() + 1);
  }

  /** What sends a batch. */
  interface Sender {
    void send() throws Exception;
  }

  private void serve(EventLoopGroup group, Sender sender) {
    Work.serve(
        0,
        words ->
            words[0].equals("count")
                ? new double[] {received.get()}
                : group.next().submit(() -> sendFor(Long.parseLong(words[1]), sender)).get());
  }

  private static double[] sendFor(long millis, Sender sender) throws Exception {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long used = system.getProcessCpuTime();
    long start = System.nanoTime();
    long now = start;
    long sent = 0;
    while (now - start < millis * 1_000_000) {
      sender.send();
      sent += BATCH;
      now = System.nanoTime();
    }
    return new double[] {sent, now - start, system.getProcessCpuTime() - used};
  }

  // Gatun: bytes and a view; its gateway.

  private void gatun() throws Exception {
    Path config = Files.createTempFile("can", ".toml");
    Files.writeString(
        config,
        """
        [bus.a]
        interface = "%s"
        [bus.b]
        interface = "%s"
        [[route]]
        from = "a"
        to = "b"
        """
            .formatted(middle, to));
    try (EventLoopGroup group = EventLoopGroup.builder().loops(1).build();
        Gateway gateway = Gateway.start(config)) {
      Files.delete(config);
      Channel receiver = open(group, from, id, new View());
      Channel sender = open(group, from, -1, new ChannelHandler() {});
      CanFrameView view = new CanFrameView();
      serve(
          group,
          () -> {
            for (int i = 0; i < BATCH; i++) {
              ByteBuf buf = sender.alloc().directBuffer(16);
              buf.writerIndex(view.putClassic(buf, 0, id + 2, 8));
              sender.write(buf, null);
            }
            sender.flush();
          });
      receiver.close();
      assert gateway != null;
    }
  }

  private final class View implements ChannelHandler {
    private final CanFrameView view = new CanFrameView();

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      Message frame = (Message) message;
      ByteBuf buf = frame.content();
      if (view.wrap(buf, buf.readerIndex(), buf.readableBytes()).id() == id) {
        count();
      }
      frame.release();
    }
  }

  /** Opens a channel that is given one identifier, or none where it is −1. */
  private static Channel open(
      EventLoopGroup group, String device, int wanted, ChannelHandler handler) throws Exception {
    ByteBuffer filter = ByteBuffer.allocate(wanted < 0 ? 0 : 8).order(ByteOrder.nativeOrder());
    if (wanted >= 0) {
      filter.putInt(wanted).putInt(EXACTLY);
    }
    return new Bootstrap(group)
        .type(SocketType.RAW, new Protocol(CAN_RAW))
        .option(
            ChannelOption.ofBytes("CAN_RAW_FILTER", SOL_CAN_RAW, CAN_RAW_FILTER, 8), filter.array())
        .handler(channel -> channel.pipeline().addLast(handler))
        .bind(CanAddress.raw(device))
        .sync()
        .getNow();
  }

  // Gatun: frames as records.

  private void frames() throws Exception {
    try (EventLoopGroup group = EventLoopGroup.builder().loops(1).build()) {
      Channel out = open(group, to, 0x7ff, frame -> {});
      Channel in = open(group, from, id, this::countFrame);
      Channel route = open(group, middle, id, new Forward(out));
      serve(
          group,
          () -> {
            for (int i = 0; i < BATCH; i++) {
              byte[] data = new byte[8];
              in.write(new CanFrame.Classic(CanId.standard(id + 2), 8, CanData.of(data)), null);
            }
            in.flush();
          });
      route.close();
    }
  }

  /** What is done with a frame. */
  interface Frames {
    void frame(CanFrame frame);

    /** All that there was for now has been read. */
    default void end() {}
  }

  private record Forward(Channel to) implements Frames {
    @Override
    public void frame(CanFrame frame) {
      to.write(frame, null);
    }

    @Override
    public void end() {
      to.flush();
    }
  }

  private void countFrame(CanFrame frame) {
    count();
  }

  private Channel open(EventLoopGroup group, String device, int wanted, Frames frames)
      throws Exception {
    CanFrameHandler.Interest handler =
        new CanFrameHandler.Interest() {
          @Override
          public Collection<CanFilter> filters() {
            return List.of(CanFilter.exact(CanId.standard(wanted)));
          }

          @Override
          public void channelRead(ChannelHandlerContext ctx, Object message) {
            frames.frame(((CanReceived) message).frame());
          }

          @Override
          public void channelReadComplete(ChannelHandlerContext ctx) {
            frames.end();
          }
        };
    return new Bootstrap(group)
        .type(SocketType.RAW, new Protocol(CAN_RAW))
        .handler(channel ->
            channel
                .pipeline()
                .addLast(new CanFrameHandler(), CanSendQueue.builder().build(), handler))
        .bind(CanAddress.raw(device))
        .sync()
        .getNow();
  }

  // JavaCAN: its blocking channels, a thread each.

  private void javaCan() throws Exception {
    try (EventLoopGroup none = EventLoopGroup.builder().loops(1).build();
        RawCanChannel in = javaCan(from, id);
        RawCanChannel route = javaCan(middle, id);
        RawCanChannel out = javaCan(to, 0x7ff)) {
      ByteBuffer one = RawCanChannel.allocateSufficientMemory();
      ByteBuffer other = RawCanChannel.allocateSufficientMemory();
      forever(() -> {
        if (in.read(one.clear()).getId() == id) {
          count();
        }
      });
      forever(() -> {
        RawCanChannel ignored = out.write(route.read(other.clear()));
      });
      // One for all: each has a direct buffer of its own.
      tel.schich.javacan.CanFrame frame =
          tel.schich.javacan.CanFrame.create(
              id + 2, tel.schich.javacan.CanFrame.FD_NO_FLAGS, new byte[8]);
      serve(
          none,
          () -> {
            for (int i = 0; i < BATCH; i++) {
              RawCanChannel ignored = in.write(frame);
            }
          });
    }
  }

  private static RawCanChannel javaCan(String device, int wanted) throws IOException {
    RawCanChannel channel = CanChannels.newRawChannel(NetworkDevice.lookup(device));
    channel.setOption(
        CanSocketOptions.FILTER,
        new tel.schich.javacan.CanFilter[] {new tel.schich.javacan.CanFilter(wanted, EXACTLY)});
    return channel;
  }

  private static void forever(Sender step) {
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try {
            while (true) {
              step.send();
            }
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
  }
}
