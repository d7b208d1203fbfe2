package io.gatun.address;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gatun.error.HostException;
import io.gatun.error.ResolveException;
import io.gatun.error.SocketErrors;
import io.gatun.os.Abi;
import io.gatun.os.Constants;
import io.gatun.os.Errno;
import io.gatun.os.Kernel;
import io.gatun.os.Memory;
import io.gatun.os.Struct;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.IDN;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What the system knows of hosts, services and protocols by name: the calls of netdb.h, with all
 * their arguments. {@link Resolver} is the simpler way to a host's addresses.
 *
 * <p>They block for as long as the system asks others. A virtual thread leaves them to threads of
 * the resolver's; an event loop must not make them.
 */
public final class Netdb {
  private static final int EAI_NONAME = Abi.HOST.value("EAI_NONAME");
  private static final int FIRST_BUFFER = 1024;
  private static final int LARGEST_BUFFER = 1 << 20;

  /** NI_MAXHOST and NI_MAXSERV of every system, and more. */
  private static final int NAME_SIZE = 1025;

  private Netdb() {}

  /**
   * One answer of getaddrinfo(3): what to open a socket with, and the address.
   *
   * @param canonicalName the host's own name where AI_CANONNAME asked for it, else empty
   */
  public record AddressInfo(
      AddressFamily family,
      SocketType type,
      Protocol protocol,
      String canonicalName,
      Address address) {}

  /**
   * A host's names and addresses.
   *
   * @param name its own name
   * @param aliases other names
   * @param addresses its addresses, with port 0
   */
  public record HostEntry(String name, List<String> aliases, List<IpAddress> addresses) {
    /** Makes an entry of copies. */
    public HostEntry {
      aliases = List.copyOf(aliases);
      addresses = List.copyOf(addresses);
    }
  }

  /** A host and a service as text; see {@link #getNameInfo}. */
  public record NameInfo(String host, String service) {}

  /** What a call gave: an answer, or a code with errno. */
  private record Answer<T>(@Nullable T value, int code, int errno) {
    static <T> Answer<T> of(T value) {
      return new Answer<>(value, 0, 0);
    }

    static <T> Answer<T> failed(int code, int errno) {
      return new Answer<>(null, code, errno);
    }

    T orResolveException(String call, Object subject) throws ResolveException {
      if (value == null) {
        throw new ResolveException(call, subject, code, errno);
      }
      return value;
    }
  }

  // Addresses

  private static final class AddrInfo {
    static final Struct STRUCT = Abi.HOST.struct("addrinfo");
  }

  /**
   * getaddrinfo(3).
   *
   * @param host a name or an address; null for this host, or with AI_PASSIVE any address
   * @param service a name or a number; null for port 0
   * @param family {@link AddressFamily#UNSPEC} for any
   * @param type {@code new SocketType(0)} for any
   * @param protocol {@link Protocol#DEFAULT} for any
   * @param flags AI flags
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
    check(host);
    check(service);
    return Resolver.now(() -> ask(host, service, family, type, protocol, flags))
        .orResolveException("getaddrinfo", subject(host, service));
  }

  private static Object subject(@Nullable String host, @Nullable String service) {
    return (host == null ? "" : host) + (service == null ? "" : ":" + service);
  }

  private static void check(@Nullable String name) {
    if (name != null && name.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a name cannot hold a NUL");
    }
  }

  private static Answer<List<AddressInfo>> ask(
      @Nullable String host,
      @Nullable String service,
      AddressFamily family,
      SocketType type,
      Protocol protocol,
      int flags) {
    Struct struct = AddrInfo.STRUCT;
    Kernel kernel = Kernel.acquire();
    try (Arena arena = Arena.ofConfined()) {
      long node = host == null ? 0 : arena.allocateFrom(ascii(host)).address();
      long port = service == null ? 0 : arena.allocateFrom(service).address();
      long hints = arena.allocate(struct.size(), Long.BYTES).address();
      struct.set(hints, "ai_flags", flags);
      struct.set(hints, "ai_family", family.number());
      struct.set(hints, "ai_socktype", type.number());
      struct.set(hints, "ai_protocol", protocol.number());
      long result = arena.allocate(Long.BYTES, Long.BYTES).address();
      int code = kernel.getaddrinfo(node, port, hints, result);
      if (code != 0) {
        return Answer.failed(code, kernel.errno());
      }
      long list = Memory.getLong(result);
      try {
        return Answer.of(infos(list));
      } finally {
        kernel.freeaddrinfo(list);
      }
    } catch (IllegalArgumentException noName) { // of IDN: a part is too long
      return Answer.failed(EAI_NONAME, 0);
    } finally {
      Kernel.release(kernel);
    }
  }

  private static String ascii(String host) {
    return host.chars().allMatch(c -> c < 0x80) ? host : IDN.toASCII(host);
  }

  private static List<AddressInfo> infos(long list) {
    Struct struct = AddrInfo.STRUCT;
    List<AddressInfo> found = new ArrayList<>();
    for (long info = list; info != 0; info = struct.get(info, "ai_next")) {
      long name = struct.get(info, "ai_canonname");
      found.add(
          new AddressInfo(
              new AddressFamily((int) struct.get(info, "ai_family")),
              new SocketType((int) struct.get(info, "ai_socktype")),
              new Protocol((int) struct.get(info, "ai_protocol")),
              name == 0 ? "" : Memory.getString(name),
              Sockaddr.decode(struct.get(info, "ai_addr"), (int) struct.get(info, "ai_addrlen"))));
    }
    return List.copyOf(found);
  }

  /**
   * getnameinfo(3).
   *
   * @param flags NI flags
   * @return the host's name or number, and the service's
   * @throws ResolveException if it could not be found out, or NI_NAMEREQD is given and there is no
   *     name
   */
  public static NameInfo getNameInfo(Address address, int flags) throws ResolveException {
    return Resolver.now(() -> ask(address, flags)).orResolveException("getnameinfo", address);
  }

  private static Answer<NameInfo> ask(Address address, int flags) {
    Kernel kernel = Kernel.acquire();
    try (Arena arena = Arena.ofConfined()) {
      long memory = arena.allocate(Sockaddr.SIZE, Long.BYTES).address();
      int length = Sockaddr.encode(address, memory);
      if (length < 0) {
        return Answer.failed(Abi.HOST.value("EAI_FAMILY"), 0);
      }
      long host = arena.allocate(NAME_SIZE).address();
      long service = arena.allocate(NAME_SIZE).address();
      int code = kernel.getnameinfo(memory, length, host, NAME_SIZE, service, NAME_SIZE, flags);
      return code == 0
          ? Answer.of(new NameInfo(Memory.getString(host), Memory.getString(service)))
          : Answer.failed(code, kernel.errno());
    } finally {
      Kernel.release(kernel);
    }
  }

  // Hosts

  /**
   * gethostbyname(3): a host's entry, with IPv4 addresses.
   *
   * @throws HostException if there is none, or it could not be found out
   */
  public static HostEntry getHostByName(String host) throws IOException {
    check(host);
    Answer<HostEntry> answer = Resolver.now(() -> hostByName(host));
    if (answer.errno() == Errno.ENOSYS) {
      return byAddrInfo(host);
    }
    return hostOr("gethostbyname", host, answer);
  }

  /**
   * gethostbyaddr(3): the entry of the host that has an address.
   *
   * @param address the address, whose port does not matter
   * @throws HostException if there is none, or it could not be found out
   */
  public static HostEntry getHostByAddr(IpAddress address) throws IOException {
    Answer<HostEntry> answer = Resolver.now(() -> hostByAddress(address));
    if (answer.errno() == Errno.ENOSYS) {
      String name = getNameInfo(address, Abi.HOST.value("NI_NAMEREQD")).host();
      return new HostEntry(name, List.of(), List.of(address.withPort(0)));
    }
    return hostOr("gethostbyaddr", address.host(), answer);
  }

  private static HostEntry hostOr(String call, String subject, Answer<HostEntry> answer)
      throws IOException {
    HostEntry entry = answer.value();
    if (entry == null) {
      throw answer.errno() != 0
          ? SocketErrors.of(call, subject, answer.errno())
          : new HostException(call, subject, answer.code());
    }
    return entry;
  }

  /** On systems without the thread-safe call. */
  private static HostEntry byAddrInfo(String host) throws ResolveException {
    int flags = Abi.HOST.value("AI_CANONNAME");
    List<AddressInfo> infos =
        getAddrInfo(host, null, AddressFamily.INET, SocketType.STREAM, Protocol.DEFAULT, flags);
    List<IpAddress> addresses = new ArrayList<>();
    for (AddressInfo info : infos) {
      if (info.address() instanceof IpAddress address) {
        addresses.add(address);
      }
    }
    String name = infos.getFirst().canonicalName();
    return new HostEntry(name.isEmpty() ? host : name, List.of(), addresses);
  }

  /** One of the calls that fill a buffer which the caller has to guess the size of. */
  private interface Filling {
    int call(long entry, long buffer, int length, long result, long hostErrno);
  }

  private interface Reading<T> {
    T read(long entry);
  }

  private static <T> Answer<T> fill(Struct struct, Filling filling, Reading<T> reading) {
    for (int size = FIRST_BUFFER; ; size *= 2) {
      try (Arena arena = Arena.ofConfined()) {
        long entry = arena.allocate(struct.size(), Long.BYTES).address();
        long result = arena.allocate(Long.BYTES, Long.BYTES).address();
        long hostErrno = arena.allocate(Long.BYTES, Long.BYTES).address();
        MemorySegment buffer = arena.allocate(size, Long.BYTES);
        int error = filling.call(entry, buffer.address(), size, result, hostErrno);
        long found = Memory.getLong(result);
        if (error == 0 && found != 0) {
          return Answer.of(reading.read(found));
        }
        if (error != -Errno.ERANGE || size >= LARGEST_BUFFER) {
          int code = Memory.getInt(hostErrno);
          return Answer.failed(code, code > 0 ? 0 : -error);
        }
      }
    }
  }

  private static Answer<HostEntry> hostByName(String host) {
    Kernel kernel = Kernel.acquire();
    try (Arena arena = Arena.ofConfined()) {
      long name = arena.allocateFrom(ascii(host)).address();
      return fill(
          Host.STRUCT,
          (entry, buffer, length, result, hostErrno) ->
              kernel.gethostbyname(name, entry, buffer, length, result, hostErrno),
          Netdb::host);
    } catch (IllegalArgumentException noName) { // of IDN: a part is too long
      return Answer.failed(1, 0);
    } finally {
      Kernel.release(kernel);
    }
  }

  private static Answer<HostEntry> hostByAddress(IpAddress address) {
    Kernel kernel = Kernel.acquire();
    byte[] bytes = address.toInetAddress().getAddress();
    try (Arena arena = Arena.ofConfined()) {
      long memory = arena.allocate(bytes.length, Long.BYTES).address();
      Memory.set(memory, bytes, 0, bytes.length);
      int family = address.family().number();
      return fill(
          Host.STRUCT,
          (entry, buffer, length, result, hostErrno) ->
              kernel.gethostbyaddr(
                  memory, bytes.length, family, entry, buffer, length, result, hostErrno),
          Netdb::host);
    } finally {
      Kernel.release(kernel);
    }
  }

  /** A layout; any where the system lacks it, since then it lacks the call too. */
  private static Struct entry(String name) {
    Struct found = Abi.HOST.structs().get(name);
    return found == null ? Abi.HOST.struct("sockaddr") : found;
  }

  private static final class Host {
    static final Struct STRUCT = entry("hostent");
  }

  private static HostEntry host(long entry) {
    Struct struct = Host.STRUCT;
    boolean v6 = (int) struct.get(entry, "h_addrtype") == Constants.AF_INET6;
    List<IpAddress> addresses = new ArrayList<>();
    for (long address : pointers(struct.get(entry, "h_addr_list"))) {
      byte[] bytes = new byte[v6 ? 16 : 4];
      Memory.get(address, bytes, 0, bytes.length);
      addresses.add(
          v6
              ? new Ipv6Address(Bytes.getLong(bytes, 0), Bytes.getLong(bytes, 8), 0)
              : new Ipv4Address(Bytes.getInt(bytes, 0), 0));
    }
    List<String> aliases =
        Arrays.stream(pointers(struct.get(entry, "h_aliases")))
            .mapToObj(Memory::getString)
            .toList();
    return new HostEntry(Memory.getString(struct.get(entry, "h_name")), aliases, addresses);
  }

  /** The elements of an array that ends with a null. */
  private static long[] pointers(long array) {
    int count = 0;
    while (array != 0 && Memory.getLong(array + (long) count * Long.BYTES) != 0) {
      count++;
    }
    long[] pointers = new long[count];
    for (int i = 0; i < count; i++) {
      pointers[i] = Memory.getLong(array + (long) i * Long.BYTES);
    }
    return pointers;
  }

  // Services and protocols

  /**
   * getservbyname(3): the port of a service.
   *
   * @param protocol {@code tcp} say; null for any
   * @return nothing if there is no such service
   */
  public static OptionalInt getServByName(String service, @Nullable String protocol) {
    check(service);
    check(protocol);
    return Resolver.now(() -> servicePort(service, protocol));
  }

  private static OptionalInt servicePort(String service, @Nullable String protocol) {
    Kernel kernel = Kernel.acquire();
    try (Arena arena = Arena.ofConfined()) {
      long name = arena.allocateFrom(service).address();
      long proto = protocol == null ? 0 : arena.allocateFrom(protocol).address();
      Answer<Integer> port =
          fill(
              Service.STRUCT,
              (entry, buffer, length, result, _) ->
                  kernel.getservbyname(name, proto, entry, buffer, length, result),
              entry -> swapped((int) Service.STRUCT.get(entry, "s_port")));
      if (port.errno() == Errno.ENOSYS) {
        return portByAddrInfo(service, protocol);
      }
      Integer found = port.value();
      return found == null ? OptionalInt.empty() : OptionalInt.of(found);
    } finally {
      Kernel.release(kernel);
    }
  }

  /** On systems without the thread-safe call. */
  private static OptionalInt portByAddrInfo(String service, @Nullable String protocol) {
    SocketType type =
        protocol == null
            ? new SocketType(0)
            : protocol.equals("udp") ? SocketType.DGRAM : SocketType.STREAM;
    Answer<List<AddressInfo>> answer =
        ask(null, service, AddressFamily.INET, type, Protocol.DEFAULT, 0);
    List<AddressInfo> infos = answer.value();
    return infos != null && infos.getFirst().address() instanceof IpAddress address
        ? OptionalInt.of(address.port())
        : OptionalInt.empty();
  }

  /**
   * getservbyport(3): the name of the service at a port.
   *
   * @param port 0 to 65535
   * @param protocol {@code tcp} say; null for any
   * @return null if there is no such service
   */
  public static @Nullable String getServByPort(int port, @Nullable String protocol) {
    Bytes.checkPort(port);
    check(protocol);
    return Resolver.<@Nullable String>now(() -> serviceName(port, protocol));
  }

  private static @Nullable String serviceName(int port, @Nullable String protocol) {
    Kernel kernel = Kernel.acquire();
    try (Arena arena = Arena.ofConfined()) {
      long proto = protocol == null ? 0 : arena.allocateFrom(protocol).address();
      Answer<String> name =
          fill(
              Service.STRUCT,
              (entry, buffer, length, result, _) ->
                  kernel.getservbyport(swapped(port), proto, entry, buffer, length, result),
              entry -> Memory.getString(Service.STRUCT.get(entry, "s_name")));
      if (name.errno() != Errno.ENOSYS) {
        return name.value();
      }
      int flags = "udp".equals(protocol) ? Abi.HOST.value("NI_DGRAM") : 0;
      NameInfo info =
          ask(Ipv4Address.loopback(port), flags | Abi.HOST.value("NI_NUMERICHOST")).value();
      return info == null || info.service().equals(Integer.toString(port)) ? null : info.service();
    } finally {
      Kernel.release(kernel);
    }
  }

  private static final class Service {
    static final Struct STRUCT = entry("servent");
  }

  /** The low half of an int between network order and the host's. */
  private static int swapped(int port) {
    return ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN
        ? port
        : Short.reverseBytes((short) port) & 0xffff;
  }

  /**
   * getprotobyname(3): the number of a protocol.
   *
   * @return nothing if there is no such protocol
   */
  public static OptionalInt getProtoByName(String name) {
    check(name);
    return Resolver.now(() -> protocol(name));
  }

  private static OptionalInt protocol(String name) {
    Kernel kernel = Kernel.acquire();
    try (Arena arena = Arena.ofConfined()) {
      long memory = arena.allocateFrom(name, UTF_8).address();
      Struct struct = entry("protoent");
      Answer<Integer> number =
          fill(
              struct,
              (entry, buffer, length, result, _) ->
                  kernel.getprotobyname(memory, entry, buffer, length, result),
              entry -> (int) struct.get(entry, "p_proto"));
      Integer found = number.value();
      if (found != null) {
        return OptionalInt.of(found);
      }
      // Where nothing is set up, or no thread-safe call there is, netinet/in.h knows.
      Integer known = Abi.HOST.constants().get("IPPROTO_" + name.toUpperCase(Locale.ROOT));
      return known == null ? OptionalInt.empty() : OptionalInt.of(known);
    } finally {
      Kernel.release(kernel);
    }
  }

  /** gethostname(2). */
  public static String getHostName() throws IOException {
    Kernel kernel = Kernel.acquire();
    try (Arena arena = Arena.ofConfined()) {
      long name = arena.allocate(NAME_SIZE).address(); // whose last byte stays a NUL
      int result = kernel.gethostname(name, NAME_SIZE - 1);
      if (result < 0) {
        throw SocketErrors.of("gethostname", null, result);
      }
      return Memory.getString(name);
    } finally {
      Kernel.release(kernel);
    }
  }

  /** sethostname(2), for which a privilege is needed. */
  public static void setHostName(String name) throws IOException {
    check(name);
    Kernel kernel = Kernel.acquire();
    try (Arena arena = Arena.ofConfined()) {
      byte[] bytes = name.getBytes(UTF_8);
      long memory = arena.allocate(Math.max(bytes.length, 1)).address();
      Memory.set(memory, bytes, 0, bytes.length);
      int result = kernel.sethostname(memory, bytes.length);
      if (result < 0) {
        throw SocketErrors.of("sethostname", name, result);
      }
    } finally {
      Kernel.release(kernel);
    }
  }
}
