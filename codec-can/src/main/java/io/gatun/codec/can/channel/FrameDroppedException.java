package io.gatun.codec.can.channel;

import io.gatun.codec.can.CanFrame;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A frame that was to be sent was dropped by a {@link CanSendQueue}, and never will be. */
public final class FrameDroppedException extends IOException {
  private static final long serialVersionUID = 1;

  /** Why. */
  public enum Reason {
    /** It was too old when it could have gone: {@link CanSendQueue.Builder#timeToLive}. */
    EXPIRED,
    /** A later frame of its identifier took its place: {@link CanSendQueue.Builder#latestOnly}. */
    SUPERSEDED,
    /** The queue was full. */
    QUEUE_FULL,
    /** The kernel refused it for good, as one that is too long for the interface. */
    REFUSED,
    /** The channel was closed. */
    CLOSED
  }

  /** Not there in a copy that was read from a stream. */
  private final transient @Nullable CanFrame frame;

  private final Reason reason;

  FrameDroppedException(CanFrame frame, Reason reason) {
    this.frame = frame;
    this.reason = reason;
  }

  /** The text is made where somebody wants it: thousands of frames a second may be dropped. */
  @Override
  public String getMessage() {
    return (frame == null ? "a frame" : "frame " + frame) + " was dropped: " + reason;
  }

  /** {@return why} */
  public Reason reason() {
    return reason;
  }

  /** Dropping is no fault of the code's, and may happen often. */
  @Override
  public Throwable fillInStackTrace() {
    return this;
  }
}
