package io.gatun.error;

import io.gatun.os.Abi;
import io.gatun.os.Errno;
import java.net.UnknownHostException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A name could not be resolved: {@code getaddrinfo no.such.host:80: EAI_NONAME (-2) Name or service
 * not known}.
 *
 * <p>getaddrinfo(3) and getnameinfo(3) have error codes of their own. As in Python's {@code
 * gaierror}, {@link #errno} is that code and {@link #errnoName} its name; but for EAI_SYSTEM they
 * are the system's errno. The numbers differ between systems (Linux's are negative): compare {@link
 * #gaiCode} with the constants of {@link io.gatun.socket.SocketConstants}, or {@link #errnoName}
 * with the name. The texts are glibc's on every system.
 *
 * <table>
 * <caption>The codes</caption>
 * <tr><th>errnoName</th><th>text</th><th>means</th></tr>
 * <tr><td>EAI_NONAME</td><td>Name or service not known</td><td>there is no such host or
 *     service</td></tr>
 * <tr><td>EAI_NODATA</td><td>No address associated with hostname</td><td>the name is known, and has
 *     no address; many systems say EAI_NONAME</td></tr>
 * <tr><td>EAI_AGAIN</td><td>Temporary failure in name resolution</td><td>no server answered: later
 *     one may</td></tr>
 * <tr><td>EAI_FAIL</td><td>Non-recoverable failure in name resolution</td><td>a server refused, or
 *     answered wrongly</td></tr>
 * <tr><td>EAI_FAMILY</td><td>ai_family not supported</td><td>the family is not one that is
 *     resolved</td></tr>
 * <tr><td>EAI_ADDRFAMILY</td><td>Address family for hostname not supported</td><td>the host has no
 *     address of the family</td></tr>
 * <tr><td>EAI_SOCKTYPE</td><td>ai_socktype not supported</td><td>the type is unknown, or does not go
 *     with the protocol</td></tr>
 * <tr><td>EAI_SERVICE</td><td>Servname not supported for ai_socktype</td><td>the type has no such
 *     service</td></tr>
 * <tr><td>EAI_BADFLAGS</td><td>Bad value for ai_flags</td><td>the flags, or AI_CANONNAME without a
 *     host</td></tr>
 * <tr><td>EAI_MEMORY</td><td>Memory allocation failure</td><td></td></tr>
 * <tr><td>EAI_OVERFLOW</td><td>Argument buffer overflow</td><td></td></tr>
 * <tr><td>EAI_SYSTEM</td><td>errno's</td><td>the system failed, as errno says</td></tr>
 * </table>
 */
public final class ResolveException extends UnknownHostException implements SocketError {
  private static final long serialVersionUID = 1;

  private final String call;
  private final int gaiCode;
  private final int systemErrno;

  /**
   * Makes the exception.
   *
   * @param call {@code getaddrinfo} or {@code getnameinfo}
   * @param name what was to be resolved, or null to name nothing
   * @param gaiCode the call's result, one of netdb.h's EAI codes
   */
  public ResolveException(String call, @Nullable Object name, int gaiCode) {
    this(call, name, gaiCode, 0);
  }

  /**
   * Makes the exception.
   *
   * @param call {@code getaddrinfo} or {@code getnameinfo}
   * @param name what was to be resolved, or null to name nothing
   * @param gaiCode the call's result, one of netdb.h's EAI codes
   * @param errno the error number that the call left, which belongs to EAI_SYSTEM alone
   */
  public ResolveException(String call, @Nullable Object name, int gaiCode, int errno) {
    super(
        isSystem(gaiCode, errno)
            ? SocketErrors.message(call, name, errno)
            : SocketErrors.line(call, name, codeName(gaiCode), gaiCode, codeText(gaiCode)));
    this.call = call;
    this.gaiCode = gaiCode;
    this.systemErrno = isSystem(gaiCode, errno) ? errno : 0;
  }

  private static boolean isSystem(int gaiCode, int errno) {
    return errno != 0 && codeName(gaiCode).equals("EAI_SYSTEM");
  }

  /** {@return the result of getaddrinfo(3) or getnameinfo(3): negative on Linux, not everywhere} */
  public int gaiCode() {
    return gaiCode;
  }

  @Override
  public String call() {
    return call;
  }

  @Override
  public int errno() {
    return systemErrno != 0 ? systemErrno : gaiCode;
  }

  @Override
  public String errnoName() {
    return systemErrno != 0 ? Errno.name(systemErrno) : codeName(gaiCode);
  }

  private static String codeName(int code) {
    for (Map.Entry<String, Integer> constant : Abi.HOST.constants().entrySet()) {
      if (constant.getValue() == code && constant.getKey().startsWith("EAI_")) {
        return constant.getKey();
      }
    }
    return "EAI " + code;
  }

  /** The texts of glibc's gai_strerror(3), for every system. */
  private static String codeText(int code) {
    return switch (codeName(code)) {
      case "EAI_ADDRFAMILY" -> "Address family for hostname not supported";
      case "EAI_AGAIN" -> "Temporary failure in name resolution";
      case "EAI_BADFLAGS" -> "Bad value for ai_flags";
      case "EAI_FAIL" -> "Non-recoverable failure in name resolution";
      case "EAI_FAMILY" -> "ai_family not supported";
      case "EAI_MEMORY" -> "Memory allocation failure";
      case "EAI_NODATA" -> "No address associated with hostname";
      case "EAI_NONAME" -> "Name or service not known";
      case "EAI_OVERFLOW" -> "Argument buffer overflow";
      case "EAI_SERVICE" -> "Servname not supported for ai_socktype";
      case "EAI_SOCKTYPE" -> "ai_socktype not supported";
      case "EAI_SYSTEM" -> "System error";
      default -> "Unknown error";
    };
  }
}
