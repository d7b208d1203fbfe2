package io.gatun.channel;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;
import jdk.jfr.FlightRecorderListener;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/**
 * The events of the Java Flight Recorder. While nobody records one, asking for it comes down to a
 * method that returns false: no object, no clock.
 */
final class Insight {
  /**
   * A recorder is there. Before, no event's class is touched: the first one makes the JDK prepare
   * recording, which takes a third of the time that a program needs to its first byte.
   */
  private static volatile boolean recorder;

  static {
    FlightRecorder.addListener(
        new FlightRecorderListener() { // told at once where there is one
          @Override
          public void recorderInitialized(FlightRecorder initialized) {
            recorder = true;
          }
        });
  }

  /** One of each kind, to be asked whether somebody records it. */
  private static final class Kinds {
    static final Connect CONNECT = new Connect();
    static final Accept ACCEPT = new Accept();
    static final Read READ = new Read();
    static final Write WRITE = new Write();
  }

  private Insight() {}

  static @Nullable Connect connect() {
    return recorder && Kinds.CONNECT.isEnabled() ? begun(new Connect()) : null;
  }

  static @Nullable Read read() {
    return recorder && Kinds.READ.isEnabled() ? begun(new Read()) : null;
  }

  static @Nullable Write write() {
    return recorder && Kinds.WRITE.isEnabled() ? begun(new Write()) : null;
  }

  private static <T extends Event> T begun(T event) {
    event.begin();
    return event;
  }

  static void accepted(Channel listener, Channel child) {
    if (recorder && Kinds.ACCEPT.isEnabled()) {
      Accept event = new Accept();
      event.listener = String.valueOf(listener.localAddress());
      event.remote = String.valueOf(child.remoteAddress());
      event.commit();
    }
  }

  /** A loop's thread was kept from its channels; told by whoever watches it. */
  static void stalled(EventLoop loop, long nanos, @Nullable String culprit) {
    if (!recorder) {
      return;
    }
    Stall event = new Stall();
    event.loop = loop.toString();
    event.busy = nanos;
    event.culprit = culprit;
    event.commit();
  }

  /** An attempt to connect, from its start to its outcome. */
  @Name("gatun.Connect")
  @Label("Connect")
  @Category("Gatun")
  @StackTrace(false)
  static final class Connect extends Event {
    @Label("Remote Address")
    @Nullable String remote;

    @Label("Failure")
    @Description("Empty when the channel was connected")
    @Nullable String failure;

    void tell(Object remote, @Nullable Throwable cause) {
      end();
      if (shouldCommit()) {
        this.remote = remote.toString();
        this.failure = cause == null ? null : cause.getMessage();
        commit();
      }
    }
  }

  /** A connection that a listener has accepted. */
  @Name("gatun.Accept")
  @Label("Accept")
  @Category("Gatun")
  @StackTrace(false)
  static final class Accept extends Event {
    @Label("Listener")
    @Nullable String listener;

    @Label("Remote Address")
    @Nullable String remote;
  }

  /** A call that has read of a stream. */
  @Name("gatun.Read")
  @Label("Read")
  @Category("Gatun")
  @Description("A call that read of a stream, when it took longer than the threshold")
  @Threshold("10 ms")
  @StackTrace(false)
  static final class Read extends Event {
    @Label("Channel")
    @Nullable String channel;

    @Label("Bytes Read")
    @DataAmount
    long bytes;

    void tell(Channel channel, int result) {
      end();
      if (shouldCommit()) {
        this.channel = channel.toString();
        this.bytes = Math.max(0, result);
        commit();
      }
    }
  }

  /** A write to a stream, until the system has taken it. */
  @Name("gatun.Write")
  @Label("Write")
  @Category("Gatun")
  @Description(
      "A write to a stream that the system took, when that took longer than the threshold:"
          + " most often because the peer did not read")
  @Threshold("10 ms")
  @StackTrace(false)
  static final class Write extends Event {
    @Label("Channel")
    @Nullable String channel;

    @Label("Bytes Written")
    @DataAmount
    long bytes;

    void tell(Channel channel, long length) {
      end();
      if (shouldCommit()) {
        this.channel = channel.toString();
        this.bytes = length;
        commit();
      }
    }
  }

  /** A loop whose round takes long. */
  @Name("gatun.LoopStall")
  @Label("Loop Stall")
  @Category("Gatun")
  @Description("A handler or a task that keeps a loop from its other channels")
  @StackTrace(false)
  static final class Stall extends Event {
    @Label("Loop")
    @Nullable String loop;

    @Label("Busy For")
    @Timespan(Timespan.NANOSECONDS)
    long busy;

    @Label("Culprit")
    @Description("The handler and its channel, or the task")
    @Nullable String culprit;
  }
}
