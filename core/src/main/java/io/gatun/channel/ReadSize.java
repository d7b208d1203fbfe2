package io.gatun.channel;

/**
 * Guesses how much the next read will bring. A buffer that is filled means that more may be there,
 * which costs a second call to see: so the guess grows at once, and shrinks only after two small
 * reads in a row.
 */
final class ReadSize {
  // Powers of two, as are the sizes between.
  private static final int SMALLEST = 2 * 1024;
  static final int LARGEST = 64 * 1024;

  private int size = SMALLEST;
  private boolean small;

  int next() {
    return size;
  }

  void record(int bytes, int room) {
    if (bytes == room) {
      size = Math.min(LARGEST, Math.max(size, room) * 2);
      small = false;
    } else if (bytes < size / 4 && size > SMALLEST) {
      if (small) {
        size /= 2;
      }
      small = !small;
    } else {
      small = false;
    }
  }
}
