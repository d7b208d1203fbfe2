package io.gatun.examples.net;

import io.gatun.handler.TimeoutHandler;
import java.time.Duration;
import picocli.CommandLine.Option;

/** How long a client of HTTP may take. */
final class RequestTimeout {
  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "30",
      description =
          "How long a request may take to come, an answer to be taken, and a connection to be idle."
              + " Default: ${DEFAULT-VALUE}.")
  int seconds;

  Duration value() {
    return Duration.ofSeconds(seconds);
  }

  TimeoutHandler handler() {
    return new TimeoutHandler(value(), value());
  }
}
