package io.gatun.socket;

import io.gatun.address.Address;
import io.gatun.address.AddressFamily;
import io.gatun.address.Interfaces;
import io.gatun.address.IpAddress;
import io.gatun.address.Ipv4Address;
import io.gatun.address.Ipv6Address;
import io.gatun.address.Netdb;
import io.gatun.address.Netdb.AddressInfo;
import io.gatun.address.Protocol;
import io.gatun.address.SocketType;
import io.gatun.error.ResolveException;
import io.gatun.error.SocketError;
import io.gatun.error.SocketErrors;
import io.gatun.message.AncillaryData;
import io.gatun.os.Abi;
import io.gatun.os.Cmsghdr;
import io.gatun.os.Constants;
import io.gatun.os.Errno;
import io.gatun.os.Kernel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The functions of Python's {@code socket} module, by their names there: {@code create_server} is
 * {@link #createServer}.
 *
 * <p><b>Families, types and protocols</b> are values of a number each: {@link AddressFamily}
 * ({@code INET}, {@code INET6}, {@code UNIX}, {@code UNSPEC} for any), {@link SocketType} ({@code
 * STREAM}, {@code DGRAM}, {@code RAW}, {@code SEQPACKET}, {@code RDM}) and {@link Protocol} ({@code
 * DEFAULT}, {@code TCP}, {@code UDP}, {@code ICMP}). All others come by their names in C, {@code
 * AddressFamily.of("AF_CAN")}, or by any number, {@code new Protocol(SocketConstants.CAN_RAW)}.
 *
 * <p>Failures are those of {@link Socket}: IOExceptions that are {@link SocketError}s, where the
 * classes stand. An argument that no system takes, such as port 70000, is an {@link
 * IllegalArgumentException}.
 *
 * <p>Those that resolve names block for as long as the system asks others; a virtual thread gives
 * up its carrier meanwhile. An event loop must not call them: {@link
 * io.gatun.address.Resolver#resolveAsync} is for that. Any number of threads may call any.
 */
public final class Sockets {
  private static final SocketType ANY_TYPE = new SocketType(0);
  private static final int MOST_FDS = 1 << 16;
  private static final boolean BIG_ENDIAN = ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN;

  private Sockets() {}

  // Sockets

  /** Opens a socket; see {@link Socket#open(AddressFamily, SocketType, Protocol)}. */
  public static Socket socket(AddressFamily family, SocketType type, Protocol protocol)
      throws IOException {
    return Socket.open(family, type, protocol);
  }

  /**
   * Opens a socket with the family's own protocol for the type; see {@link
   * Socket#open(AddressFamily, SocketType)}.
   */
  public static Socket socket(AddressFamily family, SocketType type) throws IOException {
    return Socket.open(family, type);
  }

  /** Opens a TCP socket over IPv4. */
  public static Socket socket() throws IOException {
    return Socket.open(AddressFamily.INET, SocketType.STREAM);
  }

  /** Opens two stream sockets that are connected with each other: Unix sockets where there are. */
  public static SocketPair socketpair() throws IOException {
    try {
      return socketpair(AddressFamily.UNIX, SocketType.STREAM);
    } catch (IOException e) {
      if (e instanceof SocketError error && error.errno() == Errno.EAFNOSUPPORT) {
        return socketpair(AddressFamily.INET, SocketType.STREAM);
      }
      throw e;
    }
  }

  /** Opens two sockets that are connected with each other, with the family's own protocol. */
  public static SocketPair socketpair(AddressFamily family, SocketType type) throws IOException {
    return socketpair(family, type, Protocol.DEFAULT);
  }

  /**
   * Opens two sockets that are connected with each other: socketpair(2). Most systems have pairs of
   * Unix sockets alone; Linux of TIPC too. On Windows, which has none, they are connected over the
   * loopback.
   */
  public static SocketPair socketpair(AddressFamily family, SocketType type, Protocol protocol)
      throws IOException {
    Socket[] pair = Socket.openPair(family, type, protocol);
    return new SocketPair(pair[0], pair[1]);
  }

  /**
   * Makes a socket of a copy of a descriptor, which stays the caller's; its family, type and
   * protocol the system tells. {@link Socket#ofDescriptor(int)} takes the descriptor itself over.
   *
   * @param fd a socket's descriptor
   * @throws IOException if it is none: ENOTSOCK, or EBADF if it is not open
   */
  public static Socket fromFd(int fd) throws IOException {
    int copy = duplicate(fd);
    try {
      return Socket.ofDescriptor(copy);
    } catch (Throwable t) {
      close(copy);
      throw t;
    }
  }

  /**
   * Makes a socket of a copy of a descriptor, which stays the caller's.
   *
   * @param fd a socket's descriptor
   * @throws IOException if it is none: ENOTSOCK, or EBADF if it is not open
   */
  public static Socket fromFd(int fd, AddressFamily family, SocketType type, Protocol protocol)
      throws IOException {
    return Socket.taking(duplicate(fd), family, type, protocol);
  }

  /**
   * Makes a socket of what {@link Socket#share} has shared with this process; on Windows alone.
   *
   * @param info what that returned
   * @throws IOException EOPNOTSUPP elsewhere than on Windows
   */
  public static Socket fromShare(byte[] info) throws IOException {
    return ProtocolInfo.open(info);
  }

  private static int duplicate(int fd) throws IOException {
    Kernel kernel = Kernel.acquire();
    try {
      int copy = kernel.duplicate(fd);
      if (copy < 0) {
        throw SocketErrors.ofDescriptor("dup", fd, copy);
      }
      return copy;
    } finally {
      Kernel.release(kernel);
    }
  }

  /**
   * Closes a descriptor: close(2). It must be the caller's alone: one of a {@link Socket} is closed
   * by {@link Socket#close}. A connection that was reset before is no failure.
   *
   * @throws IOException as close(2) fails: EBADF if it is not open
   */
  public static void close(int fd) throws IOException {
    Kernel kernel = Kernel.acquire();
    try {
      int result = kernel.close(fd);
      if (result < 0 && result != -Errno.ECONNRESET) {
        throw SocketErrors.ofDescriptor("close", fd, result);
      }
    } finally {
      Kernel.release(kernel);
    }
  }

  // Connections

  /**
   * Connects to a host by TCP, with the default timeout; see {@link #createConnection(String, int,
   * Duration, Address)}.
   */
  public static Socket createConnection(String host, int port) throws IOException {
    return createConnection(host, port, getDefaultTimeout());
  }

  /**
   * Connects to a host by TCP; see {@link #createConnection(String, int, Duration, Address)}.
   *
   * @param timeout of each attempt, and of the connection's calls afterwards; null for none
   */
  public static Socket createConnection(String host, int port, @Nullable Duration timeout)
      throws IOException {
    return createConnection(host, port, timeout, null);
  }

  /**
   * Connects to a host by TCP, to one of its addresses after the other until one answers. To an
   * {@link Address} connects {@code Socket.openFor(address)} and {@link Socket#connect}.
   *
   * @param host a name or an address; empty for this host
   * @param port 0 to 65535
   * @param timeout of each attempt, and of the connection's calls afterwards; null for none
   * @param source what to bind the connection to; null for nothing
   * @throws ResolveException if the name could not be resolved
   * @throws IOException if none could be reached: the error of the last address, in which those of
   *     the others are suppressed
   */
  public static Socket createConnection(
      String host, int port, @Nullable Duration timeout, @Nullable Address source)
      throws IOException {
    List<AddressInfo> infos = getAddrInfo(host, port);
    if (infos.isEmpty()) {
      throw new ResolveException("getaddrinfo", host, Abi.HOST.value("EAI_NONAME"));
    }
    return connectToAny(infos, timeout, source);
  }

  /** Connects to one of some addresses, of which there is one at least. */
  static Socket connectToAny(
      List<AddressInfo> infos, @Nullable Duration timeout, @Nullable Address source)
      throws IOException {
    List<IOException> failures = new ArrayList<>();
    for (AddressInfo info : infos) {
      try {
        return connect(info, timeout, source);
      } catch (IOException e) {
        if (!(e instanceof SocketError)) {
          throw e; // an interrupt is the end of it, and so is what a signal's handler threw
        }
        failures.add(e);
      }
    }
    IOException last = failures.removeLast();
    failures.forEach(last::addSuppressed);
    throw last;
  }

  private static Socket connect(
      AddressInfo info, @Nullable Duration timeout, @Nullable Address source) throws IOException {
    Socket socket = Socket.open(info.family(), info.type(), info.protocol());
    try {
      socket.setTimeout(timeout);
      if (source != null) {
        socket.bind(source);
      }
      socket.connect(info.address());
      return socket;
    } catch (Throwable t) {
      socket.close();
      throw t;
    }
  }

  /** Opens a TCP listener; see {@link #createServer(Address, int, boolean, boolean)}. */
  public static Socket createServer(Address address) throws IOException {
    return createServer(address, Constants.SOMAXCONN, false, false);
  }

  /**
   * Opens a listener for streams, on TCP or on a Unix path. Where it is safe, an address that
   * connections of an earlier server linger on can be bound at once. The file of a Unix path must
   * not be there yet, and stays when the listener is closed.
   *
   * @param address its family is the listener's; {@link #address} makes one of a host and a port
   * @param backlog how many connections wait to be accepted
   * @param reusePort SO_REUSEPORT: several listeners share a port
   * @param dualstackIpv6 takes IPv4 on an IPv6 address too, {@code [::]:80} say; otherwise an IPv6
   *     listener takes IPv6 alone
   * @throws io.gatun.error.BindErrorException if the address is in use, or may not be bound
   * @throws IllegalArgumentException if the system cannot do what is asked for
   */
  public static Socket createServer(
      Address address, int backlog, boolean reusePort, boolean dualstackIpv6) throws IOException {
    boolean v6 = address instanceof Ipv6Address;
    if (dualstackIpv6 && !(v6 && hasDualstackIpv6())) {
      throw new IllegalArgumentException("no socket can take IPv4 and IPv6 at " + address);
    }
    if (reusePort && Constants.SO_REUSEPORT < 0) {
      throw new IllegalArgumentException("this system has no SO_REUSEPORT");
    }
    Socket socket = Socket.openFor(address);
    try {
      // On Windows the option lets anybody take a port that is in use.
      if (address instanceof IpAddress && !Abi.HOST.has("SO_EXCLUSIVEADDRUSE")) {
        socket.setSockOpt(Constants.SOL_SOCKET, Constants.SO_REUSEADDR, 1);
      }
      if (reusePort) {
        socket.setSockOpt(Constants.SOL_SOCKET, Constants.SO_REUSEPORT, 1);
      }
      if (v6) {
        socket.setSockOpt(Constants.IPPROTO_IPV6, Constants.IPV6_V6ONLY, dualstackIpv6 ? 0 : 1);
      }
      socket.bind(address);
      socket.listen(backlog);
      return socket;
    } catch (Throwable t) {
      socket.close();
      throw t;
    }
  }

  /** Returns whether a TCP listener can take IPv4 and IPv6 at once. */
  public static boolean hasDualstackIpv6() {
    try (Socket socket = Socket.open(AddressFamily.INET6, SocketType.STREAM)) {
      socket.setSockOpt(Constants.IPPROTO_IPV6, Constants.IPV6_V6ONLY, 0);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Returns whether this system has IPv6 sockets. */
  public static boolean hasIpv6() {
    try {
      Socket.open(AddressFamily.INET6, SocketType.STREAM).close();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  // Descriptors

  /**
   * Sends descriptors over a connected Unix socket, with bytes; see {@link #sendFds(Socket, List,
   * int[], int, Address)}.
   *
   * @param data one byte at least
   * @param descriptors such as {@link Socket#fileno} tells
   * @return the number of bytes taken
   */
  public static int sendFds(Socket socket, byte[] data, int... descriptors) throws IOException {
    return sendFds(socket, List.of(ByteBuffer.wrap(data)), descriptors, 0, null);
  }

  /**
   * Sends descriptors over a Unix socket, with at least one byte: on a stream the system may drop
   * them otherwise. They stay open here, and the receiver has copies.
   *
   * @param flags MSG flags
   * @param address whom to send to; null for whom the socket is connected to
   * @return the number of bytes taken
   */
  public static int sendFds(
      Socket socket,
      List<ByteBuffer> buffers,
      int[] descriptors,
      int flags,
      @Nullable Address address)
      throws IOException {
    return socket.sendMsg(buffers, List.of(AncillaryData.rights(descriptors)), flags, address);
  }

  /** Receives descriptors; see {@link #recvFds(Socket, int, int, int)}. */
  public static ReceivedMessage recvFds(Socket socket, int size, int most) throws IOException {
    return recvFds(socket, size, most, 0);
  }

  /**
   * Receives descriptors: {@link ReceivedMessage#takeDescriptors} hands them over, and says what to
   * do with them. More than there is room for are closed, and MSG_CTRUNC is among the message's
   * flags then.
   *
   * @param size the room for bytes
   * @param most how many descriptors there is room for: 0 to 65536, which is more than any system
   *     passes with one message
   * @param flags MSG flags
   */
  public static ReceivedMessage recvFds(Socket socket, int size, int most, int flags)
      throws IOException {
    if (most < 0 || most > MOST_FDS) {
      throw new IllegalArgumentException(
          "descriptors: " + most + " (expected: 0.." + MOST_FDS + ")");
    }
    return socket.recvMsg(size, cmsgLen(most * Integer.BYTES), flags);
  }

  /** CMSG_LEN: a piece of ancillary data with so many bytes, without the room behind it. */
  public static int cmsgLen(int length) {
    return checked(length, Cmsghdr.length(length));
  }

  /** CMSG_SPACE: all the room that a piece of ancillary data with so many bytes takes. */
  public static int cmsgSpace(int length) {
    return checked(length, Cmsghdr.space(length));
  }

  private static int checked(int length, long result) {
    if (length < 0 || result > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(length + " is no length of ancillary data");
    }
    return (int) result;
  }

  // Timeouts

  /** Returns the timeout of new sockets; null, as at first, when they block. */
  public static @Nullable Duration getDefaultTimeout() {
    return Socket.duration(Operations.defaultTimeout);
  }

  /**
   * Sets the timeout of sockets that are made from now on, all over the program.
   *
   * @param timeout null to block, zero for non-blocking
   */
  public static void setDefaultTimeout(@Nullable Duration timeout) {
    Operations.defaultTimeout = Socket.nanos(timeout);
  }

  // Names

  /**
   * Finds a host's addresses with a port, for streams; see {@link #getAddrInfo(String, String,
   * AddressFamily, SocketType, Protocol, int)}.
   *
   * @param host a name or an address; null or empty for this host
   * @param port 0 to 65535
   * @return one answer at least, each address once
   * @throws ResolveException if there is none, or it could not be found out
   */
  public static List<AddressInfo> getAddrInfo(@Nullable String host, int port)
      throws ResolveException {
    return getAddrInfo(host, port, SocketType.STREAM);
  }

  /**
   * Finds a host's addresses with a port, for sockets of a type.
   *
   * @param host a name or an address; null or empty for this host
   * @param port 0 to 65535
   * @param type {@code new SocketType(0)} for every type there is, each address with each
   * @throws ResolveException if there is none, or it could not be found out
   */
  public static List<AddressInfo> getAddrInfo(@Nullable String host, int port, SocketType type)
      throws ResolveException {
    checkPort(port);
    return getAddrInfo(
        host == null || host.isEmpty() ? null : host, Integer.toString(port), type, 0);
  }

  /**
   * Finds addresses and what to open sockets for them with: getaddrinfo(3), with all its arguments;
   * see {@link Netdb#getAddrInfo}.
   *
   * @param host a name or an address; null for this host, or with AI_PASSIVE any address
   * @param service a name, {@code https} say, or a number; null for port 0
   * @param family {@link AddressFamily#UNSPEC} for any
   * @param type {@code new SocketType(0)} for any
   * @param protocol {@link Protocol#DEFAULT} for any
   * @param flags AI flags of {@link SocketConstants}
   * @return one answer at least
   * @throws ResolveException if there is none, or it could not be found out
   */
  public static List<AddressInfo> getAddrInfo(
      @Nullable String host,
      @Nullable String service,
      AddressFamily family,
      SocketType type,
      Protocol protocol,
      int flags)
      throws ResolveException {
    return Netdb.getAddrInfo(host, service, family, type, protocol, flags);
  }

  /**
   * Finds addresses of any family; see {@link #getAddrInfo(String, String, AddressFamily,
   * SocketType, Protocol, int)}.
   */
  public static List<AddressInfo> getAddrInfo(
      @Nullable String host, @Nullable String service, SocketType type, int flags)
      throws ResolveException {
    return getAddrInfo(host, service, AddressFamily.UNSPEC, type, Protocol.DEFAULT, flags);
  }

  /**
   * Returns the text of an address's host and port: getnameinfo(3); see {@link Netdb#getNameInfo}.
   *
   * @param flags NI flags of {@link SocketConstants}: NI_NUMERICHOST asks nobody
   */
  public static Netdb.NameInfo getNameInfo(Address address, int flags) throws ResolveException {
    return Netdb.getNameInfo(address, flags);
  }

  /**
   * Returns the address of a host and a port in one family, as Python's calls take it: an empty
   * host is any address, {@code <broadcast>} all hosts of the network, and a name is resolved.
   *
   * @param family INET or INET6
   * @param port 0 to 65535
   * @throws ResolveException if the host has no address of the family, or it could not be found out
   */
  public static IpAddress address(AddressFamily family, String host, int port)
      throws ResolveException {
    boolean v6 = family.equals(AddressFamily.INET6);
    checkPort(port);
    if (host.isEmpty()) {
      return v6 ? Ipv6Address.any(port) : Ipv4Address.any(port);
    }
    if (!v6 && host.equals("<broadcast>")) {
      return Ipv4Address.broadcast(port);
    }
    String service = Integer.toString(port);
    for (AddressInfo info :
        getAddrInfo(host, service, family, SocketType.DGRAM, Protocol.DEFAULT, 0)) {
      if (info.address() instanceof IpAddress found) {
        return found;
      }
    }
    throw new ResolveException("getaddrinfo", host, Abi.HOST.value("EAI_NONAME"));
  }

  /** Of a port in a text, getaddrinfo(3) would take the last 16 bits. */
  private static void checkPort(int port) {
    if (port < 0 || port > 0xffff) {
      throw new IllegalArgumentException("port " + port + " is not in 0..65535");
    }
  }

  /** Returns the IPv4 address of a host, as text. */
  public static String getHostByName(String host) throws ResolveException {
    return address(AddressFamily.INET, host, 0).host();
  }

  /**
   * Returns a host's names and IPv4 addresses; see {@link Netdb#getHostByName}.
   *
   * @throws io.gatun.error.HostException if the system knows none
   */
  public static Netdb.HostEntry getHostByNameEx(String host) throws IOException {
    return Netdb.getHostByName(host);
  }

  /**
   * Returns the names of a host, given by its address or a name.
   *
   * @throws io.gatun.error.HostException if the system knows none of the address
   * @throws ResolveException if the name has no address
   */
  public static Netdb.HostEntry getHostByAddr(String host) throws IOException {
    for (AddressInfo info :
        getAddrInfo(host, null, AddressFamily.UNSPEC, ANY_TYPE, Protocol.DEFAULT, 0)) {
      if (info.address() instanceof IpAddress address) {
        return Netdb.getHostByAddr(address);
      }
    }
    throw new ResolveException("getaddrinfo", host, Abi.HOST.value("EAI_NONAME"));
  }

  /**
   * Returns the whole name of a host: the first of its names with a dot, or the one the system
   * knows it by.
   *
   * @param name a name or an address; empty for this host
   */
  public static String getFqdn(String name) throws IOException {
    String stripped = name.strip();
    String host =
        stripped.isEmpty() || stripped.equals("0.0.0.0") || stripped.equals("::")
            ? getHostName()
            : stripped;
    Netdb.HostEntry entry;
    try {
      entry = getHostByAddr(host);
    } catch (IOException unknown) {
      return host;
    }
    if (entry.name().contains(".")) {
      return entry.name();
    }
    return entry.aliases().stream()
        .filter(alias -> alias.contains("."))
        .findFirst()
        .orElse(entry.name());
  }

  /** Returns this host's name. */
  public static String getHostName() throws IOException {
    return Netdb.getHostName();
  }

  /** Sets this host's name, for which a privilege is needed. */
  public static void setHostName(String name) throws IOException {
    Netdb.setHostName(name);
  }

  /** Returns the number of a protocol, {@code icmp} say; empty if there is none of the name. */
  public static OptionalInt getProtoByName(String name) {
    return Netdb.getProtoByName(name);
  }

  /**
   * Returns the port of a service; empty if there is none of the name.
   *
   * @param service {@code https} say
   * @param protocol {@code tcp} say; null for any
   */
  public static OptionalInt getServByName(String service, @Nullable String protocol) {
    return Netdb.getServByName(service, protocol);
  }

  /**
   * Returns the service at a port; empty if there is none.
   *
   * @param port 0 to 65535
   * @param protocol {@code tcp} say; null for any
   */
  public static Optional<String> getServByPort(int port, @Nullable String protocol) {
    return Optional.ofNullable(Netdb.getServByPort(port, protocol));
  }

  // Interfaces

  /** Returns the network interfaces. */
  public static List<Interfaces.Interface> ifNameIndex() throws IOException {
    return Interfaces.all();
  }

  /**
   * Returns the index of a network interface.
   *
   * @throws IOException if there is none of that name
   */
  public static int ifNameToIndex(String name) throws IOException {
    return Interfaces.index(name);
  }

  /**
   * Returns the name of a network interface.
   *
   * @throws IOException if there is none of that number
   */
  public static String ifIndexToName(int index) throws IOException {
    return Interfaces.name(index);
  }

  // Numbers

  /** Turns a number in network order into one in the host's. */
  public static int ntohl(int number) {
    return BIG_ENDIAN ? number : Integer.reverseBytes(number);
  }

  /** Turns 16 bits in network order into the host's. */
  public static int ntohs(int number) {
    if (number != (number & 0xffff)) {
      throw new IllegalArgumentException(number + " is not in 0..65535");
    }
    return BIG_ENDIAN ? number : Short.reverseBytes((short) number) & 0xffff;
  }

  /** Turns a number in the host's order into one in network order. */
  public static int htonl(int number) {
    return ntohl(number);
  }

  /** Turns 16 bits in the host's order into network order. */
  public static int htons(int number) {
    return ntohs(number);
  }

  /**
   * inet_aton(3): one to four numbers, the last of which fills what is left; in decimal, octal
   * ({@code 010}) or hexadecimal ({@code 0x8}). As in glibc, white space ends the address, whatever
   * comes behind it.
   *
   * @return four bytes
   * @throws IllegalArgumentException if the text is no such address
   */
  public static byte[] inetAton(String text) {
    String[] parts = text.split("[ \t-\r]", 2)[0].split("\\.", -1); // C's white space
    if (parts.length > 4) {
      throw noAddress(text);
    }
    long bits = 0;
    for (int i = 0; i < parts.length; i++) {
      boolean last = i == parts.length - 1;
      long max = last ? 0xffff_ffffL >>> (8 * i) : 0xff;
      long number = number(parts[i], text);
      if (number > max) {
        throw noAddress(text);
      }
      bits |= last ? number : number << (24 - 8 * i);
    }
    return ByteBuffer.allocate(Integer.BYTES).putInt((int) bits).array();
  }

  private static long number(String part, String text) {
    boolean hex = part.length() > 1 && (part.startsWith("0x") || part.startsWith("0X"));
    int radix = hex ? 16 : part.startsWith("0") ? 8 : 10;
    String digits = hex ? part.substring(2) : part;
    int zeros = 0; // as many as one likes
    while (zeros < digits.length() - 1 && digits.charAt(zeros) == '0') {
      zeros++;
    }
    digits = digits.substring(zeros);
    if (digits.isEmpty()
        || digits.length() > 12
        || digits.chars().anyMatch(c -> c == '+' || c > 0x7f)) {
      throw noAddress(text);
    }
    try {
      return Long.parseUnsignedLong(digits, radix);
    } catch (NumberFormatException e) {
      IllegalArgumentException none = noAddress(text);
      none.initCause(e);
      throw none;
    }
  }

  private static IllegalArgumentException noAddress(String text) {
    return new IllegalArgumentException(
        SocketErrors.printable("\"" + text + "\" is no IPv4 address"));
  }

  /** inet_ntoa(3): the text of four bytes. */
  public static String inetNtoa(byte[] address) {
    return inetNtop(AddressFamily.INET, address);
  }

  /**
   * inet_pton(3).
   *
   * @param family INET or INET6
   * @return 4 or 16 bytes
   * @throws IllegalArgumentException if the text is no address of the family: no zone, no octal
   */
  public static byte[] inetPton(AddressFamily family, String text) {
    if (family.equals(AddressFamily.INET)) {
      return Ipv4Address.of(text, 0).toInetAddress().getAddress();
    }
    if (!family.equals(AddressFamily.INET6)) {
      throw new IllegalArgumentException(family + " is neither AF_INET nor AF_INET6");
    }
    if (text.indexOf('%') >= 0) {
      throw new IllegalArgumentException(SocketErrors.printable("\"" + text + "\" has a zone"));
    }
    Ipv6Address address = Ipv6Address.of(text, 0);
    return ByteBuffer.allocate(16).putLong(address.high()).putLong(address.low()).array();
  }

  /**
   * inet_ntop(3).
   *
   * @param family INET or INET6
   * @param address 4 or 16 bytes
   */
  public static String inetNtop(AddressFamily family, byte[] address) {
    ByteBuffer bytes = ByteBuffer.wrap(address);
    if (family.equals(AddressFamily.INET) && address.length == 4) {
      return new Ipv4Address(bytes.getInt(), 0).host();
    }
    if (family.equals(AddressFamily.INET6) && address.length == 16) {
      return new Ipv6Address(bytes.getLong(), bytes.getLong(), 0).host();
    }
    throw new IllegalArgumentException(
        address.length + " bytes are no address of the family " + family);
  }
}
