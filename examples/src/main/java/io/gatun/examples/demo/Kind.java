package io.gatun.examples.demo;

/** The kinds of clients. */
enum Kind {
  CHANNEL("channel", "channels on event loops"),
  PLATFORM("blocking, platform", "blocking sockets on platform threads"),
  VIRTUAL("blocking, virtual", "blocking sockets on virtual threads");

  final String label;
  final String description;

  Kind(String label, String description) {
    this.label = label;
    this.description = description;
  }

  /** How many of all connections are of this kind: half, a quarter and a quarter. */
  int share(int connections) {
    int channels = connections - connections / 2;
    int platform = (connections - channels + 1) / 2;
    return switch (this) {
      case CHANNEL -> channels;
      case PLATFORM -> platform;
      case VIRTUAL -> connections - channels - platform;
    };
  }
}
