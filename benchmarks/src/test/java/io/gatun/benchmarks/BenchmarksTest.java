package io.gatun.benchmarks;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said on the command line. */
final class BenchmarksTest {
  private static final List<String> ALL =
      List.of(
          "pingpong",
          "pingpong-timeout",
          "pingpong-virtual",
          "stream",
          "alloc",
          "echo",
          "calls",
          "idle",
          "startup",
          "accept",
          "udp",
          "growth",
          "timers",
          "can",
          "throughput");

  private static Map<String, Comparison> configure(String words) {
    List<String> all = List.of(words.split(" ", -1));
    return Benchmarks.configure(all.subList(0, 1), all.subList(1, all.size()));
  }

  @Test
  void allThatIsSetByDefaultIsAllowed() {
    Map<String, Comparison> comparisons = Benchmarks.configure(ALL, List.of());
    assertEquals(ALL, List.copyOf(comparisons.keySet()));
    comparisons.forEach((name, comparison) -> {
      String[] settings = comparison.settings.toString().split(" (?=[a-z]+=)", -1);
      assertDoesNotThrow(() -> Benchmarks.configure(List.of(name), List.of(settings)), name);
    });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "echo rounds=x",
        "echo rounds=0",
        "echo millis=-1",
        "echo millis=",
        "echo rounds",
        "echo connections=10",
        "echo quick=false",
        "echo contenders=c,nobody",
        "echo contenders=c,c",
        "echo contenders=",
        "echo contenders=c:2",
        "echo contenders=gatun-epoll:0",
        "echo loads=64",
        "echo loads=0:64:1",
        "echo loads=1:64:1,",
        "accept loads=0",
        "accept loads=1000000",
        "idle contenders=c",
        "idle loads=64:64:1",
        "stream loads=sctp:send:4096",
        "alloc loads=NOTHING",
        "udp contenders=junixsocket",
        "timers loads=few",
      })
  void whatCannotBeMeasuredIsRefusedInOneLine(String words) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> configure(words));
    String message = String.valueOf(e.getMessage());
    assertTrue(message.startsWith(words.substring(0, words.indexOf(' ')) + ": "), message);
    assertFalse(message.contains("\n"), message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "echo quick=true out=somewhere",
        "echo contenders=c,gatun-poll,gatun-epoll:2,blocking loads=1:1:1 rounds=1 millis=1",
        "accept loads=1",
        "idle connections=10 millis=0",
        "stream contenders=c,gatun-buffer loads=tcp:send:1",
        "throughput contenders=gatun-iocp:8",
        "can python=/usr/bin/python3",
      })
  void moreThanTheDefaultsCanBeMeasured(String words) {
    assertDoesNotThrow(() -> configure(words));
  }

  @Test
  void aSettingThatOneOfSeveralDoesNotKnowIsRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> Benchmarks.configure(List.of("echo", "idle"), List.of("connections=1000")));
  }
}
