package io.gatun.socket;

import io.gatun.os.Kernel;
import java.util.Arrays;

/**
 * The threads that are inside a system call on one half of a socket, so that closing it can call
 * them back. A thread is alive as long as it stands here, which is what makes it safe to signal.
 * The lock is held for a few instructions, and is another thread's only when several block on the
 * same half at once.
 */
final class BlockedThreads {
  private long[] threads = new long[1];
  private int size;

  /**
   * Adds the calling thread, a virtual one by its carrier, which it keeps for the call: but for the
   * lock it does not wait, and so the carrier is asked for once the lock is held.
   *
   * @return what {@link #remove} takes
   */
  synchronized long add(Kernel kernel) {
    long owner = kernel.owner();
    long thread = owner == 0 ? kernel.thread() : owner;
    if (size == threads.length) {
      threads = Arrays.copyOf(threads, size * 2);
    }
    threads[size++] = thread;
    return thread;
  }

  synchronized void remove(long thread) {
    int i = 0;
    while (threads[i] != thread) {
      i++;
    }
    threads[i] = threads[--size];
  }

  synchronized void interrupt(Kernel kernel) {
    for (int i = 0; i < size; i++) {
      kernel.interrupt(threads[i]);
    }
  }
}
