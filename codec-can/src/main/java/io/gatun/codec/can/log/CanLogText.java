package io.gatun.codec.can.log;

/** What the text formats share. */
final class CanLogText {
  /** CAN_ERR_FLAG. */
  static final int ERR = 0x2000_0000;

  /** CAN_ERR_BUSERROR: what an error frame is of which a log says no more. */
  static final int BUS_ERROR = 0x80;

  private CanLogText() {}

  static boolean isHex(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > 'f' || Character.digit(text.charAt(i), 16) < 0) {
        return false;
      }
    }
    return !text.isEmpty();
  }
}
