package io.gatun.codec.can.isotp;

import io.gatun.codec.can.CanData;
import java.util.Arrays;

/** The half that receives, and tells the sender how. */
final class IsoTpReceiver {
  private static final byte[] NOTHING = {};

  /** A message takes memory as it comes: its length alone is a claim. */
  private static final int FIRST_ROOM = 4096;

  private static final int CONTINUE = 0;
  private static final int WAIT = 1;
  private static final int OVERFLOW = 2;

  private final IsoTpLink link;
  private final IsoTpOptions options;
  private final IsoTpLink.Listener listener;
  private final long timeout;

  private boolean busy;
  private byte[] message = NOTHING;
  private int length;
  private int at;
  private int sequence;
  private int blockLeft;

  /** The length of the first frame, and so of all but the last. */
  private int frameLength;

  private boolean held;

  /** The sender was put off, and how often. */
  private boolean putOff;

  private int waits;

  /** When waiting for a frame is over, or the sender is put off again. */
  private long due;

  IsoTpReceiver(IsoTpLink link, IsoTpOptions options, IsoTpLink.Listener listener) {
    this.link = link;
    this.options = options;
    this.listener = listener;
    this.timeout = options.frameTimeout().toNanos();
  }

  boolean isBusy() {
    return busy;
  }

  void single(CanData data, int from) {
    int start = from + 1;
    int count = data.get(from) & 0xf;
    if (data.length() > 8) {
      // The four bits are 0, and the length is the next byte.
      if (count != 0) {
        return;
      }
      count = data.get(start++);
    }
    if (count == 0 || count > data.length() - start || (data.length() <= 8 && count > 7 - from)) {
      return;
    }
    interrupt();
    byte[] bytes = new byte[count];
    copy(data, start, bytes, 0, count);
    listener.received(bytes);
  }

  void first(CanData data, int from, long now) {
    if (data.length() < 8) {
      return;
    }
    int start = from + 2;
    long claimed = (data.get(from) & 0xfL) << 8 | data.get(from + 1);
    if (claimed == 0) {
      start += 4;
      for (int i = from + 2; i < start; i++) {
        claimed = claimed << 8 | data.get(i);
      }
      if (claimed <= 0xfff) {
        return;
      }
    }
    // What fits in a single frame does not come as a first one.
    int single = data.length() == 8 ? 7 - from : data.length() - 2 - from;
    if (claimed <= single) {
      return;
    }
    interrupt();
    if (claimed > options.maxLength()) {
      flowControl(OVERFLOW);
      listener.failed(IsoTpError.TOO_LONG);
      return;
    }
    busy = true;
    length = (int) claimed;
    frameLength = data.length();
    at = data.length() - start;
    message = new byte[Math.min(length, FIRST_ROOM)];
    copy(data, start, message, 0, at);
    sequence = 1;
    waits = 0;
    allowMore(now);
  }

  void consecutive(CanData data, int from, long now) {
    if (!busy || putOff) {
      return;
    }
    int count = Math.min(data.length() - from - 1, length - at);
    // Only the last one may be shorter than the first one was.
    if (data.length() > frameLength || (data.length() < frameLength && count < length - at)) {
      return;
    }
    if ((data.get(from) & 0xf) != sequence) {
      fail(IsoTpError.WRONG_SEQUENCE);
      return;
    }
    if (at + count > message.length) {
      message = Arrays.copyOf(message, (int) Math.min(length, 2L * message.length));
    }
    copy(data, from + 1, message, at, count);
    at += count;
    sequence = (sequence + 1) & 0xf;
    if (at == length) {
      byte[] complete = message;
      finish();
      listener.received(complete);
    } else if (blockLeft > 0 && --blockLeft == 0) {
      waits = 0;
      allowMore(now);
    } else {
      due = now + timeout;
    }
  }

  private static void copy(CanData data, int from, byte[] target, int at, int count) {
    for (int i = 0; i < count; i++) {
      target[at + i] = (byte) data.get(from + i);
    }
  }

  /** Asks for the next block, or puts the sender off. */
  private void allowMore(long now) {
    putOff = held;
    if (!held) {
      blockLeft = options.blockSize();
      due = now + timeout;
      flowControl(CONTINUE);
    } else if (waits < options.maxWaits()) {
      waits++;
      // The sender waits as long as this side: it must hear again before that.
      due = now + Math.min(timeout, options.flowControlTimeout().toNanos()) / 2;
      flowControl(WAIT);
    } else {
      fail(IsoTpError.HELD_TOO_LONG);
    }
  }

  private void flowControl(int status) {
    byte[] head = {
      (byte) (IsoTpLink.FLOW_CONTROL << 4 | status),
      (byte) (status == CONTINUE ? options.blockSize() : 0),
      (byte) (status == CONTINUE ? options.separationTime() : 0)
    };
    link.transmit(head, NOTHING, 0, 0);
  }

  void hold(boolean on, long now) {
    held = on;
    if (!on && putOff) {
      allowMore(now);
    }
  }

  void run(long now) {
    if (busy && due - now <= 0) {
      if (putOff) {
        allowMore(now);
      } else {
        fail(IsoTpError.FRAME_TIMEOUT);
      }
    }
  }

  private void interrupt() {
    if (busy) {
      fail(IsoTpError.INTERRUPTED);
    }
  }

  private void fail(IsoTpError error) {
    finish();
    listener.failed(error);
  }

  private void finish() {
    busy = false;
    putOff = false;
    message = NOTHING;
  }

  long timeLeft(long now) {
    return busy ? Math.max(0, due - now) : Long.MAX_VALUE;
  }
}
