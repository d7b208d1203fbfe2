package io.gatun.os;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import java.util.regex.Pattern;

/**
 * C that a compiler accepts only if every number of an {@link Abi} is that of the headers it
 * carries: one static assertion for each constant, errno, size and offset.
 */
final class AbiAssertions {
  private static final String POSIX_HEADERS =
      """
      #define _GNU_SOURCE
      #include <sys/types.h>
      #include <stddef.h>
      #include <stdint.h>
      #include <errno.h>
      #include <fcntl.h>
      #include <net/if.h>
      #include <netdb.h>
      #include <netinet/in.h>
      #include <netinet/tcp.h>
      #include <poll.h>
      #include <pthread.h>
      #include <signal.h>
      #include <stdlib.h>
      #include <sys/ioctl.h>
      #include <sys/socket.h>
      #include <sys/time.h>
      #include <sys/uio.h>
      #include <sys/un.h>
      #include <unistd.h>
      """;

  private static final String LINUX_HEADERS =
      POSIX_HEADERS
          + """
          #include <sys/epoll.h>
          #include <sys/eventfd.h>
          #include <sys/sendfile.h>
          """
          + LinuxHeaders.FAMILIES;

  private static final String BSD_HEADERS =
      "#define __APPLE_USE_RFC_3542\n" // else Apple's headers hide IPv6's newer options
          + POSIX_HEADERS
          + """
          #include <net/if_dl.h>
          #include <sys/event.h>
          #if __has_include(<netinet/if_ether.h>)
          #include <netinet/if_ether.h>
          #endif
          #if __has_include(<net/ethernet.h>)
          #include <net/ethernet.h>
          #endif
          #if __has_include(<netgraph/bluetooth/include/ng_btsocket.h>)
          #include <sys/bitstring.h>
          #include <netgraph/bluetooth/include/ng_hci.h>
          #include <netgraph/bluetooth/include/ng_l2cap.h>
          #include <netgraph/bluetooth/include/ng_btsocket.h>
          #endif
          #if __has_include(<netbt/bluetooth.h>)
          #include <netbt/bluetooth.h>
          #include <netbt/hci.h>
          #include <netbt/l2cap.h>
          #include <netbt/rfcomm.h>
          #include <netbt/sco.h>
          #endif
          #if __has_include(<sys/ucred.h>)
          #include <sys/param.h>
          #include <sys/ucred.h>
          #endif
          #if __has_include(<sys/eventfd.h>)
          #include <sys/eventfd.h>
          #endif
          #if __has_include(<sys/kern_control.h>)
          #include <sys/kern_control.h>
          #endif
          #if __has_include(<sys/sys_domain.h>)
          #include <sys/sys_domain.h>
          #endif
          """;

  /** By the names that {@link WindowsAbi} gives to what Windows calls otherwise. */
  private static final String WINDOWS_HEADERS =
      """
      #define WIN32_LEAN_AND_MEAN
      #define _WIN32_WINNT 0x0A00
      #include <winsock2.h>
      #include <windows.h>
      #include <ws2tcpip.h>
      #include <mswsock.h>
      #include <mstcpip.h>
      #include <iphlpapi.h>
      #include <afunix.h>
      #include <hvsocket.h>
      #include <ws2bth.h>
      #ifndef AF_HYPERV // MinGW's headers are older than the family
      #define AF_HYPERV 34
      #endif
      #define sockaddr_hv _SOCKADDR_HV
      #include <errno.h>
      #include <stddef.h>
      #ifndef TCP_MAXSEG // Debian 12's headers are older; newer ones are held against these
      #define TCP_KEEPIDLE 3
      #define TCP_MAXSEG 4
      #define TCP_FASTOPEN 15
      #define TCP_KEEPCNT 16
      #define TCP_KEEPINTVL 17
      #endif
      #define SHUT_RD SD_RECEIVE
      #define SHUT_WR SD_SEND
      #define SHUT_RDWR SD_BOTH
      #define iovec _WSABUF
      #define iov_base buf
      #define iov_len len
      #define msghdr _WSAMSG
      #define msg_name name
      #define msg_namelen namelen
      #define msg_iov lpBuffers
      #define msg_iovlen dwBufferCount
      #define msg_control Control.buf
      #define msg_controllen Control.len
      #define msg_flags dwFlags
      #define cmsghdr _WSACMSGHDR
      #undef CMSG_LEN
      #undef CMSG_SPACE
      #define CMSG_LEN WSA_CMSG_LEN
      #define CMSG_SPACE WSA_CMSG_SPACE
      """;

  /** What precedes the verdicts in an object file. */
  private static final String MARK = "verdicts of the compiler:";

  /** How the pointers are called that tell the symbols of functions. */
  private static final String POINTER = "pointer_to_";

  private AbiAssertions() {}

  private static String headers(Os os) {
    return switch (os) {
      case LINUX -> LINUX_HEADERS;
      case WINDOWS -> WINDOWS_HEADERS + windowsErrnos();
      case MACOS, FREEBSD, NETBSD, OPENBSD -> BSD_HEADERS;
    };
  }

  /** What Microsoft's errno.h numbers otherwise than Winsock does. */
  private static String windowsErrnos() {
    StringBuilder c = new StringBuilder();
    Abi.of(Os.WINDOWS, Arch.X86_64)
        .errnos()
        .forEach((name, number) -> {
          if (number >= 10000) {
            String winsocks = name.equals("EAGAIN") ? "WSAEWOULDBLOCK" : "WSA" + name;
            c.append("#undef %s\n#define %s %s\n".formatted(name, name, winsocks));
          }
        });
    return c
        + """
        #undef ENOMEM
        #define ENOMEM WSA_NOT_ENOUGH_MEMORY
        #undef ECANCELED
        #define ECANCELED WSA_OPERATION_ABORTED
        """;
  }

  /** Returns what is asserted of a record: C expressions and their values. */
  static SequencedMap<String, Integer> of(Abi abi) {
    LinkedHashMap<String, Integer> all = new LinkedHashMap<>();
    abi.constants().forEach((name, value) -> all.put("(int) (" + name + ")", value));
    abi.errnos().forEach((name, value) -> all.put("(int) (" + name + ")", value));
    for (Struct struct : abi.structs().values()) {
      all.put("sizeof(" + struct.name() + ")", struct.size());
      struct
          .fields()
          .forEach((name, field) -> {
            String where = struct.name() + ", " + name;
            all.put("offsetof(" + where + ")", field.offset());
            all.put("sizeof(((" + struct.name() + " *) 0)->" + name + ")", field.size());
          });
    }
    return all;
  }

  /**
   * Returns a record all of whose numbers are others. Each of them is wrong by itself, since no
   * assertion knows of another one.
   */
  static Abi mutant(Abi abi) {
    IntUnaryOperator wrong = number -> number + 1;
    LinkedHashMap<String, Struct> structs = new LinkedHashMap<>();
    abi.structs()
        .forEach((name, struct) -> {
          LinkedHashMap<String, Struct.Field> fields = new LinkedHashMap<>();
          struct
              .fields()
              .forEach((fieldName, field) ->
                  fields.put(
                      fieldName,
                      new Struct.Field(
                          wrong.applyAsInt(field.offset()), wrong.applyAsInt(field.size()))));
          structs.put(name, new Struct(struct.name(), wrong.applyAsInt(struct.size()), fields));
        });
    return new Abi(
        abi.os(),
        abi.arch(),
        each(abi.constants(), wrong),
        each(abi.errnos(), wrong),
        structs,
        abi.prototypes(),
        abi.symbols());
  }

  private static SequencedMap<String, Integer> each(
      Map<String, Integer> numbers, IntUnaryOperator change) {
    LinkedHashMap<String, Integer> changed = new LinkedHashMap<>();
    numbers.forEach((name, number) -> changed.put(name, change.applyAsInt(number)));
    return changed;
  }

  /**
   * Returns the program.
   *
   * @param unasked expressions to leave out
   */
  static String program(Abi abi, Map<String, String> unasked) {
    StringBuilder c = new StringBuilder(headers(abi.os()));
    if (!abi.prototypes().isEmpty()) {
      Prototype.TYPES.forEach((type, layout) ->
          c.append("_Static_assert(sizeof(%s) == %d, \"\");\n".formatted(type, layout.byteSize())));
      c.append(declarations(abi.prototypes(), unasked));
    }
    of(abi)
        .forEach((e, value) -> {
          if (!unasked.containsKey(e)) {
            c.append("_Static_assert(%s == %d, \"%s\");\n".formatted(e, value, e));
          }
        });
    return c.toString();
  }

  /**
   * Of a function that no header declares, the first line is an error; of another one, the second.
   */
  private static String declarations(Map<String, String> prototypes, Map<String, String> unasked) {
    StringBuilder c = new StringBuilder();
    prototypes.forEach((name, prototype) -> {
      if (!unasked.containsKey(name)) {
        c.append("_Static_assert(sizeof(&%s) == 8, \"\");\n%s;\n".formatted(name, prototype));
      }
    });
    return c.toString();
  }

  /** Returns a program with other prototypes, and nothing else. */
  static String prototypes(Os os, Map<String, String> prototypes) {
    return headers(os) + declarations(prototypes, Map.of());
  }

  /** Returns a program with a pointer to each function, which an assembler names by its symbol. */
  static String pointers(Abi abi, Map<String, String> unasked) {
    StringBuilder c = new StringBuilder(headers(abi.os()));
    for (String name : abi.prototypes().keySet()) {
      if (!unasked.containsKey(name)) {
        c.append("void *const %s%s = (void *) &%s;\n".formatted(POINTER, name, name));
      }
    }
    return c.toString();
  }

  /** Returns the symbol of each function, from what the compiler made of the pointers. */
  static SequencedMap<String, String> symbols(Os os, String assembly) {
    LinkedHashMap<String, String> symbols = new LinkedHashMap<>();
    // Apple's C has an underscore before each name, which dlsym(3) adds by itself.
    String prefix = os == Os.MACOS ? "_" : "";
    Pattern.compile(
            "(?m)^" + prefix + POINTER + "(\\w+):[^\\n]*\\n\\s*\\.\\w+\\s+" + prefix + "(\\S+)")
        .matcher(assembly)
        .results()
        .forEach(found -> symbols.put(found.group(1), found.group(2)));
    return symbols;
  }

  /**
   * Returns a program in which each of these constants that the headers have, and each of these
   * functions that they lack, is an error that names it.
   */
  static String absence(Os os, Set<String> constants, Set<String> functions) {
    StringBuilder c = new StringBuilder(headers(os));
    for (String name : constants) {
      c.append("#ifdef %s\n_Static_assert(0, \"there is %s\");\n#endif\n".formatted(name, name));
    }
    for (String name : functions) {
      c.append("_Static_assert(sizeof(&%s) == 8, \"\");\n".formatted(name));
    }
    return c.toString();
  }

  /**
   * Returns a program that writes down, for each assertion, whether it holds. A compiler takes its
   * time to say hundreds of times that one does not.
   */
  static String verdicts(Abi abi, Map<String, String> unasked) {
    StringBuilder c = new StringBuilder(headers(abi.os()));
    c.append("const char verdicts[] = {");
    MARK.chars().forEach(letter -> c.append(letter).append(','));
    of(abi)
        .forEach((e, value) ->
            c.append(
                unasked.containsKey(e) ? "\n'?'," : "\n%s == %d ? 'y' : 'n',".formatted(e, value)));
    return c.append("};\n").toString();
  }

  /** Returns the assertions that did not hold, from the object file that the compiler made. */
  static List<String> refuted(byte[] object, Abi abi) {
    String bytes = new String(object, StandardCharsets.ISO_8859_1);
    int at = bytes.indexOf(MARK) + MARK.length();
    List<String> refuted = new ArrayList<>();
    for (String expression : of(abi).keySet()) {
      if (bytes.charAt(at++) == 'n') {
        refuted.add(expression);
      }
    }
    return refuted;
  }
}
