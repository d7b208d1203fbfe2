package io.gatun.examples.echo;

import io.gatun.address.Address;
import io.gatun.address.AddressFamily;
import io.gatun.address.UnixAddress;
import io.gatun.error.ResolveException;
import io.gatun.os.Abi;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** How a command line names addresses: a host and a port, or a Unix socket. */
public final class Endpoint {
  private static final int PORT_MAX = 0xffff;

  /** An IPv6 address together with a port has brackets, as URIs have it. */
  private static final Pattern TOGETHER = Pattern.compile("(\\[.*]|[^:]*):([0-9]+)");

  /**
   * Windows has no code for a host that has addresses, but none of the family that was asked for.
   */
  private static final int ADDRESS_FAMILY =
      Abi.HOST.valueOr("EAI_ADDRFAMILY", Abi.HOST.value("EAI_NONAME"));

  @Option(
      names = {"-4", "--ipv4"},
      description = "Use IPv4 only.")
  boolean ipv4;

  @Option(
      names = {"-6", "--ipv6"},
      description = "Use IPv6 only.")
  boolean ipv6;

  /** Called by picocli. */
  public Endpoint() {}

  /** Asks the system's resolver for the addresses of a host. */
  @FunctionalInterface
  interface Question {
    List<Address> resolve(String host, int port) throws IOException;
  }

  static boolean isUnix(String text) {
    return text.startsWith("unix:");
  }

  /** Splits HOST:PORT, should the first argument be that. */
  static List<String> split(List<String> arguments) {
    Matcher together = TOGETHER.matcher(arguments.getFirst());
    if (!together.matches()) {
      return arguments;
    }
    List<String> all = new ArrayList<>(arguments);
    all.set(0, together.group(1));
    all.add(1, together.group(2));
    return all;
  }

  List<Address> unix(CommandSpec spec, String text) {
    if (ipv4 || ipv6) {
      throw new ParameterException(spec.commandLine(), "-4 and -6 are not for a Unix socket");
    }
    try {
      Address address = Address.parse(text);
      if (address.equals(UnixAddress.UNNAMED)) {
        throw new ParameterException(spec.commandLine(), "unix: lacks a path or a name");
      }
      return List.of(address);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  /** Returns the addresses of a host that are wanted: one at least. */
  List<Address> resolve(CommandSpec spec, String host, String portText, Question question)
      throws IOException {
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    String bare = bracketed ? host.substring(1, host.length() - 1) : host;
    List<Address> all = question.resolve(bare, port(spec, portText));
    if (ipv4 == ipv6) {
      return all;
    }
    AddressFamily family = ipv4 ? AddressFamily.INET : AddressFamily.INET6;
    List<Address> wanted = all.stream().filter(address -> address.family().equals(family)).toList();
    if (wanted.isEmpty()) {
      throw new ResolveException("getaddrinfo", host + " as " + family, ADDRESS_FAMILY);
    }
    return wanted;
  }

  private static int port(CommandSpec spec, String text) {
    try {
      int port = Integer.parseInt(text);
      if (port >= 0 && port <= PORT_MAX) {
        return port;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw new ParameterException(
        spec.commandLine(), "PORT \"" + text + "\" (expected: 0 to " + PORT_MAX + ")");
  }
}
