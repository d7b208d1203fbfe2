package io.gatun.codec.can.dbc;

/** A DBC is malformed, or contradicts itself. The message is one line that says where and what. */
public final class DbcException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  /** More of a name than this tells nobody anything. */
  private static final int SHOWN = 300;

  private final int line;

  DbcException(int line, String problem) {
    super("line " + line + ": " + shown(problem));
    this.line = line;
  }

  /** A long name may be any text: it makes no second line of the message. */
  private static String shown(String problem) {
    StringBuilder shown = new StringBuilder();
    for (int i = 0; i < problem.length() && i < SHOWN; i++) {
      char c = problem.charAt(i);
      shown.append(Character.isISOControl(c) || c == '\u2028' || c == '\u2029' ? '?' : c);
    }
    return shown.toString();
  }

  /** {@return the line, from 1} */
  public int line() {
    return line;
  }
}
