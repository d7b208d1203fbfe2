package io.gatun.can.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;

/** Gateways on the kernel's virtual buses, and programs at the other ends. */
abstract class VcanLab extends GatewayLab {
  private static final int SECONDS = 120;
  private final List<Process> processes = new ArrayList<>();

  @BeforeEach
  final void assumeBuses() {
    Assumptions.assumeTrue(
        System.getenv("GUEST_OUT") != null,
        "it changes the machine's network, and so runs in the guest only: conformance/guest/run");
    Assumptions.assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/candump")), "can-utils are not installed");
  }

  @AfterEach
  final void killAll() {
    processes.forEach(Process::destroyForcibly);
  }

  /** One that is ended with the test. */
  final Process own(Process process) {
    processes.add(process);
    return process;
  }

  final Process start(String... command) throws IOException {
    return own(new ProcessBuilder(command).redirectErrorStream(true).start());
  }

  final void run(String... command) throws Exception {
    Process process = start(command);
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertTrue(process.waitFor(SECONDS, TimeUnit.SECONDS), "it does not end");
    assertEquals(0, process.exitValue(), () -> String.join(" ", command) + ": " + said);
  }

  static String server(String bus, String device, String more) {
    return """
    [bus.%s]
    interface = "%s"
    %s
    [[endpoint]]
    type = "socketcand"
    listen = "127.0.0.1:0"
    """
        .formatted(bus, device, more);
  }
}
