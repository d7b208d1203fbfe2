package io.gatun.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** When a blocking call is preceded by one that does not wait. */
final class UncopiedTest {
  private final Uncopied uncopied = new Uncopied();

  private int tries(int calls, boolean moved) {
    int tries = 0;
    for (int i = 0; i < calls; i++) {
      if (uncopied.isWorthATry()) {
        tries++;
        uncopied.tried(moved);
      }
    }
    return tries;
  }

  @Test
  void whatMovesIsTriedEachTime() {
    assertEquals(100, tries(100, true));
  }

  @Test
  void whatIsAlwaysInVainIsTriedOnceIn64Calls() {
    tries(200, false);
    assertEquals(10, tries(640, false));
  }

  @Test
  void aTryInVainNowAndThenCostsOneCallAlone() {
    uncopied.tried(false);
    assertEquals(9, tries(10, true));
    uncopied.tried(false);
    assertTrue(!uncopied.isWorthATry() && uncopied.isWorthATry());
  }
}
