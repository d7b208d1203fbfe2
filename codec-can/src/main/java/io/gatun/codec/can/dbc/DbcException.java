package io.gatun.codec.can.dbc;

/** A DBC is malformed, or contradicts itself. The message is one line that says where and what. */
public final class DbcException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  private final int line;

  DbcException(int line, String problem) {
    super("line " + line + ": " + problem);
    this.line = line;
  }

  /** {@return the line, from 1} */
  public int line() {
    return line;
  }
}
