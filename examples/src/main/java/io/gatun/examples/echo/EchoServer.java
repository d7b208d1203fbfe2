package io.gatun.examples.echo;

import static io.gatun.os.Errno.EADDRNOTAVAIL;
import static io.gatun.os.Errno.EAFNOSUPPORT;

import io.gatun.address.Address;
import io.gatun.address.IpAddress;
import io.gatun.address.Resolver;
import io.gatun.error.SocketError;
import io.gatun.examples.Signals;
import io.gatun.examples.TransportOption;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ./gatun echo-server}: the echo servers of Python's socket documentation. */
@Command(
    name = "echo-server",
    customSynopsis = {
      "gatun echo-server [-46] [--blocking | --transport=NAME] [HOST] PORT",
      "       gatun echo-server [--blocking | --transport=NAME] unix:PATH",
    },
    header = "Send back what each client sends.",
    description = {
      "",
      "Without HOST it listens on all interfaces, IPv4 and IPv6, as Python's examples do: whoever"
          + " can reach this machine can connect. \"localhost\" keeps it to this machine. A HOST"
          + " with several addresses is served on all of them. PORT 0 is any free port.",
      "",
      "For each address it prints a line, \"listening on ADDRESS\", once clients can connect:"
          + " 127.0.0.1:7777, [::1]:7777 or unix:PATH. SIGINT (Ctrl-C) and SIGTERM end it in order:"
          + " it closes all connections, removes the Unix socket if it is still the one it made,"
          + " and exits with 0.",
      "",
    },
    mixinStandardHelpOptions = true)
public final class EchoServer implements Callable<Integer> {
  @Parameters(
      index = "0..1",
      arity = "1..2",
      paramLabel = "[HOST] PORT",
      hideParamSyntax = true,
      description =
          "A host's name or address, and a port (HOST:PORT serves too); or unix:PATH, unix:@NAME.")
  List<String> place = List.of();

  @Option(
      names = "--blocking",
      description = "Serve with blocking sockets, each client on a virtual thread of its own.")
  boolean blocking;

  @Mixin Endpoint endpoint;

  @Mixin TransportOption transport;

  @Spec CommandSpec spec;

  /** Called by picocli. */
  public EchoServer() {}

  @Override
  @SuppressWarnings("try") // the hook is only to be there
  public Integer call() throws IOException, InterruptedException {
    if (blocking && transport.isGiven()) {
      throw new ParameterException(
          spec.commandLine(), "--transport is for event loops, and --blocking has none");
    }
    List<Address> addresses = addresses();
    CompletableFuture<Void> end = new CompletableFuture<>();
    try (Signals signals = Signals.onEnd(() -> end.complete(null));
        Server server =
            blocking
                ? new BlockingServer(end::completeExceptionally)
                : new ChannelServer(transport.transport())) {
      PrintWriter out = spec.commandLine().getOut();
      for (Address bound : listen(server, addresses)) {
        out.println("listening on " + bound);
      }
      out.flush();
      end.get();
    } catch (ExecutionException e) {
      throw new IOException(e.getMessage(), e.getCause());
    }
    return CommandLine.ExitCode.OK;
  }

  private List<Address> addresses() throws IOException {
    if (Endpoint.isUnix(place.getFirst())) {
      if (place.size() > 1) {
        throw new ParameterException(spec.commandLine(), "a Unix socket has no port");
      }
      return endpoint.unix(spec, place.getFirst());
    }
    List<String> place = Endpoint.split(this.place);
    if (place.size() > 2) {
      throw new ParameterException(spec.commandLine(), "expected: [HOST] PORT, or unix:PATH");
    }
    String host = place.size() == 1 ? "" : place.getFirst();
    String last = place.getLast();
    return endpoint.resolve(spec, host, last, Resolver::resolvePassive);
  }

  /** Listens on all addresses, but for those of a family that this machine lacks. */
  private static List<Address> listen(Server server, List<Address> addresses)
      throws IOException, InterruptedException {
    List<Address> bound = new ArrayList<>();
    IOException lacking = null;
    for (Address address : addresses) {
      try {
        bound.add(server.listen(withPort(address, bound)));
      } catch (IOException e) {
        if (!(e instanceof SocketError error
            && (error.errno() == EAFNOSUPPORT || error.errno() == EADDRNOTAVAIL))) {
          throw e;
        }
        lacking = e;
      }
    }
    if (bound.isEmpty() && lacking != null) {
      throw lacking;
    }
    return bound;
  }

  /** Port 0 becomes the port that the first address got. */
  private static Address withPort(Address address, List<Address> bound) {
    @Nullable Address first = bound.isEmpty() ? null : bound.getFirst();
    return address instanceof IpAddress ip && ip.port() == 0 && first instanceof IpAddress other
        ? ip.withPort(other.port())
        : address;
  }
}
