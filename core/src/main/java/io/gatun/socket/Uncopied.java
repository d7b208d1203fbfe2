package io.gatun.socket;

/**
 * Whether a blocking half tries a call that does not wait first, which alone can be given an array
 * without a copy. Each try in vain doubles the calls until the next: so a half whose other side is
 * the slower one costs hardly more calls. A hint: races do not matter.
 */
final class Uncopied {
  private static final int MOST = 63;

  private int left;
  private int pause;

  boolean isWorthATry() {
    if (left == 0) {
      return true;
    }
    left--;
    return false;
  }

  void tried(boolean moved) {
    pause = moved ? 0 : Math.min(2 * pause + 1, MOST);
    left = pause;
  }
}
