package io.gatun.testkit;

/** The kinds of threads that a socket treats differently. */
enum ThreadKind {
  PLATFORM {
    @Override
    Thread.Builder builder() {
      return Thread.ofPlatform().daemon();
    }
  },

  VIRTUAL {
    @Override
    Thread.Builder builder() {
      return Thread.ofVirtual();
    }
  };

  abstract Thread.Builder builder();
}
