package io.gatun.codec.can.j1939;

import io.gatun.codec.can.CanFrame;

/**
 * A node of a J1939 bus: it claims an address, and sends and receives messages with it.
 *
 * <p>Not for several threads at once. Every call is given the time of one clock in nanoseconds,
 * such as {@link System#nanoTime}.
 */
public final class J1939Node {
  private final J1939Listener listener;
  private final J1939Claim claim;
  private final J1939Transport transport;

  /** The time of the call that is running, for what it leads to. */
  private long now;

  /**
   * Makes a node that has no address yet.
   *
   * @param name its name
   * @param address the one it would like to have, 0 to 253
   * @param options how messages go and come
   * @param seed of the delays; that of no other node
   * @param listener is told
   * @throws IllegalArgumentException if the address is out of range
   */
  public J1939Node(
      J1939Name name,
      int address,
      J1939Transport.Options options,
      long seed,
      J1939Listener listener) {
    this.listener = listener;
    Inside inside = new Inside();
    this.claim = new J1939Claim(name, address, seed, inside);
    this.transport = new J1939Transport(J1939Id.NULL, options, inside);
  }

  /** Between the halves. */
  private final class Inside implements J1939Listener {
    @Override
    public void transmit(CanFrame frame) {
      listener.transmit(frame);
    }

    @Override
    public void received(J1939Message message) {
      claim.receive(message, now);
      listener.received(message);
    }

    @Override
    public void sent(J1939Message message) {
      listener.sent(message);
    }

    @Override
    public void failed(J1939Message message, boolean isOfSending, J1939Error error) {
      listener.failed(message, isOfSending, error);
    }

    @Override
    public void addressChanged(int address) {
      transport.setAddress(address);
      listener.addressChanged(address);
    }
  }

  /**
   * Claims the address.
   *
   * @param now the time in nanoseconds
   */
  public void start(long now) {
    this.now = now;
    claim.start(now);
  }

  /** {@return the half that has the address, and knows those of others} */
  public J1939Claim claim() {
    return claim;
  }

  /** {@return the address; {@link J1939Id#NULL} while it has none} */
  public int address() {
    return claim.address();
  }

  /**
   * Sends a message, or begins to: {@link J1939Transport#send}.
   *
   * @param message whose source does not matter
   * @param now the time in nanoseconds
   * @throws IllegalStateException if one to the same destination is being sent, or the node has no
   *     address
   * @throws IllegalArgumentException if it is too long
   */
  public void send(J1939Message message, long now) {
    this.now = now;
    transport.send(message, now);
  }

  /**
   * {@return whether a long message is being sent to a destination}
   *
   * @param destination an address, or {@link J1939Id#GLOBAL}
   */
  public boolean isSending(int destination) {
    return transport.isSending(destination);
  }

  /**
   * Takes a frame that came.
   *
   * @param frame any
   * @param now the time in nanoseconds
   */
  public void receive(CanFrame frame, long now) {
    this.now = now;
    claim.receive(frame, now);
    transport.receive(frame, now);
  }

  /**
   * Does what is due.
   *
   * @param now the time in nanoseconds
   */
  public void run(long now) {
    this.now = now;
    claim.run(now);
    transport.run(now);
  }

  /**
   * {@return after how many nanoseconds {@link #run} has something to do} 0 if it has now, {@link
   * Long#MAX_VALUE} if nothing is waited for.
   *
   * @param now the time in nanoseconds
   */
  public long timeLeft(long now) {
    return Math.min(claim.timeLeft(now), transport.timeLeft(now));
  }

  /**
   * Puts those who send to this node off, or no longer: {@link J1939Transport#hold}.
   *
   * @param on whether to
   * @param now the time in nanoseconds
   */
  public void hold(boolean on, long now) {
    this.now = now;
    transport.hold(on, now);
  }
}
