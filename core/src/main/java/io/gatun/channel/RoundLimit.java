package io.gatun.channel;

/**
 * What a channel may do in one round of its loop before the others have their turn: so one that is
 * flooded, or floods, keeps nobody waiting for longer. Each of the limits counts for what is read
 * and for what is sent. Of a listener, the connections that it accepts in a round are its calls,
 * and of a channel that moves several messages with a call, the messages.
 *
 * @param calls calls that read, or send; 1 or more
 * @param bytes bytes of a stream after which no further call is made; 1 or more
 */
public record RoundLimit(int calls, int bytes) {
  /**
   * Of channels that read and write: 16 calls. Reading, that is 1 MiB at most; a call that sends
   * ends where the kernel's buffer does, and a limit would only make several of it.
   */
  public static final RoundLimit DEFAULT = new RoundLimit(16, Integer.MAX_VALUE);

  /** Of channels of messages: four calls that move as many as one call can. */
  public static final RoundLimit OF_MESSAGES = new RoundLimit(64, Integer.MAX_VALUE);

  /** Of listeners. */
  public static final RoundLimit OF_LISTENERS = new RoundLimit(64, Integer.MAX_VALUE);

  /** Checks the ranges. */
  public RoundLimit {
    if (calls < 1 || bytes < 1) {
      throw new IllegalArgumentException(
          "round limit: " + calls + " calls, " + bytes + " bytes (expected: 1 or more)");
    }
  }
}
