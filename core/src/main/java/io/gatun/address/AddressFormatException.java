package io.gatun.address;

import io.gatun.error.SocketErrors;

/**
 * A text is no address: {@code "127.0.0.01:80": a number may not begin with 0, at index 8}. The
 * message names the text, what is wrong and where.
 */
public final class AddressFormatException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  private final int index;

  AddressFormatException(String text, int index, String problem) {
    super(SocketErrors.printable("\"" + text + "\": " + problem) + ", at index " + index);
    this.index = index;
  }

  /** {@return the index in the text, in chars, of what is wrong} */
  public int index() {
    return index;
  }
}
