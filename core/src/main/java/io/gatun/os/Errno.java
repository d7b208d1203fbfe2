package io.gatun.os;

import java.util.HashMap;
import java.util.Map;

/**
 * The host's error numbers, their names and their texts. System calls return a failure as the
 * negative number.
 */
public final class Errno {
  public static final int EACCES = of("EACCES");
  public static final int EADDRINUSE = of("EADDRINUSE");
  public static final int EADDRNOTAVAIL = of("EADDRNOTAVAIL");
  public static final int EAFNOSUPPORT = of("EAFNOSUPPORT");
  public static final int EAGAIN = of("EAGAIN");
  public static final int EALREADY = of("EALREADY");
  public static final int EBADF = of("EBADF");
  public static final int ECANCELED = of("ECANCELED");
  public static final int ECONNABORTED = of("ECONNABORTED");
  public static final int ECONNREFUSED = of("ECONNREFUSED");
  public static final int ECONNRESET = of("ECONNRESET");
  public static final int EHOSTUNREACH = of("EHOSTUNREACH");
  public static final int EINPROGRESS = of("EINPROGRESS");
  public static final int EINTR = of("EINTR");
  public static final int EFAULT = of("EFAULT");
  public static final int EINVAL = of("EINVAL");
  public static final int EISDIR = of("EISDIR");
  public static final int EISCONN = of("EISCONN");
  public static final int EMFILE = of("EMFILE");
  public static final int ENAMETOOLONG = of("ENAMETOOLONG");
  public static final int ENETUNREACH = of("ENETUNREACH");
  public static final int ENFILE = of("ENFILE");
  public static final int ENOBUFS = of("ENOBUFS");
  public static final int ENOENT = of("ENOENT");
  public static final int ENOMEM = of("ENOMEM");
  public static final int ENOSYS = of("ENOSYS");
  public static final int ENOPROTOOPT = of("ENOPROTOOPT");
  public static final int ENOTCONN = of("ENOTCONN");
  public static final int ENOTSOCK = of("ENOTSOCK");
  public static final int EOPNOTSUPP = of("EOPNOTSUPP");
  public static final int EPERM = of("EPERM");
  public static final int EPIPE = of("EPIPE");
  public static final int EPROTO = of("EPROTO");
  public static final int EPROTOTYPE = of("EPROTOTYPE");
  public static final int ERANGE = of("ERANGE");
  public static final int ESHUTDOWN = of("ESHUTDOWN");
  public static final int ESPIPE = of("ESPIPE");
  public static final int ETIMEDOUT = of("ETIMEDOUT");

  private Errno() {}

  private static int of(String name) {
    return Abi.HOST.errno(name);
  }

  /** Returns the name of a positive error number, such as {@code ECONNREFUSED}. */
  public static String name(int errno) {
    return Texts.NAMES.getOrDefault(errno, "errno " + errno);
  }

  /** Returns the text of a positive error number, such as {@code Connection refused}. */
  public static String message(int errno) {
    return Texts.MESSAGES.getOrDefault(name(errno), "Unknown error " + errno);
  }

  static boolean hasText(String name) {
    return Texts.MESSAGES.containsKey(name);
  }

  /** Read only when an error is reported. */
  private static final class Texts {
    static final Map<Integer, String> NAMES = new HashMap<>();
    static final Map<String, String> MESSAGES = new HashMap<>();

    static {
      Abi.HOST.errnos().forEach((name, number) -> NAMES.putIfAbsent(number, name));
      MESSAGE_LINES
          .lines()
          .forEach(line -> {
            int space = line.indexOf(' ');
            MESSAGES.put(line.substring(0, space), line.substring(space + 1));
          });
    }
  }

  /** The texts of glibc's strerror, for every system: locales and systems do not change them. */
  private static final String MESSAGE_LINES =
      """
      EPERM Operation not permitted
      ENOENT No such file or directory
      ESRCH No such process
      EINTR Interrupted system call
      EIO Input/output error
      ENXIO No such device or address
      E2BIG Argument list too long
      ENOEXEC Exec format error
      EBADF Bad file descriptor
      ECHILD No child processes
      EAGAIN Resource temporarily unavailable
      ENOMEM Cannot allocate memory
      EACCES Permission denied
      EFAULT Bad address
      ENOTBLK Block device required
      EBUSY Device or resource busy
      EEXIST File exists
      EXDEV Invalid cross-device link
      ENODEV No such device
      ENOTDIR Not a directory
      EISDIR Is a directory
      EINVAL Invalid argument
      ENFILE Too many open files in system
      EMFILE Too many open files
      ENOTTY Inappropriate ioctl for device
      ETXTBSY Text file busy
      EFBIG File too large
      ENOSPC No space left on device
      ESPIPE Illegal seek
      EROFS Read-only file system
      EMLINK Too many links
      EPIPE Broken pipe
      EDOM Numerical argument out of domain
      ERANGE Numerical result out of range
      EDEADLK Resource deadlock avoided
      ENAMETOOLONG File name too long
      ENOLCK No locks available
      ENOSYS Function not implemented
      ENOTEMPTY Directory not empty
      ELOOP Too many levels of symbolic links
      ENOMSG No message of desired type
      EIDRM Identifier removed
      ECHRNG Channel number out of range
      EL2NSYNC Level 2 not synchronized
      EL3HLT Level 3 halted
      EL3RST Level 3 reset
      ELNRNG Link number out of range
      EUNATCH Protocol driver not attached
      ENOCSI No CSI structure available
      EL2HLT Level 2 halted
      EBADE Invalid exchange
      EBADR Invalid request descriptor
      EXFULL Exchange full
      ENOANO No anode
      EBADRQC Invalid request code
      EBADSLT Invalid slot
      EBFONT Bad font file format
      ENOSTR Device not a stream
      ENODATA No data available
      ETIME Timer expired
      ENOSR Out of streams resources
      ENONET Machine is not on the network
      ENOPKG Package not installed
      EREMOTE Object is remote
      ENOLINK Link has been severed
      EADV Advertise error
      ESRMNT Srmount error
      ECOMM Communication error on send
      EPROTO Protocol error
      EMULTIHOP Multihop attempted
      EDOTDOT RFS specific error
      EBADMSG Bad message
      EOVERFLOW Value too large for defined data type
      ENOTUNIQ Name not unique on network
      EBADFD File descriptor in bad state
      EREMCHG Remote address changed
      ELIBACC Can not access a needed shared library
      ELIBBAD Accessing a corrupted shared library
      ELIBSCN .lib section in a.out corrupted
      ELIBMAX Attempting to link in too many shared libraries
      ELIBEXEC Cannot exec a shared library directly
      EILSEQ Invalid or incomplete multibyte or wide character
      ERESTART Interrupted system call should be restarted
      ESTRPIPE Streams pipe error
      EUSERS Too many users
      ENOTSOCK Socket operation on non-socket
      EDESTADDRREQ Destination address required
      EMSGSIZE Message too long
      EPROTOTYPE Protocol wrong type for socket
      ENOPROTOOPT Protocol not available
      EPROTONOSUPPORT Protocol not supported
      ESOCKTNOSUPPORT Socket type not supported
      EOPNOTSUPP Operation not supported
      EPFNOSUPPORT Protocol family not supported
      EAFNOSUPPORT Address family not supported by protocol
      EADDRINUSE Address already in use
      EADDRNOTAVAIL Cannot assign requested address
      ENETDOWN Network is down
      ENETUNREACH Network is unreachable
      ENETRESET Network dropped connection on reset
      ECONNABORTED Software caused connection abort
      ECONNRESET Connection reset by peer
      ENOBUFS No buffer space available
      EISCONN Transport endpoint is already connected
      ENOTCONN Transport endpoint is not connected
      ESHUTDOWN Cannot send after transport endpoint shutdown
      ETOOMANYREFS Too many references: cannot splice
      ETIMEDOUT Connection timed out
      ECONNREFUSED Connection refused
      EHOSTDOWN Host is down
      EHOSTUNREACH No route to host
      EALREADY Operation already in progress
      EINPROGRESS Operation now in progress
      ESTALE Stale file handle
      EUCLEAN Structure needs cleaning
      ENOTNAM Not a XENIX named type file
      ENAVAIL No XENIX semaphores available
      EISNAM Is a named type file
      EREMOTEIO Remote I/O error
      EDQUOT Disk quota exceeded
      ENOMEDIUM No medium found
      EMEDIUMTYPE Wrong medium type
      ECANCELED Operation canceled
      ENOKEY Required key not available
      EKEYEXPIRED Key has expired
      EKEYREVOKED Key has been revoked
      EKEYREJECTED Key was rejected by service
      EOWNERDEAD Owner died
      ENOTRECOVERABLE State not recoverable
      ERFKILL Operation not possible due to RF-kill
      EHWPOISON Memory page has hardware error
      ENOTSUP Operation not supported
      EPROCLIM Too many processes
      EBADRPC RPC struct is bad
      ERPCMISMATCH RPC version wrong
      EPROGUNAVAIL RPC program not available
      EPROGMISMATCH RPC program version wrong
      EPROCUNAVAIL RPC procedure not available
      EFTYPE Inappropriate file type or format
      EAUTH Authentication error
      ENEEDAUTH Need authenticator
      EPWROFF Device power is off
      EDEVERR Device error
      EBADEXEC Bad executable
      EBADARCH Bad CPU type in executable
      ESHLIBVERS Shared library version mismatch
      EBADMACHO Malformed Mach-O file
      ENOATTR Attribute not found
      ENOPOLICY Policy not found
      EQFULL Interface output queue is full
      EDOOFUS Programming error
      ENOTCAPABLE Capabilities insufficient
      ECAPMODE Not permitted in capability mode
      EINTEGRITY Integrity check failed
      EIPSEC IPsec processing failure
      """;
}
