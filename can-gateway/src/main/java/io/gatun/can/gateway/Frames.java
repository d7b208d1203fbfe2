package io.gatun.can.gateway;

import io.gatun.codec.can.CanFrame;

/** What the protocols ask of frames. */
final class Frames {
  static final int EFF = 0x8000_0000;
  static final int RTR = 0x4000_0000;
  static final int ERR = 0x2000_0000;

  private Frames() {}

  /** The {@code canid_t} with all of its flags. */
  static int rawId(CanFrame frame) {
    return switch (frame) {
      case CanFrame.Classic classic -> classic.id().raw();
      case CanFrame.Fd fd -> fd.id().raw();
      case CanFrame.Remote remote -> remote.id().raw() | RTR;
      case CanFrame.ErrorFrame error -> error.classes() | ERR;
      case CanFrame.Xl xl -> xl.priority();
    };
  }
}
