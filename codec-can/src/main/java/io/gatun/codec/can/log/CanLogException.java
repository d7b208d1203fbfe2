package io.gatun.codec.can.log;

import java.io.IOException;

/**
 * A log is malformed: {@code line 3, column 17: not a hexadecimal digit}, or in a binary log {@code
 * byte 24: the packet is cut off}.
 */
public final class CanLogException extends IOException {
  private static final long serialVersionUID = 1;

  private final long line;
  private final long column;

  CanLogException(long line, long column, String problem) {
    super("line " + line + ", column " + column + ": " + problem);
    this.line = line;
    this.column = column;
  }

  CanLogException(long offset, String problem) {
    super("byte " + offset + ": " + problem);
    this.line = 0;
    this.column = offset;
  }

  /** {@return the line, from 1; 0 in a binary log} */
  public long line() {
    return line;
  }

  /** {@return the column in chars, from 1; in a binary log the offset in bytes, from 0} */
  public long column() {
    return column;
  }
}
