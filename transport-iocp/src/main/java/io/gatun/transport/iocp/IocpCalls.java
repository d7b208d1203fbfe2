package io.gatun.transport.iocp;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.gatun.os.Abi;
import io.gatun.os.Errno;
import io.gatun.os.Memory;
import io.gatun.os.Native;
import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
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
  private static final int ERROR_ACCESS_DENIED = 5;
  private static final int ERROR_INVALID_HANDLE = 6;
  private static final int ERROR_INVALID_PARAMETER = 87;
  private static final int ERROR_NO_SYSTEM_RESOURCES = 1450;

  // All of it is 8 bytes wide but for DWORD, int and BOOL.
  private static final MethodHandle CREATE_PORT =
      Native.capturing(
          "CreateIoCompletionPort", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT);
  private static final MethodHandle CLOSE = Native.plain("CloseHandle", JAVA_INT, JAVA_LONG);
  private static final MethodHandle GET_STATUS =
      Native.capturing(
          "GetQueuedCompletionStatusEx",
          JAVA_INT,
          JAVA_LONG,
          JAVA_LONG,
          JAVA_INT,
          JAVA_LONG,
          JAVA_INT,
          JAVA_INT);
  private static final MethodHandle POST =
      Native.plain(
          "PostQueuedCompletionStatus", JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle SET_MODES =
      Native.capturing("SetFileCompletionNotificationModes", JAVA_INT, JAVA_LONG, JAVA_BYTE);
  private static final MethodHandle CANCEL =
      Native.capturing("CancelIoEx", JAVA_INT, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle GET_RESULT =
      Native.capturing(
          "WSAGetOverlappedResult", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG);
  private static final MethodHandle RECV =
      Native.capturing(
          "WSARecv", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG,
          JAVA_LONG);
  private static final MethodHandle SEND =
      Native.capturing(
          "WSASend", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG,
          JAVA_LONG);

  /** Handed out by Winsock itself; looked for when something first listens or connects. */
  private static final class Accept {
    // WSAID_ACCEPTEX of mswsock.h
    static final String ID = "b5367df1-cbac-11cf-95ca-00805f48a192";
    static final MethodHandle CALL =
        Native.extension(
            ID, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG,
            JAVA_LONG);
  }

  private static final class Connect {
    // WSAID_CONNECTEX of mswsock.h
    static final String ID = "25a207b9-ddf3-4660-8ee9-76e58c74063e";
    static final MethodHandle CALL =
        Native.extension(
            ID, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG,
            JAVA_LONG);
  }

  private static final class Transmit {
    // WSAID_TRANSMITFILE of mswsock.h
    static final String ID = "b5367df0-cbac-11cf-95ca-00805f48a192";
    static final MethodHandle CALL =
        Native.extension(
            ID, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);
  }

  private static final long LAST_ERROR =
      Native.CAPTURE.byteOffset(PathElement.groupElement("WSAGetLastError"));

  private final MemorySegment memory = Arena.ofAuto().allocate(64, 16);
  private final MemorySegment capture = memory.asSlice(0, Native.CAPTURE.byteSize());

  /** Room for a DWORD that a call gives back, and another. */
  private long number() {
    return memory.address() + 32;
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
      case ERROR_ACCESS_DENIED -> -Errno.EACCES;
      case ERROR_NO_SYSTEM_RESOURCES -> -Errno.ENOBUFS;
      case ERROR_INVALID_HANDLE -> -Errno.EBADF;
      case ERROR_INVALID_PARAMETER -> -Errno.EINVAL;
      default -> -error;
    };
  }

  /** Makes a port, or returns 0; {@link #failure} says why. */
  long createPort() {
    try {
      return (long) CREATE_PORT.invokeExact(capture, -1L, 0L, 0L, 1);
    } catch (Throwable t) {
      throw Native.unexpected(t, "CreateIoCompletionPort");
    }
  }

  /** Gives a socket to a port, for life. */
  int associate(int fd, long port) {
    try {
      long same = (long) CREATE_PORT.invokeExact(capture, (long) fd, port, 0L, 0);
      return same == port ? 0 : failure();
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

  static void close(long port) {
    try {
      int ignored = (int) CLOSE.invokeExact(port);
    } catch (Throwable t) {
      throw Native.unexpected(t, "CloseHandle");
    }
  }

  /** Waits for packets; {@code millis} is −1 to wait without end. Returns how many have come. */
  int await(long port, long entries, int capacity, int millis) {
    try {
      int done =
          (int) GET_STATUS.invokeExact(capture, port, entries, capacity, number(), millis, 0);
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
  static void post(long port) {
    try {
      int ignored = (int) POST.invokeExact(port, 0, 0L, 0L);
    } catch (Throwable t) {
      throw Native.unexpected(t, "PostQueuedCompletionStatus");
    }
  }

  /** Cancels all that is under way on a socket; each operation's packet comes all the same. */
  void cancel(int fd) {
    try {
      int ignored = (int) CANCEL.invokeExact(capture, (long) fd, 0L);
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
   * @param addresses twice {@code slot} bytes
   * @return 0, or {@link #PENDING}
   */
  int accept(int fd, int accepted, long addresses, int slot, long overlapped) {
    long into = accepted;
    try {
      int done =
          (int)
              Accept.CALL.invokeExact(
                  capture, (long) fd, into, addresses, 0, slot, slot, number(), overlapped);
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
    long handle = file;
    try {
      int done =
          (int) Transmit.CALL.invokeExact(capture, (long) fd, handle, count, 0, overlapped, 0L, 0);
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
