package io.gatun.benchmarks.client;

import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;

/**
 * A client that blocks; the arguments name the contender and how it waits: {@code blocking}, {@code
 * timeout} or {@code virtual}, which blocks on a virtual thread. {@code client.c} has what its
 * lines say.
 */
public final class SocketClient {
  private static final int BATCH = 32;

  private SocketClient() {}

  /** Serves until standard input ends. */
  public static void main(String[] args) throws Exception {
    String name = args[0];
    boolean timeout = args[1].equals("timeout");
    ThreadFactory threads =
        args[1].equals("virtual") ? Thread.ofVirtual().factory() : Thread.ofPlatform().factory();
    try (ExecutorService executor = Executors.newSingleThreadExecutor(threads)) {
      Work.serve(
          0,
          words -> {
            int bytes = Integer.parseInt(words[2]);
            long millis = Long.parseLong(words[3]);
            return executor
                .submit(() -> converse(name, words[0], words[1], bytes, millis, timeout))
                .get();
          });
    }
  }

  private static double[] converse(
      String name, String what, String address, int bytes, long millis, boolean timeout)
      throws IOException {
    try (Conversation conversation = Conversation.open(name, address, bytes, timeout)) {
      Work.Step step =
          switch (what) {
            case "send" -> conversation::send;
            case "receive" -> conversation::receive;
            default ->
                () -> {
                  conversation.send();
                  conversation.receive();
                };
          };
      return new double[] {Work.timed(millis, BATCH, step)};
    }
  }
}
