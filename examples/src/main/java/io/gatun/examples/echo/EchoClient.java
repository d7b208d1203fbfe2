package io.gatun.examples.echo;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gatun.address.Address;
import io.gatun.address.Resolver;
import io.gatun.socket.Shutdown;
import io.gatun.socket.Socket;
import java.io.ByteArrayInputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ./gatun echo-client}: the echo clients of Python's socket documentation. */
@Command(
    name = "echo-client",
    customSynopsis = {
      "gatun echo-client [-46] HOST PORT [MESSAGE]",
      "       gatun echo-client unix:PATH [MESSAGE]",
    },
    header = "Send a message, and print what comes back until the server closes.",
    description = {
      "",
      "It tries the addresses of HOST in the system's order until one takes the connection. When"
          + " all is sent it shuts its sending half down, so that the server knows.",
      "",
    },
    mixinStandardHelpOptions = true)
public final class EchoClient implements Callable<Integer> {
  private static final String DEFAULT_MESSAGE = "Hello, world";
  private static final String STDIN = "-";
  private static final int BUFFER_SIZE = 16 * 1024;

  @Parameters(
      index = "0..2",
      arity = "1..3",
      paramLabel = "HOST PORT [MESSAGE]",
      hideParamSyntax = true,
      description = {
        "A host's name or address, and a port (HOST:PORT serves too); or unix:PATH, unix:@NAME.",
        "MESSAGE is what to send, - for the standard input. Default: the standard input where it"
            + " is a file or a pipe, else \"Hello, world\".",
      })
  List<String> arguments = List.of();

  @Mixin Endpoint endpoint;

  @Spec CommandSpec spec;

  /** Called by picocli. */
  public EchoClient() {}

  @Override
  public Integer call() throws IOException {
    List<String> arguments = Endpoint.split(this.arguments);
    int used = Endpoint.isUnix(arguments.getFirst()) ? 1 : 2;
    if (arguments.size() < used || arguments.size() > used + 1) {
      throw new ParameterException(
          spec.commandLine(), "expected: HOST PORT [MESSAGE], or unix:PATH [MESSAGE]");
    }
    List<Address> addresses =
        used == 1
            ? endpoint.unix(spec, arguments.getFirst())
            : endpoint.resolve(spec, arguments.getFirst(), arguments.get(1), Resolver::resolve);
    String message = arguments.size() > used ? arguments.getLast() : null;
    boolean stdin = message == null ? isPiped() : message.equals(STDIN);
    // System.out would keep to itself that nobody reads it any more.
    try (Socket socket = connect(addresses);
        OutputStream out = new FileOutputStream(FileDescriptor.out)) {
      if (stdin) {
        talk(socket, System.in, out);
      } else {
        byte[] bytes = (message == null ? DEFAULT_MESSAGE : message).getBytes(UTF_8);
        talk(socket, new ByteArrayInputStream(bytes), out);
        out.write('\n');
      }
    }
    return CommandLine.ExitCode.OK;
  }

  /** Whether the standard input is a file or a pipe, and no terminal or /dev/null. */
  private static boolean isPiped() {
    Path stdin = Path.of("/dev/stdin");
    try {
      return Files.isRegularFile(stdin)
          || Files.readSymbolicLink(Path.of("/proc/self/fd/0")).toString().startsWith("pipe:");
    } catch (IOException | UnsupportedOperationException notLinux) {
      return false;
    }
  }

  private static Socket connect(List<Address> addresses) throws IOException {
    @Nullable IOException failure = null;
    for (Address address : addresses) {
      Socket socket = null;
      try {
        socket = Socket.openFor(address);
        socket.connect(address);
        return socket;
      } catch (IOException e) {
        if (socket != null) {
          socket.close();
        }
        failure = e;
      }
    }
    throw failure == null ? new IOException("no address to connect to") : failure;
  }

  /** Sends on one thread and receives on another: neither has to wait for the other. */
  private static void talk(Socket socket, InputStream from, OutputStream to) throws IOException {
    CompletableFuture<Void> sending = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            byte[] buffer = new byte[BUFFER_SIZE];
            for (int count; (count = from.read(buffer)) > 0; ) {
              socket.sendAll(buffer, 0, count);
            }
            socket.shutdown(Shutdown.WR);
            sending.complete(null);
          } catch (IOException e) {
            sending.completeExceptionally(e);
            socket.close();
          }
        });
    try {
      byte[] buffer = new byte[BUFFER_SIZE];
      for (int count; (count = socket.recvInto(buffer)) > 0; ) {
        to.write(buffer, 0, count);
      }
    } catch (IOException e) {
      if (!sending.isCompletedExceptionally()) {
        throw e;
      }
    }
    if (sending.isCompletedExceptionally()) {
      throw new IOException(sending.exceptionNow());
    }
  }
}
