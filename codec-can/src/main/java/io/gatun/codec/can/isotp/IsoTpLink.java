package io.gatun.codec.can.isotp;

import io.gatun.codec.can.CanData;
import io.gatun.codec.can.CanFrame;
import io.gatun.codec.can.CanId;

/**
 * One end of ISO-TP over two identifiers: a message goes out and another one comes in at the same
 * time. Whoever drives it hands it each frame that comes ({@link #receive}), and calls {@link #run}
 * when {@link #timeLeft} is over; every call is given the time of one clock in nanoseconds, such as
 * {@link System#nanoTime}.
 *
 * <p>It holds one message each way: what goes out as long as it takes, what comes in as it grows,
 * up to {@link IsoTpOptions#maxLength}. Of a message without limits of the receiver, {@link #run}
 * sends {@value #BURST} frames at most; then it wants to be called again at once.
 *
 * <p>Not for several threads at once.
 */
public final class IsoTpLink {
  /** What a link tells. It may be called back from there. */
  public interface Listener {
    /** A frame is to be sent on the bus. */
    void transmit(CanFrame frame);

    /** A message has come; the array is the listener's. */
    void received(byte[] message);

    /** The last frame of the message that was to be sent is given to {@link #transmit}. */
    void sent();

    /** The message that was to be sent, or that was coming, is given up. */
    void failed(IsoTpError error);
  }

  /** How many frames go out in one call at most. */
  public static final int BURST = 32;

  // The upper four bits of the byte that says what a frame is: N_PCI.
  static final int SINGLE = 0;
  static final int FIRST = 1;
  static final int CONSECUTIVE = 2;
  static final int FLOW_CONTROL = 3;

  private static final int FD_FILL = 0xcc;
  private static final int CLASSIC = 8;

  private final IsoTpAddress address;
  private final IsoTpOptions options;
  private final Listener listener;
  private final IsoTpSender sender;
  private final IsoTpReceiver receiver;

  /**
   * Makes a link on which nothing goes on.
   *
   * @param address who speaks with whom
   * @param options how
   * @param listener is told
   */
  public IsoTpLink(IsoTpAddress address, IsoTpOptions options, Listener listener) {
    this.address = address;
    this.options = options;
    this.listener = listener;
    this.sender = new IsoTpSender(this, options, listener);
    this.receiver = new IsoTpReceiver(this, options, listener);
  }

  /**
   * Begins to send a message.
   *
   * @param message at least a byte; copied
   * @param now the time in nanoseconds
   * @throws IllegalStateException if one is being sent
   * @throws IllegalArgumentException if it is empty, or needs more than the one frame that may go
   *     to many
   */
  public void send(byte[] message, long now) {
    if (message.length == 0) {
      throw new IllegalArgumentException("a message has a byte at least");
    }
    if (address.isFunctional() && !sender.fitsSingle(message.length)) {
      throw new IllegalArgumentException(
          "a message of " + message.length + " bytes to many does not fit in a frame");
    }
    if (sender.isBusy()) {
      throw new IllegalStateException("a message is being sent");
    }
    sender.start(message.clone(), now);
  }

  /**
   * Takes a frame that came. One that is not for this link changes nothing.
   *
   * @param frame any
   * @param now the time in nanoseconds
   * @return whether it has the link's identifier and address byte
   */
  public boolean receive(CanFrame frame, long now) {
    CanId id;
    switch (frame) {
      case CanFrame.Classic classic -> id = classic.id();
      case CanFrame.Fd fd -> id = fd.id();
      default -> {
        return false;
      }
    }
    CanData data = frame.data();
    int at = 0;
    if (!id.equals(address.receive())) {
      return false;
    }
    if (address.receiveByte() != IsoTpAddress.NONE) {
      if (data.length() == 0 || data.get(0) != address.receiveByte()) {
        return false;
      }
      at = 1;
    }
    if (data.length() > at) {
      int type = data.get(at) >> 4;
      switch (type) {
        case SINGLE -> receiver.single(data, at);
        case FIRST -> {
          if (!address.isFunctional()) {
            receiver.first(data, at, now);
          }
        }
        case CONSECUTIVE -> receiver.consecutive(data, at, now);
        case FLOW_CONTROL -> sender.flowControl(data, at, now);
        default -> {
          // Reserved: to be passed over.
        }
      }
    }
    return true;
  }

  /**
   * Does what is due: sends the next frames, gives up what has waited too long.
   *
   * @param now the time in nanoseconds
   */
  public void run(long now) {
    sender.run(now);
    receiver.run(now);
  }

  /**
   * {@return after how many nanoseconds {@link #run} has something to do} 0 if it has now, {@link
   * Long#MAX_VALUE} if nothing is waited for.
   *
   * @param now the time in nanoseconds
   */
  public long timeLeft(long now) {
    return Math.min(sender.timeLeft(now), receiver.timeLeft(now));
  }

  /** {@return whether a message is being sent} */
  public boolean isSending() {
    return sender.isBusy();
  }

  /** {@return whether a message is being sent or received} */
  public boolean isBusy() {
    return sender.isBusy() || receiver.isBusy();
  }

  /**
   * Puts the other side off, or no longer: while it is on, what would ask for the next block of
   * frames asks to wait instead, as often as the options allow. Single frames come all the same.
   *
   * @param on whether to
   * @param now the time in nanoseconds
   */
  public void hold(boolean on, long now) {
    receiver.hold(on, now);
  }

  // ---- Frames

  /** The number of bytes before the one that says what a frame is, of frames that go out. */
  int prefix() {
    return address.transmitByte() == IsoTpAddress.NONE ? 0 : 1;
  }

  /**
   * Sends a frame.
   *
   * @param head the bytes that say what it is
   * @param source the message
   * @param at what of it comes next
   * @param count how many bytes of it
   */
  void transmit(byte[] head, byte[] source, int at, int count) {
    int prefix = prefix();
    int used = prefix + head.length + count;
    int length = options.isFd() ? CanFrame.Fd.length(CanFrame.Fd.dlc(used)) : used;
    if (options.padding() >= 0) {
      length = Math.max(length, CLASSIC);
    }
    byte[] data = new byte[length];
    if (prefix == 1) {
      data[0] = (byte) address.transmitByte();
    }
    System.arraycopy(head, 0, data, prefix, head.length);
    System.arraycopy(source, at, data, prefix + head.length, count);
    int fill = options.padding() >= 0 ? options.padding() : FD_FILL;
    for (int i = used; i < length; i++) {
      data[i] = (byte) fill;
    }
    CanData bytes = CanData.of(data);
    listener.transmit(
        options.isFd()
            ? new CanFrame.Fd(address.transmit(), options.bitRateSwitch(), false, bytes)
            : new CanFrame.Classic(address.transmit(), bytes));
  }
}
