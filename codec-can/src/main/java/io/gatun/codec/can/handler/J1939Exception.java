package io.gatun.codec.can.handler;

import io.gatun.codec.can.j1939.J1939Error;
import io.gatun.codec.can.j1939.J1939Message;
import java.io.IOException;

/** A message of J1939 was not transferred. */
public final class J1939Exception extends IOException {
  private static final long serialVersionUID = 1;

  private final J1939Error error;

  J1939Exception(J1939Message message, J1939Error error) {
    super("j1939 " + message + ": " + error);
    this.error = error;
  }

  /** {@return why} */
  public J1939Error error() {
    return error;
  }
}
