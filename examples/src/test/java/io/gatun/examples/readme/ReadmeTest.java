package io.gatun.examples.readme;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.address.UnixAddress;
import io.gatun.examples.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the README shows is what is compiled here. */
class ReadmeTest {
  private static final Path ROOT = Path.of("src/main/java/io/gatun/examples");
  private static final Pattern REGION =
      Pattern.compile(" *// README: begin\n(.*?)\n *// README: end\n", Pattern.DOTALL);
  private static final Pattern BLOCK = Pattern.compile("```java\n(.*?)```\n", Pattern.DOTALL);

  @TempDir Path folder;

  static List<Path> sources() {
    return Stream.of("EchoServer", "BlockingClient", "Question", "../echo/EchoHandler")
        .map(name -> ROOT.resolve("readme", name + ".java"))
        .toList();
  }

  private static List<String> blocks() throws IOException {
    return BLOCK
        .matcher(Files.readString(Path.of("../README.md")))
        .results()
        .map(block -> block.group(1).strip())
        .toList();
  }

  private static String region(Path source) throws IOException {
    var region = REGION.matcher(Files.readString(source));
    assertTrue(region.find(), source + " has no region for the README");
    return region.group(1).stripIndent().strip();
  }

  @ParameterizedTest
  @MethodSource("sources")
  void showsEachSource(Path source) throws IOException {
    assertTrue(blocks().contains(region(source)), "the README does not show " + source);
  }

  @Test
  void showsNothingElse() throws IOException {
    assertEquals(sources().size(), blocks().size());
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
