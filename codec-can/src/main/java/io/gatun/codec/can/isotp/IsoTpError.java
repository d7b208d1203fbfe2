package io.gatun.codec.can.isotp;

/** Why a message was not transferred: the results of ISO 15765-2, and what they leave open. */
public enum IsoTpError {
  /** N_TIMEOUT_Bs: no flow control came in time. */
  FLOW_CONTROL_TIMEOUT("no flow control in time", true),
  /** N_INVALID_FS: flow control says what there is not. */
  INVALID_FLOW_STATUS("flow control of a status that there is not", true),
  /** N_WFT_OVRN: the receiver put the sender off too often. */
  TOO_MANY_WAITS("the receiver puts off too often", true),
  /** N_BUFFER_OVFLW: the receiver has no room for so long a message. */
  OVERFLOW("the receiver has no room for the message", true),
  /** N_TIMEOUT_Cr: the next frame did not come in time. */
  FRAME_TIMEOUT("no next frame in time", false),
  /** N_WRONG_SN: a frame is missing, or came twice. */
  WRONG_SEQUENCE("a frame of another number than the next", false),
  /** N_UNEXP_PDU: another message began before this one was complete. */
  INTERRUPTED("another message began", false),
  /** The message is longer than the options allow; the sender was told. */
  TOO_LONG("a longer message than is taken", false),
  /** Reading was held for longer than the waits that the options allow. */
  HELD_TOO_LONG("held for more waits than there may be", false);

  private final String text;
  private final boolean ofSending;

  IsoTpError(String text, boolean ofSending) {
    this.text = text;
    this.ofSending = ofSending;
  }

  /** {@return whether it ended a message that went out, and not one that came in} */
  public boolean isOfSending() {
    return ofSending;
  }

  /** {@return what happened, in words} */
  @Override
  public String toString() {
    return text;
  }
}
