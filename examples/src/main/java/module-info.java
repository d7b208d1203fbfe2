/** The programs behind {@code ./gatun}. */
@SuppressWarnings("requires-automatic") // HdrHistogram and Micrometer are no modules yet
module io.gatun.examples {
  requires HdrHistogram;
  requires info.picocli;
  requires io.gatun.can.gateway;
  requires io.gatun.codec.can;
  requires io.gatun.core;
  requires micrometer.commons; // which micrometer.core cannot say, being none
  requires micrometer.core;

  // picocli sets the fields and calls the constructors of the commands.
  opens io.gatun.examples to
      info.picocli;
  opens io.gatun.examples.can to
      info.picocli;
  opens io.gatun.examples.demo to
      info.picocli;
  opens io.gatun.examples.echo to
      info.picocli;
  opens io.gatun.examples.net to
      info.picocli;
  opens io.gatun.examples.raw to
      info.picocli;
}
