package io.gatun.can.gateway;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An SLCAN adapter at a pseudo terminal, whose other end is this test. */
final class TtyTest extends GatewayLab {
  /** Says its name, then copies; it ends when its input does. */
  private static final String PTY =
      """
      import os, sys, threading
      master, slave = os.openpty()
      print(os.ttyname(slave), flush=True)
      def out():
          while True:
              os.write(1, os.read(master, 4096).replace(b'\\r', b'\\n'))
      threading.Thread(target=out, daemon=True).start()
      while data := os.read(0, 4096):
          os.write(master, data)
      """;

  private Process process;
  private BufferedReader out;
  private OutputStream in;
  private String tty;

  @BeforeEach
  void startPty() throws Exception {
    Assumptions.assumeTrue(
        Files.isExecutable(Path.of("/bin/stty")) || Files.isExecutable(Path.of("/usr/bin/stty")),
        "there is no stty");
    try {
      process = new ProcessBuilder("python3", "-c", PTY).start();
    } catch (IOException e) {
      Assumptions.abort("needs python3: " + e.getMessage());
    }
    out = process.inputReader(US_ASCII);
    in = process.getOutputStream();
    tty = out.readLine();
    Assumptions.assumeTrue(tty != null, "this system has no pseudo terminals");
  }

  @AfterEach
  void stopPty() {
    if (process != null) {
      process.destroyForcibly();
    }
  }

  private Gateway start(String more) throws Exception {
    return gateway(
        """
        [bus.a]
        [[endpoint]]
        type = "socketcand"
        listen = "127.0.0.1:0"
        [[endpoint]]
        type = "slcan"
        bus = "a"
        tty = "%s"
        %s
        """
            .formatted(tty, more));
  }

  private void say(String text) throws IOException {
    in.write(text.getBytes(US_ASCII));
    in.flush();
  }

  @Test
  void anAdapterIsOpenedAndItsFramesGoBothWays() throws Exception {
    Gateway gateway = start("bitrate = 500000");
    assertEquals("C", out.readLine());
    assertEquals("S6", out.readLine());
    assertEquals("O", out.readLine());
    Client client = raw(gateway, "a");
    say("\r\r\rt4562CA");
    say("FE\rT18DAF1100\rnonsense\r");
    assertEquals("456#CAFE", client.frame());
    assertEquals("18DAF110#", client.frame());
    client.say("< send 123 2 11 22 >< send 12345678 0  >");
    assertEquals("t12321122", out.readLine());
    assertEquals("T123456780", out.readLine());
    Status.Line line = await(gateway, "slcan", l -> l.sent() == 2);
    assertEquals(2, line.received());
    assertTrue(line.state().endsWith(" open"), line::state);
    await(gateway, "slcan", l -> l.reasons().getOrDefault("malformed", 0L) > 0);
  }

  @Test
  void closingEndsItsThreads() throws Exception {
    Gateway gateway = start("");
    assertEquals("C", out.readLine());
    assertEquals("O", out.readLine());
    await(gateway, "slcan", l -> l.state().endsWith(" open"));
    gateway.close();
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().equals("can-tty " + tty)) {
        thread.join(MILLIS);
        assertTrue(!thread.isAlive(), thread::toString);
      }
    }
  }

  @Test
  void framesForAnAdapterThatHasGoneAreCounted() throws Exception {
    Gateway gateway = start("");
    assertEquals("C", out.readLine());
    await(gateway, "slcan", l -> l.state().endsWith(" open"));
    process.destroyForcibly();
    await(gateway, "slcan", l -> !l.state().endsWith(" open"));
    Client client = raw(gateway, "a");
    client.say("< send 123 0  >< echo >");
    assertEquals("< echo >", client.next());
    Status.Line line = await(gateway, "slcan", l -> l.offered() == 1);
    assertEquals(1, line.dropped(), line::toString);
  }
}
