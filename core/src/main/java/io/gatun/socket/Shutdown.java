package io.gatun.socket;

import io.gatun.os.Constants;

/** Which half of a connection {@link Socket#shutdown} ends. */
public enum Shutdown {
  /** Nothing more is received. */
  RD(Constants.SHUT_RD),

  /** Nothing more is sent: the peer reads the end of the stream. */
  WR(Constants.SHUT_WR),

  /** Both. */
  RDWR(Constants.SHUT_RDWR);

  final int number;

  Shutdown(int number) {
    this.number = number;
  }
}
