package io.gatun.transport;

/**
 * A facility that reports readiness: poll(2), epoll(7), kqueue(2). Confined to the loop's thread,
 * but for {@link #wakeup} and {@link #closing}. Results are negative errnos for a failure.
 *
 * <p>A token is what an event carries: a slot, dense from 0, in the low half, and in the high half
 * a generation that tells the slot's present owner from an earlier one.
 */
public interface Poller extends AutoCloseable {
  /** Data, a connection, the end of the stream or an error waits to be read. */
  int READ = 1;

  /** There is room to write, or an error waits, or a connect has ended. */
  int WRITE = 2;

  /** The peer has shut down, or the connection is broken: the end will follow the data. */
  int HANGUP = 4;

  /** Urgent data is on its way in a stream: a read stops there, though more may follow. */
  int URGENT = 8;

  /**
   * Returns whether an event tells of a change, once, and not of a state, again and again. Then a
   * descriptor is added once and stays, and whoever waits has to remember what was told.
   */
  boolean edgeTriggered();

  /** Starts to watch a descriptor; its present state is reported as a change. */
  int add(int fd, int interest, long token);

  /** Changes what is watched; the present state is reported as a change. */
  int modify(int fd, int interest, long token);

  /** Stops watching. */
  int remove(int fd, long token);

  /**
   * A descriptor that is watched is about to be closed: takes away what would stay with a duplicate
   * of it. Any thread that still owns the number may call this.
   */
  default void closing(int fd) {}

  /**
   * Waits for events.
   *
   * @param timeoutNanos negative to wait without end
   * @return how many there are; 0 after a wake-up, an EINTR or the end of the time
   */
  int await(long timeoutNanos);

  /** Returns the token of event {@code index}. */
  long token(int index);

  /**
   * Returns what event {@code index} reports: {@link #READ}, {@link #WRITE}, {@link #HANGUP},
   * {@link #URGENT}.
   */
  int events(int index);

  /** Ends an {@link #await} that is under way, or else the next one. Any thread may call this. */
  void wakeup();

  @Override
  void close();
}
