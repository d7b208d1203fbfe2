package io.gatun.os;

/** The host's constants that the engine itself uses, under their C names. */
public final class Constants {
  public static final int AF_INET = of("AF_INET");
  public static final int AF_INET6 = of("AF_INET6");
  public static final int AF_UNIX = of("AF_UNIX");
  public static final int AF_UNSPEC = of("AF_UNSPEC");
  public static final int SOCK_DGRAM = of("SOCK_DGRAM");
  public static final int SOCK_STREAM = of("SOCK_STREAM");
  public static final int SOMAXCONN = of("SOMAXCONN");
  public static final int SHUT_RD = of("SHUT_RD");
  public static final int SHUT_RDWR = of("SHUT_RDWR");
  public static final int SHUT_WR = of("SHUT_WR");
  public static final int MSG_CTRUNC = of("MSG_CTRUNC");
  public static final int MSG_PEEK = of("MSG_PEEK");

  /** One call does not wait; 0 where the system lacks the flag and O_NONBLOCK must do. */
  public static final int MSG_DONTWAIT = Abi.HOST.valueOr("MSG_DONTWAIT", 0);

  /** No SIGPIPE; 0 where SO_NOSIGPIPE or nothing takes its place. */
  public static final int MSG_NOSIGNAL = Abi.HOST.valueOr("MSG_NOSIGNAL", 0);

  public static final int SOL_SOCKET = of("SOL_SOCKET");
  public static final int SO_ACCEPTCONN = of("SO_ACCEPTCONN");
  public static final int SO_BROADCAST = of("SO_BROADCAST");
  public static final int SO_ERROR = of("SO_ERROR");
  public static final int SO_KEEPALIVE = of("SO_KEEPALIVE");

  /** In seconds: on macOS, what is called SO_LINGER counts ticks of the clock. */
  public static final int SO_LINGER = Abi.HOST.valueOr("SO_LINGER_SEC", of("SO_LINGER"));

  public static final int SO_RCVBUF = of("SO_RCVBUF");
  public static final int SO_REUSEADDR = of("SO_REUSEADDR");
  public static final int SO_REUSEPORT = Abi.HOST.valueOr("SO_REUSEPORT", -1);
  public static final int SO_SNDBUF = of("SO_SNDBUF");
  public static final int SO_TYPE = of("SO_TYPE");
  public static final int IPPROTO_IPV6 = of("IPPROTO_IPV6");
  public static final int IPPROTO_TCP = of("IPPROTO_TCP");
  public static final int IPV6_V6ONLY = of("IPV6_V6ONLY");
  public static final int TCP_NODELAY = of("TCP_NODELAY");
  public static final int POLLERR = of("POLLERR");
  public static final int POLLHUP = of("POLLHUP");
  public static final int POLLIN = of("POLLIN");
  public static final int POLLNVAL = of("POLLNVAL");
  public static final int POLLOUT = of("POLLOUT");

  /** The peer has shut down its writing half; 0 where only a read shows it. */
  public static final int POLLRDHUP = Abi.HOST.valueOr("POLLRDHUP", 0);

  private Constants() {}

  private static int of(String name) {
    return Abi.HOST.value(name);
  }
}
