package io.gatun.can.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Two gateways that are joined twice: what one sends by one way comes back to it by the other. */
final class LoopTest extends GatewayLab {
  private static final String CLIENTS =
      """
      [[endpoint]]
      type = "socketcand"
      listen = "127.0.0.1:0"
      """;

  private static String listens(String type, String bus) {
    return """
    [[endpoint]]
    type = "%s"
    bus = "%s"
    listen = "127.0.0.1:0"
    """
        .formatted(type, bus);
  }

  private static String connects(String type, String bus, Gateway to) {
    return """
    [[endpoint]]
    type = "%s"
    bus = "%s"
    connect = "127.0.0.1:%d"
    """
        .formatted(type, bus, port(to, type));
  }

  @Test
  void aBusThatKeepsInMindWhoBroughtAFrameTakesItOnce() throws Exception {
    String bus = "[bus.a]\nonce = \"60s\"\n";
    Gateway one = gateway(bus + CLIENTS + listens("cannelloni-tcp", "a") + listens("slcan", "a"));
    Gateway two =
        gateway(bus + CLIENTS + connects("cannelloni-tcp", "a", one) + connects("slcan", "a", one));
    Client here = raw(one, "a");
    Client there = raw(two, "a");
    int ready = 0x700;
    for (int ways = 0; ways < 2; ways = ways(two)) { // until both are open
      here.say("< send %03X 0 >".formatted(ready++));
    }
    here.say("< send 7FF 0 >");
    for (String frame = ""; !frame.equals("7FF#"); ) {
      frame = there.frame();
    }
    int count = 200;
    for (int i = 0; i < count; i++) {
      here.say("< send 123 2 %x %x >< send 124 0 >".formatted(i >> 8, i & 0xff));
      // A frame that its sender repeats is none of an echo: 124.
      assertEquals("123#%04X".formatted(i), there.frame());
      assertEquals("124#", there.frame());
    }
    there.say("< send 321 1 5 >");
    assertEquals("321#05", here.frame());
    // Of what one has sent each came back, by the one way or the other, and none was taken.
    await(
        one,
        "slcan client",
        l -> loops(l) + loops(line(one, "cannelloni-tcp client")) >= 2L * count);
  }

  private static long loops(Status.@Nullable Line line) {
    return line == null ? 0 : line.reasons().getOrDefault("loop", 0L);
  }

  /** How many ways have brought a frame, or the echo of one. */
  private static int ways(Gateway gateway) {
    int ways = 0;
    for (String name : new String[] {"cannelloni-tcp", "slcan"}) {
      Status.Line line = line(gateway, name);
      ways += line != null && line.received() + loops(line) > 0 ? 1 : 0;
    }
    return ways;
  }

  @Test
  void aRateEndsALoopAndTheDropIsCounted() throws Exception {
    String buses = "[bus.a]\n[bus.b]\n" + CLIENTS;
    String route = "[[route]]\nfrom = \"%s\"\nto = \"%s\"\nrate = 20\n";
    Gateway one =
        gateway(
            buses
                + route.formatted("a", "b")
                + listens("cannelloni-tcp", "a")
                + listens("slcan", "b"));
    Gateway two =
        gateway(
            buses
                + route.formatted("b", "a")
                + connects("cannelloni-tcp", "a", one)
                + connects("slcan", "b", one));
    await(one, "cannelloni-tcp client", line -> true);
    Client a = raw(one, "a");
    for (int sent = 1; offered(two, "b→a") == 0; sent++) {
      a.say("< send 123 0 >"); // until both ways are open
      int count = sent;
      await(one, "a→b", way -> way.offered() >= count);
    }
    // A frame goes round at most as often as the rate allows, and is dropped then: nothing is left.
    await(one, "a→b", l -> l.offered() > 0 && l.queued() == 0);
    Status.Line there = await(one, "a→b", l -> l.reasons().containsKey("rate") || ends(two));
    Status.Line back = await(two, "b→a", l -> l.offered() == l.sent() + l.dropped());
    long dropped =
        there.reasons().getOrDefault("rate", 0L) + back.reasons().getOrDefault("rate", 0L);
    assertTrue(dropped > 0, there + " " + back);
    assertTrue(there.sent() < 400 && back.sent() < 400, there + " " + back);
  }

  private static long offered(Gateway gateway, String route) {
    Status.Line line = line(gateway, route);
    return line == null ? 0 : line.offered();
  }

  private static boolean ends(Gateway gateway) {
    Status.Line line = line(gateway, "b→a");
    return line != null && line.reasons().containsKey("rate");
  }
}
