package io.gatun.channel;

/**
 * Guesses how much the next read will bring. A buffer that is filled means that more may be there,
 * which costs a second call to see: so the guess grows at once, and shrinks only after two small
 * reads in a row.
 *
 * <p>A guess is a number that its channel keeps, as idle channels are many: the bytes, negative
 * after a small read.
 */
final class ReadSize {
  // Powers of two, as are the sizes between.
  static final int SMALLEST = 2 * 1024;
  static final int LARGEST = 64 * 1024;

  private ReadSize() {}

  /** Returns the bytes to make room for. */
  static int bytes(int guess) {
    return Math.abs(guess);
  }

  /** Returns the guess that follows, when a read into so much room has brought so many bytes. */
  static int next(int guess, int bytes, int room) {
    int size = bytes(guess);
    if (bytes == room) {
      return Math.min(LARGEST, Math.max(size, room) * 2);
    } else if (bytes < size / 4 && size > SMALLEST) {
      return guess < 0 ? size / 2 : -size;
    }
    return size;
  }
}
