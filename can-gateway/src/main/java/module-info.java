/** A gateway between CAN buses and whatever else speaks CAN. */
@SuppressWarnings("requires-automatic") // tomlj is no module yet
module io.gatun.can.gateway {
  requires info.picocli;
  requires transitive io.gatun.codec.can;
  requires transitive io.gatun.core;
  requires static transitive org.jspecify;
  requires org.tomlj;

  exports io.gatun.can.gateway;

  // picocli sets the fields and calls the constructor of the command.
  opens io.gatun.can.gateway to
      info.picocli;
}
