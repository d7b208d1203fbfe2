package io.gatun.error;

import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * A host's entry could not be found: {@code gethostbyaddr 192.0.2.1: HOST_NOT_FOUND (1) Unknown
 * host}. {@link io.gatun.socket.Sockets#getHostByAddr} and {@link
 * io.gatun.socket.Sockets#getHostByNameEx} throw it; Python calls it {@code herror}.
 *
 * <p>Its {@link #errno} is no errno but h_errno, one of netdb.h's numbers, which are the same on
 * every system; {@link #errnoName} is the name. The texts are glibc's.
 *
 * <table>
 * <caption>The codes</caption>
 * <tr><th>errno</th><th>errnoName</th><th>text</th><th>means</th></tr>
 * <tr><td>1</td><td>HOST_NOT_FOUND</td><td>Unknown host</td><td>there is no such host</td></tr>
 * <tr><td>2</td><td>TRY_AGAIN</td><td>Host name lookup failure</td><td>no server answered: later
 *     one may</td></tr>
 * <tr><td>3</td><td>NO_RECOVERY</td><td>Unknown server error</td><td>a server refused, or answered
 *     wrongly</td></tr>
 * <tr><td>4</td><td>NO_DATA</td><td>No address associated with name</td><td>the name is known, and
 *     has no such address</td></tr>
 * </table>
 */
public final class HostException extends UnknownHostException implements SocketError {
  private static final long serialVersionUID = 1;

  private final String call;
  private final int code;

  /**
   * Makes the exception.
   *
   * @param call {@code gethostbyname} or {@code gethostbyaddr}
   * @param name what was asked for, or null to name nothing
   * @param code the value of h_errno
   */
  public HostException(String call, @Nullable Object name, int code) {
    super(SocketErrors.line(call, name, codeName(code), code, codeText(code)));
    this.call = call;
    this.code = code;
  }

  @Override
  public String call() {
    return call;
  }

  @Override
  public int errno() {
    return code;
  }

  @Override
  public String errnoName() {
    return codeName(code);
  }

  /** The numbers are the same on every system. */
  private static String codeName(int code) {
    return switch (code) {
      case 1 -> "HOST_NOT_FOUND";
      case 2 -> "TRY_AGAIN";
      case 3 -> "NO_RECOVERY";
      case 4 -> "NO_DATA";
      default -> "h_errno " + code;
    };
  }

  /** The texts of glibc's hstrerror(3). */
  private static String codeText(int code) {
    return switch (code) {
      case 1 -> "Unknown host";
      case 2 -> "Host name lookup failure";
      case 3 -> "Unknown server error";
      case 4 -> "No address associated with name";
      default -> "Unknown resolver error";
    };
  }
}
