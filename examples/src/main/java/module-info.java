/** The programs behind {@code ./gatun}. */
module io.gatun.examples {
  requires info.picocli;
  requires io.gatun.core;

  // picocli sets the fields and calls the constructors of the commands.
  opens io.gatun.examples to
      info.picocli;
}
