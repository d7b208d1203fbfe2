package io.gatun.socket;

import io.gatun.address.Address;
import io.gatun.address.AddressFamily;
import io.gatun.address.IpAddress;
import io.gatun.address.Ipv4Address;
import io.gatun.address.Ipv6Address;
import io.gatun.address.SocketType;
import io.gatun.address.UnixAddress;
import io.gatun.error.ClosedException;
import io.gatun.error.ConnectionResetException;
import io.gatun.error.SocketError;
import io.gatun.error.SocketErrorException;
import io.gatun.os.Abi;
import io.gatun.os.Constants;
import io.gatun.os.Errno;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketOption;
import java.net.SocketOptions;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * What java.net.Socket and ServerSocket do, done by a {@link Socket}. Theirs is the state: when a
 * call is allowed, half-closure, "already bound".
 *
 * <p>TCP takes both kinds of addresses with one descriptor, as the JDK does: options are set before
 * anybody knows which it will be.
 */
final class SocketAdapterImpl extends SocketImpl {
  /** SocketOptions has no name for "no lingering". */
  private static final Integer NO_LINGER = -1;

  /**
   * An option that is a number, or a flag, of the system. SocketOptions has no numbers for the
   * JDK's extended ones: theirs are made up, and negative.
   */
  private record Option(int id, @Nullable SocketOption<?> name, int level, int number) {
    boolean isFlag() {
      return name == null || name.type() == Boolean.class;
    }

    boolean isSystems() {
      return number != SocketConstants.ABSENT;
    }
  }

  private static final Map<Integer, Option> OPTIONS =
      Stream.of(
              new Option(
                  SocketOptions.SO_KEEPALIVE,
                  StandardSocketOptions.SO_KEEPALIVE,
                  Constants.SOL_SOCKET,
                  SocketConstants.SO_KEEPALIVE),
              new Option(
                  SocketOptions.SO_SNDBUF,
                  StandardSocketOptions.SO_SNDBUF,
                  Constants.SOL_SOCKET,
                  SocketConstants.SO_SNDBUF),
              new Option(
                  SocketOptions.SO_RCVBUF,
                  StandardSocketOptions.SO_RCVBUF,
                  Constants.SOL_SOCKET,
                  SocketConstants.SO_RCVBUF),
              new Option(
                  SocketOptions.SO_REUSEADDR,
                  StandardSocketOptions.SO_REUSEADDR,
                  Constants.SOL_SOCKET,
                  SocketConstants.SO_REUSEADDR),
              new Option(
                  SocketOptions.SO_REUSEPORT,
                  StandardSocketOptions.SO_REUSEPORT,
                  Constants.SOL_SOCKET,
                  SocketConstants.SO_REUSEPORT),
              new Option(
                  SocketOptions.SO_OOBINLINE,
                  null,
                  Constants.SOL_SOCKET,
                  SocketConstants.SO_OOBINLINE),
              new Option(
                  SocketOptions.TCP_NODELAY,
                  StandardSocketOptions.TCP_NODELAY,
                  SocketConstants.IPPROTO_TCP,
                  SocketConstants.TCP_NODELAY),
              new Option(
                  SocketOptions.IP_TOS,
                  StandardSocketOptions.IP_TOS,
                  SocketConstants.IPPROTO_IP,
                  SocketConstants.IP_TOS),
              new Option(
                  -1,
                  ExtendedSocketOptions.TCP_KEEPIDLE,
                  SocketConstants.IPPROTO_TCP,
                  // macOS has another name for it.
                  SocketConstants.TCP_KEEPIDLE != SocketConstants.ABSENT
                      ? SocketConstants.TCP_KEEPIDLE
                      : SocketConstants.TCP_KEEPALIVE),
              new Option(
                  -2,
                  ExtendedSocketOptions.TCP_KEEPINTERVAL,
                  SocketConstants.IPPROTO_TCP,
                  SocketConstants.TCP_KEEPINTVL),
              new Option(
                  -3,
                  ExtendedSocketOptions.TCP_KEEPCOUNT,
                  SocketConstants.IPPROTO_TCP,
                  SocketConstants.TCP_KEEPCNT),
              new Option(
                  -4,
                  ExtendedSocketOptions.TCP_QUICKACK,
                  SocketConstants.IPPROTO_TCP,
                  SocketConstants.TCP_QUICKACK),
              new Option(
                  -5,
                  ExtendedSocketOptions.SO_INCOMING_NAPI_ID,
                  Constants.SOL_SOCKET,
                  SocketConstants.SO_INCOMING_NAPI_ID))
          .filter(Option::isSystems)
          .collect(Collectors.toUnmodifiableMap(Option::id, option -> option));

  /** What a listener's set lacks, in the JDK. */
  private static final Set<SocketOption<?>> CONNECTIONS_ALONE =
      Set.of(
          StandardSocketOptions.SO_KEEPALIVE,
          StandardSocketOptions.SO_LINGER,
          StandardSocketOptions.SO_SNDBUF,
          StandardSocketOptions.TCP_NODELAY);

  private static final List<Option> TRAFFIC_CLASS =
      Stream.of(
              new Option(0, null, SocketConstants.IPPROTO_IPV6, SocketConstants.IPV6_TCLASS),
              new Option(0, null, SocketConstants.IPPROTO_IP, SocketConstants.IP_TOS))
          .filter(Option::isSystems)
          .toList();

  /** Where a socket on a Unix path connects or binds, whatever address it is given. */
  private final @Nullable UnixAddress path;

  private final boolean server;

  /** Made by {@link #create}, or by the server's {@link #accept}. */
  private @Nullable Socket socket;

  /** Who has to know that it is closed: the socket of java.net, of which this is a part. */
  Closeable owner = this::close;

  /** SO_TIMEOUT in nanoseconds, or {@link Operations#FOREVER}: of reading and accepting alone. */
  private volatile long timeout = Operations.FOREVER;

  private volatile boolean inputShutdown;

  /** The kernel tells of a reset once, and of the end from then on: that would be taken for one. */
  private volatile @Nullable ConnectionResetException reset;

  /** What the system need not know: the traffic class, and on a Unix socket all of TCP and IP. */
  private final Map<Integer, Object> kept = new ConcurrentHashMap<>();

  SocketAdapterImpl(@Nullable UnixAddress path, boolean server) {
    this.path = path;
    this.server = server;
  }

  /** The socket, which java.net's classes make before they use it. */
  private Socket socket() throws SocketException {
    Socket socket = this.socket;
    if (socket == null) {
      throw new SocketException("Socket is closed");
    }
    return socket;
  }

  /** As {@link #socket}, for what the system is not asked and so would not refuse. */
  private Socket open() throws SocketException {
    Socket socket = socket();
    if (socket.isClosed()) {
      throw new SocketException("Socket is closed");
    }
    return socket;
  }

  @Override
  protected void create(boolean stream) throws IOException {
    Socket opened = path != null ? Socket.openFor(path) : openForBoth();
    try {
      opened.setTimeout(null); // whatever the default is
      // As the JDK: on Windows the option lets anybody take a port that is in use.
      if (server && path == null && !Abi.HOST.has("SO_EXCLUSIVEADDRUSE")) {
        opened.setSockOpt(Constants.SOL_SOCKET, Constants.SO_REUSEADDR, 1);
      }
    } catch (Throwable t) {
      opened.close();
      throw t;
    }
    socket = opened;
  }

  /** IPv6 that takes IPv4 too, or IPv4 alone where that cannot be had. */
  private static Socket openForBoth() throws IOException {
    Socket both;
    try {
      both = Socket.open(AddressFamily.INET6, SocketType.STREAM);
    } catch (IOException noIpv6) {
      return openForIpv4(noIpv6, Errno.EAFNOSUPPORT);
    }
    try {
      both.setSockOpt(Constants.IPPROTO_IPV6, Constants.IPV6_V6ONLY, 0);
      return both;
    } catch (IOException apart) {
      both.close();
      return openForIpv4(apart, Errno.EINVAL); // OpenBSD keeps the two apart
    }
  }

  /** Where that is why both cannot be had: another error would be hidden behind a later one. */
  private static Socket openForIpv4(IOException why, int errno) throws IOException {
    if (why instanceof SocketError error && error.errno() == errno) {
      return Socket.open(AddressFamily.INET, SocketType.STREAM);
    }
    throw why;
  }

  // Addresses

  private static boolean isV6(Socket socket) {
    return socket.family().equals(AddressFamily.INET6);
  }

  private Address address(InetAddress host, int port) throws SocketException {
    if (path != null) {
      return path;
    }
    IpAddress address = IpAddress.of(host, port);
    if (!(address instanceof Ipv4Address v4 && isV6(socket()))) {
      return address;
    }
    return v4.bits() == 0
        ? Ipv6Address.any(port)
        : new Ipv6Address(0, 0xffffL << 32 | Integer.toUnsignedLong(v4.bits()), port);
  }

  /**
   * The JDK's form of an address. A Unix one is this host, by the name of its path: much code takes
   * it for granted that there is an InetAddress.
   */
  private static InetAddress host(Address address) {
    if (shown(address) instanceof IpAddress ip) {
      return ip.toInetAddress();
    }
    try {
      return InetAddress.getByAddress(address.toString(), new byte[] {127, 0, 0, 1});
    } catch (UnknownHostException e) {
      throw new AssertionError("four bytes are an address", e);
    }
  }

  /** As messages show an address: one of IPv4 within IPv6 is nothing that anybody has given. */
  private static Address shown(Address address) {
    return address instanceof Ipv6Address v6 && v6.high() == 0 && v6.low() >>> 32 == 0xffff
        ? new Ipv4Address((int) v6.low(), v6.port())
        : address;
  }

  private static int port(Address address) {
    return address instanceof IpAddress ip ? ip.port() : 0;
  }

  /** Notes what the JDK's classes ask for: the address of the peer, and the own port. */
  private void connected(InetAddress host, Address peer) throws IOException {
    address = host;
    port = port(peer);
    localport = port(socket().getSockName());
  }

  // Connections

  @Override
  protected void connect(String host, int port) throws IOException {
    connect(new InetSocketAddress(host, port), 0);
  }

  @Override
  protected void connect(InetAddress host, int port) throws IOException {
    connect(new InetSocketAddress(host, port), 0);
  }

  @Override
  protected void connect(SocketAddress remote, int millis) throws IOException {
    if (!(remote instanceof InetSocketAddress inet)) {
      throw new IllegalArgumentException("no InetSocketAddress: " + remote);
    }
    InetAddress host = inet.getAddress();
    if (host == null && path == null) {
      throw new UnknownHostException(inet.getHostName());
    }
    Socket socket = socket();
    Address peer = path != null ? path : address(host, inet.getPort());
    try {
      if (millis != 0) {
        socket.setTimeout(Duration.ofMillis(millis));
      }
      socket.connect(peer, shown(peer));
      if (millis != 0) {
        socket.setTimeout(null);
      }
      connected(path == null ? host : host(peer), peer); // the name that it was given stays
    } catch (IOException e) {
      throw failure(e);
    }
  }

  @Override
  protected void bind(InetAddress host, int port) throws IOException {
    Socket socket = socket();
    // A client on a Unix path has no use for an address of its own.
    if (path == null || server) {
      Address local = address(host, port);
      socket.bind(local, shown(local));
    }
    Address bound = socket.getSockName();
    address = path == null ? host : host(bound); // any address of IPv4 is not IPv6's here
    localport = port(bound);
  }

  @Override
  protected void listen(int backlog) throws IOException {
    socket().listen(backlog);
  }

  @Override
  protected void accept(SocketImpl accepted) throws IOException {
    SocketAdapterImpl to = (SocketAdapterImpl) accepted;
    Socket listener = socket();
    try {
      listener.setTimeout(Socket.duration(timeout));
      Socket socket = listener.accept();
      try {
        socket.setTimeout(null);
        to.socket = socket;
        Address remote = socket.peer();
        Address peer = path != null || remote == null ? socket.getSockName() : remote;
        socket.name(shown(peer));
        to.connected(host(peer), peer);
      } catch (Throwable t) {
        socket.close();
        throw t;
      }
    } catch (ClosedException e) {
      throw closed(e); // of an interrupt ServerSocket takes care
    }
  }

  // Bytes

  int read(byte[] buffer, int offset, int length) throws IOException {
    Socket socket = socket();
    if (inputShutdown && !socket.isClosed()) {
      return -1;
    }
    ConnectionResetException before = reset;
    try {
      int count = socket.recvWithin(timeout, buffer, offset, length);
      if (count > 0) {
        return count;
      }
    } catch (ConnectionResetException e) {
      reset = e;
      throw e;
    } catch (IOException e) {
      throw failure(e);
    }
    if (before != null) {
      throw new SocketException("Connection reset", before);
    }
    return -1;
  }

  void write(byte[] buffer, int offset, int length) throws IOException {
    try {
      socket().sendAll(buffer, offset, length);
    } catch (IOException e) {
      throw failure(e);
    }
  }

  /** As java.net.Socket's documentation has it: an interrupt closes a virtual thread's socket. */
  private IOException failure(IOException e) throws IOException {
    if (e instanceof ClosedException) {
      return closed(e);
    }
    if (e instanceof InterruptedIOException && !(e instanceof SocketTimeoutException)) {
      owner.close();
      return closed(e);
    }
    return e;
  }

  /** Code for java.net.Socket knows this one alone. */
  private static SocketException closed(IOException e) {
    String how = e instanceof ClosedException ? "Socket closed" : "Closed by interrupt";
    return new SocketException(how, e);
  }

  /** {@link SocketAdapter} has streams of its own. */
  @Override
  protected InputStream getInputStream() {
    return InputStream.nullInputStream();
  }

  @Override
  protected OutputStream getOutputStream() {
    return OutputStream.nullOutputStream();
  }

  @Override
  protected int available() throws IOException {
    try {
      return inputShutdown ? 0 : socket().available();
    } catch (ClosedException e) {
      throw closed(e);
    }
  }

  @Override
  protected boolean supportsUrgentData() {
    return path == null;
  }

  @Override
  protected void sendUrgentData(int data) throws IOException {
    try {
      socket().sendAll(new byte[] {(byte) data}, 0, 1, SocketConstants.MSG_OOB);
    } catch (IOException e) {
      throw failure(e);
    }
  }

  // The end

  @Override
  protected void shutdownInput() throws IOException {
    shutdown(Shutdown.RD);
    inputShutdown = true;
  }

  @Override
  protected void shutdownOutput() throws IOException {
    shutdown(Shutdown.WR);
  }

  /** As the JDK: a connection that the peer has reset meanwhile is shut already. */
  private void shutdown(Shutdown half) throws IOException {
    try {
      socket().shutdown(half);
    } catch (ClosedException e) {
      throw closed(e);
    } catch (SocketErrorException e) {
      if (e.errno() != Errno.ENOTCONN) {
        throw e;
      }
    }
  }

  @Override
  protected void close() {
    Socket socket = this.socket;
    if (socket != null) {
      socket.close();
    }
  }

  // Options

  @Override
  public void setOption(int id, Object value) throws SocketException {
    try {
      set(id, value);
    } catch (SocketException e) {
      throw e;
    } catch (IOException e) {
      throw new SocketException(e.getMessage(), e);
    }
  }

  @Override
  public Object getOption(int id) throws SocketException {
    try {
      return get(id);
    } catch (SocketException e) {
      throw e;
    } catch (IOException e) {
      throw new SocketException(e.getMessage(), e);
    }
  }

  /** Whether an option has no meaning on a Unix socket. */
  private boolean isForeign(Option option) {
    return path != null && option.level != Constants.SOL_SOCKET;
  }

  private void set(int id, Object value) throws IOException {
    Socket socket = open();
    if (id == SocketOptions.SO_TIMEOUT) {
      int millis = (Integer) value;
      timeout = millis == 0 ? Operations.FOREVER : Duration.ofMillis(millis).toNanos();
    } else if (id == SocketOptions.SO_LINGER) {
      socket.setLinger(value instanceof Integer seconds ? seconds : NO_LINGER);
    } else {
      Option option = option(id);
      int number = value instanceof Boolean on ? (on ? 1 : 0) : (Integer) value;
      if (isForeign(option)) {
        kept.put(id, value);
        return;
      }
      if (id == SocketOptions.IP_TOS) {
        kept.put(id, value);
        setTrafficClass(socket, number);
      } else {
        socket.setSockOpt(option.level, option.number, number);
      }
    }
  }

  /** For both families. It is a hint: Windows refuses the one, others the other. */
  private static void setTrafficClass(Socket socket, int number) {
    for (Option option : TRAFFIC_CLASS) {
      try {
        socket.setSockOpt(option.level, option.number, number);
      } catch (IOException refused) {
        // The other may do.
      }
    }
  }

  private Object get(int id) throws IOException {
    Socket socket = open();
    if (id == SocketOptions.SO_TIMEOUT) {
      return timeout == Operations.FOREVER ? 0 : (int) Duration.ofNanos(timeout).toMillis();
    }
    if (id == SocketOptions.SO_LINGER) {
      return socket.getLinger();
    }
    if (id == SocketOptions.SO_BINDADDR) {
      return host(socket.getSockName());
    }
    Option option = option(id);
    if (isForeign(option) || id == SocketOptions.IP_TOS) {
      return kept.getOrDefault(id, option.isFlag() ? (Object) false : 0);
    }
    int number = socket.getSockOpt(option.level, option.number);
    return option.isFlag() ? (Object) (number != 0) : number;
  }

  private static Option option(int id) throws SocketException {
    Option option = OPTIONS.get(id);
    if (option == null) {
      throw new SocketException("no option " + id + " of SocketOptions is known here");
    }
    return option;
  }

  /** By the number that SocketOptions has for an option. */
  private static int id(SocketOption<?> name) {
    if (name.equals(StandardSocketOptions.SO_LINGER)) {
      return SocketOptions.SO_LINGER;
    }
    return OPTIONS.values().stream()
        .filter(option -> name.equals(option.name))
        .findFirst()
        .orElseThrow(() -> new UnsupportedOperationException("'" + name + "' not supported"))
        .id;
  }

  @Override
  protected <T> void setOption(SocketOption<T> name, T value) throws IOException {
    int id = id(name);
    if (!name.type().isInstance(value) || !isInRange(name, value)) {
      throw new IllegalArgumentException("Invalid value '" + value + "' of " + name.name());
    }
    set(id, value);
  }

  /** As the JDK: what these options do not check, the system does. */
  private static boolean isInRange(SocketOption<?> name, Object value) {
    if (name.equals(StandardSocketOptions.IP_TOS)) {
      return (Integer) value >= 0 && (Integer) value <= 0xff;
    }
    boolean isSize =
        name.equals(StandardSocketOptions.SO_RCVBUF)
            || name.equals(StandardSocketOptions.SO_SNDBUF);
    return !isSize || (Integer) value >= 0;
  }

  @Override
  protected <T> T getOption(SocketOption<T> name) throws IOException {
    return name.type().cast(get(id(name)));
  }

  @Override
  protected Set<SocketOption<?>> supportedOptions() {
    Set<SocketOption<?>> names =
        OPTIONS.values().stream()
            .filter(option -> option.name != null)
            .<SocketOption<?>>map(Option::name)
            .collect(Collectors.toSet());
    names.add(StandardSocketOptions.SO_LINGER);
    if (server) {
      names.removeAll(CONNECTIONS_ALONE);
    }
    return names;
  }
}
