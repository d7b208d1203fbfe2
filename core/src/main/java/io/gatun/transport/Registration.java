package io.gatun.transport;

import io.gatun.os.Errno;

/**
 * The operations of one descriptor that a {@link Driver} has taken over. Confined to the loop's
 * thread. Results are those of the system call: a negative errno for a failure.
 *
 * <p>At most one connect, one wait for readability and one write are under way at a time.
 */
public interface Registration {
  /** Returns the descriptor. */
  int fd();

  /**
   * Asks for one {@link Endpoint#readable}. It never comes from within this call, and comes once
   * for each time it was asked for. No memory is held meanwhile.
   */
  void awaitReadable();

  /** Takes {@link #awaitReadable} back: no {@link Endpoint#readable} until it is asked for anew. */
  void ignoreReadable();

  /**
   * Reads what is there.
   *
   * @return the number of bytes, 0 at the end of the stream, −EAGAIN when nothing is there
   */
  int read(long address, int length);

  /**
   * Receives messages that are there: recvmmsg(2).
   *
   * @param messages an array of {@link io.gatun.os.Mmsghdr}s with room for a message each
   * @return the number of messages; fewer than {@code count} when there are no more for now;
   *     −EAGAIN when there is none
   */
  int receive(long messages, int count);

  /**
   * Accepts a connection that is there; the new descriptor is non-blocking and close-on-exec, the
   * peer's address in the kernel's address buffer.
   *
   * @return the descriptor, −EAGAIN when there is no connection
   */
  int accept();

  /**
   * Starts to connect. The address may be forgotten after the call.
   *
   * @return 0 when connected; −EINPROGRESS when {@link Endpoint#connected} will tell; −EAGAIN when
   *     the peer's backlog is full and connecting has to be tried again later (Unix sockets)
   */
  int connect(long address, int length);

  /**
   * Writes from one place. When fewer bytes were taken than given, the write is under way: {@link
   * Endpoint#written} will tell, and until then the memory must stay and no other write may start.
   *
   * @return the number of bytes taken at once
   */
  int write(long address, int length);

  /**
   * Writes from an array, as {@link #write(long, int)} does from memory, but takes no longer to do
   * with the array than this call lasts. The garbage collector waits for it, so {@code length}
   * should be what the kernel copies in a moment.
   *
   * @return the number of bytes taken at once; −ENOSYS where a write may be under way when the call
   *     has returned: then the bytes have to be copied to memory
   */
  default int write(byte[] array, int offset, int length) {
    return -Errno.ENOSYS;
  }

  /**
   * Writes from several places, as {@link #write} does from one. The array of iovecs may be
   * forgotten after the call.
   *
   * @param total the number of bytes that the iovecs hold together
   */
  int write(long iovecs, int count, int total);

  /**
   * Writes a part of a file, as {@link #write(long, int)} does from memory: sendfile(2) on POSIX,
   * TransmitFile on Windows. A write under way needs the file to stay open, until {@link
   * Endpoint#written} or {@link Endpoint#closed}.
   *
   * @param file what {@link io.gatun.os.Kernel#open} returned
   * @param offset where the part begins
   * @param count its bytes, above 0; the end of the file before its end is −EIO
   * @return the number of bytes taken at once; −ENOSYS where the loop has no such call and −EINVAL
   *     where the system cannot send this file so: then it has to be read
   */
  int writeFile(int file, long offset, int count);

  /**
   * Sends messages: sendmmsg(2). The array may be forgotten after the call, and the messages too.
   *
   * @param messages an array of {@link io.gatun.os.Mmsghdr}s
   * @return the number of messages taken, above 0 and perhaps fewer than given: go on with the
   *     rest. Or a negative errno, of the first message alone. −EINPROGRESS when {@link
   *     Endpoint#written} will tell, by 0, that there is room to try again; −EAGAIN when there is
   *     no room, and nothing will tell when there is (Unix sockets whose receiver is full)
   */
  int send(long messages, int count);

  /** Shuts down one half of the connection, or both: SHUT_RD, SHUT_WR, SHUT_RDWR. */
  int shutdown(int how);

  /**
   * Closes the descriptor. {@link Endpoint#closed} follows, from within this call where no
   * operation holds memory; nothing else does.
   */
  void close();
}
