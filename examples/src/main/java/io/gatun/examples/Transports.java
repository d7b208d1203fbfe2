package io.gatun.examples;

import io.gatun.transport.Transport;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code ./gatun transports}. */
@Command(
    name = "transports",
    description = "List the ways in which event loops can wait, the best first.",
    mixinStandardHelpOptions = true)
final class Transports implements Runnable {
  @Spec CommandSpec spec;

  @Override
  public void run() {
    PrintWriter out = spec.commandLine().getOut();
    boolean best = true;
    for (Transport transport : Transport.all()) {
      String why = transport.unavailability();
      String state =
          why != null ? "not available: " + why : best ? "available, the best" : "available";
      best &= why != null;
      out.printf("%-8s%s%n", transport.name(), state);
    }
    out.flush();
  }
}
