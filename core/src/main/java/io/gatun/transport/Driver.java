package io.gatun.transport;

import io.gatun.os.Kernel;

/**
 * How one event loop waits, and how its descriptors are read and written. Confined to the loop's
 * thread, but for {@link #wakeup}.
 */
public interface Driver extends AutoCloseable {
  /** The kinds of socket that the kernel knows, whatever their family. */
  enum Kind {
    /** Bytes, in order: what is not read now is read later. */
    STREAM,

    /** Bytes, in order, of which a call reads no more than one send's: SCTP. */
    RECORD_STREAM,

    /** A stream within one machine (Unix), where descriptors may travel with the bytes. */
    LOCAL_STREAM,

    /** Connections, to be accepted. */
    LISTENER,

    /** Messages, each read as a whole. */
    MESSAGE,

    /** Messages within one machine (Unix), with which descriptors may travel. */
    LOCAL_MESSAGE;

    /** Returns whether what is read are messages, each as a whole. */
    public boolean isMessages() {
      return this == MESSAGE || this == LOCAL_MESSAGE;
    }

    /** Returns whether descriptors may travel with what is read. */
    public boolean isLocal() {
      return this == LOCAL_STREAM || this == LOCAL_MESSAGE;
    }
  }

  /** Returns the system calls this driver makes, for its loop's use between two of its calls. */
  Kernel kernel();

  /**
   * Takes over a non-blocking descriptor; {@link Registration#close} closes it.
   *
   * @param fd the descriptor
   * @param kind what the kernel makes of it
   * @param endpoint is told what becomes of the operations
   */
  Registration register(int fd, Kind kind, Endpoint endpoint);

  /**
   * Waits until something is done or the time is over, then tells the endpoints. Returns at once,
   * without telling the system to wait, when something is done already.
   *
   * @param timeoutNanos negative to wait without end
   * @return the number of endpoints that were told something, or a negative errno
   */
  int run(long timeoutNanos);

  /**
   * Makes a {@link #run} that is under way, or else the next one, return early. Any thread may call
   * this; several calls may count as one.
   */
  void wakeup();

  /** Gives the loop's own descriptors back; all registrations must have been closed. */
  @Override
  void close();
}
