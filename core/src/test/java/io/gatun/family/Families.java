package io.gatun.family;

import io.gatun.address.AddressFamily;
import io.gatun.address.Protocol;
import io.gatun.address.SocketType;
import io.gatun.error.SocketError;
import io.gatun.os.Abi;
import io.gatun.socket.Socket;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** What a kernel may lack: a test that needs it ends itself, and says so. */
final class Families {
  private static final int PROCESS_SECONDS = 60;

  private Families() {}

  /** Opens a socket by the names of its constants; protocol may be empty. */
  static Socket open(String family, String type, String protocol) throws IOException {
    Assumptions.assumeTrue(Abi.HOST.has(family), family + " is Linux's");
    int number = protocol.isEmpty() ? 0 : Abi.HOST.value(protocol);
    try {
      return Socket.open(AddressFamily.of(family), SocketType.of(type), new Protocol(number));
    } catch (IOException e) {
      String name = e instanceof SocketError error ? error.errnoName() : "";
      switch (name) {
        case "EAFNOSUPPORT", "EPROTONOSUPPORT", "ESOCKTNOSUPPORT", "EPERM", "EACCES" ->
            Assumptions.abort("this machine has no " + family + " for us: " + e.getMessage());
        default -> throw e;
      }
      throw e;
    }
  }

  /** Ends a test that changes the machine it runs on, unless that is the guest. */
  static void assumeGuest() {
    assumeGuest("it changes the machine's network");
  }

  /** Ends a test that cannot run here for a reason, unless this is the guest. */
  static void assumeGuest(String reason) {
    Assumptions.assumeTrue(
        System.getenv("GUEST_OUT") != null, reason + "; ./gatun test guest runs it");
  }

  /** Ends a test on a machine without CAN buses. */
  static void assumeBus(String name) {
    Assumptions.assumeTrue(
        Files.exists(Path.of("/sys/class/net", name)), "this machine has no CAN bus " + name);
  }

  /** Runs iproute2's ip. */
  static void ip(String... arguments) throws IOException, InterruptedException {
    String[] command = new String[arguments.length + 1];
    command[0] = "ip";
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    Assertions.assertTrue(process.waitFor(PROCESS_SECONDS, TimeUnit.SECONDS));
    Assertions.assertEquals(0, process.exitValue(), () -> String.join(" ", command) + ": " + said);
  }
}
