package io.gatun.can.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import io.gatun.testkit.Python;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** python-can's interfaces at the other end: socketcand and udp_multicast. */
final class PythonCanTest extends GatewayLab {
  private static final Python PYTHON = new Python("python-can==4.6.1", "msgpack==1.1.2");

  private static final String PRINT =
      """
      def show(m):
          kind = 'R%d' % m.dlc if m.is_remote_frame else ('##%d' % (m.bitrate_switch + 2 * \
      m.error_state_indicator) if m.is_fd else '#') + m.data.hex()
          print(('%08X' if m.is_extended_id else '%03X') % m.arbitration_id + kind, flush=True)
      """;

  private final List<Process> processes = new ArrayList<>();

  @AfterEach
  void killAll() {
    processes.forEach(Process::destroyForcibly);
  }

  private BufferedReader script(String script, Object... arguments) throws Exception {
    // It logs what is no error, such as that half a frame has come.
    Process process =
        PYTHON
            .builder(PRINT + script, arguments)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    processes.add(process);
    return process.inputReader(UTF_8);
  }

  private static List<String> lines(BufferedReader reader, int count) throws IOException {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      lines.add(String.valueOf(reader.readLine()));
    }
    return lines;
  }

  @Test
  void pythonCansSocketcandInterfaceSendsAndReceives() throws Exception {
    Gateway gateway =
        gateway(
            """
            [bus.car]
            [[endpoint]]
            type = "socketcand"
            listen = "127.0.0.1:0"
            """);
    Client client = raw(gateway, "car");
    BufferedReader python =
        script(
            """
            import can, sys
            bus = can.Bus(interface='socketcand', host='127.0.0.1', port=int(sys.argv[1]), \
            channel='car')
            for id, ext, data in ((0x123, False, b'\\x01\\xab'), (0x12345678, True, b''), \
            (0x7ff, False, bytes(8))):
                bus.send(can.Message(arbitration_id=id, is_extended_id=ext, data=data))
            for i in range(3):
                show(bus.recv(30))
            bus.shutdown()
            """,
            port(gateway, "socketcand"));
    assertEquals("123#01AB", client.frame());
    assertEquals("12345678#", client.frame());
    assertEquals("7FF#0000000000000000", client.frame());
    client.say("< send 321 0  >< send 1ABCDEF0 2 aa 0 >< send 7FF 8 1 2 3 4 5 6 7 8 >");
    assertEquals(List.of("321#", "1ABCDEF0#aa00", "7FF#0102030405060708"), lines(python, 3));
  }

  /** A bus without a pause: all that python-can has read is what was sent, in order. */
  @Test
  void pythonCanFollowsABusyBus() throws Exception {
    Path log = folder.resolve("busy.log");
    StringBuilder text = new StringBuilder();
    int count = 2000;
    for (int i = 0; i < count; i++) {
      text.append("(1.%06d) x 123#%04X%n".formatted(i * 250, i));
    }
    Files.writeString(log, text);
    Gateway gateway =
        gateway(
            """
            [bus.car]
            [[endpoint]]
            type = "socketcand"
            listen = "127.0.0.1:0"
            """);
    BufferedReader python =
        script(
            """
            import can, sys
            bus = can.Bus(interface='socketcand', host='127.0.0.1', port=int(sys.argv[1]), \
            channel='car')
            print('ready', flush=True)
            for i in range(int(sys.argv[2])):
                m = bus.recv(30)
                if m is None or m.data != bytes((i >> 8, i & 255)):
                    print('not', i, m, flush=True)
                if i % 100 == 99:
                    print('seen', flush=True)
            print('done', flush=True)
            """,
            port(gateway, "socketcand"), count);
    assertEquals("ready", python.readLine());
    Client client = raw(gateway, "car");
    for (int i = 0; i < count; i++) {
      client.say("< send 123 2 %x %x >".formatted(i >> 8, i & 0xff));
      if (i % 100 == 99) { // frames for a client that is too slow are dropped, and counted
        assertEquals("seen", python.readLine());
      }
    }
    assertEquals("done", python.readLine());
  }

  /** Which python-can joins groups on. */
  private static String device() throws SocketException {
    return NetworkInterface.networkInterfaces()
        .filter(one -> {
          try {
            return one.isUp()
                && !one.isLoopback()
                && one.supportsMulticast()
                && one.inetAddresses().anyMatch(a -> a.getAddress().length == 4);
          } catch (SocketException e) {
            return false;
          }
        })
        .map(NetworkInterface::getName)
        .findFirst()
        .orElseGet(() -> abort("this machine has no interface for multicast but the loopback"));
  }

  @Test
  void pythonCansMulticastSendsAndReceives() throws Exception {
    int port;
    try (DatagramSocket free = new DatagramSocket(0)) {
      port = free.getLocalPort();
    }
    Gateway gateway =
        gateway(
            """
            [bus.car]
            [[endpoint]]
            type = "socketcand"
            listen = "127.0.0.1:0"
            [[endpoint]]
            type = "multicast"
            bus = "car"
            group = "239.74.163.2:%d"
            interface = "%s"
            """
                .formatted(port, device()));
    Client client = raw(gateway, "car");
    BufferedReader python =
        script(
            """
            import can, sys
            try:
                bus = can.Bus(interface='udp_multicast', channel='239.74.163.2', \
            port=int(sys.argv[1]), fd=True)
            except Exception as e:
                print('cannot', e, flush=True)
                sys.exit()
            print('ready', flush=True)
            bus.send(can.Message(arbitration_id=0x123, is_extended_id=False, data=b'\\x01\\xab'))
            bus.send(can.Message(arbitration_id=0x18daf110, is_extended_id=True, data=b''))
            while (m := bus.recv(30)) is not None:
                if m.arbitration_id >= 0x400 and not m.is_extended_id:
                    show(m)
            """,
            port);
    String ready = String.valueOf(python.readLine());
    if (!ready.equals("ready")) {
      abort("python-can has no multicast here: " + ready);
    }
    assertEquals("123#01AB", client.frame());
    assertEquals("18DAF110#", client.frame());
    client.say("< send 456 2 ca fe >< send 457 0 >");
    assertEquals(List.of("456#cafe", "457#"), lines(python, 2));
    Status.Line line = await(gateway, "multicast", l -> l.sent() == 2);
    assertEquals(2, line.received(), "its own frames are not heard");
    assertTrue(line.reasons().isEmpty(), line::toString);
  }
}
