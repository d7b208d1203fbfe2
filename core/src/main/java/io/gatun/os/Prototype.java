package io.gatun.os;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;

/**
 * A C function as a system's headers declare it: how wide its arguments are there, and from which
 * one on they are variadic, which Apple's processors pass otherwise than the rest.
 *
 * @param returns the type of the result
 * @param arguments the fixed arguments: a type, perhaps with a name
 * @param variadic whether more may follow
 */
record Prototype(String returns, String name, List<String> arguments, boolean variadic) {
  /** The types that are no pointers. Their sizes are held against the headers too. */
  static final Map<String, ValueLayout> TYPES =
      Map.of(
          "int", JAVA_INT,
          "unsigned int", JAVA_INT,
          "unsigned long", JAVA_LONG,
          "size_t", JAVA_LONG,
          "ssize_t", JAVA_LONG,
          "off_t", JAVA_LONG,
          "socklen_t", JAVA_INT,
          "pthread_t", JAVA_LONG);

  /** What all POSIX systems declare alike, or with another word for a type of the same size. */
  static final String POSIX =
      """
      int socket(int, int, int)
      int socketpair(int, int, int, int *)
      int bind(int, const struct sockaddr *, socklen_t)
      int listen(int, int)
      int accept(int, struct sockaddr *, socklen_t *)
      int connect(int, const struct sockaddr *, socklen_t)
      ssize_t recv(int, void *, size_t, int)
      ssize_t send(int, const void *, size_t, int)
      ssize_t recvfrom(int, void *, size_t, int, struct sockaddr *, socklen_t *)
      ssize_t sendto(int, const void *, size_t, int, const struct sockaddr *, socklen_t)
      ssize_t recvmsg(int, struct msghdr *, int)
      ssize_t sendmsg(int, const struct msghdr *, int)
      int shutdown(int, int)
      int getsockopt(int, int, int, void *, socklen_t *)
      int setsockopt(int, int, int, const void *, socklen_t)
      int getsockname(int, struct sockaddr *, socklen_t *)
      int getpeername(int, struct sockaddr *, socklen_t *)
      ssize_t read(int, void *, size_t)
      ssize_t pread(int, void *, size_t, off_t)
      ssize_t write(int, const void *, size_t)
      ssize_t readv(int, const struct iovec *, int)
      ssize_t writev(int, const struct iovec *, int)
      int close(int)
      int pipe(int *)
      int dup2(int, int)
      int fcntl(int, int, ...)
      int ioctl(int, unsigned long, ...)
      int open(const char *, int, ...)
      pthread_t pthread_self(void)
      int pthread_kill(pthread_t, int)
      int sigaction(int, const struct sigaction *, struct sigaction *)
      int getaddrinfo(const char *, const char *, const struct addrinfo *, struct addrinfo **)
      void freeaddrinfo(struct addrinfo *)
      int gethostname(char *, size_t)
      int abs(int)
      unsigned int if_nametoindex(const char *)
      char *if_indextoname(unsigned int, char *)
      struct if_nameindex *if_nameindex(void)
      void if_freenameindex(struct if_nameindex *)
      """;

  static String name(String prototype) {
    String before = prototype.substring(0, prototype.indexOf('('));
    return before.substring(Math.max(before.lastIndexOf(' '), before.lastIndexOf('*')) + 1);
  }

  static Prototype of(String prototype) {
    String name = name(prototype);
    int open = prototype.indexOf('(');
    String returns = prototype.substring(0, open - name.length()).strip();
    String inside = prototype.substring(open + 1, prototype.length() - 1);
    boolean variadic = inside.endsWith(", ...");
    String fixed = variadic ? inside.substring(0, inside.length() - 5) : inside;
    List<String> arguments = fixed.equals("void") ? List.of() : List.of(fixed.split(", ", -1));
    return new Prototype(returns, name, arguments, variadic);
  }

  /** Returns the layout of an argument, or of a result that is not void. */
  static ValueLayout layout(String declared) {
    if (declared.contains("*")) {
      return JAVA_LONG;
    }
    for (Map.Entry<String, ValueLayout> type : TYPES.entrySet()) {
      if (declared.equals(type.getKey()) || declared.startsWith(type.getKey() + " ")) {
        return type.getValue();
      }
    }
    throw new IllegalArgumentException("no size is known of " + declared);
  }

  /** Returns the layouts of the fixed arguments, then those given of the variadic ones. */
  MemoryLayout[] layouts(MemoryLayout[] given) {
    if (variadic ? given.length < arguments.size() : given.length != arguments.size()) {
      throw new IllegalArgumentException(name + " does not take " + given.length + " arguments");
    }
    MemoryLayout[] layouts = given.clone();
    for (int i = 0; i < arguments.size(); i++) {
      if (!(given[i] instanceof AddressLayout)) { // which only a critical call takes
        layouts[i] = layout(arguments.get(i));
      }
    }
    return layouts;
  }

  /** Returns the declaration, without the semicolon. */
  @Override
  public String toString() {
    String fixed = arguments.isEmpty() ? "void" : String.join(", ", arguments);
    return "%s %s(%s)".formatted(returns, name, variadic ? fixed + ", ..." : fixed);
  }
}
