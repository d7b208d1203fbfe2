package io.gatun.examples;

import io.gatun.can.gateway.CanGateway;
import io.gatun.error.SocketError;
import io.gatun.examples.can.CanDump;
import io.gatun.examples.can.CanGenerate;
import io.gatun.examples.can.CanLoad;
import io.gatun.examples.can.CanReplay;
import io.gatun.examples.can.CanSend;
import io.gatun.examples.demo.DemoCommand;
import io.gatun.examples.echo.EchoClient;
import io.gatun.examples.echo.EchoServer;
import io.gatun.examples.net.ChatServer;
import io.gatun.examples.net.FileServer;
import io.gatun.examples.net.HttpServer;
import io.gatun.examples.net.ProxyServer;
import io.gatun.examples.raw.CanCyclic;
import io.gatun.examples.raw.CanEcho;
import io.gatun.examples.raw.Sniffer;
import java.io.PrintWriter;
import java.lang.module.ModuleDescriptor;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The {@code gatun} command: one subcommand a program. */
@Command(
    name = "gatun",
    description = "The operating system's whole socket interface for Java.",
    mixinStandardHelpOptions = true,
    versionProvider = Gatun.Version.class,
    subcommands = {
      DemoCommand.class,
      EchoServer.class,
      EchoClient.class,
      HttpServer.class,
      FileServer.class,
      ChatServer.class,
      ProxyServer.class,
      CanEcho.class,
      CanCyclic.class,
      CanDump.class,
      CanSend.class,
      CanGenerate.class,
      CanReplay.class,
      CanLoad.class,
      CanGateway.class,
      Sniffer.class,
      Transports.class,
      Gatun.Test.class,
      Gatun.Fuzz.class,
      Gatun.Bench.class,
      HelpCommand.class,
    },
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nEnvironment:%n",
    footer = {
      "  JAVA_HOME        the JDK to use, where it is 25 or newer",
      "  GATUN_JAVA_OPTS  more options for the JVM",
      "  GATUN_TRACE=1    show an error's stack trace, as --stacktrace does",
    })
public final class Gatun implements Runnable {
  private static final boolean STACKTRACE_ASKED_FOR = "1".equals(System.getenv("GATUN_TRACE"));

  @Option(
      names = "--stacktrace",
      description = "Show an error's stack trace.",
      scope = CommandLine.ScopeType.INHERIT)
  boolean stacktrace;

  @Spec CommandSpec spec;

  Gatun() {}

  /** Runs the command that {@code args} name and exits with its status. */
  public static void main(String[] args) {
    int status;
    try {
      status = commandLine().execute(args);
    } catch (Error e) {
      if (!STACKTRACE_ASKED_FOR) {
        System.err.println("gatun: " + message(e));
        status = CommandLine.ExitCode.SOFTWARE;
      } else {
        throw e;
      }
    }
    if (System.out.checkError() && status == CommandLine.ExitCode.OK) {
      System.err.println("gatun: the output could not be written");
      status = CommandLine.ExitCode.SOFTWARE;
    }
    Signals.exit(status);
  }

  /** Makes the command; every error it meets is one line. */
  public static CommandLine commandLine() {
    Gatun gatun = new Gatun();
    return new CommandLine(gatun)
        .setExecutionExceptionHandler((e, line, parsed) -> gatun.failed(e, line.getErr()))
        .setParameterExceptionHandler((e, args) -> misused(e));
  }

  private int failed(Exception e, PrintWriter err) {
    if (stacktrace || STACKTRACE_ASKED_FOR) {
      e.printStackTrace(err);
    } else {
      err.println("gatun: " + message(e));
    }
    err.flush();
    return CommandLine.ExitCode.SOFTWARE;
  }

  /** What the system said, where it did: it may be the cause of a failure that says less. */
  private static String message(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SocketError && cause.getMessage() != null) {
        return cause.getMessage();
      }
    }
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }

  private static int misused(ParameterException e) {
    CommandLine line = e.getCommandLine();
    PrintWriter err = line.getErr();
    String command = line.getCommandSpec().qualifiedName();
    err.println("gatun: " + e.getMessage() + " (see " + command + " --help)");
    err.flush();
    return CommandLine.ExitCode.USAGE;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Which command?");
  }

  /** Prints the module's version and the Java it runs on. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      // A named module has its version in its descriptor, a jar on the class path in its manifest.
      ModuleDescriptor module = Gatun.class.getModule().getDescriptor();
      String version =
          module == null
              ? Gatun.class.getPackage().getImplementationVersion()
              : module.rawVersion().orElse(null);
      return new String[] {
        "Gatun " + (version == null ? "(unknown version)" : version),
        "Java "
            + Runtime.version()
            + " on "
            + System.getProperty("os.name")
            + " "
            + System.getProperty("os.arch"),
      };
    }
  }

  /** A command that the launcher carries out before Java starts: here only its help. */
  abstract static class Launched implements Runnable {
    @Spec CommandSpec spec;

    @Override
    public void run() {
      throw new ParameterException(
          spec.commandLine(), "This is a command of the launcher: run ./gatun " + spec.name());
    }
  }

  /** {@code ./gatun test}. */
  @Command(name = "test", description = "Run the tests: the host lane, or those named.")
  static final class Test extends Launched {
    @Option(
        names = {"-h", "--help"},
        usageHelp = true,
        description = "Show this help.")
    boolean help;

    @Parameters(
        paramLabel = "LANE",
        arity = "0..*",
        description = "A lane, or \"all\" for every lane that stands. Default: host.")
    String[] lanes = {};
  }

  /** {@code ./gatun fuzz}. */
  @Command(
      name = "fuzz",
      description = "Fuzz the decoders that meet bytes from outside, with Jazzer.")
  static final class Fuzz extends Launched {
    @Option(names = "--help", usageHelp = true, description = "Show this help.")
    boolean help;

    @Parameters(
        paramLabel = "TARGET",
        arity = "0..*",
        description =
            "A target, such as sockaddr; or seconds=N for each. Default: all, 60 seconds.")
    String[] targets = {};
  }

  /** {@code ./gatun bench}. */
  @Command(
      name = "bench",
      description = "Compare with C and with other libraries, or run JMH. Without NAME: list all.")
  static final class Bench extends Launched {
    @Option(names = "--help", usageHelp = true, description = "Show this help.")
    boolean help;

    @Parameters(
        paramLabel = "NAME",
        index = "0",
        arity = "0..1",
        description =
            "all (every comparison; writes docs/benchmarks.md; quick=true for a look), one of"
                + " them, or a regular expression over the names of the JMH benchmarks.")
    String name = "";

    @Parameters(
        paramLabel = "ARG",
        index = "1..*",
        description = "SETTING=VALUE of a comparison, or JMH's own options; \"-h\" lists them.")
    String[] args = {};
  }
}
