package io.gatun.can.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.testkit.Python;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Gateways on the kernel's buses, with python-can and the kernel's SLCAN at the other ends. */
final class VcanPeersTest extends VcanLab {
  private static final Python PYTHON = new Python("python-can==4.6.1");

  /** Joins a pseudo terminal to a port, and says its name. */
  private static final String PTY =
      """
      import os, socket, sys, threading, tty
      master, slave = os.openpty()
      tty.setraw(slave)
      port = socket.create_connection(('127.0.0.1', int(sys.argv[1])))
      print(os.ttyname(slave), flush=True)
      def out():
          while data := os.read(master, 4096):
              port.sendall(data)
      threading.Thread(target=out, daemon=True).start()
      while data := port.recv(4096):
          os.write(master, data)
      """;

  /** A process of its own at each end, python-can both: one on the bus, one at the gateway. */
  @Test
  void pythonCansSocketcandAndSocketcanMeetThroughTheGateway() throws Exception {
    Gateway gateway = gateway(server("car", "vcan0", ""));
    Process python =
        own(
            PYTHON.start(
                """
                import can, sys
                device = can.Bus(interface='socketcan', channel='vcan0')
                client = can.Bus(interface='socketcand', host='127.0.0.1', \
                port=int(sys.argv[1]), channel='car')
                for sender, receiver in (client, device), (device, client):
                    for i in range(300):
                        data = bytes((i >> 8, i & 255)) * (i % 5)
                        ext = i % 2 == 1
                        sent = can.Message(arbitration_id=i, is_extended_id=ext, data=data)
                        sender.send(sent)
                        got = receiver.recv(60)
                        if got is None or not got.equals(sent, timestamp_delta=None, \
                        check_channel=False, check_direction=False):
                            print('sent', sent, 'got', got, flush=True)
                            sys.exit()
                    print('done', flush=True)
                device.shutdown()
                client.shutdown()
                """,
                port(gateway, "socketcand")));
    try (BufferedReader out = python.inputReader(UTF_8)) {
      assertEquals("done", out.readLine());
      assertEquals("done", out.readLine());
      assertNull(out.readLine());
    }
    Status.Line line = await(gateway, "interface vcan0", l -> l.received() == 300);
    assertEquals(300, line.sent());
    assertEquals(0, line.dropped());
  }

  /** slcand makes an interface of a terminal whose other end is the gateway, as an adapter. */
  @Test
  void slcandsInterfaceIsJoinedToABus() throws Exception {
    Gateway gateway =
        gateway(
            """
            [bus.car]
            [[endpoint]]
            type = "socketcand"
            listen = "127.0.0.1:0"
            [[endpoint]]
            type = "slcan"
            bus = "car"
            listen = "127.0.0.1:0"
            """);
    Process bridge = start("python3", "-c", PTY, "" + port(gateway, "slcan"));
    String tty = String.valueOf(bridge.inputReader(UTF_8).readLine());
    Process daemon = start("slcand", "-F", "-o", "-s6", tty, "slcan7");
    Path device = Path.of("/sys/class/net/slcan7");
    while (!Files.exists(device)) {
      if (!daemon.isAlive()) {
        String said = new String(daemon.getInputStream().readAllBytes(), UTF_8);
        Assumptions.abort("slcand does not run here: " + said);
      }
      run("sleep", "0.1");
    }
    run("ip", "link", "set", "slcan7", "up");
    Client client = raw(gateway, "car");
    for (String frame : new String[] {"123#CAFE", "18DAF110#", "7FF#0102030405060708"}) {
      run("cansend", "slcan7", frame);
      assertEquals(frame, client.frame());
    }
    Process dump = start("stdbuf", "-oL", "candump", "-L", "-n", "2", "slcan7,400:400");
    String line = "";
    try (BufferedReader out = dump.inputReader(UTF_8)) {
      while (dump.isAlive() && !out.ready()) { // until it listens
        client.say("< send 456 2 ca fe >");
        run("sleep", "0.1");
      }
      line = String.valueOf(out.readLine());
    }
    assertTrue(line.endsWith("slcan7 456#CAFE"), line);
  }
}
