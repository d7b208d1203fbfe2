package io.gatun.examples.readme;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page of behaviours names tests that there are, one at least for each. */
class BehavioursTest {
  private static final Path PAGE = Path.of("../docs/behaviours.md");
  private static final Path TESTS = Path.of("../testkit/src/main/java/io/gatun/testkit");
  private static final Pattern NAMED = Pattern.compile("`(\\w*Test\\w*\\b[^`]*)`");
  private static final Pattern TEST =
      Pattern.compile("@(?:Parameterized|Repeated)?Test\\b[^;]*?\\bvoid (\\w+)\\(");

  private static List<String> rows() throws IOException {
    try (Stream<String> lines = Files.lines(PAGE)) {
      return lines
          .filter(line -> line.startsWith("| ") && !line.equals("| behaviour | test |"))
          .toList();
    }
  }

  private static Stream<String> namedIn(String text) {
    return NAMED.matcher(text).results().map(named -> named.group(1));
  }

  /** The tests of the test kit, as the page names them. */
  private static Set<String> tests() throws IOException {
    Set<String> tests = new TreeSet<>();
    try (Stream<Path> files = Files.list(TESTS)) {
      for (Path file : files.filter(each -> each.toString().endsWith("Test.java")).toList()) {
        String type = file.getFileName().toString().replace(".java", "");
        for (MatchResult test : TEST.matcher(Files.readString(file)).results().toList()) {
          tests.add(type + "." + test.group(1));
        }
      }
    }
    return tests;
  }

  @Test
  void eachTestThatIsNamedIsThere() throws Exception {
    Set<String> missing =
        namedIn(Files.readString(PAGE)).collect(Collectors.toCollection(TreeSet::new));
    assertFalse(missing.isEmpty(), "no test is named");
    missing.removeAll(tests());
    assertEquals(Set.of(), missing);
  }

  @Test
  void eachBehaviourHasATest() throws Exception {
    List<String> rows = rows();
    assertFalse(rows.isEmpty(), "no behaviour is named");
    for (String row : rows) {
      assertTrue(namedIn(row).findAny().isPresent(), row);
    }
  }
}
