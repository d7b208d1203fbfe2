package io.gatun.address;

import io.gatun.error.ResolveException;
import io.gatun.os.Abi;
import io.gatun.os.Constants;
import io.gatun.os.Kernel;
import io.gatun.os.Memory;
import io.gatun.os.Struct;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.net.IDN;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Turns host names into addresses with the system's getaddrinfo(3): what it is set up to ask (the
 * hosts file, DNS …) is asked, and nothing is kept.
 *
 * <p>A host is a name, or the text of an IPv4 or IPv6 address, which needs no call. A name outside
 * ASCII goes through {@link IDN}, as in Python. The addresses come in the system's order (RFC
 * 6724), none twice.
 *
 * <p>The call blocks and cannot be ended. {@link #resolve} makes it on a platform thread that calls
 * it; virtual threads and {@link #resolveAsync} leave it to a few threads of the resolver's own.
 */
public final class Resolver {
  private static final int NUMERIC_SERVICE = Abi.HOST.value("AI_NUMERICSERV");
  private static final int PASSIVE = Abi.HOST.value("AI_PASSIVE");
  private static final int NO_NAME = Abi.HOST.value("EAI_NONAME");

  private Resolver() {}

  /**
   * Finds the addresses to connect to.
   *
   * @param host the host; empty for this one, by its loopback addresses
   * @param port 0 to 65535
   * @return one address at least
   * @throws ResolveException if there is none, or it could not be found out
   * @throws IllegalArgumentException if the port is out of range or the host holds a NUL
   */
  public static List<Address> resolve(String host, int port) throws ResolveException {
    return now(new Question(host, port, NUMERIC_SERVICE));
  }

  /**
   * Finds the addresses to bind to: as {@link #resolve}, but an empty host means any address of
   * this one, as in Python.
   *
   * @param host the host; empty for the wildcard addresses
   * @param port 0 to 65535
   * @return one address at least
   * @throws ResolveException if there is none, or it could not be found out
   * @throws IllegalArgumentException if the port is out of range or the host holds a NUL
   */
  public static List<Address> resolvePassive(String host, int port) throws ResolveException {
    return now(new Question(host, port, NUMERIC_SERVICE | PASSIVE));
  }

  /**
   * Does what {@link #resolve} does, and never blocks the caller. The future fails with a {@link
   * ResolveException}; actions that hang on it run on the resolver's threads unless they say
   * otherwise.
   *
   * @param host the host; empty for this one, by its loopback addresses
   * @param port 0 to 65535
   * @return one address at least
   * @throws IllegalArgumentException if the port is out of range or the host holds a NUL
   */
  public static CompletableFuture<List<Address>> resolveAsync(String host, int port) {
    return later(new Question(host, port, NUMERIC_SERVICE));
  }

  /**
   * Does what {@link #resolvePassive} does, and never blocks the caller; as {@link #resolveAsync}.
   *
   * @param host the host; empty for the wildcard addresses
   * @param port 0 to 65535
   * @return one address at least
   * @throws IllegalArgumentException if the port is out of range or the host holds a NUL
   */
  public static CompletableFuture<List<Address>> resolvePassiveAsync(String host, int port) {
    return later(new Question(host, port, NUMERIC_SERVICE | PASSIVE));
  }

  private static List<Address> now(Question question) throws ResolveException {
    IpAddress literal = question.literal();
    if (literal != null) {
      return List.of(literal);
    }
    // The answer, not the exception, changes threads: so its stack trace shows the caller.
    return now(question::ask).addresses();
  }

  /** A question to the system that may take long. */
  interface Query<T extends @Nullable Object> {
    /** Asks. The answer, not an exception, tells that something went wrong. */
    T ask();
  }

  /**
   * Asks on the calling thread, or for a virtual one on a thread of the resolver's: a call of the C
   * library would hold its carrier for as long as it takes.
   */
  static <T extends @Nullable Object> T now(Query<T> query) {
    return Thread.currentThread().isVirtual()
        ? CompletableFuture.supplyAsync(query::ask, Pool.THREADS).join()
        : query.ask();
  }

  private static CompletableFuture<List<Address>> later(Question question) {
    IpAddress literal = question.literal();
    if (literal != null) {
      return CompletableFuture.completedFuture(List.of(literal));
    }
    CompletableFuture<List<Address>> future = new CompletableFuture<>();
    Pool.THREADS.execute(() -> {
      if (future.isDone()) {
        return; // cancelled while it waited
      }
      try {
        future.complete(question.ask().addresses());
      } catch (Throwable t) {
        future.completeExceptionally(t);
      }
    });
    return future;
  }

  private record Question(String host, int port, int flags) {
    private static final Struct ADDRINFO = Abi.HOST.struct("addrinfo");

    Question {
      Bytes.checkPort(port);
      if (host.indexOf('\0') >= 0) {
        throw new IllegalArgumentException("a host name cannot hold a NUL");
      }
    }

    /** The address that the host's text is, or null: the system may yet know it as a name. */
    @Nullable IpAddress literal() {
      try {
        if (host.indexOf(':') >= 0) {
          return Ipv6Address.of(host, port);
        }
        if (host.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'))) {
          return Ipv4Address.of(host, port);
        }
        return null;
      } catch (AddressFormatException none) {
        return null;
      }
    }

    /** Makes the call. */
    Answer ask() {
      String name;
      try {
        name = ascii(host);
      } catch (IllegalArgumentException tooLong) {
        return new Answer(this, NO_NAME, 0, List.of());
      }
      Kernel kernel = Kernel.acquire();
      try (Arena arena = Arena.ofConfined()) {
        long hints = arena.allocate(ADDRINFO.size(), Long.BYTES).address();
        ADDRINFO.set(hints, "ai_flags", flags);
        ADDRINFO.set(hints, "ai_family", Constants.AF_UNSPEC);
        ADDRINFO.set(hints, "ai_socktype", Constants.SOCK_STREAM); // each address once
        long result = arena.allocate(ValueLayout.JAVA_LONG).address();
        long node = name.isEmpty() ? 0 : arena.allocateFrom(name).address();
        long service = arena.allocateFrom(Integer.toString(port)).address();
        int code = kernel.getaddrinfo(node, service, hints, result);
        if (code != 0) {
          return new Answer(this, code, kernel.errno(), List.of());
        }
        long list = Memory.getLong(result);
        try {
          return new Answer(this, 0, 0, addresses(list));
        } finally {
          kernel.freeaddrinfo(list);
        }
      } finally {
        Kernel.release(kernel);
      }
    }

    private static List<Address> addresses(long list) {
      Set<Address> addresses = new LinkedHashSet<>();
      for (long info = list; info != 0; info = ADDRINFO.get(info, "ai_next")) {
        long address = ADDRINFO.get(info, "ai_addr");
        addresses.add(Sockaddr.decode(address, (int) ADDRINFO.get(info, "ai_addrlen")));
      }
      return List.copyOf(addresses);
    }

    /**
     * RFC 3490, which leaves ASCII as it is; its limits on such names are the system's business.
     */
    static String ascii(String host) {
      return host.chars().allMatch(c -> c < 0x80) ? host : IDN.toASCII(host);
    }

    @Override
    public String toString() {
      return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
  }

  /** What getaddrinfo(3) said: 0 and addresses, or one of its codes. */
  private record Answer(Question question, int code, int errno, List<Address> found) {
    List<Address> addresses() throws ResolveException {
      if (code != 0) {
        throw new ResolveException("getaddrinfo", question, code, errno);
      }
      return found;
    }
  }

  /** Made only when it is needed; its threads end when they have nothing to do. */
  static final class Pool {
    private static final int SIZE = 8;
    private static final int IDLE_SECONDS = 30;

    static final ThreadPoolExecutor THREADS =
        new ThreadPoolExecutor(
            SIZE,
            SIZE,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().daemon().name("gatun-resolver-", 0).factory());

    static {
      THREADS.allowCoreThreadTimeOut(true);
    }
  }
}
