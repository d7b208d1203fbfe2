package io.gatun.codec.can.isotp;

import io.gatun.codec.can.CanFrame;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * How a link speaks.
 *
 * @param frameLength TX_DL, the most bytes of a frame that goes out: 8, and of CAN FD 12, 16, 20,
 *     24, 32, 48 or 64. What comes in may have any.
 * @param isFd whether CAN FD goes out
 * @param bitRateSwitch whether its payload goes at the second bit rate
 * @param padding the byte that fills frames up to 8 bytes, 0 to 255; −1 for frames that are as long
 *     as they need. Where CAN FD has no such length, it fills in any case, and 0xcc for −1.
 * @param blockSize how many frames the other side may send before it asks again, 1 to 255; 0 for
 *     all
 * @param separationTime STmin, the least time between frames of the other side as it stands on the
 *     bus: 0 to 0x7f in milliseconds, 0xf1 to 0xf9 for 100 to 900 µs
 * @param maxWaits N_WFTmax, how often the receiver may put the sender off, 0 to 255
 * @param maxLength the longest message that is taken, in bytes
 * @param flowControlTimeout N_Bs: how long a sender waits for flow control
 * @param frameTimeout N_Cr: how long a receiver waits for the next frame
 */
public record IsoTpOptions(
    int frameLength,
    boolean isFd,
    boolean bitRateSwitch,
    int padding,
    int blockSize,
    int separationTime,
    int maxWaits,
    int maxLength,
    Duration flowControlTimeout,
    Duration frameTimeout) {
  /** Frames of 8 bytes that are not filled up, no limits to the other side, 1 s to wait. */
  public static final IsoTpOptions DEFAULT =
      new IsoTpOptions(
          8, false, false, -1, 0, 0, 10, 1 << 20, Duration.ofSeconds(1), Duration.ofSeconds(1));

  /**
   * Makes options.
   *
   * @throws IllegalArgumentException if a value is out of range
   */
  public IsoTpOptions {
    boolean known =
        frameLength >= 8
            && frameLength <= 64
            && CanFrame.Fd.length(CanFrame.Fd.dlc(frameLength)) == frameLength;
    if (!known || (!isFd && frameLength > 8)) {
      throw new IllegalArgumentException("no frame has up to " + frameLength + " bytes");
    }
    check("padding", padding, -1, 0xff);
    check("block size", blockSize, 0, 0xff);
    check("separation time", separationTime, 0, 0xf9);
    if (separationTime > 0x7f && separationTime < 0xf1) {
      throw new IllegalArgumentException("separation time " + separationTime + " is reserved");
    }
    check("number of waits", maxWaits, 0, 0xff);
    check("longest message", maxLength, 1, Integer.MAX_VALUE - 16);
    if (!isPositive(flowControlTimeout) || !isPositive(frameTimeout)) {
      throw new IllegalArgumentException("a timeout is more than 0, and less than a day");
    }
  }

  private static boolean isPositive(Duration timeout) {
    return !timeout.isNegative() && !timeout.isZero() && timeout.compareTo(Duration.ofDays(1)) < 0;
  }

  private static void check(String what, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(what + " " + value + " is not in " + least + ".." + most);
    }
  }

  /** What a copy is made of, while it differs from what it is a copy of. */
  private static final class Draft {
    int frameLength;
    boolean isFd;
    boolean bitRateSwitch;
    int padding;
    int blockSize;
    int separationTime;
    int maxWaits;
    int maxLength;
    Duration flowControlTimeout;
    Duration frameTimeout;

    Draft(IsoTpOptions options) {
      frameLength = options.frameLength;
      isFd = options.isFd;
      bitRateSwitch = options.bitRateSwitch;
      padding = options.padding;
      blockSize = options.blockSize;
      separationTime = options.separationTime;
      maxWaits = options.maxWaits;
      maxLength = options.maxLength;
      flowControlTimeout = options.flowControlTimeout;
      frameTimeout = options.frameTimeout;
    }

    IsoTpOptions options() {
      return new IsoTpOptions(
          frameLength,
          isFd,
          bitRateSwitch,
          padding,
          blockSize,
          separationTime,
          maxWaits,
          maxLength,
          flowControlTimeout,
          frameTimeout);
    }
  }

  private IsoTpOptions with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.options();
  }

  /** {@return the same with CAN FD of up to so many bytes a frame} */
  public IsoTpOptions withFd(int frameLength, boolean bitRateSwitch) {
    return with(draft -> {
      draft.isFd = true;
      draft.frameLength = frameLength;
      draft.bitRateSwitch = bitRateSwitch;
    });
  }

  /** {@return the same with frames filled up by a byte} */
  public IsoTpOptions withPadding(int padding) {
    return with(draft -> draft.padding = padding);
  }

  /** {@return the same with limits to the other side} */
  public IsoTpOptions withFlowControl(int blockSize, int separationTime) {
    return with(draft -> {
      draft.blockSize = blockSize;
      draft.separationTime = separationTime;
    });
  }

  /** {@return the same with so many waits at most} */
  public IsoTpOptions withMaxWaits(int maxWaits) {
    return with(draft -> draft.maxWaits = maxWaits);
  }

  /** {@return the same with messages of so many bytes at most} */
  public IsoTpOptions withMaxLength(int maxLength) {
    return with(draft -> draft.maxLength = maxLength);
  }

  /** {@return the same with other timeouts: N_Bs and N_Cr} */
  public IsoTpOptions withTimeouts(Duration flowControlTimeout, Duration frameTimeout) {
    return with(draft -> {
      draft.flowControlTimeout = flowControlTimeout;
      draft.frameTimeout = frameTimeout;
    });
  }
}
