package io.gatun.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Whose turn it is. */
final class ComparisonTest {
  private static final List<String> ALL = List.of("a", "b", "c", "d", "e", "f");

  @Test
  void eachHasATurnInEachRound() {
    for (int round = 0; round < 20; round++) {
      List<String> turns = Comparison.turns(ALL, round);
      assertEquals(ALL.size(), turns.size());
      assertEquals(Set.copyOf(ALL), Set.copyOf(turns));
    }
  }

  @Test
  void nobodyHasAPlaceOrFollowsAnotherTwiceInAsManyRoundsAsThereAre() {
    Set<String> pairs = new HashSet<>();
    Set<String> firsts = new HashSet<>();
    for (int round = 0; round < ALL.size(); round++) {
      List<String> turns = Comparison.turns(ALL, round);
      firsts.add(turns.getFirst());
      for (int i = 1; i < turns.size(); i++) {
        pairs.add(turns.get(i - 1) + turns.get(i));
      }
    }
    assertEquals(ALL.size(), firsts.size());
    assertEquals(ALL.size() * (ALL.size() - 1), pairs.size());
  }

  @Test
  void oneAloneHasAllTurns() {
    assertEquals(List.of("a"), Comparison.turns(List.of("a"), 3));
  }
}
