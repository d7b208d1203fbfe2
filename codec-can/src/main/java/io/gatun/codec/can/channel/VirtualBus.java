package io.gatun.codec.can.channel;

import io.gatun.channel.EventLoop;
import io.gatun.codec.can.CanBitTiming;
import io.gatun.codec.can.CanCondition;
import io.gatun.codec.can.CanFrameCodec;
import io.gatun.transport.Endpoint;
import io.gatun.transport.Medium;
import io.gatun.transport.Registration;
import io.netty.util.concurrent.Ticker;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A CAN bus in this process, for programs and tests that have no kernel to ask: channels on it
 * behave as those of raw sockets do, and have the same handlers.
 *
 * <pre>{@code
 * VirtualBus bus = VirtualBus.on(loop).bitRate(500_000).build();
 * new Bootstrap(loop).handler(channel -> channel.pipeline().addLast(...)).attach(bus.node());
 * }</pre>
 *
 * <p>Each channel is a node with a queue of its own. Of the frames at the heads of all queues the
 * one that wins arbitration goes first, to all other nodes. The bus has a loop, and so have all its
 * channels: nothing is shared between threads, and with injected time a run is the same each time.
 */
public final class VirtualBus {
  /** How the bus and the clock keep step. */
  public enum Pace {
    /** Frames take no time. */
    NONE,
    /** A frame takes as long as on a bus of the bit rate. */
    REAL,
    /**
     * Frames follow each other as fast as they can be handled, and each moves the time of the bus
     * ({@link VirtualBus#nanos}) on by what it would have taken: a day of bus time takes minutes.
     */
    INJECTED
  }

  /** What happens to a frame that a node's queue has no room for. */
  public enum Full {
    /** It waits: the sender in its channel, the bus for the receiver. Nothing is lost. */
    WAIT,
    /** As in the kernel: sending fails with ENOBUFS; a received one is lost, and counted. */
    FAIL
  }

  /** Frames that go before the loop's other channels have their turn. */
  private static final int ROUND = 256;

  /** What destroys a frame, from the error flags to the silence behind them: 6 + 6 + 8 + 3 bits. */
  private static final int ERROR_BITS = 23;

  /** Transmit errors that make a controller leave the bus, and silence that lets it come back. */
  private static final int BUS_OFF = 256;

  private static final int RECOVERY_BITS = 128 * 11;

  private final EventLoop loop;
  private final @Nullable CanBitTiming timing;
  private final Pace pace;
  final int maxFrame;
  final int sendQueue;
  final int receiveQueue;
  final Full full;
  final boolean timestamps;
  private final double errorRate;
  private final SplittableRandom random;

  private final List<VirtualNode> nodes = new ArrayList<>();
  private boolean scheduled;
  private boolean idle = true;
  private int forcedErrors;

  /** Nodes that are off the bus, while time is injected. */
  private int away;

  /** When the bus falls silent: by the ticker with real time, else since it was made. */
  private long freeAt;

  private final long start;
  private long frames;
  private long busy;
  private long errors;

  private VirtualBus(Builder builder) {
    loop = builder.loop;
    timing =
        builder.bitRate == 0
            ? null
            : new CanBitTiming(
                builder.bitRate, builder.dataBitRate == 0 ? builder.bitRate : builder.dataBitRate);
    pace = timing == null ? Pace.NONE : builder.pace;
    maxFrame = builder.maxFrame;
    sendQueue = builder.sendQueue;
    receiveQueue = builder.receiveQueue;
    full = builder.full;
    timestamps = builder.timestamps;
    errorRate = builder.errorRate;
    random = new SplittableRandom(builder.seed);
    start = ticker().nanoTime();
  }

  /** Begins a bus, all of whose channels will be on this loop. */
  public static Builder on(EventLoop loop) {
    return new Builder(loop);
  }

  /** The settings of a bus. */
  public static final class Builder {
    private final EventLoop loop;
    private int bitRate;
    private int dataBitRate;
    private Pace pace = Pace.REAL;
    private int maxFrame = CanFrameCodec.FD_SIZE;
    private int sendQueue = 10;
    private int receiveQueue = 256;
    private Full full = Full.WAIT;
    private double errorRate;
    private long seed;
    private boolean timestamps;

    private Builder(EventLoop loop) {
      this.loop = loop;
    }

    /** Sets how many bits a second there are; without it, frames take no time. */
    public Builder bitRate(int bitsPerSecond) {
      bitRate = bitsPerSecond;
      return this;
    }

    /** Sets the second bit rate, of CAN FD frames with BRS and of CAN XL's payload. */
    public Builder dataBitRate(int bitsPerSecond) {
      dataBitRate = bitsPerSecond;
      return this;
    }

    /** Sets how bus and clock keep step where there is a bit rate; {@link Pace#REAL} by default. */
    public Builder pace(Pace pace) {
      this.pace = pace;
      return this;
    }

    /** Lets frames of CAN XL on the bus, whose queues take 30 times the memory. */
    public Builder xl() {
      maxFrame = CanFrameCodec.MAX_SIZE;
      return this;
    }

    /**
     * Sets how many frames a node's queues hold.
     *
     * @param send of those to be sent, 10 by default, as Linux's txqueuelen of a CAN interface
     * @param receive of those received that nobody has read, 256 by default
     */
    public Builder queues(int send, int receive) {
      if (send < 1 || receive < 1) {
        throw new IllegalArgumentException("queues of " + send + " and " + receive + " frames");
      }
      sendQueue = send;
      receiveQueue = receive;
      return this;
    }

    /** Sets what happens where a queue is full; {@link Full#WAIT} by default. */
    public Builder full(Full full) {
      this.full = full;
      return this;
    }

    /**
     * Destroys transmissions at random. They are repeated, as controllers do; each counts 8
     * transmit errors of its sender, which leaves the bus at 256 ({@link CanCondition#BUS_OFF}) for
     * the time of 1408 bits.
     *
     * @param rate of all transmissions, 0 to 1
     * @param seed the same makes the same errors
     */
    public Builder errors(double rate, long seed) {
      if (!(rate >= 0 && rate < 1)) {
        throw new IllegalArgumentException("error rate " + rate);
      }
      errorRate = rate;
      this.seed = seed;
      return this;
    }

    /** Lets frames tell when they were on the bus: {@link CanReceived#timestamp}. */
    public Builder timestamps() {
      timestamps = true;
      return this;
    }

    /** Makes the bus. */
    public VirtualBus build() {
      return new VirtualBus(this);
    }
  }

  /** Returns what a channel of a new node is over: see {@code Bootstrap.attach}. */
  public Medium node() {
    return node(false);
  }

  /**
   * Returns what a channel of a new node is over.
   *
   * @param receivesOwn whether it is also given the frames that it has sent, once they were on the
   *     bus, as with CAN_RAW_RECV_OWN_MSGS
   */
  public Medium node(boolean receivesOwn) {
    return endpoint -> attach(endpoint, receivesOwn);
  }

  private Registration attach(Endpoint endpoint, boolean receivesOwn) {
    if (!loop.inEventLoop()) {
      throw new IllegalStateException("the channels of a virtual bus are on its loop");
    }
    VirtualNode node = new VirtualNode(this, loop, endpoint, receivesOwn);
    nodes.add(node);
    return node;
  }

  void remove(VirtualNode node) {
    nodes.remove(node);
    if (node.isOff() && pace == Pace.INJECTED) {
      away--;
    }
    schedule();
  }

  /** Destroys the next transmissions. On the loop. */
  public void injectErrors(int count) {
    forcedErrors = count;
  }

  /** Returns the time of the bus, in nanoseconds since it was made. On the loop. */
  public long nanos() {
    return pace == Pace.INJECTED ? freeAt : ticker().nanoTime() - start;
  }

  /** Returns how many frames were transmitted. On the loop. */
  public long frames() {
    return frames;
  }

  /** Returns how many transmissions were destroyed. On the loop. */
  public long errors() {
    return errors;
  }

  /**
   * Returns for how many nanoseconds the bus was not silent; 0 without a bit rate. The load is this
   * in relation to {@link #nanos}. On the loop.
   */
  public long busyNanos() {
    return busy;
  }

  private Ticker ticker() {
    return loop.ticker();
  }

  // Arbitration

  /** Something may go now. */
  void schedule() {
    if (!scheduled) {
      scheduled = true;
      loop.execute(this::run);
    }
  }

  private void run() {
    scheduled = false;
    for (int i = 0; i < ROUND; i++) {
      if (full == Full.WAIT && isBlocked()) {
        return; // the receiver that makes room schedules
      }
      comeBack(false);
      VirtualNode winner = winner();
      if (winner == null && away > 0) {
        comeBack(true);
        winner = winner();
      }
      if (winner == null) {
        idle = true;
        return;
      }
      long wait = pace == Pace.REAL ? freeAt - (ticker().nanoTime() - start) : 0;
      if (wait > 0) {
        scheduled = true;
        loop.schedule(this::run, wait, TimeUnit.NANOSECONDS);
        return;
      }
      transmit(winner);
    }
    schedule();
  }

  private boolean isBlocked() {
    for (int i = 0; i < nodes.size(); i++) {
      if (nodes.get(i).isFull()) {
        return true;
      }
    }
    return false;
  }

  /** The node whose frame goes next; of several with the same identifier, the oldest. */
  private @Nullable VirtualNode winner() {
    VirtualNode winner = null;
    long least = Long.MAX_VALUE;
    for (int i = 0; i < nodes.size(); i++) {
      VirtualNode node = nodes.get(i);
      if (node.wants() && node.order() < least) {
        winner = node;
        least = node.order();
      }
    }
    return winner;
  }

  private void transmit(VirtualNode sender) {
    long nanos = timing == null ? 0 : timing.nanos(sender.head());
    if (forcedErrors > 0 || (errorRate > 0 && random.nextDouble() < errorRate)) {
      forcedErrors = Math.max(0, forcedErrors - 1);
      pass(timing == null ? 0 : random.nextLong(nanos) + bitNanos(ERROR_BITS));
      errors++;
      if (sender.countError() >= BUS_OFF) {
        leave(sender);
      }
      return;
    }
    pass(nanos);
    frames++;
    for (int i = 0; i < nodes.size(); i++) {
      nodes.get(i).receive(sender, nanos());
    }
    sender.sent();
  }

  private void pass(long nanos) {
    if (pace == Pace.REAL && idle) {
      freeAt = Math.max(freeAt, ticker().nanoTime() - start);
    }
    idle = false; // what follows begins when this ends, even if a timer tells of that too late
    freeAt += nanos;
    busy += nanos;
  }

  private long bitNanos(int count) {
    return timing == null ? 0 : (long) count * 1_000_000_000 / timing.bitRate();
  }

  private void leave(VirtualNode node) {
    node.busOff(nanos() + bitNanos(RECOVERY_BITS));
    if (pace == Pace.INJECTED) {
      away++;
    } else {
      loop.schedule(
          () -> {
            node.restart();
            schedule();
          },
          bitNanos(RECOVERY_BITS),
          TimeUnit.NANOSECONDS);
    }
  }

  /** Lets nodes come back whose time has come; where nobody else sends, the time is moved. */
  private void comeBack(boolean moveTime) {
    for (int i = 0; i < nodes.size() && away > 0; i++) {
      VirtualNode node = nodes.get(i);
      if (node.isOff() && (moveTime || node.offUntil() <= freeAt)) {
        freeAt = Math.max(freeAt, node.offUntil());
        away--;
        node.restart();
      }
    }
  }
}
