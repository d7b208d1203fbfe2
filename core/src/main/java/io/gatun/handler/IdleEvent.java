package io.gatun.handler;

/** What {@link IdleHandler} tells by a user event. */
public enum IdleEvent {
  /** Nothing has come for as long as was said. */
  READER,

  /** Nothing was sent for as long as was said. */
  WRITER,

  /** Neither. */
  BOTH
}
