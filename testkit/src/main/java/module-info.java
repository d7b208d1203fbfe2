/** Every behaviour that a channel and a socket must show, run on every transport. */
module io.gatun.testkit {
  requires transitive io.gatun.core;
  requires transitive org.junit.jupiter.api;
  requires transitive org.junit.jupiter.params;
  requires java.logging;
  requires jdk.jfr;
  requires jdk.net;
  requires static transitive org.jspecify;

  exports io.gatun.testkit;

  opens io.gatun.testkit; // to JUnit, which calls what is not public too
}
