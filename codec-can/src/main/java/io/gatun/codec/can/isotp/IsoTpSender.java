package io.gatun.codec.can.isotp;

import io.gatun.codec.can.CanData;

/** The half that sends: a single frame, or a first one and the rest as the receiver allows. */
final class IsoTpSender {
  private enum State {
    IDLE,
    /** Flow control must come before the time is over. */
    WAITING,
    /** The next frame goes when it is time. */
    SENDING
  }

  private static final byte[] NOTHING = {};

  /** The longest message whose length has 12 bits. */
  private static final int SHORT = 0xfff;

  private final IsoTpLink link;
  private final IsoTpOptions options;
  private final IsoTpLink.Listener listener;
  private final long timeout;

  private State state = State.IDLE;
  private byte[] message = NOTHING;
  private int at;
  private int sequence;

  /** How many frames until flow control; -1 for no end. */
  private int blockLeft;

  private long gap;
  private int waits;

  /** When the next frame goes, or waiting is over. */
  private long due;

  IsoTpSender(IsoTpLink link, IsoTpOptions options, IsoTpLink.Listener listener) {
    this.link = link;
    this.options = options;
    this.listener = listener;
    this.timeout = options.flowControlTimeout().toNanos();
  }

  boolean isBusy() {
    return state != State.IDLE;
  }

  /** Seven bytes with a length of four bits; in a longer frame more, with a length of a byte. */
  boolean fitsSingle(int length) {
    return fitsShort(length)
        || (options.frameLength() > 8 && length <= options.frameLength() - link.prefix() - 2);
  }

  private boolean fitsShort(int length) {
    return length <= 7 - link.prefix();
  }

  void start(byte[] message, long now) {
    int length = message.length;
    if (fitsSingle(length)) {
      byte[] head =
          fitsShort(length)
              ? new byte[] {(byte) (IsoTpLink.SINGLE << 4 | length)}
              : new byte[] {IsoTpLink.SINGLE << 4, (byte) length};
      link.transmit(head, message, 0, length);
      listener.sent();
      return;
    }
    byte[] head =
        length <= SHORT
            ? new byte[] {(byte) (IsoTpLink.FIRST << 4 | length >> 8), (byte) length}
            : new byte[] {
              IsoTpLink.FIRST << 4,
              0,
              (byte) (length >> 24),
              (byte) (length >> 16),
              (byte) (length >> 8),
              (byte) length
            };
    this.message = message;
    at = options.frameLength() - link.prefix() - head.length;
    sequence = 1;
    waits = 0;
    state = State.WAITING;
    due = now + timeout;
    link.transmit(head, message, 0, at);
  }

  void flowControl(CanData data, int from, long now) {
    // What nobody waits for, or is cut off, is passed over.
    if (state != State.WAITING || data.length() < from + 3) {
      return;
    }
    switch (data.get(from) & 0xf) {
      case 0 -> {
        int size = data.get(from + 1);
        blockLeft = size == 0 ? -1 : size;
        gap = nanos(data.get(from + 2));
        waits = 0;
        state = State.SENDING;
        due = now;
      }
      case 1 -> {
        due = now + timeout;
        if (++waits > options.maxWaits()) {
          fail(IsoTpError.TOO_MANY_WAITS);
        }
      }
      case 2 -> fail(IsoTpError.OVERFLOW);
      default -> fail(IsoTpError.INVALID_FLOW_STATUS);
    }
  }

  /** STmin; what is reserved stands for the longest. */
  private static long nanos(int separationTime) {
    if (separationTime >= 0xf1 && separationTime <= 0xf9) {
      return (separationTime - 0xf0) * 100_000L;
    }
    return Math.min(separationTime, 0x7f) * 1_000_000L;
  }

  void run(long now) {
    if (state == State.WAITING && due - now <= 0) {
      fail(IsoTpError.FLOW_CONTROL_TIMEOUT);
      return;
    }
    for (int i = 0; i < IsoTpLink.BURST && state == State.SENDING && due - now <= 0; i++) {
      int count = Math.min(options.frameLength() - link.prefix() - 1, message.length - at);
      byte[] head = {(byte) (IsoTpLink.CONSECUTIVE << 4 | sequence)};
      byte[] source = message;
      int from = at;
      sequence = (sequence + 1) & 0xf;
      at += count;
      due = now + gap;
      if (at == message.length) {
        finish();
        link.transmit(head, source, from, count);
        listener.sent();
        return;
      }
      if (blockLeft > 0 && --blockLeft == 0) {
        state = State.WAITING;
        due = now + timeout;
      }
      link.transmit(head, source, from, count);
    }
  }

  private void fail(IsoTpError error) {
    finish();
    listener.failed(error);
  }

  private void finish() {
    state = State.IDLE;
    message = NOTHING;
  }

  long timeLeft(long now) {
    return state == State.IDLE ? Long.MAX_VALUE : Math.max(0, due - now);
  }
}
