package io.gatun.codec.can.j1939;

/**
 * Why a long message was not transferred: the reasons that a node may tell the other (J1939-21).
 */
public enum J1939Error {
  /** A transfer between the two is under way already. */
  BUSY(1, "a transfer is under way already"),
  /** The receiver has no room for it. */
  RESOURCES(2, "no room for the message"),
  /** The other side did not answer in time. */
  TIMEOUT(3, "no answer in time"),
  /** The receiver asked for more before it had what it asked for. */
  UNEXPECTED_CTS(4, "asked for more amid what was asked for"),
  /** The receiver asked for the same packets too often. */
  TOO_MANY_RETRIES(5, "asked for the same packets too often"),
  /** Data came that nobody asked for. */
  UNEXPECTED_DATA(6, "data that was not asked for"),
  /** A packet is missing that cannot be asked for again, or one was asked for that there is not. */
  BAD_SEQUENCE(7, "a packet of a wrong number"),
  /** A packet came twice. */
  DUPLICATE_SEQUENCE(8, "a packet came twice"),
  /** The length is none that the protocol carries. */
  BAD_SIZE(9, "a length that the protocol does not carry"),
  /** The offset of the packets that follow is not what was asked for. */
  BAD_OFFSET(12, "an offset that was not asked for"),
  /** The other side began anew, or this one has another address now. */
  INTERRUPTED(250, "another transfer began in its place"),
  /** Whatever else the other side told. */
  OTHER(251, "the other side gave it up");

  private static final J1939Error[] VALUES = values();

  private final int code;
  private final String text;

  J1939Error(int code, String text) {
    this.code = code;
    this.text = text;
  }

  /** {@return the number on the bus, 1 to 251} */
  public int code() {
    return code;
  }

  static J1939Error of(int code) {
    for (J1939Error error : VALUES) {
      if (error.code == code) {
        return error;
      }
    }
    return OTHER;
  }

  /** {@return what happened, in words} */
  @Override
  public String toString() {
    return text;
  }
}
