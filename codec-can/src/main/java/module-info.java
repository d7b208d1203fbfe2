/**
 * CAN frames, filters and protocols, log formats and databases: bytes to records and back, without
 * a system call.
 */
module io.gatun.codec.can {
  requires transitive io.netty.buffer;
  requires transitive io.netty.common; // of which a ByteBuf's supertypes are
  requires static transitive org.jspecify;

  exports io.gatun.codec.can;
  exports io.gatun.codec.can.bcm;
  exports io.gatun.codec.can.dbc;
  exports io.gatun.codec.can.log;
  exports io.gatun.codec.can.slcan;
}
