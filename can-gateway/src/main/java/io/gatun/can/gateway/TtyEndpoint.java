package io.gatun.can.gateway;

import io.gatun.channel.EventLoop;
import io.gatun.codec.can.CanFrame;
import io.gatun.codec.can.slcan.SlcanDecoder;
import io.gatun.codec.can.slcan.SlcanMessage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * An SLCAN adapter at a serial line. A terminal is no socket, and poll(2) of one is different on
 * each system: so two threads wait for it, one that reads and one that writes, and what is between
 * them and the loop is bounded. An adapter that is unplugged is looked for each second.
 */
final class TtyEndpoint extends Endpoint {
  /** Frames that wait for the line. */
  private static final int MOST_WAITING = 1024;

  private static final int MOST_BYTES = 4096;
  private static final int PAUSE_MILLIS = 1000;

  private final EventLoop loop;
  private final Path file;
  private final int baud;
  private final SlcanMessage.@Nullable BitRate bitRate;
  private final Adapter adapter;
  private final Thread reader;
  private volatile boolean closed;

  /**
   * An adapter.
   *
   * @param baud of the line
   * @param bitRate of the bus; null for what the adapter has set
   */
  TtyEndpoint(
      String name,
      EventLoop loop,
      Bus bus,
      Path file,
      int baud,
      SlcanMessage.@Nullable BitRate bitRate) {
    super(name);
    this.loop = loop;
    this.file = file;
    this.baud = baud;
    this.bitRate = bitRate;
    adapter = new Adapter(bus);
    reader = Thread.ofPlatform().daemon().name("can-tty " + file).unstarted(this::run);
  }

  @Override
  void start() throws Exception {
    loop.submit(() -> join(adapter)).sync();
    reader.start();
  }

  @Override
  void close() {
    closed = true;
    reader.interrupt(); // which closes the file under it
    super.close();
  }

  private void run() {
    while (!closed) {
      try {
        setUp();
        connect();
      } catch (IOException e) {
        adapter.trouble = String.valueOf(e.getMessage());
      } catch (InterruptedException | RejectedExecutionException e) {
        return;
      }
      try {
        Thread.sleep(PAUSE_MILLIS);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /** By stty(1), which every system has and which knows its terminals: raw, and the speed. */
  private void setUp() throws IOException, InterruptedException {
    Process stty =
        new ProcessBuilder("stty", "raw", "-echo", "clocal", String.valueOf(baud))
            .redirectInput(file.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(stty.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (stty.waitFor() != 0) {
      throw new IOException(said.strip());
    }
  }

  /** One file to read and one to write: a {@link FileChannel} does one of both at a time. */
  private void connect() throws IOException, InterruptedException {
    try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ);
        FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE)) {
      ByteBuf open = Unpooled.buffer();
      SlcanMessage.Command.CLOSE.encode(open); // whatever it was in
      if (bitRate != null) {
        bitRate.encode(open);
      }
      SlcanMessage.Command.OPEN.encode(open);
      send(out, open);
      loop.submit(adapter::connected).sync();
      Thread writer =
          Thread.ofPlatform().daemon().name("can-tty " + file).start(() -> write(in, out));
      try {
        ByteBuffer bytes = ByteBuffer.allocate(MOST_BYTES);
        while (in.read(bytes.clear()) >= 0) {
          ByteBuf copy = Unpooled.copiedBuffer(bytes.flip());
          loop.submit(() -> adapter.heard(copy)).sync(); // no more is read before
        }
        adapter.trouble = "it has ended";
      } finally {
        writer.interrupt();
        loop.execute(adapter::disconnected);
      }
    }
  }

  private static void send(FileChannel out, ByteBuf bytes) throws IOException {
    ByteBuffer rest = bytes.nioBuffer();
    while (rest.hasRemaining()) {
      out.write(rest);
    }
  }

  /** Until it is interrupted, or the line takes nothing more: then there is none to read either. */
  private void write(FileChannel in, FileChannel out) {
    int frames = 0;
    try {
      while (true) {
        List<byte[]> lines = new ArrayList<>(List.of(adapter.lines.take()));
        frames = 1 + adapter.lines.drainTo(lines);
        send(out, Unpooled.wrappedBuffer(lines.toArray(byte[][]::new)));
        int sent = frames;
        frames = 0;
        loop.execute(() -> adapter.counters.sent(sent));
      }
    } catch (IOException | InterruptedException e) {
      int lost = frames;
      try (in) {
        loop.execute(() -> adapter.counters.dropped("disconnected", lost));
      } catch (IOException | RejectedExecutionException ended) {
        e.addSuppressed(ended);
      }
    }
  }

  private final class Adapter extends Member {
    final BlockingQueue<byte[]> lines = new ArrayBlockingQueue<>(MOST_WAITING);
    volatile String trouble = "";
    private boolean open;
    private SlcanDecoder decoder = new SlcanDecoder();

    Adapter(Bus bus) {
      super(TtyEndpoint.this.name, bus);
    }

    void connected() {
      open = true;
      trouble = "";
      decoder = new SlcanDecoder();
    }

    void disconnected() {
      open = false;
      List<byte[]> left = new ArrayList<>();
      lines.drainTo(left);
      if (!left.isEmpty()) {
        counters.dropped("disconnected", left.size());
      }
    }

    void heard(ByteBuf in) {
      for (SlcanMessage said; (said = decoder.decode(in)) != null; ) {
        if (said instanceof SlcanMessage.Frame frame) {
          received(frame.frame());
        } else if (said instanceof SlcanMessage.Malformed) {
          counters.lostOutside("malformed", 1);
        }
      }
    }

    @Override
    void deliver(BusFrame given, long visited) {
      CanFrame frame = given.record();
      if (!open) {
        drop("disconnected");
      } else if (frame instanceof CanFrame.Xl || frame instanceof CanFrame.ErrorFrame) {
        drop("not-carried");
      } else {
        ByteBuf line = Unpooled.buffer(32);
        SlcanMessage.frame(frame).encode(line);
        if (!lines.offer(ByteBufUtil.getBytes(line))) {
          drop("slow");
        }
      }
    }

    @Override
    String state() {
      return file + (open ? " open" : " " + (trouble.isEmpty() ? "not open" : trouble));
    }
  }
}
