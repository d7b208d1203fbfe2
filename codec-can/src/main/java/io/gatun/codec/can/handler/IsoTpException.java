package io.gatun.codec.can.handler;

import io.gatun.codec.can.isotp.IsoTpAddress;
import io.gatun.codec.can.isotp.IsoTpError;
import java.io.IOException;

/** A message of ISO-TP was not transferred. */
public final class IsoTpException extends IOException {
  private static final long serialVersionUID = 1;

  private final IsoTpError error;

  IsoTpException(IsoTpAddress address, IsoTpError error) {
    super("isotp " + address.transmit() + ">" + address.receive() + ": " + error);
    this.error = error;
  }

  /** {@return why} */
  public IsoTpError error() {
    return error;
  }
}
