package io.gatun.address;

import io.gatun.error.SocketErrors;

/**
 * A text is no address: {@code "127.0.0.1": ':' is missing (expected: A.B.C.D:PORT), at index 9}.
 * The message shows the text, what is wrong, what was expected and where.
 */
public final class AddressFormatException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  /** More than any address has. */
  private static final int LONGEST = 300;

  private final int index;

  AddressFormatException(String text, int index, String problem) {
    super(SocketErrors.printable("\"" + shown(text) + "\": " + problem) + ", at index " + index);
    this.index = index;
  }

  /** A message is a line. */
  private static String shown(String text) {
    return text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
  }

  /** {@return the index in the text, in chars, of what is wrong} */
  public int index() {
    return index;
  }
}
