package io.gatun.codec.can;

/**
 * Bytes or a text are not what they should be. The message is one line that says what is wrong, and
 * in a text where: {@code "12#00": an identifier has 3 or 8 digits, at index 2}.
 */
public final class CanFormatException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  /** More of a text than this tells nobody anything. */
  private static final int SHOWN = 100;

  private final int index;
  private final String problem;

  /**
   * Bytes are wrong.
   *
   * @param problem one line
   */
  public CanFormatException(String problem) {
    super(problem);
    this.problem = problem;
    this.index = -1;
  }

  /**
   * A text is wrong.
   *
   * @param text all of it
   * @param index where, in chars from 0
   * @param problem what is wrong
   */
  public CanFormatException(CharSequence text, int index, String problem) {
    super("\"" + shown(text) + "\": " + problem + ", at index " + index);
    this.problem = problem;
    this.index = index;
  }

  /** A control character or a line's end would make a second line of the message. */
  private static String shown(CharSequence text) {
    StringBuilder shown = new StringBuilder();
    for (int i = 0; i < text.length() && i < SHOWN; i++) {
      char c = text.charAt(i);
      shown.append(Character.isISOControl(c) || c == '\u2028' || c == '\u2029' ? '?' : c);
    }
    return text.length() > SHOWN ? shown.append('…').toString() : shown.toString();
  }

  /** {@return the index in the text, in chars from 0; -1 where there is none} */
  public int index() {
    return index;
  }

  /** {@return what is wrong, without the text} */
  public String problem() {
    return problem;
  }
}
