package io.gatun.transport.iocp;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.gatun.os.Abi;
import io.gatun.os.Errno;
import io.gatun.os.Memory;
import io.gatun.os.Native;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * The calls of Windows for overlapped operations, one method each. Failures are negative errnos;
 * {@link #PENDING} is an operation that the port will tell the end of. The only foreign calls of
 * this module. One thread at a time may use an instance, but for {@link #post}.
 */
final class IocpCalls {
  /** The operation goes on; never an errno, which is WSA_IO_PENDING. */
  static final int PENDING = -Abi.HOST.value("WSA_IO_PENDING");

  private static final Abi ABI = Abi.HOST;
  private static final int WAIT_TIMEOUT = ABI.value("WAIT_TIMEOUT");
  private static final int SKIP =
      ABI.value("FILE_SKIP_COMPLETION_PORT_ON_SUCCESS")
          | ABI.value("FILE_SKIP_SET_EVENT_ON_HANDLE");

  private static final ValueLayout INT = JAVA_INT;
  private static final ValueLayout LONG = JAVA_LONG;

  // All of it is 8 bytes wide but for DWORD, int and BOOL.
  private static final MethodHandle CREATE_PORT =
      Native.capturing("CreateIoCompletionPort", LONG, LONG, LONG, LONG, INT);
  private static final MethodHandle GET_STATUS =
      Native.capturing("GetQueuedCompletionStatusEx", INT, LONG, LONG, INT, LONG, INT, INT);
  private static final MethodHandle POST =
      Native.plain("PostQueuedCompletionStatus", INT, LONG, INT, LONG, LONG);
  private static final MethodHandle SET_MODES =
      Native.capturing("SetFileCompletionNotificationModes", INT, LONG, JAVA_BYTE);
  private static final MethodHandle CANCEL = Native.capturing("CancelIoEx", INT, LONG, LONG);
  private static final MethodHandle GET_RESULT =
      Native.capturing("WSAGetOverlappedResult", INT, LONG, LONG, LONG, INT, LONG);
  private static final MethodHandle RECV =
      Native.capturing("WSARecv", INT, LONG, LONG, INT, LONG, LONG, LONG, LONG);
  private static final MethodHandle SEND =
      Native.capturing("WSASend", INT, LONG, LONG, INT, LONG, INT, LONG, LONG);

  /** Handed out by Winsock itself; looked for when something first listens or connects. */
  private static final class Accept {
    static final MethodHandle CALL =
        Native.extension("AcceptEx", INT, LONG, LONG, LONG, INT, INT, INT, LONG, LONG);
  }

  private static final class Connect {
    static final MethodHandle CALL =
        Native.extension("ConnectEx", INT, LONG, LONG, INT, LONG, INT, LONG, LONG);
  }

  private static final class Transmit {
    static final MethodHandle CALL =
        Native.extension("TransmitFile", INT, LONG, LONG, INT, INT, LONG, LONG, INT);
  }

  private static final long LAST_ERROR = Native.capturedOffset();

  private final MemorySegment capture = Arena.ofAuto().allocate(64, 16);

  /** Room, behind the captured errors, for a DWORD that a call gives back, and another. */
  private long number() {
    return capture.address() + 32;
  }

  /**
   * Why the last call failed, as a negative errno. Of Windows's own numbers, only those are
   * translated that these calls are documented to fail with; ENOMEM and ECANCELED have theirs.
   */
  int failure() {
    return errno(capture.get(JAVA_INT, LAST_ERROR));
  }

  static int errno(int error) {
    return switch (error) {
      case 5 -> -Errno.EACCES; // ERROR_ACCESS_DENIED
      case 6 -> -Errno.EBADF; // ERROR_INVALID_HANDLE
      case 38 -> -ABI.errno("EIO"); // ERROR_HANDLE_EOF: a file is shorter than it was
      case 87 -> -Errno.EINVAL; // ERROR_INVALID_PARAMETER
      case 1450 -> -Errno.ENOBUFS; // ERROR_NO_SYSTEM_RESOURCES
      default -> -error;
    };
  }

  /**
   * Gives a socket to a port, for life, and its packets a key; with neither, −1 and 0, makes a
   * port. Returns the port.
   */
  int associate(int fd, int port, int key) {
    try {
      long its = (long) CREATE_PORT.invokeExact(capture, (long) fd, (long) port, (long) key, 1);
      return its != 0 ? (int) its : failure();
    } catch (Throwable t) {
      throw Native.unexpected(t, "CreateIoCompletionPort", fd);
    }
  }

  int skipOnSuccess(int fd) {
    try {
      int done = (int) SET_MODES.invokeExact(capture, (long) fd, (byte) SKIP);
      return done != 0 ? 0 : failure();
    } catch (Throwable t) {
      throw Native.unexpected(t, "SetFileCompletionNotificationModes", fd);
    }
  }

  /** Waits for packets; {@code millis} is −1 to wait without end. Returns how many have come. */
  int await(int port, long entries, int capacity, int millis) {
    try {
      int done =
          (int)
              GET_STATUS.invokeExact(capture, (long) port, entries, capacity, number(), millis, 0);
      if (done != 0) {
        return Memory.getInt(number());
      }
      int error = failure();
      return error == -WAIT_TIMEOUT ? 0 : error;
    } catch (Throwable t) {
      throw Native.unexpected(t, "GetQueuedCompletionStatusEx");
    }
  }

  /** Sends a packet without an operation. Any thread may call this. */
  static void post(int port) {
    try {
      int ignored = (int) POST.invokeExact((long) port, 0, 0L, 0L);
    } catch (Throwable t) {
      throw Native.unexpected(t, "PostQueuedCompletionStatus");
    }
  }

  /** Cancels all that is under way on a socket; each operation's packet comes all the same. */
  int cancel(int fd) {
    try {
      return (int) CANCEL.invokeExact(capture, (long) fd, 0L) != 0 ? 0 : failure();
    } catch (Throwable t) {
      throw Native.unexpected(t, "CancelIoEx", fd);
    }
  }

  /**
   * Returns how an operation that is over has failed. The status in its block is the kernel's; only
   * this call makes Winsock's number of it.
   */
  int failure(int fd, long overlapped) {
    try {
      long moved = number();
      int done = (int) GET_RESULT.invokeExact(capture, (long) fd, overlapped, moved, 0, moved + 4);
      return done != 0 ? 0 : failure();
    } catch (Throwable t) {
      throw Native.unexpected(t, "WSAGetOverlappedResult", fd);
    }
  }

  /** Receives into the WSABUF at {@code buffer}. Returns bytes, or {@link #PENDING}. */
  int receive(int fd, long buffer, int flags, long overlapped) {
    try {
      long got = number();
      Memory.setInt(got + 4, flags);
      int result =
          (int) RECV.invokeExact(capture, (long) fd, buffer, 1, got, got + 4, overlapped, 0L);
      return result == 0 ? Memory.getInt(got) : failure();
    } catch (Throwable t) {
      throw Native.unexpected(t, "WSARecv", fd);
    }
  }

  /** Sends. Winsock copies the array of WSABUFs. Returns bytes, or {@link #PENDING}. */
  int send(int fd, long buffers, int count, long overlapped) {
    try {
      int result =
          (int) SEND.invokeExact(capture, (long) fd, buffers, count, number(), 0, overlapped, 0L);
      return result == 0 ? Memory.getInt(number()) : failure();
    } catch (Throwable t) {
      throw Native.unexpected(t, "WSASend", fd);
    }
  }

  /**
   * Accepts a connection into a socket made for it.
   *
   * @param room for the two addresses, {@code slot} bytes each
   * @return 0, or {@link #PENDING}
   */
  int accept(int fd, int accepted, long room, int slot, long overlapped) {
    try {
      int done =
          (int)
              Accept.CALL.invokeExact(
                  capture, (long) fd, (long) accepted, room, 0, slot, slot, number(), overlapped);
      return done != 0 ? 0 : failure();
    } catch (Throwable t) {
      throw Native.unexpected(t, "AcceptEx", fd);
    }
  }

  /**
   * Sends a part of a file, from where the OVERLAPPED says. Returns 0, and then the OVERLAPPED has
   * the number of bytes, or {@link #PENDING}.
   */
  int transmit(int fd, int file, int count, long overlapped) {
    try {
      int done =
          (int)
              Transmit.CALL.invokeExact(
                  capture, (long) fd, (long) file, count, 0, overlapped, 0L, 0);
      return done != 0 ? 0 : failure();
    } catch (Throwable t) {
      throw Native.unexpected(t, "TransmitFile", fd, file);
    }
  }

  /** Connects a socket that is bound. Returns 0, or {@link #PENDING}. */
  int connect(int fd, long address, int length, long overlapped) {
    try {
      int done =
          (int)
              Connect.CALL.invokeExact(
                  capture, (long) fd, address, length, 0L, 0, number(), overlapped);
      return done != 0 ? 0 : failure();
    } catch (Throwable t) {
      throw Native.unexpected(t, "ConnectEx", fd);
    }
  }
}
