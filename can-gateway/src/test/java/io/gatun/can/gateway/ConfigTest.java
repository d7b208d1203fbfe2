package io.gatun.can.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ConfigTest {
  @TempDir Path folder;

  private String refusal(String text) throws Exception {
    Path file = Files.writeString(folder.resolve("g.toml"), text);
    String message =
        String.valueOf(assertThrows(ConfigException.class, () -> Gateway.check(file)).getMessage());
    assertTrue(message.lines().count() == 1, message);
    return message;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '@',
      value = {
        "[bus.a]|queue = 0@ g.toml:2: bus.a.queue: must be a number from 1 to 1000000",
        "[bus.a]|ttl = \"50\"@ g.toml:2: bus.a.ttl: \"50\": a time is as 50ms, 1.5s or 200us",
        "[bus.a]|order = \"fast\"@ g.toml:2: bus.a.order: \"fast\" is none of arrival, priority",
        "[bus.a]|colour = 1@ g.toml:2: bus.a.colour: there is no such key here; there are interface,"
            + " latest, local, once, order, overflow, queue, ttl",
        "[bus.a]|interface = 1@ g.toml:2: bus.a.interface: must be a text in quotes",
        "[bus.a]|[[endpoint]]|type = \"slcan\"@ g.toml:2: endpoint.bus: is missing",
        "[bus.a]|[[endpoint]]|type = \"x\"@ g.toml:3: endpoint.type: \"x\" is none of socketcand,"
            + " socketcand-client, cannelloni-udp, cannelloni-tcp, slcan, multicast, replay, record",
        "[bus.a]|[[route]]|from = \"a\"|to = \"b\"@ g.toml:4: route.to: there is no bus b; there"
            + " are [a]",
        "[bus.a]|[[route]]|from = \"a\"|to = \"a\"@ g.toml:4: route.to: is the bus that it comes"
            + " from",
      })
  void whatIsWrongIsNamedWithItsLineAndKey(String text, String message) throws Exception {
    assertEquals(message, refusal(text.replace('|', '\n')));
  }

  @Test
  void whatIsNoTomlIsNamedWithItsLine() throws Exception {
    String message = refusal("[bus.a]\nqueue = = 1\n");
    assertTrue(message.startsWith("g.toml:2: "), message);
  }

  @Test
  void nothingListensToTheNetworkUnlessItIsSaid() throws Exception {
    String text = "[bus.a]\n[[endpoint]]\ntype = \"socketcand\"\nlisten = \"%s\"\n";
    for (String address : new String[] {"0.0.0.0:1", "192.0.2.1:1", "[::]:1"}) {
      assertEquals(
          "g.toml:4: endpoint.listen: "
              + address
              + " is open to the network; say public = true if it shall be",
          refusal(text.formatted(address)));
    }
    for (String address : new String[] {"127.0.0.1:1", "127.9.9.9:1", "[::1]:1", "unix:/x"}) {
      Gateway.check(Files.writeString(folder.resolve("ok.toml"), text.formatted(address)));
    }
    Gateway.check(
        Files.writeString(
            folder.resolve("ok.toml"), text.formatted("0.0.0.0:1") + "public = true\n"));
  }

  @Test
  void theExampleOfTheDocumentsIsRight() throws Exception {
    Path document = Path.of("docs", "can.md"); // Maven runs tests in the module's folder
    String text =
        Files.readString(Files.exists(document) ? document : Path.of("..").resolve(document));
    int from = text.indexOf("```toml") + "```toml".length();
    String example = text.substring(from, text.indexOf("```", from));
    Files.writeString(folder.resolve("drive.log"), "");
    Gateway.check(Files.writeString(folder.resolve("example.toml"), example));
  }
}
