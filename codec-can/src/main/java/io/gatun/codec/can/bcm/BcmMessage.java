package io.gatun.codec.can.bcm;

import io.gatun.codec.can.CanFormatException;
import io.gatun.codec.can.CanFrame;
import io.gatun.codec.can.CanFrameCodec;
import io.gatun.codec.can.CanId;
import io.netty.buffer.ByteBuf;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A message to the broadcast manager or from it. A job is known by its identifier, whether it sends
 * or watches, and {@link BcmFlag#CAN_FD_FRAME}. The methods that make messages are for the usual
 * jobs; the constructor takes whatever the kernel may understand.
 *
 * @param opcode what is asked or told
 * @param flags how
 * @param count how many frames go at the first interval; 0 for none
 * @param interval1 the first interval of a job that sends; the timeout of one that watches. In
 *     microseconds, rounded up; 0 is none
 * @param interval2 the interval of a job that sends once the count is 0; the least time between two
 *     messages of one that watches. In microseconds, rounded up; 0 is none
 * @param id the job's {@code canid_t}, as {@link CanId#raw} has it
 * @param frames what is sent, one after the other; or, for a job that watches, masks of the bits
 *     that matter
 */
public record BcmMessage(
    BcmOpcode opcode,
    Set<BcmFlag> flags,
    int count,
    Duration interval1,
    Duration interval2,
    int id,
    List<CanFrame> frames) {
  /** A job sends a sequence of this many frames at most. */
  public static final int MAX_TX_FRAMES = 256;

  /** A job watches a multiplex by this many masks at most: one of the selector, and the others. */
  public static final int MAX_RX_FRAMES = MAX_TX_FRAMES + 1;

  // struct bcm_msg_head {
  //         __u32   opcode;
  //         __u32   flags;
  //         __u32   count;
  //         /* 4 bytes, since a long is aligned to 8 */
  //         struct bcm_timeval { long tv_sec; long tv_usec; } ival1, ival2;
  //         canid_t can_id;
  //         __u32   nframes;
  //         struct can_frame frames[];    /* or struct canfd_frame with CAN_FD_FRAME */
  // };
  private static final int OPCODE = 0;
  private static final int FLAGS = 4;
  private static final int COUNT = 8;
  private static final int IVAL1 = 16;
  private static final int IVAL2 = 32;
  private static final int USEC = 8;
  private static final int CAN_ID = 48;
  private static final int NFRAMES = 52;
  private static final int HEAD = 56;

  private static final boolean LITTLE = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
  private static final int MICROS = 1_000_000;

  /**
   * Makes a message.
   *
   * @throws IllegalArgumentException if an interval or the count is negative, there are too many
   *     frames, or one is of another kind than the flag says
   */
  public BcmMessage {
    flags = flags.isEmpty() ? Set.of() : Collections.unmodifiableSet(EnumSet.copyOf(flags));
    frames = List.copyOf(frames);
    interval1 = micros(interval1);
    interval2 = micros(interval2);
    if (count < 0) {
      throw new IllegalArgumentException("count " + count + " is negative");
    }
    if (frames.size() > MAX_RX_FRAMES) {
      throw new IllegalArgumentException(frames.size() + " frames are too many for one job");
    }
    boolean fd = flags.contains(BcmFlag.CAN_FD_FRAME);
    for (CanFrame frame : frames) {
      boolean fits =
          switch (frame) {
            case CanFrame.Fd _ -> fd;
            case CanFrame.Classic _, CanFrame.Remote _ -> !fd;
            case CanFrame.Xl _, CanFrame.ErrorFrame _ -> false;
          };
      if (!fits) {
        throw new IllegalArgumentException(
            "the frame " + frame + " is no " + (fd ? "CAN FD" : "classic") + " one");
      }
    }
  }

  /** Rounded up: what is more than nothing must not become nothing. */
  private static Duration micros(Duration interval) {
    if (interval.isNegative()) {
      throw new IllegalArgumentException("interval " + interval + " is negative");
    }
    int part = interval.toNanosPart() % 1000;
    return part == 0 ? interval : interval.plusNanos(1000 - part);
  }

  // ---- Jobs that send

  /**
   * {@return a message that has frames sent in a cycle, from now on} With several frames, each
   * interval sends the next of them.
   *
   * @param id names the job
   * @param interval between two frames
   * @param frames what is sent, of one kind
   */
  public static BcmMessage cyclic(CanId id, Duration interval, List<CanFrame> frames) {
    return cyclic(id, 0, Duration.ZERO, interval, frames);
  }

  /**
   * {@return a message that has frames sent in a cycle, some at an interval of their own} When
   * those are sent, {@link BcmOpcode#TX_EXPIRED} tells.
   *
   * @param id names the job
   * @param count how many frames go at the first interval
   * @param first that interval
   * @param then the interval from then on; 0 ends the job's sending
   * @param frames what is sent, of one kind
   */
  public static BcmMessage cyclic(
      CanId id, int count, Duration first, Duration then, List<CanFrame> frames) {
    EnumSet<BcmFlag> flags = EnumSet.of(BcmFlag.SETTIMER, BcmFlag.STARTTIMER);
    if (count > 0) {
      flags.add(BcmFlag.TX_COUNTEVT);
    }
    return send(BcmOpcode.TX_SETUP, flags, count, first, then, id, frames);
  }

  /**
   * {@return a message that changes what a job sends; its cycle goes on}
   *
   * @param id names the job
   * @param atOnce whether the new frame is also sent now
   * @param frames no more than the job was made with
   */
  public static BcmMessage update(CanId id, boolean atOnce, List<CanFrame> frames) {
    EnumSet<BcmFlag> flags = EnumSet.noneOf(BcmFlag.class);
    if (atOnce) {
      flags.add(BcmFlag.TX_ANNOUNCE);
    }
    return send(BcmOpcode.TX_SETUP, flags, 0, Duration.ZERO, Duration.ZERO, id, frames);
  }

  /**
   * {@return a message that sends a frame once}
   *
   * @param frame a classic, remote or CAN FD frame
   */
  public static BcmMessage send(CanFrame frame) {
    CanId id =
        switch (frame) {
          case CanFrame.Classic classic -> classic.id();
          case CanFrame.Remote remote -> remote.id();
          case CanFrame.Fd fd -> fd.id();
          case CanFrame.Xl _, CanFrame.ErrorFrame _ ->
              throw new IllegalArgumentException("the broadcast manager does not send " + frame);
        };
    return send(
        BcmOpcode.TX_SEND,
        EnumSet.noneOf(BcmFlag.class),
        0,
        Duration.ZERO,
        Duration.ZERO,
        id,
        List.of(frame));
  }

  private static BcmMessage send(
      BcmOpcode opcode,
      EnumSet<BcmFlag> flags,
      int count,
      Duration first,
      Duration then,
      CanId id,
      List<CanFrame> frames) {
    if (frames.isEmpty() || frames.size() > MAX_TX_FRAMES) {
      throw new IllegalArgumentException("a job sends 1 to 256 frames, not " + frames.size());
    }
    addFd(flags, frames);
    return new BcmMessage(opcode, flags, count, first, then, id.raw(), frames);
  }

  private static void addFd(EnumSet<BcmFlag> flags, List<CanFrame> frames) {
    if (frames.getFirst() instanceof CanFrame.Fd) {
      flags.add(BcmFlag.CAN_FD_FRAME);
    }
  }

  // ---- Jobs that watch

  /**
   * {@return a message that has all frames of an identifier told of}
   *
   * @param id the identifier, which names the job
   * @param fd whether they are CAN FD frames
   * @param timeout after which their absence is told of; 0 for never
   */
  public static BcmMessage watchAll(CanId id, boolean fd, Duration timeout) {
    EnumSet<BcmFlag> flags = EnumSet.of(BcmFlag.RX_FILTER_ID, BcmFlag.SETTIMER);
    if (fd) {
      flags.add(BcmFlag.CAN_FD_FRAME);
    }
    if (!timeout.isZero()) {
      flags.add(BcmFlag.STARTTIMER);
    }
    return new BcmMessage(
        BcmOpcode.RX_SETUP, flags, 0, timeout, Duration.ZERO, id.raw(), List.of());
  }

  /**
   * {@return a message that has changes of a frame's content told of}
   *
   * @param id the identifier, which names the job
   * @param mask a frame whose payload has the bits that matter
   * @param timeout after which the frame's absence is told of; 0 for never
   * @param throttle the least time between two messages; 0 for none
   */
  public static BcmMessage watch(CanId id, CanFrame mask, Duration timeout, Duration throttle) {
    return watchMultiplex(id, List.of(mask), timeout, throttle);
  }

  /**
   * {@return a message that has changes of a multiplexed frame's content told of}
   *
   * @param id the identifier, which names the job
   * @param masks first one with the bits of the selector; then for each value of the selector one
   *     with that value in these bits, and the bits that matter there
   * @param timeout after which the frame's absence is told of; 0 for never
   * @param throttle the least time between two messages; 0 for none
   */
  public static BcmMessage watchMultiplex(
      CanId id, List<? extends CanFrame> masks, Duration timeout, Duration throttle) {
    if (masks.isEmpty()) {
      throw new IllegalArgumentException("a job that watches content has a mask");
    }
    EnumSet<BcmFlag> flags = EnumSet.of(BcmFlag.SETTIMER);
    if (!timeout.isZero()) {
      flags.add(BcmFlag.STARTTIMER);
    }
    List<CanFrame> frames = List.copyOf(masks);
    addFd(flags, frames);
    return new BcmMessage(BcmOpcode.RX_SETUP, flags, 0, timeout, throttle, id.raw(), frames);
  }

  // ---- Jobs of both kinds

  /**
   * {@return a message about a job as a whole}
   *
   * @param opcode {@code TX_DELETE}, {@code RX_DELETE}, {@code TX_READ} or {@code RX_READ}
   * @param id names the job
   * @param fd whether it was made with CAN FD frames
   */
  public static BcmMessage about(BcmOpcode opcode, CanId id, boolean fd) {
    return switch (opcode) {
      case TX_DELETE, RX_DELETE, TX_READ, RX_READ ->
          new BcmMessage(
              opcode,
              fd ? Set.of(BcmFlag.CAN_FD_FRAME) : Set.of(),
              0,
              Duration.ZERO,
              Duration.ZERO,
              id.raw(),
              List.of());
      default -> throw new IllegalArgumentException(opcode + " is not about a job as a whole");
    };
  }

  // ---- Bytes

  /** {@return the size of the message in bytes} */
  public int size() {
    return HEAD + frames.size() * frameSize(flags.contains(BcmFlag.CAN_FD_FRAME));
  }

  private static int frameSize(boolean fd) {
    return fd ? CanFrameCodec.FD_SIZE : CanFrameCodec.CLASSIC_SIZE;
  }

  /**
   * Writes the message at a buffer's writer index, as a 64-bit kernel reads it.
   *
   * @param buf the buffer, which grows if need be
   */
  public void encode(ByteBuf buf) {
    buf.ensureWritable(size());
    int index = buf.writerIndex();
    buf.writeZero(HEAD);
    int bits = 0;
    for (BcmFlag flag : flags) {
      bits |= flag.bit();
    }
    setInt(buf, index + OPCODE, opcode.code());
    setInt(buf, index + FLAGS, bits);
    setInt(buf, index + COUNT, count);
    setInterval(buf, index + IVAL1, interval1);
    setInterval(buf, index + IVAL2, interval2);
    setInt(buf, index + CAN_ID, id);
    setInt(buf, index + NFRAMES, frames.size());
    for (CanFrame frame : frames) {
      CanFrameCodec.encode(frame, buf);
    }
  }

  /**
   * {@return the message that a buffer's readable bytes are} Flags that are unknown are passed
   * over.
   *
   * @param buf the buffer; its reader index goes to its writer index if this succeeds
   * @throws CanFormatException if they are none
   */
  public static BcmMessage decode(ByteBuf buf) {
    int index = buf.readerIndex();
    int size = buf.readableBytes();
    if (size < HEAD) {
      throw new CanFormatException(
          "a broadcast manager's message of " + size + " bytes is cut off");
    }
    BcmOpcode opcode = BcmOpcode.of(getInt(buf, index + OPCODE));
    EnumSet<BcmFlag> flags = EnumSet.noneOf(BcmFlag.class);
    int bits = getInt(buf, index + FLAGS);
    for (BcmFlag flag : BcmFlag.values()) {
      if ((bits & flag.bit()) != 0) {
        flags.add(flag);
      }
    }
    int frameSize = frameSize(flags.contains(BcmFlag.CAN_FD_FRAME));
    int count = getInt(buf, index + NFRAMES);
    if (count < 0 || count > MAX_RX_FRAMES || size != HEAD + count * frameSize) {
      throw new CanFormatException(
          "a broadcast manager's message of " + size + " bytes with " + count + " frames");
    }
    List<CanFrame> frames = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      frames.add(CanFrameCodec.decode(buf, index + HEAD + i * frameSize, frameSize));
    }
    try {
      BcmMessage message =
          new BcmMessage(
              opcode,
              flags,
              getInt(buf, index + COUNT),
              getInterval(buf, index + IVAL1),
              getInterval(buf, index + IVAL2),
              getInt(buf, index + CAN_ID),
              frames);
      buf.readerIndex(buf.writerIndex());
      return message;
    } catch (CanFormatException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      throw new CanFormatException("a broadcast manager's message: " + e.getMessage());
    }
  }

  private static void setInterval(ByteBuf buf, int index, Duration interval) {
    setLong(buf, index, interval.getSeconds());
    setLong(buf, index + USEC, interval.getNano() / 1000);
  }

  private static Duration getInterval(ByteBuf buf, int index) {
    long seconds = getLong(buf, index);
    long micros = getLong(buf, index + USEC);
    if (seconds < 0 || micros < 0 || micros >= MICROS) {
      throw new CanFormatException("an interval of " + seconds + " s and " + micros + " µs");
    }
    return Duration.ofSeconds(seconds, micros * 1000);
  }

  private static int getInt(ByteBuf buf, int index) {
    return LITTLE ? buf.getIntLE(index) : buf.getInt(index);
  }

  private static void setInt(ByteBuf buf, int index, int value) {
    buf.setInt(index, LITTLE ? Integer.reverseBytes(value) : value);
  }

  private static long getLong(ByteBuf buf, int index) {
    return LITTLE ? buf.getLongLE(index) : buf.getLong(index);
  }

  private static void setLong(ByteBuf buf, int index, long value) {
    buf.setLong(index, LITTLE ? Long.reverseBytes(value) : value);
  }
}
