package io.gatun.socket;

import io.gatun.os.Kernel;
import java.util.Arrays;

/**
 * The platform threads that are inside a system call on one half of a socket, so that closing it
 * can call them back. A thread is alive as long as it stands here, which is what makes it safe to
 * signal. The lock is held for a few instructions, and is another thread's only when several block
 * on the same half at once.
 */
final class BlockedThreads {
  private long[] threads = new long[1];
  private int size;

  synchronized void add(long thread) {
    if (size == threads.length) {
      threads = Arrays.copyOf(threads, size * 2);
    }
    threads[size++] = thread;
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
