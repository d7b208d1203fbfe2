package io.gatun.error;

import io.gatun.os.Errno;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Makes the exception for a failed system call. */
public final class SocketErrors {
  private SocketErrors() {}

  /**
   * {@return the exception whose class fits the call and its errno}
   *
   * <p>EBADF is a {@link ClosedException}, any other failure of {@code bind} and {@code listen} a
   * {@link BindErrorException}. Else the class is errno's own; for one that has none, a {@link
   * ConnectErrorException} of {@code connect} and a {@link SocketErrorException} of other calls.
   *
   * @param call the system call by its C name
   * @param address the address that was asked for, shown by its {@code toString}, or null if the
   *     call has none
   * @param errno the error number: positive, or negative as a failed system call returns it in this
   *     project
   */
  public static IOException of(String call, @Nullable Object address, int errno) {
    int number = Math.abs(errno);
    String name = Errno.name(number);
    return switch (name) {
      case "EBADF" -> new ClosedException(call, address, number);
      case String _ when isBind(call) -> new BindErrorException(call, address, number);
      case "EAGAIN", "EWOULDBLOCK", "EINPROGRESS", "EALREADY" ->
          new WouldBlockException(call, address, number);
      case "ECONNREFUSED" -> new ConnectionRefusedException(call, address, number);
      case "ECONNRESET" -> new ConnectionResetException(call, address, number);
      case "ECONNABORTED" -> new ConnectionAbortedException(call, address, number);
      case "EPIPE", "ESHUTDOWN" -> new BrokenPipeException(call, address, number);
      case "EHOSTUNREACH", "ENETUNREACH", "EHOSTDOWN" ->
          new UnreachableException(call, address, number);
      case String _ when !isConnect(call) -> new SocketErrorException(call, address, number);
      case "EADDRINUSE", "EADDRNOTAVAIL" -> new BindErrorException(call, address, number);
      default -> new ConnectErrorException(call, address, number);
    };
  }

  /**
   * {@return the exception for a call that failed by a descriptor that the caller gave, or by a
   * file} Its EBADF does not say that a socket was closed.
   *
   * @param call the system call by its C name
   * @param which the descriptor or file, as the message is to name it
   * @param errno the error number: positive, or negative
   */
  public static IOException ofDescriptor(String call, Object which, int errno) {
    return new SocketErrorException(call, which, Math.abs(errno));
  }

  private static boolean isBind(String call) {
    return call.equals("bind") || call.equals("listen");
  }

  private static boolean isConnect(String call) {
    return call.equals("connect") || call.equals("ConnectEx");
  }

  /** The line for a positive errno. */
  static String message(String call, @Nullable Object address, int errno) {
    String line = line(call, address, Errno.name(errno), errno, Errno.message(errno));
    String detail = address instanceof ErrorDetail more ? more.errorDetail(errno) : null;
    return detail == null ? line : line + ": " + detail;
  }

  /** By +, since String.format writes numbers as the locale does. */
  static String line(String call, @Nullable Object address, String name, int number, String text) {
    return subject(call, address) + ": " + name + " (" + number + ") " + text;
  }

  /** What failed: the call, and the address if it has one. */
  static String subject(String call, @Nullable Object address) {
    if (address == null) {
      return call;
    }
    String text = address.toString();
    String shown = text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
    return call + " " + printable(shown);
  }

  /** More than any name of a host (255) or path (104 to 108) that a system takes. */
  private static final int LONGEST = 300;

  /**
   * {@return a text for the line of a message} What somebody else chose must neither end the line
   * nor steer the terminal: such characters are shown by their numbers.
   *
   * @param text any text
   */
  public static String printable(String text) {
    if (text.chars().noneMatch(SocketErrors::isUnprintable)) {
      return text;
    }
    StringBuilder escaped = new StringBuilder();
    text.chars()
        .forEach(c -> {
          if (isUnprintable(c)) {
            escaped.append((c < 0x100 ? "\\x%02x" : "\\u%04x").formatted(c));
          } else {
            escaped.append((char) c);
          }
        });
    return escaped.toString();
  }

  /** Controls, and Unicode's separators of lines and paragraphs. */
  private static boolean isUnprintable(int c) {
    return Character.isISOControl(c) || c == 0x2028 || c == 0x2029;
  }
}
