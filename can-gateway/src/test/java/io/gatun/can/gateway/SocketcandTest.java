package io.gatun.can.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class SocketcandTest extends GatewayLab {
  private static final String CONFIG =
      """
      [bus.one]
      [bus.two]
      [[endpoint]]
      type = "socketcand"
      listen = "127.0.0.1:0"
      """;

  @Test
  void clientsOfABusHearEachOther() throws Exception {
    Gateway gateway = gateway(CONFIG);
    Client one = raw(gateway, "one");
    Client two = raw(gateway, "one");
    Client other = raw(gateway, "two");
    one.say("< send 123 2 11 22 >");
    one.say("< send 12345678 0 >< send 7FF 1 f >");
    assertEquals("123#1122", two.frame());
    assertEquals("12345678#", two.frame());
    assertEquals("7FF#0F", two.frame());
    two.say("< send 001 8 1 2 3 4 5 6 7 8 >");
    assertEquals("001#0102030405060708", one.frame());
    other.say("< echo >");
    assertEquals("< echo >", other.next(), "a frame of another bus");
  }

  @Test
  void anEmptyFrameHasTheTwoSpacesThatPythonCanNeeds() throws Exception {
    Gateway gateway = gateway(CONFIG);
    Client one = raw(gateway, "one");
    Client two = raw(gateway, "one");
    one.say("< send 123 0  >");
    String element = two.next();
    assertTrue(element.matches("< frame 123 [0-9]+\\.[0-9]{6}  >"), element);
  }

  @Test
  void commandsMayComeInAnyPieces() throws Exception {
    Gateway gateway = gateway(CONFIG);
    Client one = raw(gateway, "one");
    Client two = raw(gateway, "one");
    for (byte b : "< send 123 2 11 22 >\n< send 124 0 >".getBytes(StandardCharsets.US_ASCII)) {
      one.socket.getOutputStream().write(b);
    }
    assertEquals("123#1122", two.frame());
    assertEquals("124#", two.frame());
  }

  @Test
  void whatIsUnknownIsAnsweredAsTheDaemonDoes() throws Exception {
    Gateway gateway = gateway(CONFIG);
    Socket socket = connect(gateway, "socketcand");
    assertEquals("< hi >", element(socket));
    socket.getOutputStream().write("< frobnicate >< echo >".getBytes(StandardCharsets.US_ASCII));
    assertEquals("< error unknown command >", element(socket));
    assertEquals("< echo >", element(socket));
    socket.getOutputStream().write("< open three >".getBytes(StandardCharsets.US_ASCII));
    assertEquals("< error could not open bus >", element(socket));
    assertEquals("<end>", element(socket));
  }

  @Test
  void aJobSendsInACycleUntilItIsDeleted() throws Exception {
    Gateway gateway = gateway(CONFIG);
    Client bcm = new Client(gateway, "one", "bcmmode");
    Client raw = raw(gateway, "one");
    bcm.say("< add 0 1000 123 2 11 22 >");
    for (int i = 0; i < 5; i++) {
      assertEquals("123#1122", raw.frame());
    }
    bcm.say("< update 123 1 33 >");
    while (!raw.frame().equals("123#33")) {
      // those that were on their way
    }
    bcm.say("< delete 123 >< send 124 0 >");
    String frame = raw.frame();
    while (frame.equals("123#33")) {
      frame = raw.frame();
    }
    assertEquals("124#", frame);
  }

  @Test
  void aSubscriptionTellsEachFrameAndAFilterWhatChanges() throws Exception {
    Gateway gateway = gateway(CONFIG);
    Client bcm = new Client(gateway, "one");
    Client raw = raw(gateway, "one");
    bcm.say("< subscribe 0 0 100 >< filter 0 0 200 2 FF 00 >< echo >");
    assertEquals("< echo >", bcm.next());
    raw.say("< send 100 1 1 >< send 100 1 1 >< send 101 0 >");
    assertEquals("100#01 ", bcm.frame());
    assertEquals("100#01 ", bcm.frame());
    raw.say("< send 200 2 1 1 >< send 200 2 1 2 >< send 200 2 2 2 >");
    assertEquals("200#01 01 ", bcm.frame());
    assertEquals("200#02 02 ", bcm.frame());
    bcm.say("< unsubscribe 100 >< echo >");
    assertEquals("< echo >", bcm.next());
    raw.say("< send 100 0 >< send 200 1 7 >");
    assertEquals("200#07 ", bcm.frame());
  }

  @Test
  void aMultiplexIsWatchedByItsSelector() throws Exception {
    Gateway gateway = gateway(CONFIG);
    Client bcm = new Client(gateway, "one");
    Client raw = raw(gateway, "one");
    String selector = " FF 00 00 00 00 00 00 00";
    String one = " 01 FF 00 00 00 00 00 00";
    String two = " 02 00 FF 00 00 00 00 00";
    bcm.say("< muxfilter 0 0 300 3" + selector + one + two + " >< echo >");
    assertEquals("< echo >", bcm.next());
    raw.say("< send 300 3 1 A 0 >< send 300 3 2 A 0 >< send 300 3 1 A 7 >< send 300 3 3 9 9 >");
    raw.say("< send 300 3 2 B 0 >< send 300 3 2 B 1 >");
    assertEquals("300#01 0A 00 ", bcm.frame());
    assertEquals("300#02 0A 00 ", bcm.frame());
    assertEquals("300#02 0B 01 ", bcm.frame());
  }

  @Test
  void controlModeTellsStatistics() throws Exception {
    Gateway gateway = gateway(CONFIG);
    Client raw = raw(gateway, "one");
    raw.say("< send 123 2 11 22 >< send 123 1 3 >< echo >");
    assertEquals("< echo >", raw.next());
    Client control = new Client(gateway, "one", "controlmode");
    control.say("< statistics 10 >");
    assertEquals("< stat 3 2 3 2 >", control.next());
    assertEquals("< stat 3 2 3 2 >", control.next());
  }

  /** Garbage, half a command, an endless one, nothing at all: and others are served meanwhile. */
  @Test
  void badClientsCostABoundedBufferAndNotTheOthers() throws Exception {
    Gateway gateway = gateway(CONFIG);
    Client one = raw(gateway, "one");
    Client two = raw(gateway, "one");
    for (String text :
        new String[] {
          "", "<", "< op", "GET / HTTP/1.1\r\n\r\n", "\0\0\0\377\376", ">>>>", "< open one >< send"
        }) {
      Socket socket = connect(gateway, "socketcand");
      socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }
    Socket endless = connect(gateway, "socketcand");
    byte[] a = new byte[64 * 1024];
    Arrays.fill(a, (byte) 'a');
    a[0] = '<';
    assertEquals("< hi >", element(endless));
    try {
      for (int i = 0; i < 1000; i++) {
        endless.getOutputStream().write(a);
      }
      throw new AssertionError("64 MB of one command were taken");
    } catch (java.io.IOException closed) {
      // by the gateway, as it should be
    }
    for (int i = 0; i < 100; i++) {
      one.say("< send 123 1 %x >".formatted(i));
      assertEquals("123#%02X".formatted(i), two.frame());
    }
    await(gateway, "socketcand", line -> line.reasons().getOrDefault("malformed", 0L) >= 4);
  }

  /** What waits for a client is bounded, and what it has missed is counted. */
  @Test
  void aClientThatDoesNotReadLosesFramesAndNobodyElseDoes() throws Exception {
    Gateway gateway = gateway(CONFIG);
    Client sender = raw(gateway, "one");
    Client reader = raw(gateway, "one");
    Client lazy = raw(gateway, "one");
    String lazyName = "socketcand " + lazy.socket.getLocalSocketAddress().toString().substring(1);
    int count = 200_000;
    Thread sending =
        Thread.ofPlatform()
            .start(() -> {
              try {
                StringBuilder text = new StringBuilder();
                for (int i = 0; i < count; i++) {
                  text.append(
                      "< send 123 4 %x %x %x %x >"
                          .formatted(i >> 24 & 255, i >> 16 & 255, i >> 8 & 255, i & 255));
                  if (i % 100 == 99) {
                    sender.say(text.toString());
                    text.setLength(0);
                  }
                }
              } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
    // The reader is read: of what it is not given, nothing may be missing in the count.
    java.io.InputStream in = new java.io.BufferedInputStream(reader.socket.getInputStream());
    Status.Line line;
    String readerName =
        "socketcand " + reader.socket.getLocalSocketAddress().toString().substring(1);
    Thread reading =
        Thread.ofPlatform()
            .start(() -> {
              try {
                byte[] bytes = new byte[64 * 1024];
                while (in.read(bytes) >= 0) {
                  // all of it
                }
              } catch (java.io.IOException e) {
                // closed at the end
              }
            });
    sending.join();
    line = await(gateway, lazyName, l -> l.offered() == count);
    assertTrue(line.dropped() > 0, line::toString);
    assertEquals(line.dropped(), line.reasons().get("slow"));
    assertEquals(count, line.sent() + line.dropped() + line.queued());
    assertTrue(line.queued() < 2000, line::toString);
    Status.Line read = await(gateway, readerName, l -> l.offered() == count && l.queued() == 0);
    assertEquals(count, read.sent() + read.dropped());
    assertTrue(read.sent() > line.sent(), () -> read.toString());
    reader.socket.close();
    reading.join();
  }
}
