package io.gatun.codec.can.bcm;

import io.gatun.codec.can.CanFormatException;

/** What a message asks of the broadcast manager, or tells; the kernel's names. */
public enum BcmOpcode {
  /** Make or change a job that sends. */
  TX_SETUP(1),
  /** End a job that sends. */
  TX_DELETE(2),
  /** Ask for a job that sends; the answer is {@link #TX_STATUS}. */
  TX_READ(3),
  /** Send one frame once. */
  TX_SEND(4),
  /** Make or change a job that watches. */
  RX_SETUP(5),
  /** End a job that watches. */
  RX_DELETE(6),
  /** Ask for a job that watches; the answer is {@link #RX_STATUS}. */
  RX_READ(7),
  /** A job that sends, as it is. */
  TX_STATUS(8),
  /** A job has sent its frames at the first interval. */
  TX_EXPIRED(9),
  /** A job that watches, as it is. */
  RX_STATUS(10),
  /** A watched frame has not come in time. */
  RX_TIMEOUT(11),
  /** A watched frame has come, the first time or with other content. */
  RX_CHANGED(12);

  private final int code;

  BcmOpcode(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }

  static BcmOpcode of(int code) {
    for (BcmOpcode opcode : values()) {
      if (opcode.code == code) {
        return opcode;
      }
    }
    throw new CanFormatException("the broadcast manager has no opcode " + code);
  }
}
