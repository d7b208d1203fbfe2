package io.gatun.can.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class RouteTest extends GatewayLab {
  private static final String BUSES =
      """
      [bus.a]
      [bus.b]
      [bus.c]
      [[endpoint]]
      type = "socketcand"
      listen = "127.0.0.1:0"
      """;

  /** A gateway with these routes between its buses. */
  private Gateway routes(String routes) throws Exception {
    return gateway(BUSES + routes);
  }

  @Test
  void aRoutePassesWhatItsFiltersLetThrough() throws Exception {
    Gateway gateway =
        routes(
            """
            [[route]]
            from = "a"
            to = "b"
            filter = ["100:700", "18DAF110"]
            """);
    Client a = raw(gateway, "a");
    Client b = raw(gateway, "b");
    a.say("< send 123 0 >< send 223 0 >< send 18DAF110 0 >< send 18DAF111 0 >< send 1FF 0 >");
    assertEquals("123#", b.frame());
    assertEquals("18DAF110#", b.frame());
    assertEquals("1FF#", b.frame());
    Status.Line line = await(gateway, "a→b", l -> l.offered() == 5);
    assertEquals(3, line.sent());
    assertEquals(2L, line.reasons().get("filtered"));
  }

  @Test
  void aRouteRewritesAsCangwDoes() throws Exception {
    Gateway gateway =
        routes(
            """
            [[route]]
            from = "a"
            to = "b"
            filter = ["123"]
            and = { data = "F0" }
            or  = { id = "400", data = "0F" }
            xor = { data = "FF00" }
            set = { len = 4, data = "" }
            [[route.checksum]]
            type = "xor"
            from = 0
            to = -2
            result = -1
            [[route]]
            from = "a"
            to = "c"
            filter = ["200"]
            [[route.checksum]]
            type = "j1850"
            """);
    Client a = raw(gateway, "a");
    Client b = raw(gateway, "b");
    Client c = raw(gateway, "c");
    a.say("< send 123 2 A5 11 >");
    // A5 & F0 | 0F ^ FF = 50; 11; padded to 4 bytes; 50 ^ 11 ^ 00 = 41
    assertEquals("523#50110041", b.frame());
    a.say("< send 200 5 00 00 00 00 00 >"); // the check value of the catalogue: 59 of four zeros
    assertEquals("200#0000000059", c.frame());
  }

  @Test
  void bothWaysMakeNoLoop() throws Exception {
    Gateway gateway =
        routes(
            """
            [[route]]
            from = "a"
            to = "b"
            both = true
            hops = 9
            [[route]]
            from = "b"
            to = "c"
            both = true
            hops = 9
            [[route]]
            from = "c"
            to = "a"
            both = true
            hops = 9
            """);
    Client a = raw(gateway, "a");
    Client b = raw(gateway, "b");
    a.say("< send 123 0 >< echo >");
    assertEquals("< echo >", a.next());
    // Straight, and around by c.
    assertEquals("123#", b.frame());
    assertEquals("123#", b.frame());
    b.say("< echo >");
    assertEquals("< echo >", b.next());
    Status.Line back = await(gateway, "b→a", l -> l.offered() > 0);
    assertEquals(0, back.sent());
    assertTrue(back.reasons().containsKey("loop"));
  }

  @Test
  void theHopLimitEndsAChain() throws Exception {
    Gateway gateway =
        routes(
            """
            [[route]]
            from = "a"
            to = "b"
            [[route]]
            from = "b"
            to = "c"
            """);
    Client a = raw(gateway, "a");
    Client b = raw(gateway, "b");
    Client c = raw(gateway, "c");
    a.say("< send 123 0 >");
    assertEquals("123#", b.frame());
    b.say("< send 124 0 >");
    assertEquals("124#", c.frame());
    assertEquals(1L, await(gateway, "b→c", l -> l.offered() == 2).reasons().get("hops"));
  }

  @Test
  void aRateIsKept() throws Exception {
    Gateway gateway =
        routes(
            """
            [[route]]
            from = "a"
            to = "b"
            rate = 10
            """);
    Client a = raw(gateway, "a");
    for (int i = 0; i < 1000; i++) {
      a.say("< send 123 0 >");
    }
    Status.Line line = await(gateway, "a→b", l -> l.offered() == 1000);
    // At most a second's worth at once, and what the test's own time allows.
    assertTrue(line.sent() >= 10 && line.sent() < 400, line::toString);
    assertEquals(1000, line.sent() + line.dropped());
    assertEquals(line.dropped(), line.reasons().get("rate"));
  }

  @Test
  void ofEachIdentifierTheLatestPasses() throws Exception {
    Gateway gateway =
        routes(
            """
            [[route]]
            from = "a"
            to = "b"
            latest = "200ms"
            """);
    Client a = raw(gateway, "a");
    Client b = raw(gateway, "b");
    a.say("< send 123 1 1 >< send 124 1 1 >< send 123 1 2 >< send 123 1 3 >");
    assertEquals("123#03", b.frame());
    assertEquals("124#01", b.frame());
    Status.Line line = await(gateway, "a→b", l -> l.sent() == 2);
    assertEquals(4, line.offered());
    assertEquals(2L, line.reasons().get("superseded"));
  }

  /** Each frame that a route was given has passed or was dropped for a reason. */
  @Test
  void underRandomLoadEachFrameIsSentOrCounted() throws Exception {
    Gateway gateway =
        routes(
            """
            [[route]]
            from = "a"
            to = "b"
            both = true
            hops = 3
            filter = ["000:400"]
            rate = 5000
            latest = "2ms"
            [[route]]
            from = "b"
            to = "c"
            hops = 3
            set = { len = 8 }
            [[route]]
            from = "c"
            to = "a"
            rate = 3000
            """);
    Random random = new Random(8);
    Client[] clients = {raw(gateway, "a"), raw(gateway, "b"), raw(gateway, "c")};
    int count = 10_000;
    for (int i = 0; i < count; i++) {
      StringBuilder text = new StringBuilder("< send %03X 2".formatted(random.nextInt(0x800)));
      clients[random.nextInt(3)].say(text.append(" 1 2 >").toString());
    }
    for (Client client : clients) { // so all of it was read
      Client fresh = new Client(gateway, "a", "rawmode");
      assertNotNull(fresh);
      assertNotNull(client);
    }
    long given = 0;
    for (Status.BusLine bus : gateway.snapshot().buses()) {
      given += bus.frames();
    }
    assertTrue(given > 0);
    for (String route : new String[] {"a→b", "b→a", "b→c", "c→a"}) {
      Status.Line line = await(gateway, route, l -> l.offered() > 0 && l.queued() == 0);
      long reasons = line.reasons().values().stream().mapToLong(Long::longValue).sum();
      assertEquals(line.offered(), line.sent() + line.dropped(), line::toString);
      assertEquals(line.dropped(), reasons, line::toString);
    }
    // What routes have sent and clients have brought is what was on the buses.
    await(gateway, "c→a", l -> totals(gateway)[0] == totals(gateway)[1]);
    long[] totals = totals(gateway);
    assertEquals(totals[0], totals[1]);
  }

  private static long[] totals(Gateway gateway) {
    Status status = gateway.snapshot();
    long on = status.buses().stream().mapToLong(Status.BusLine::frames).sum();
    long brought = status.endpoints().stream().mapToLong(Status.Line::received).sum();
    long sent = status.routes().stream().mapToLong(Status.Line::sent).sum();
    return new long[] {on, brought + sent};
  }
}
