package io.gatun.codec.can.bcm;

/** How a job is done; the kernel's names. */
public enum BcmFlag {
  /** The message's intervals and count are to be set. */
  SETTIMER(0x001),
  /** The timer starts with the message; a job that sends does so at once. */
  STARTTIMER(0x002),
  /** {@link BcmOpcode#TX_EXPIRED} is to tell when the count has come to 0. */
  TX_COUNTEVT(0x004),
  /** What changed is to be sent at once. */
  TX_ANNOUNCE(0x008),
  /** The job's identifier is to be put into each frame. */
  TX_CP_CAN_ID(0x010),
  /** The identifier alone is watched, and no content; there are no frames then. */
  RX_FILTER_ID(0x020),
  /** A change of the length is a change. */
  RX_CHECK_DLC(0x040),
  /** The timeout does not start by itself with each frame. */
  RX_NO_AUTOTIMER(0x080),
  /** After a timeout, the next frame is told of in any case. */
  RX_ANNOUNCE_RESUME(0x100),
  /** A sequence of frames starts from its first. */
  TX_RESET_MULTI_IDX(0x200),
  /** Remote frames are answered, with the one frame of the message. */
  RX_RTR_FRAME(0x400),
  /** The frames are {@code struct canfd_frame}; such a job is another than one without the flag. */
  CAN_FD_FRAME(0x800);

  private final int bit;

  BcmFlag(int bit) {
    this.bit = bit;
  }

  int bit() {
    return bit;
  }
}
