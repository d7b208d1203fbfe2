package io.gatun.examples.readme;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.gatun.address.UnixAddress;
import io.gatun.examples.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the documents show is what is compiled here. */
class ReadmeTest {
  private static final Path ROOT = Path.of("src/main/java/io/gatun/examples");
  private static final Pattern REGION =
      Pattern.compile(" *// README: begin\n(.*?)\\s+// README: end\n", Pattern.DOTALL);
  private static final Pattern BLOCK = Pattern.compile("```java\n(.*?)```\n", Pattern.DOTALL);

  @TempDir Path folder;

  /** A document, and the files where what it shows of Java stands. */
  record Document(String name, List<String> sources) {
    List<String> blocks() throws IOException {
      return BLOCK
          .matcher(Files.readString(Path.of("..", name)))
          .results()
          .map(block -> block.group(1).strip())
          .toList();
    }

    List<String> regions() throws IOException {
      List<String> regions = new ArrayList<>();
      for (String source : sources) {
        Path file = ROOT.resolve("readme", source + ".java");
        REGION
            .matcher(Files.readString(file))
            .results()
            .forEach(region -> regions.add(region.group(1).stripIndent().strip()));
      }
      return regions;
    }
  }

  static List<Document> documents() {
    return List.of(
        new Document(
            "README.md",
            List.of("EchoServer", "BlockingClient", "../echo/EchoHandler", "Question")),
        new Document("docs/socket-module.md", List.of("SocketModule")));
  }

  @ParameterizedTest
  @MethodSource("documents")
  void showsTheRegionsOfItsSourcesAndNothingElse(Document document) throws IOException {
    List<String> regions = document.regions();
    assertFalse(regions.isEmpty(), "there are sources");
    assertEquals(regions, document.blocks());
  }

  @Test
  void itsProgramsTalkToEachOther() throws Exception {
    Path path = folder.resolve("echo");
    String address = UnixAddress.path(path).toString();
    try (Program server = Program.start(Program.command(EchoServer.class, address))) {
      assertEquals(address, server.listening().toString());
      try (Program client = Program.start(Program.command(BlockingClient.class, address))) {
        assertEquals(new Program.Result(0, "Hello, world\n", ""), client.end());
      }
      assertEquals("why?", new String(Question.ask(path, "why?".getBytes(UTF_8)), UTF_8));
    }
  }
}
