package io.gatun.can.gateway;

import io.gatun.channel.EventLoop;
import io.gatun.codec.can.CanFrame;
import io.gatun.codec.can.log.CanLogEntry;
import io.gatun.codec.can.log.CanLogFormat;
import io.gatun.codec.can.log.CanLogReader;
import io.gatun.codec.can.log.CanLogWriter;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Logs that are replayed to a bus, and written of one. */
final class LogEndpoints {
  private static final int ROUND = 100;
  private static final long FLUSH_MILLIS = 200;

  private LogEndpoints() {}

  /** Brings a log's frames to a bus, when their time has come. */
  static final class Replay extends Endpoint {
    private final EventLoop loop;
    private final Path file;
    private final CanLogFormat format;
    private final double speed;
    private final Source source;
    private @Nullable CanLogReader reader;
    private @Nullable CanLogEntry next;
    private Instant first = Instant.EPOCH;
    private long start;
    private boolean done;

    /**
     * A replay.
     *
     * @param speed in relation to the log's time; 0 for as fast as it goes
     */
    Replay(String name, EventLoop loop, Bus bus, Path file, CanLogFormat format, double speed) {
      super(name);
      this.loop = loop;
      this.file = file;
      this.format = format;
      this.speed = speed;
      source = new Source(bus);
    }

    private final class Source extends Member {
      Source(Bus bus) {
        super(Replay.this.name, bus);
      }

      @Override
      void deliver(BusFrame frame, long visited) {
        drop("replays-only");
      }

      @Override
      String state() {
        return done ? "done" : "replaying";
      }
    }

    @Override
    void start() throws Exception {
      CanLogReader opened = format.reader(new BufferedInputStream(Files.newInputStream(file)));
      reader = opened;
      loop.submit(
              () -> {
                add(source);
                source.bus.join(source);
                read();
                if (next != null) {
                  first = next.time();
                }
                start = loop.ticker().nanoTime();
                play();
                return null;
              })
          .sync();
    }

    /** The file is local and small at a time: it may be read on the loop. */
    private void read() {
      next = null;
      while (next == null && reader != null) {
        try {
          next = reader.read();
          if (next == null) {
            end();
          }
        } catch (io.gatun.codec.can.log.CanLogException e) {
          source.counters.lostOutside("malformed", 1);
        } catch (IOException e) {
          source.counters.lostOutside("unreadable", 1);
          end();
        }
      }
    }

    private void play() {
      for (int i = 0; next != null; i++) {
        long due = speed == 0 ? 0 : (long) (nanos(first, next.time()) / speed);
        long wait = start + due - loop.ticker().nanoTime();
        if (speed != 0 && wait > 0) {
          loop.schedule(this::play, wait, TimeUnit.NANOSECONDS);
          return;
        }
        if (i == ROUND) {
          loop.execute(this::play);
          return;
        }
        CanFrame frame = next.frame();
        read();
        source.received(frame);
      }
    }

    private static long nanos(Instant from, Instant to) {
      return TimeUnit.NANOSECONDS.convert(Duration.between(from, to));
    }

    private void end() {
      done = true;
      try {
        if (reader != null) {
          reader.close();
        }
      } catch (IOException e) {
        // It was read to its end.
      }
      reader = null;
    }

    @Override
    void close() {
      next = null;
      end();
      super.close();
    }
  }

  /** Writes what goes over a bus. */
  static final class Recording extends Endpoint {
    private final EventLoop loop;
    private final Path file;
    private final CanLogFormat format;
    private final Sink sink;

    Recording(String name, EventLoop loop, Bus bus, Path file, CanLogFormat format) {
      super(name);
      this.loop = loop;
      this.file = file;
      this.format = format;
      sink = new Sink(bus);
    }

    private final class Sink extends Member {
      private @Nullable CanLogWriter writer;
      private int unflushed;
      private boolean timed;

      Sink(Bus bus) {
        super(Recording.this.name, bus);
      }

      @Override
      void deliver(BusFrame frame, long visited) {
        CanLogWriter out = writer;
        if (out == null) {
          drop("closed");
          return;
        }
        try {
          out.write(
              new CanLogEntry(
                  Instant.now().truncatedTo(java.time.temporal.ChronoUnit.MICROS),
                  bus.name,
                  CanLogEntry.Direction.UNKNOWN,
                  frame.record()));
          unflushed++;
          if (!timed) {
            timed = true;
            loop.schedule(this::flush, FLUSH_MILLIS, TimeUnit.MILLISECONDS);
          }
        } catch (IOException e) {
          drop("unwritable");
        }
      }

      private void flush() {
        timed = false;
        int frames = unflushed;
        unflushed = 0;
        try {
          if (writer != null) {
            writer.flush();
          }
          counters.sent(frames);
        } catch (IOException e) {
          counters.dropped("unwritable", frames);
        }
      }

      @Override
      void close() {
        super.close();
        flush();
        try {
          if (writer != null) {
            writer.close();
          }
        } catch (IOException e) {
          counters.lostOutside("unwritable", 1);
        }
        writer = null;
      }
    }

    @Override
    void start() throws Exception {
      CanLogWriter writer =
          format.writer(new BufferedOutputStream(Files.newOutputStream(file), 64 * 1024));
      loop.submit(
              () -> {
                sink.writer = writer;
                join(sink);
              })
          .sync();
    }
  }
}
