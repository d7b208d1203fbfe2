package io.gatun.can.gateway;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.DataInputStream;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

final class EndpointTest extends GatewayLab {
  private static final HexFormat HEX = HexFormat.of();

  private static String config(String endpoint) {
    return """
    [bus.a]
    [[endpoint]]
    type = "socketcand"
    listen = "127.0.0.1:0"
    [status]
    listen = "127.0.0.1:0"
    [[endpoint]]
    bus = "a"
    """
        + endpoint;
  }

  private static byte[] read(Socket socket, int length) throws Exception {
    byte[] bytes = new byte[length];
    new DataInputStream(socket.getInputStream()).readFully(bytes);
    return bytes;
  }

  @Test
  void cannelloniOverTcpGreetsAndCarriesFrames() throws Exception {
    Gateway gateway = gateway(config("type = \"cannelloni-tcp\"\nlisten = \"127.0.0.1:0\"\n"));
    Client raw = raw(gateway, "a");
    Socket socket = connect(gateway, "cannelloni-tcp");
    assertEquals("CANNELLONIv1", new String(read(socket, 12), StandardCharsets.US_ASCII));
    OutputStream out = socket.getOutputStream();
    for (byte b : "CANNELLONIv1".getBytes(StandardCharsets.US_ASCII)) {
      out.write(b);
    }
    out.write(HEX.parseHex("00000123" + "02" + "1122" + "92345678" + "00"));
    assertEquals("123#1122", raw.frame());
    assertEquals("12345678#", raw.frame());
    raw.say("< send 7FF 3 1 2 3 >");
    assertArrayEquals(HEX.parseHex("000007ff" + "03" + "010203"), read(socket, 8));
  }

  @Test
  void cannelloniOverTcpEndsWhereTheGreetingIsAnother() throws Exception {
    Gateway gateway = gateway(config("type = \"cannelloni-tcp\"\nlisten = \"127.0.0.1:0\"\n"));
    Socket socket = connect(gateway, "cannelloni-tcp");
    read(socket, 12);
    socket.getOutputStream().write("CANNIBAL".getBytes(StandardCharsets.US_ASCII));
    assertEquals(-1, socket.getInputStream().read());
    await(gateway, "cannelloni-tcp", line -> line.reasons().containsKey("malformed"));
  }

  @Test
  void cannelloniOverUdpTellsWhatWasLost() throws Exception {
    try (DatagramSocket peer = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      peer.setSoTimeout(MILLIS);
      Gateway gateway =
          gateway(
              config(
                  "type = \"cannelloni-udp\"\nlisten = \"127.0.0.1:0\"\nconnect = \"127.0.0.1:"
                      + peer.getLocalPort()
                      + "\"\n"));
      Client raw = raw(gateway, "a");
      int port = port(gateway, "cannelloni-udp");
      String[] packets = {
        "0200fe0001" + "00000001" + "00",
        "0200ff0002" + "00000002" + "00" + "00000003" + "00",
        "0200030001" + "00000004" + "00", // 0, 1 and 2 are missing
        "0200010001" + "00000005" + "00", // late
        "0100040001" + "00000006" + "00", // another version
        "0200040002" + "00000007" + "00", // cut off
        "0200040001" + "00000008" + "09" + "112233445566778899", // nine bytes
        "0200040001" + "00000009" + "00",
      };
      for (String packet : packets) {
        byte[] bytes = HEX.parseHex(packet);
        peer.send(new DatagramPacket(bytes, bytes.length, InetAddress.getLoopbackAddress(), port));
      }
      for (String frame : List.of("001#", "002#", "003#", "004#", "009#")) {
        assertEquals(frame, raw.frame());
      }
      Status.Line line = await(gateway, "cannelloni-udp", l -> l.received() == 5);
      assertEquals(3L, line.reasons().get("lost-datagrams"));
      assertEquals(1L, line.reasons().get("late-datagram-frames"));
      assertEquals(3L, line.reasons().get("malformed"));

      raw.say("< send 123 1 42 >< send 124 0 >");
      DatagramPacket received = new DatagramPacket(new byte[2000], 2000);
      peer.receive(received);
      String text = HEX.formatHex(received.getData(), 0, received.getLength());
      assertEquals("0200000002" + "00000123" + "0142" + "00000124" + "00", text);
      raw.say("< send 125 0 >");
      peer.receive(received);
      assertEquals(1, received.getData()[2], "the sequence number goes on");
      await(gateway, "cannelloni-udp", l -> l.sent() == 3 && l.queued() == 0);
    }
  }

  @Test
  void slcanIsAnAdapter() throws Exception {
    Gateway gateway = gateway(config("type = \"slcan\"\nlisten = \"127.0.0.1:0\"\n"));
    Client raw = raw(gateway, "a");
    Socket socket = connect(gateway, "slcan");
    OutputStream out = socket.getOutputStream();
    out.write("S6\rO\rt12321122\rgarbage\r".getBytes(StandardCharsets.US_ASCII));
    assertEquals("123#1122", raw.frame());
    String answers = new String(read(socket, 4), StandardCharsets.US_ASCII);
    assertEquals("\r\r\r\007", answers);
    raw.say("< send 12345678 1 ab >");
    assertEquals("T123456781AB\r", new String(read(socket, 13), StandardCharsets.US_ASCII));
  }

  @Test
  void aGatewayIsAClientOfAnother() throws Exception {
    Gateway server =
        gateway(
            """
            [bus.x]
            [[endpoint]]
            type = "socketcand"
            listen = "127.0.0.1:0"
            """);
    Gateway gateway =
        gateway(
            config(
                "type = \"socketcand-client\"\nremote-bus = \"x\"\nconnect = \"127.0.0.1:"
                    + port(server, "socketcand")
                    + "\"\n"));
    Client near = raw(gateway, "a");
    Client far = raw(server, "x");
    // The client is there when the far server knows it.
    long deadline = System.nanoTime() + MILLIS * 1_000_000L;
    while (server.snapshot().endpoints().size() < 3 && System.nanoTime() - deadline < 0) {
      Thread.onSpinWait();
    }
    far.say("< send 123 1 1 >");
    assertEquals("123#01", near.frame());
    near.say("< send 124 0 >");
    assertEquals("124#", far.frame());
  }

  @Test
  void aLogIsReplayedAndWritten() throws Exception {
    Path log = folder.resolve("in.log");
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 500; i++) {
      text.append("(1000000000.%06d) can0 123#%04X%n".formatted(i * 10, i));
    }
    text.append("(1000000000.006000) can0 12#\n(1000000000.006000) can0 124##1AABB\n");
    Files.writeString(log, text);
    Gateway gateway =
        gateway(
            """
            [bus.a]
            [[endpoint]]
            type = "record"
            bus = "a"
            file = "out.log"
            [[endpoint]]
            type = "replay"
            bus = "a"
            file = "in.log"
            """);
    Status.Line replay =
        await(gateway, "replay", line -> line.state().equals("done") && line.received() == 501);
    assertEquals(1L, replay.reasons().get("malformed"));
    Status.Line record = await(gateway, "record", line -> line.sent() == 501);
    assertEquals(0, record.dropped());
    gateway.close();
    List<String> lines = Files.readAllLines(folder.resolve("out.log"));
    assertEquals(501, lines.size());
    for (int i = 0; i < 500; i++) {
      assertTrue(lines.get(i).endsWith(" a 123#%04X".formatted(i)), lines.get(i));
    }
    assertTrue(lines.get(500).endsWith(" a 124##1AABB"), lines.get(500));
  }

  @Test
  void theStatusIsToldByHttpAndByALine() throws Exception {
    Gateway gateway = gateway(config("type = \"slcan\"\nlisten = \"127.0.0.1:0\"\n"));
    Client raw = raw(gateway, "a");
    raw.say("< send 123 1 1 >< echo >");
    assertEquals("< echo >", raw.next());
    for (String request : List.of("GET / HTTP/1.1\r\nHost: x\r\n\r\n", "status\n")) {
      Socket socket = connect(gateway, "status");
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(request.startsWith("GET"), answer.startsWith("HTTP/1.1 200 OK\r\n"), answer);
      String json = answer.substring(answer.indexOf('{'));
      assertEquals(1, number(json, "frames"));
      assertTrue(json.startsWith("{\"buses\":[{\"name\":\"a\""), json);
    }
  }

  @Test
  void thoseWhoAreNotOnTheListAreTurnedAway() throws Exception {
    Gateway gateway =
        gateway(
            """
            [bus.a]
            [[endpoint]]
            type = "socketcand"
            listen = "127.0.0.1:0"
            allow = ["10.0.0.0/8", "127.0.0.2"]
            """);
    Socket refused = connect(gateway, "socketcand");
    assertEquals(-1, refused.getInputStream().read());
    try (Socket allowed =
        new Socket(
            InetAddress.getLoopbackAddress(),
            port(gateway, "socketcand"),
            InetAddress.getByAddress(new byte[] {127, 0, 0, 2}),
            0)) {
      allowed.setSoTimeout(MILLIS);
      assertEquals("< hi >", element(allowed));
    }
    assertEquals(
        1L,
        await(gateway, "socketcand", l -> !l.reasons().isEmpty())
            .reasons()
            .get("connection-refused"));
  }

  @Test
  void aScreenShowsWhatGoesOn() throws Exception {
    Gateway gateway = gateway(config("type = \"slcan\"\nlisten = \"127.0.0.1:0\"\n"));
    Status before = gateway.snapshot();
    Client raw = raw(gateway, "a");
    raw.say("< send 123 1 1 >< echo >");
    assertEquals("< echo >", raw.next());
    String view = CanGateway.view(before, gateway.snapshot());
    String line = Arrays.stream(view.split("\n")).filter(l -> l.startsWith("a ")).findFirst().get();
    assertEquals(List.of("a", "1", "1"), List.of(line.trim().split("\\s+")));
  }
}
