package io.gatun.codec.can.j1939;

import io.gatun.codec.can.CanFrame;

/** What a node tells. It may be called back from there. */
public interface J1939Listener {
  /** A frame is to be sent on the bus. */
  void transmit(CanFrame frame);

  /** A message for this node or for all has come. */
  void received(J1939Message message);

  /**
   * A message is sent: its last frame is given to {@link #transmit}, and the receiver has all of it
   * where it answers.
   *
   * @param message as it was given
   */
  void sent(J1939Message message);

  /**
   * A message is given up.
   *
   * @param message as it was given; of one that was coming only what its beginning said, and no
   *     data
   * @param isOfSending whether it was to be sent
   * @param error why
   */
  void failed(J1939Message message, boolean isOfSending, J1939Error error);

  /**
   * The node has an address now, or another one, or none.
   *
   * @param address {@link J1939Id#NULL} for none
   */
  void addressChanged(int address);
}
